"""The wiring: builds the application out of settings, store, models, API and page."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from app.errors import CannotStart
from app.page.mount import mount_page
from app.page.options import PageOptions
from app.page.saved import saved_page
from app.profiles import GeneratorEntry, VerifierEntry
from app.settings import Settings
from app.signin import add_sign_in
from backend.api.api import add_api
from backend.api.middleware import Guard
from backend.models.embedded.loader import load_shipped_generator, load_shipped_prm
from backend.models.errors import ModelError
from backend.models.protocols import Generator, Verifier
from backend.models.servers.connect import connect_generator
from backend.models.servers.connected_generator import ConnectedGenerator
from backend.models.servers.generators.route import Profile
from backend.models.servers.verifiers.connect import ServedVerifier, connect_verifier
from backend.reasoning.symbolic import SymbolicVerifier
from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.service import RunService
from storage.port import RunStore
from storage.sqlite.store import SqliteRunStore

_LOG: Final = logging.getLogger(__name__)
_MAX_BODY: Final = 1_000_000
_LEAST_ZIPPED: Final = 2_000
DATABASE: Final = "treewright.db"


def open_models(settings: Settings) -> tuple[ModelCatalog, Callable[[], None]]:
    """The models of the settings before the embedded ones, then the symbolic verifier; and what
    lets go of them all.

    CannotStart if the shipped weights are missing, or for an address that is none.
    """
    with contextlib.ExitStack() as opening:
        try:
            generators, verifiers = _served_models(settings, opening)
            embedded, prm = load_shipped_generator(), load_shipped_prm()
        except (ModelError, ValueError) as error:
            raise CannotStart(str(error)) from error
        opening.callback(embedded.close)
        opening.callback(prm.close)
        opened = opening.pop_all()
    writers, judges = (*generators, embedded), (*verifiers, prm, SymbolicVerifier())
    try:
        _refuse_same_names(writers, judges)
    except CannotStart:
        opened.close()
        raise
    return ModelCatalog(writers, judges), opened.close


def _refuse_same_names(writers: Iterable[Generator], judges: Iterable[Verifier]) -> None:
    """Nodes and scores say by name whose they are."""
    for group in ([model.name for model in writers], [model.name for model in judges]):
        for name in group:
            if group.count(name) > 1:
                raise CannotStart(f"two models are called {name!r}: give one another name")


def _served_models(
    settings: Settings, opening: contextlib.ExitStack
) -> tuple[list[Generator], list[Verifier]]:
    generators: list[Generator] = []
    verifiers: list[Verifier] = []
    for written in settings.served_generators:
        writer = open_generator(written, settings)
        opening.callback(writer.close)
        generators.append(writer)
    for judged in settings.served_verifiers:
        judge = open_verifier(judged, settings)
        opening.callback(judge.close)
        verifiers.append(judge)
    return generators, verifiers


def open_generator(entry: GeneratorEntry, settings: Settings) -> ConnectedGenerator:
    """The generator of an entry. CannotStart, naming the entry, where it cannot be asked."""
    examples = settings.examples if entry.examples is None else entry.examples
    profile = Profile(entry.model, examples, settings.cache_salt)
    try:
        return connect_generator(entry.url, entry.name, profile, entry.key)
    except (ModelError, ValueError) as error:
        where = settings.origin(entry)
        raise CannotStart(f"{where}generator {entry.name}: {error}") from error


def open_verifier(entry: VerifierEntry, settings: Settings) -> ServedVerifier:
    """The verifier of an entry. CannotStart, naming the entry, where it cannot be asked."""
    try:
        return connect_verifier(entry.url, entry.name, entry.convention, entry.criteria, entry.key)
    except (ModelError, ValueError) as error:
        where = settings.origin(entry)
        raise CannotStart(f"{where}verifier {entry.name}: {error}") from error


def make_service(store: RunStore, catalog: ModelCatalog, settings: Settings) -> RunService:
    """The use cases over a store and models. Needs a running event loop."""
    return RunService(store, catalog, executor_limits(settings), settings.max_running)


def executor_limits(settings: Settings) -> ExecutorLimits:
    """How each run is driven."""
    limits = ExecutorLimits(deadline=settings.deadline)
    if settings.in_flight == "auto":
        return replace(limits, automatic=True, reproducible=False)
    reproducible = settings.reproducible is not False
    return replace(limits, in_flight=settings.in_flight, reproducible=reproducible)


def open_store(settings: Settings) -> SqliteRunStore:
    """The database in the data folder. StorageUnavailable, saying why, if it cannot be used."""
    return SqliteRunStore.open(settings.data / DATABASE)


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
