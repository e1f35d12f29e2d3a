"""What is said of a model holds: the strategies that it can serve are those that work."""

import itertools
from collections.abc import Iterator

import pytest

from backend.models.servers.capabilities import Kind
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.generator import ServedGenerator
from backend.runs.catalog import ModelCatalog
from backend.runs.model_check import WHOLE_SOLUTIONS, check_generator, check_verifier
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.search.strategies.registry import STRATEGIES
from storage.memory import InMemoryRunStore
from tests.models.fake_general import END, FakeGeneral
from tests.models.serving import serving
from tests.scripted import ScriptedGenerator, ScriptedVerifier


@pytest.fixture(scope="module")
def whole_only() -> Iterator[str]:
    """A server that cannot go on with a begun answer; one solution in four is right."""
    answers = itertools.cycle("1234")

    def writes(begun: str, seed: int) -> str:
        return f"[solve] Count.\n\n[solve] Again.\n\n[answer] \\boxed{{{next(answers)}}}{END}"

    with serving(FakeGeneral(Kind.OTHER, continues=False, writes=writes)) as server:
        yield server.url


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_whole_solutions_are_enough_for_those_that_say_so(
    whole_only: str, strategy: str
) -> None:
    generator = ServedGenerator(ServerClient(whole_only), "served")
    service = RunService(InMemoryRunStore(), ModelCatalog((generator,), (ScriptedVerifier(),)))
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
