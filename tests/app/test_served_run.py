"""Whole searches over model servers: with the shipped models inside, or a made-up one."""

import pytest

from app.errors import CannotStart
from app.parts import make_service, open_models
from app.settings import Settings
from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import shipped_weights
from backend.models.servers.capabilities import Kind
from backend.runs.request import RunRequest
from storage.memory import InMemoryRunStore
from tests.models.fake_general import FakeGeneral
from tests.models.fake_vllm import FakeVllm
from tests.models.serving import serving


async def test_a_search_with_a_general_model_finds_answers() -> None:
    settings = {"value_from": "verifier"}  # every step is one of several, with its prior
    request = RunRequest("How many?", "mcts", settings, budget={"nodes": 30}, seed=1)
    for kind in (Kind.VLLM, Kind.LLAMA_CPP):
        with serving(FakeGeneral(kind)) as server:
            catalog, close = open_models(Settings(generator=server.url, examples=1))
            service = make_service(InMemoryRunStore(), catalog, Settings())
            run = await service.start(request)
            done = await service.settled(run.id)
            assert done.status == "finished", done.reason
            nodes = (await service.tree(run.id)).nodes
            assert {node.model for node in nodes[1:]} == {"served-generator"}
            answers = [node for node in nodes if node.terminal]
            assert answers
            assert all(node.answer and node.answer.isdecimal() for node in answers)
            assert all(node.prior is not None for node in nodes[1:])
            await service.close()
            close()


async def test_a_strategy_that_a_server_cannot_serve_says_what_is_missing() -> None:
    with serving(FakeGeneral(Kind.OTHER, continues=False)) as server:
        catalog, close = open_models(Settings(generator=server.url))
        service = make_service(InMemoryRunStore(), catalog, Settings())
        whole = await service.start(RunRequest("How many?", "self_consistency", seed=1))
        assert (await service.settled(whole.id)).answer is not None
        steps = await service.start(RunRequest("How many?", "beam_search", seed=1))
        done = await service.settled(steps.id)
        assert done.status == "failed"
        assert "missing: continue_final_message" in (done.reason or "")
        await service.close()
        close()


async def test_a_search_over_vllm_grows_a_judged_tree() -> None:
    request = RunRequest("Make 24 using 11, 4, 3 and 3.", budget={"nodes": 12}, seed=1)
    with (
        serving(FakeVllm(read_checkpoint(shipped_weights("generator")))) as writer,
        serving(FakeVllm(read_checkpoint(shipped_weights("prm")))) as judge,
    ):
        settings = Settings(generator=writer.url, verifier=judge.url)
        catalog, close = open_models(settings)
        service = make_service(InMemoryRunStore(), catalog, settings)
        run = await service.start(request)
        done = await service.settled(run.id)
        assert (done.status, done.generator) == ("finished", "served-generator"), done.reason
        nodes = (await service.tree(run.id)).nodes
        assert len(nodes) > 12
        assert {node.model for node in nodes[1:]} == {"served-generator"}
        scores = [node.scores["vllm-prm"] for node in nodes[1:]]
        assert all(score is not None and 0 <= score <= 1 for score in scores)
        assert any(node.text.startswith("The numbers are 3, 3, 4 and 11") for node in nodes)
        await service.close()
        close()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"verifier_convention": "magic"}, "Conventions: treewright, qwen-prm"),
        ({"verifier_convention": "rubric"}, "TREEWRIGHT_VERIFIER_CRITERIA"),
        ({"verifier": "no address"}, "http://host:8000"),
    ],
)
def test_a_verifier_that_cannot_be_asked_is_said_at_the_start(
    settings: dict[str, str], says: str
) -> None:
    given = {"verifier": "http://127.0.0.1:9", **settings}
    with pytest.raises(CannotStart, match=says):
        open_models(Settings(**given))  # type: ignore[arg-type]
