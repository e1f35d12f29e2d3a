"""Runs the application under uvicorn, and leaves quickly when told to."""

import asyncio
import logging
import socket
from types import FrameType
from typing import Final

import typer
import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.parts import open_models, open_store
from app.settings import Settings
from backend.runs.service import RunService

_GRACE_SECONDS: Final = 2

_MAX_MESSAGE: Final = 4096
"""Bytes: pages have nothing to say on a socket."""


class _Server(uvicorn.Server):
    """Ends open event streams as soon as a signal arrives: uvicorn itself would wait for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal handler, in the main thread."""
        loaded = getattr(self.config, "loaded_app", None)  # none before start-up is through
        service = getattr(self._app.state, "service", None) if loaded else None
        if isinstance(service, RunService):
            self._loop.call_soon_threadsafe(service.feed.close)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say where the page is, once it is there."""
        await super().startup(sockets)
        if self.started and self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            name = f"[{host}]" if ":" in host else host
            typer.echo(f"Treewright is ready: http://{name}:{port}  (Ctrl+C stops it)")

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal comes."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)


class _NoTokens(logging.Filter):
    """Keeps links and sign-in tokens out of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the address in an access record."""
        if isinstance(record.args, tuple) and len(record.args) >= 3:
            path = str(record.args[2])
            if path.startswith("/t/") or "token=" in path:
                shown = path.split("?")[0] if "token=" in path else "/t/…"
                record.args = (*record.args[:2], shown, *record.args[3:])
        return True


def serve(settings: Settings) -> None:
    """Serve the application until a signal ends it. StorageError if the data cannot be used."""
    store = open_store(settings)
    catalog, close_models = open_models(settings)
    app = create_app(settings, store, catalog, close_models)
    logging.getLogger("uvicorn.access").addFilter(_NoTokens())
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ws="websockets-sansio",
        ws_max_size=_MAX_MESSAGE,
        server_header=False,
    )
    _Server(config, app).run()
