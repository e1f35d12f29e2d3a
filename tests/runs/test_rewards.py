"""Collecting data: who sees rewards, and what they come from."""

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from backend.runs.errors import InvalidRequest
from backend.runs.service import RunService
from backend.search.strategies.registry import STRATEGIES
from backend.search.strategy import DataSettings
from storage.memory import InMemoryRunStore
from tests.runs.conftest import MakeService
from tests.runs.driving import finish, request
from tests.scripted import ScriptedGenerator

COLLECTING = [n for n, kind in STRATEGIES.items() if issubclass(kind.settings_type, DataSettings)]


async def added(service: RunService, **fields: object) -> list[Mapping[str, Any]]:
    """What was recorded of each step that a run with these fields added."""
    run = await service.start(request(**fields))
    done = await service.settled(run.id)
    assert done.status == "finished", done.reason
    parts = [part async for part in await service.watch(run.id) if isinstance(part, tuple)]
    events = [event for part in parts for event in part]
    return [event.payload for event in events if event.kind == "node_added"][1:]


def test_some_strategies_collect_data() -> None:
    assert COLLECTING == ["monte_carlo_labels", "omega_prm"]


@pytest.mark.parametrize("strategy", COLLECTING)
async def test_answers_are_rewarded_by_the_reference(service: RunService, strategy: str) -> None:
    nodes = await added(service, strategy=strategy, reference_answer="7.0")
    ends = [node for node in nodes if node["terminal"]]
    assert {(node["answer"] == "7", node["reward"]) for node in ends} <= {(True, 1), (False, 0)}
    assert len(ends) > 5
    assert all(node["reward"] is None for node in nodes if not node["terminal"])


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name not in COLLECTING])
async def test_no_other_strategy_sees_what_is_right(service: RunService, strategy: str) -> None:
    nodes = await added(service, strategy=strategy, reference_answer="7")
    assert len(nodes) >= 4
    assert all(node["reward"] is None for node in nodes)


@pytest.mark.parametrize("strategy", COLLECTING)
async def test_nothing_is_collected_without_knowing_what_is_right(
    service: RunService, strategy: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await service.start(request(strategy=strategy))
    assert caught.value.code == "reference_needed"
    assert "agreement" in caught.value.hint
    assert (await service.library.list()).items == ()


@pytest.mark.parametrize("strategy", COLLECTING)
async def test_agreement_stands_in_for_the_reference(service: RunService, strategy: str) -> None:
    settings = {"reward_from": "agreement", "rollouts": 20}
    nodes = await added(service, strategy=strategy, settings=settings, budget={"nodes": 300})
    (run,) = (await service.library.list()).items
    ends = [node for node in nodes if node["terminal"]]
    assert [node["reward"] for node in ends] == [float(n["answer"] == run.answer) for n in ends]
    assert {node["reward"] for node in ends} == {0, 1}
    first = [str(node["answer"]) for node in ends if node["purpose"] == "solution"]
    assert run.answer in first


@pytest.mark.parametrize("strategy", COLLECTING)
async def test_same_seed_same_labels_whatever_the_order_of_replies(
    make_service: MakeService, generator: ScriptedGenerator, strategy: str
) -> None:
    generator.variety = 2
    trees = []
    for shuffle in (None, Random(1), Random(2)):

        async def wait(shuffle: Random | None = shuffle) -> None:
            for _ in range(shuffle.randrange(12) if shuffle else 0):
                await asyncio.sleep(0)

        generator.before = wait
        service = make_service(on=InMemoryRunStore())
        fields = {"strategy": strategy, "reference_answer": "1", "budget": {"nodes": 10_000}}
        trees.append(await finish(service, **fields))
    assert trees[0] == trees[1] == trees[2]
    labelled = [node for node in trees[0] if "monte_carlo" in node.scores and not node.terminal]
    assert len(labelled) > 3
