"""What is said of a model holds: the strategies that it can serve are those that work."""

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.models.servers.capabilities import Kind
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.generator import ServedGenerator
from backend.runs.catalog import ModelCatalog
from backend.runs.model_check import (
    STATUS_KEPT,
    WHOLE_SOLUTIONS,
    ModelStatus,
    check_generator,
    check_verifier,
)
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.search.strategies.registry import STRATEGIES
from storage.memory import InMemoryRunStore
from tests.models.fake_general import END, FakeGeneral
from tests.models.faulty import faulty, hangs
from tests.models.serving import serving
from tests.scripted import ScriptedGenerator, ScriptedVerifier


@pytest.fixture(scope="module")
def whole_only() -> Iterator[FakeGeneral]:
    """A server that cannot go on with a begun answer."""
    with serving(FakeGeneral(Kind.OTHER, continues=False)) as server:
        yield server


class Doubter:
    """A verifier that finds every step wrong: no search ends because it is content."""

    name = "doubter"

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        scores = tuple((0.1,) * len(chain.steps) for chain in chains)
        return Judgement(scores, ModelUsage())


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_whole_solutions_are_enough_for_those_that_say_so(
    whole_only: FakeGeneral, strategy: str
) -> None:
    answers = itertools.cycle("1234")  # one solution in four is right

    def writes(begun: str, seed: int) -> str:
        return f"[solve] Count.\n\n[solve] Again.\n\n[answer] \\boxed{{{next(answers)}}}{END}"

    whole_only.writes = writes
    generator = ServedGenerator(ServerClient(whole_only.url), "served")
    service = RunService(InMemoryRunStore(), ModelCatalog((generator,), (Doubter(),)))
    request = RunRequest("How many?", strategy, budget={"nodes": 40}, reference_answer="1", seed=1)
    run = await service.start(request)
    done = await service.settled(run.id)
    await service.close()
    await generator.aclose()
    assert (done.status == "finished") == (strategy in WHOLE_SOLUTIONS), done.reason


async def test_models_without_an_address_are_embedded() -> None:
    report = await check_generator(ScriptedGenerator(actions=("solve", "answer")))
    assert (report.usable, report.address, report.server) == (True, None, None)
    assert "mcts" in report.strategies
    assert not {"sequential_revision", "self_refine"} & set(report.strategies)
    assert (await check_verifier(ScriptedVerifier())).right


async def test_a_status_is_asked_for_now_and_then_and_generates_nothing() -> None:
    with serving(FakeGeneral()) as server:
        generator = ServedGenerator(ServerClient(server.url), "served")
        now = [0.0]
        status = ModelStatus(ModelCatalog((generator,), ()), lambda: now[0])
        first, *others = await asyncio.gather(*(status.read() for _ in range(5)))
        assert all(other is first for other in others)
        assert all(body.get("max_tokens", 1) == 1 for _, body in server.asked)
        now[0] = STATUS_KEPT - 0.1
        assert await status.read() is first
        server.models = ("another",)
        now[0] = STATUS_KEPT
        (report,) = await status.read()
        await generator.aclose()
    assert first[0].server is not None
    assert first[0].server.model == "general"
    assert report.server is not None
    assert report.server.model == "another", "it was asked again"


async def test_a_status_does_not_wait_for_servers_that_hang() -> None:
    async with faulty(hangs) as server:
        generator = ServedGenerator(ServerClient(server.url), "served")
        catalog = ModelCatalog((generator, ScriptedGenerator()), (ScriptedVerifier(),))
        stuck, *fine = await ModelStatus(catalog, seconds=0.2).read()
        await generator.aclose()
    assert "within 0.2 s" in (stuck.problem or "")
    assert [report.usable for report in fine] == [True, True]
