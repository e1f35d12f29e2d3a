"""Runs a made-up model server in a thread."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route


class Server(Protocol):
    """What can be served: routes, and a place for the address."""

    url: str

    def routes(self) -> list[Route]: ...


Fake = TypeVar("Fake", bound=Server)


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """Runs the server on a free port of this machine until the block ends."""
    with running(Starlette(routes=fake.routes())) as fake.url:
        yield fake


@contextmanager
def running(app: Starlette) -> Iterator[str]:
    """Runs an application on a free port of this machine until the block ends; its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1
        )
    )
    started = threading.Event()
    startup = server.startup

    async def and_tell(sockets: None = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = and_tell  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        assert started.wait(20)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()
