"""Runs that begin with steps of another: what is kept, what is judged anew, what is refused."""

from dataclasses import replace

import pytest

from backend.models.errors import ModelUnavailable
from backend.runs.beginnings import UNSTORED
from backend.runs.errors import Conflict, RunsError, Unavailable
from backend.runs.labels import LabelRequest
from backend.runs.recorder import node_record, replay_records
from backend.runs.request import Beginning
from backend.runs.service import RunService
from backend.runs.steering import ChildrenRequest
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.records import NodeRecord
from tests.runs.conftest import MakeService
from tests.runs.driving import request
from tests.scripted import ScriptedGenerator, ScriptedVerifier, step_score


async def source(service: RunService) -> tuple[str, NodeRecord, NodeRecord]:
    """A finished run, one of its model's steps, and one that a person wrote below it."""
    run = await service.start(request())
    await service.settled(run.id)
    nodes = (await service.tree(run.id)).nodes
    first = next(node for node in nodes if node.parent == 0 and not node.terminal)
    own = ChildrenRequest("solve", "by hand")
    (second,) = await service.steering.add(run.id, first.id, own)
    return run.id, first, second


@pytest.mark.parametrize("strategy", ["mcts", "beam_search", "best_of_n"])
async def test_the_steps_are_kept_judged_anew_and_searched_from(
    service: RunService, store: RunStore, generator: ScriptedGenerator, strategy: str
) -> None:
    run_id, first, second = await source(service)
    generator.requests.clear()
    begun = await service.start(request(strategy=strategy, beginning=Beginning(run_id, second.id)))
    done = await service.settled(begun.id)
    assert done.status == "finished", done.reason
    nodes = (await service.tree(begun.id)).nodes
    assert [(node.text, node.origin, node.parent) for node in nodes[1:3]] == [
        (first.text, "model", 0), ("by hand", "person", 1),
    ]  # fmt: skip
    assert (nodes[1].model, nodes[1].tokens) == (first.model, first.tokens)
    assert nodes[2].scores == {"scripted-prm": step_score("by hand")}
    assert len(nodes) > 3
    for prefix, _ in generator.requests:
        assert [step.text for step in prefix.steps[:2]] == [first.text, "by hand"]
    replayed = replay_records(await store.events(begun.id), done.seed)
    assert tuple(node_record(node) for node in replayed.nodes) == nodes
    assert done.usage["calls"] == replayed.usage.calls, "judging the steps is counted"
    why = await service.choices.of(begun.id, 2)
    assert (why.weighing, why.about) == (None, "The step was given: the search began with it.")


async def test_what_people_said_of_the_steps_holds_in_the_new_run(
    service: RunService, store: RunStore
) -> None:
    run_id, first, second = await source(service)
    await service.label(run_id, second.id, LabelRequest(1))
    await service.label(run_id, first.id, LabelRequest(0))
    begun = await service.start(request(beginning=Beginning(run_id, second.id)))
    done = await service.settled(begun.id)
    assert done.status == "finished", done.reason
    nodes = (await service.tree(begun.id)).nodes
    assert [(node.label, node.value) for node in nodes[1:3]] == [(0, 0.5), (1, 1.0)]
    replayed = replay_records(await store.events(begun.id), done.seed)
    assert tuple(node_record(node) for node in replayed.nodes) == nodes


async def test_what_cannot_begin_a_search_is_refused(
    service: RunService, make_service: MakeService, store: RunStore
) -> None:
    run_id, first, second = await source(service)
    here = request(beginning=Beginning(run_id, second.id))
    end = next(node.id for node in (await service.tree(run_id)).nodes if node.terminal)
    poor = make_service(more=(ScriptedGenerator(name="poor", actions=("answer", "check")),))
    before = len((await store.list_runs()).items)
    for refused, code in [
        (replace(here, problem="2 + 2?"), "other_problem"),
        (replace(here, beginning=Beginning(run_id, end)), "terminal_node"),
        (replace(here, beginning=Beginning(run_id, 0)), "unknown_node"),
        (replace(here, beginning=Beginning("none", 1)), "unknown_run"),
        (replace(here, settings={"max_depth": 2}), "invalid_settings"),
        (replace(here, generator="poor"), "unknown_action"),
    ]:
        with pytest.raises(RunsError) as caught:
            await poor.start(refused)
        assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert len((await store.list_runs()).items) == before


async def test_a_verifier_that_fails_starts_nothing(
    service: RunService, make_service: MakeService, store: RunStore
) -> None:
    run_id, _, second = await source(service)
    verifier = ScriptedVerifier(fail=ModelUnavailable("the verifier is away"))
    broken = make_service(verifier=verifier)
    with pytest.raises(Unavailable, match="the verifier is away") as caught:
        await broken.start(request(beginning=Beginning(run_id, second.id)))
    assert caught.value.hint.startswith("nothing was started")
    assert len((await store.list_runs()).items) == 1


class Torn(InMemoryRunStore):
    """Its process dies between a new run and the run's first events."""

    torn = False

    async def append(self, *args: object, **kwargs: object) -> None:
        if self.torn:
            raise SystemError("killed")
        await super().append(*args, **kwargs)  # type: ignore[arg-type]


async def test_a_run_whose_given_steps_were_lost_is_not_searched_without(
    make_service: MakeService,
) -> None:
    store = Torn()
    service = make_service(on=store)
    run_id, _, second = await source(service)
    store.torn = True
    with pytest.raises(SystemError):
        await service.start(request(beginning=Beginning(run_id, second.id)))
    store.torn = False
    again = make_service(on=store)
    assert await again.recover() == 0
    (lost,) = [run for run in (await store.list_runs()).items if run.id != run_id]
    assert (lost.status, lost.reason, lost.seq) == ("failed", UNSTORED, 0)
    with pytest.raises(Conflict) as caught:
        await again.resume(lost.id)
    assert caught.value.hint == "start it again from the same step"
