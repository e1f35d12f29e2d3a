"""The wiring: builds the application out of its parts, the API and the page."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from app.page.mount import mount_page
from app.page.options import PageOptions
from app.page.saved import saved_page
from app.parts import make_service
from app.settings import Settings
from app.signin import add_sign_in
from backend.api.api import add_api
from backend.api.middleware import Guard
from backend.runs.catalog import ModelCatalog
from storage.port import RunStore

_LOG: Final = logging.getLogger(__name__)
_MAX_BODY: Final = 1_000_000
_LEAST_ZIPPED: Final = 2_000


def create_app(
    settings: Settings, store: RunStore, catalog: ModelCatalog, on_close: Callable[[], None]
) -> FastAPI:
    """The whole application on one port. When it ends it closes the store and calls `on_close`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = make_service(store, catalog, settings)
        app.state.service = service
        resumed = await service.recover()
        if resumed:
            _LOG.info("going on with %d runs that were searching", resumed)
        try:
            yield
        finally:
            await service.close()
            await store.close()
            await asyncio.to_thread(on_close)

    app = FastAPI(
        title="Treewright",
        version="0.1.0",
        description="Grow, watch, judge and share reasoning trees.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    token = settings.owner_token
    owner_token = None if token is None else token.get_secret_value()
    add_api(app, owner_token, saved_page)
    add_sign_in(app, owner_token)
    mount_page(app, PageOptions())
    # Event streams are left alone. Level 5: a large tree takes half the time of the best level.
    app.add_middleware(GZipMiddleware, minimum_size=_LEAST_ZIPPED, compresslevel=5)
    # Gradio echoes any Origin unless the application around it has a CORS policy of its own.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(
        Guard, max_body=_MAX_BODY, hosts=settings.hosts, framers=settings.frame_ancestors
    )
    return app
