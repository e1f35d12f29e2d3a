"""The API as a real server in a thread, over scripted models and an in-memory store."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from backend.api.api import add_api
from backend.api.middleware import Guard
from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from tests.scripted import ScriptedGenerator, ScriptedVerifier, ScriptedWriter

OWNER_TOKEN = "the owner's token"


def make_app(owner_token: str | None = None) -> FastAPI:
    """The API without the page."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        catalog = ModelCatalog((ScriptedGenerator(), ScriptedWriter()), (ScriptedVerifier(),))
        service = RunService(InMemoryRunStore(), catalog, ExecutorLimits(deadline=5))
        app.state.service = service
        yield
        await service.close()

    app = FastAPI(lifespan=lifespan)
    add_api(app, owner_token)
    app.add_middleware(Guard, max_body=1_000_000)
    return app


class Serving:
    """Runs an application on a free port of this machine until the block ends."""

    def __init__(self, app: FastAPI) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(
                app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1
            )  # fmt: skip
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()))

    def __enter__(self) -> str:
        started = threading.Event()
        startup = self._server.startup

        async def and_tell(sockets: None = None) -> None:
            await startup(sockets)
            started.set()

        self._server.startup = and_tell  # type: ignore[method-assign, assignment]
        self._thread.start()
        assert started.wait(20)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *exc: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture(scope="session")
def api_url() -> Iterator[str]:
    """An open server: everybody is its owner."""
    with Serving(make_app()) as url:
        yield url


@pytest.fixture(scope="session")
def guarded_url() -> Iterator[str]:
    """A server with an owner's token."""
    with Serving(make_app(OWNER_TOKEN)) as url:
        yield url


@pytest.fixture
def api(api_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=api_url, timeout=20) as client:
        yield client
