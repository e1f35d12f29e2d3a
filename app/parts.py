"""What the application is made of, by the settings: models, store and service; not the page."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from app.errors import CannotStart
from app.profiles import GeneratorEntry, VerifierEntry
from app.settings import Settings
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
