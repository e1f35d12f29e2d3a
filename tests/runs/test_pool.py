"""Several generators in one run: they take turns, and each node says who wrote it."""

from collections import Counter

import pytest

from backend.runs.catalog import ModelCatalog
from backend.runs.errors import InvalidRequest, NotFound
from backend.runs.executor import ExecutorLimits
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from tests.runs.driving import request
from tests.scripted import ScriptedGenerator, ScriptedVerifier


def make_service(store: RunStore, *more: ScriptedGenerator) -> RunService:
    pool = (ScriptedGenerator(name="one"), ScriptedGenerator(name="two", variety=70), *more)
    return RunService(store, ModelCatalog(pool, (ScriptedVerifier(),)), ExecutorLimits(), 4)


@pytest.mark.parametrize("strategy", ["mcts", "rest_mcts", "ab_mcts"])
async def test_all_of_a_pool_write_and_each_node_says_who(strategy: str) -> None:
    trees = []
    for _ in range(2):
        store = InMemoryRunStore()
        service = make_service(store)
        pool = {"generators": ["two", "one", "two"]}
        run = await service.start(request(strategy=strategy, settings=pool))
        assert run.generator == "one"
        await service.settled(run.id)
        nodes = (await service.tree(run.id)).nodes
        wrote = Counter(node.model for node in nodes if node.parent is not None)
        assert min(wrote["one"], wrote["two"]) > 10
        assert set(wrote) == {"one", "two"}
        asked = [e.payload["model"] for e in await store.events(run.id) if e.kind == "asked"]
        assert set(asked) == {"one", "two"}
        await service.close()
        trees.append(nodes)
    assert trees[0] == trees[1], "the same seed and pool give the same tree"


async def test_every_model_of_a_pool_must_be_there_and_fit_for_the_strategy() -> None:
    service = make_service(InMemoryRunStore(), ScriptedGenerator(name="mute", actions=("solve",)))
    with pytest.raises(NotFound, match="'nobody'") as unknown:
        await service.start(request(settings={"generators": ["one", "nobody"]}))
    assert unknown.value.hint == "choose one of: one, two, mute"
    with pytest.raises(InvalidRequest, match="generators"):
        await service.start(request(strategy="best_of_n", settings={"generators": ["one"]}))
    await service.close()
