"""A whole search over vLLM servers: their wire format, with the shipped models inside."""

from app.main import make_service, open_models
from app.settings import Settings
from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import shipped_weights
from backend.runs.request import RunRequest
from storage.memory import InMemoryRunStore
from tests.models.fake_vllm import FakeVllm
from tests.models.serving import serving


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
        assert (done.status, done.generator) == ("finished", "vllm-generator"), done.reason
        nodes = (await service.tree(run.id)).nodes
        assert len(nodes) > 12
        assert {node.model for node in nodes[1:]} == {"vllm-generator"}
        scores = [node.scores["vllm-prm"] for node in nodes[1:]]
        assert all(score is not None and 0 <= score <= 1 for score in scores)
        assert any(node.text.startswith("The numbers are 3, 3, 4 and 11") for node in nodes)
        await service.close()
        close()
