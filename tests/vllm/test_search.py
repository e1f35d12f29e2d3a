"""Whole searches with real vLLM as generator and PRM, as somebody runs them."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.parts import make_service, open_models
from app.settings import Settings
from backend.models.protocols import GenerationRequest, Prefix, Stop
from backend.models.servers.connect import connect_generator
from backend.models.servers.metrics import Metrics
from backend.runs.request import RunRequest
from storage.memory import InMemoryRunStore
from tests.vllm.conftest import Servers

PROBLEM = "Make 24 from 2, 3, 5 and 10."
MODELS: dict[str, Any] = {"generator": "vllm-generator", "verifiers": ("vllm-prm",)}


@pytest.mark.parametrize("strategy", ["mcts", "best_of_n", "beam_search", "self_refine"])
async def test_a_search_ends_with_judged_nodes_of_the_served_models(
    servers: Servers, strategy: str
) -> None:
    settings = Settings(profile="real", profiles=servers.profiles)
    catalog, close = open_models(settings)
    store = InMemoryRunStore()
    service = make_service(store, catalog, settings)
    request = RunRequest(
        problem=PROBLEM, strategy=strategy, budget={"generated_tokens": 4000}, seed=1, **MODELS
    )
    run = await service.start(request)
    await service.settled(run.id)
    view = await service.tree(run.id)
    assert view.run.status == "finished"
    # One chain alone may end without an answer; of many some have one.
    assert view.run.answer is not None or strategy == "self_refine"
    steps = [node for node in view.nodes if node.parent is not None]
    assert {node.model for node in steps} == {"vllm-generator"}
    assert all("vllm-prm" in node.scores for node in steps)
    await service.close()
    close()


@pytest.mark.parametrize("in_flight", [8, "auto"])
async def test_eight_searches_at_once_all_finish(servers: Servers, in_flight: Any) -> None:
    settings = Settings(profile="real", profiles=servers.profiles, in_flight=in_flight)
    catalog, close = open_models(settings)
    service = make_service(InMemoryRunStore(), catalog, settings)
    requests = [
        RunRequest(problem=PROBLEM, budget={"generated_tokens": 600}, seed=seed, **MODELS)
        for seed in range(8)
    ]
    runs = await asyncio.gather(*map(service.start, requests))
    await asyncio.gather(*(service.settled(run.id) for run in runs))
    found = [await service.get(run.id) for run in runs]
    assert [run.status for run in found] == ["finished"] * 8
    await service.close()
    close()


async def test_a_cancelled_call_is_cancelled_in_the_server(servers: Servers) -> None:
    served = connect_generator(servers.generator, "served")
    request = GenerationRequest(Prefix(PROBLEM), tuple(range(64)), Stop.ANSWER, 1.0, 400)
    await served.action_prior(Prefix(PROBLEM))
    call = asyncio.create_task(served.generate(request))
    client = served._client
    await _running(client, at_least=1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await _running(client, at_most=0)
    await served.aclose()


def test_check_models_says_that_they_can_be_used(servers: Servers, monkeypatch: Any) -> None:
    monkeypatch.setenv("TREEWRIGHT_PROFILES", str(servers.profiles))
    result = CliRunner().invoke(
        cli, ["check-models", "--profile", "real", "--deadline", "60", "--json"]
    )
    assert result.exit_code == 0, result.output
    generator, prm = json.loads(result.stdout)["models"]
    assert generator["server"]["kind"] == prm["server"]["kind"] == "vLLM"
    assert generator["server"]["capabilities"]["token prompts"] is True
    assert prm["server"]["convention"] == "treewright"
    assert generator["server"]["queue"] is not None
    assert prm["server"]["queue"] is not None
    assert min(prm["right"]) > min(prm["wrong"])


async def _running(client: Any, *, at_least: int = 0, at_most: int = 10_000) -> None:
    """Wait until the server says that it works on so many requests."""
    async with asyncio.timeout(30):
        while True:
            queue = Metrics.parse(await client.text("/metrics")).queue
            assert queue is not None
            if at_least <= queue.running <= at_most:
                return
