"""A service over scripted models and an in-memory store."""

from collections.abc import AsyncIterator, Callable

import pytest

from backend.reasoning.checker import AnswerChecker
from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from tests.scripted import ScriptedGenerator, ScriptedVerifier

MakeService = Callable[..., RunService]


@pytest.fixture
def store() -> RunStore:
    return InMemoryRunStore()


@pytest.fixture
def generator() -> ScriptedGenerator:
    return ScriptedGenerator()


@pytest.fixture
async def make_service(store: RunStore, generator: ScriptedGenerator) -> AsyncIterator[MakeService]:
    made: list[RunService] = []

    def make(
        limits: ExecutorLimits | None = None,
        verifier: ScriptedVerifier | None = None,
        max_running: int = 4,
        on: RunStore | None = None,
        checker: AnswerChecker | None = None,
        more: tuple[ScriptedGenerator, ...] = (),
    ) -> RunService:
        catalog = ModelCatalog((generator, *more), (verifier or ScriptedVerifier(),))
        limits = limits or ExecutorLimits()
        service = RunService(on or store, catalog, limits, max_running, checker)
        made.append(service)
        return service

    yield make
    for service in made:
        await service.close()


@pytest.fixture
def service(make_service: MakeService) -> RunService:
    return make_service()
