"""People steer runs: prune, write steps, ask for more, in every state, through kill and replay."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from backend.models.errors import ContextOverflow, ModelUnavailable
from backend.runs.errors import Conflict, InvalidRequest, NotFound, RunsError, Unavailable
from backend.runs.executor import ExecutorLimits
from backend.runs.labels import LabelRequest
from backend.runs.recorder import node_record, replay_records
from backend.runs.service import RunService
from backend.runs.steering import ChildrenRequest
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.records import NodeRecord, RunRecord
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, Gate, request
from tests.scripted import ScriptedGenerator, ScriptedVerifier, step_score

OWN = ChildrenRequest("solve", "by  hand")
ROOMY = {"nodes": 10_000}
SMALL_TREE = {
    "mcts": {"children": 2, "max_expansions": 1, "max_depth": 3},
    "beam_search": {"width": 2, "children": 2, "max_depth": 3},
}


async def searched_out(
    service: RunService, strategy: str = "mcts", **fields: object
) -> tuple[RunRecord, tuple[NodeRecord, ...]]:
    """A small search that ended because nothing was left, and its tree."""
    settings = SMALL_TREE[strategy]
    run = await service.start(request(strategy=strategy, settings=settings, budget=ROOMY, **fields))
    done = await service.settled(run.id)
    assert (done.status, done.reason) == ("finished", "nothing left to search")
    return done, (await service.tree(run.id)).nodes


def inner(nodes: tuple[NodeRecord, ...]) -> NodeRecord:
    """A step with steps below it."""
    return next(node for node in nodes if node.parent == 0 and not node.terminal)


async def assert_replays(store: RunStore, service: RunService, run_id: str) -> None:
    view = await service.tree(run_id)
    replayed = replay_records(await store.events(run_id), view.run.seed)
    assert tuple(node_record(node) for node in replayed.nodes) == view.nodes
    assert view.run.usage["calls"] == replayed.usage.calls


async def test_a_label_is_seen_in_the_values_and_in_the_answer(
    service: RunService, store: RunStore
) -> None:
    run = await service.start(request())
    done = await service.settled(run.id)
    before = (await service.tree(run.id)).nodes
    assert done.best_node is not None
    chosen = before[done.best_node]
    assert (chosen.terminal, chosen.answer) == (True, done.answer)
    assert done.answer_value == chosen.value is not None
    await service.label(run.id, chosen.id, LabelRequest(-1))
    after = await service.tree(run.id)
    assert after.nodes[chosen.id].value == 0
    assert after.run.best_node != chosen.id
    assert (after.nodes[0].value or 0) < (before[0].value or 0)
    await assert_replays(store, service, run.id)
    await service.label(run.id, chosen.id, LabelRequest(None))
    cleared = await service.tree(run.id)
    assert cleared.run.best_node == chosen.id
    assert cleared.nodes[0].value == pytest.approx(before[0].value)
    await service.label(run.id, chosen.id, LabelRequest(1))
    good = await service.tree(run.id)
    assert good.run.answer_value == (await service.get(run.id)).answer_value == 1
    then = await service.tree(run.id, done.seq)
    assert then.run.answer_value == done.answer_value


@pytest.mark.parametrize("strategy", ["mcts", "beam_search"])
async def test_a_finished_run_goes_on_at_a_persons_step(
    service: RunService, generator: ScriptedGenerator, store: RunStore, strategy: str
) -> None:
    run, nodes = await searched_out(service, strategy)
    place = inner(nodes)
    (own,) = await service.steering.add(run.id, place.id, OWN)
    assert (own.origin, own.text, own.action, own.model) == ("person", "by hand", "solve", "")
    assert own.scores == {"scripted-prm": step_score("by hand")}
    now = await service.get(run.id)
    assert now.status == "finished"
    assert now.usage["calls"] == run.usage["calls"] + 1, "what the verifier did is counted"
    assert now.usage["prompt_tokens"] > run.usage["prompt_tokens"]
    generator.requests.clear()
    await service.resume(run.id)
    assert (await service.settled(run.id)).status == "finished"
    asked = [tuple(step.text for step in prefix.steps) for prefix, _ in generator.requests]
    assert asked[0] == (place.text, "by hand")
    assert all(steps[:2] == (place.text, "by hand") for steps in asked)
    await assert_replays(store, service, run.id)


async def test_an_answer_that_a_person_writes_ends_its_path(service: RunService) -> None:
    run, _ = await searched_out(service)
    for text, answer in (("Answer: 42.", "42"), ("41", "41")):
        (own,) = await service.steering.add(run.id, 0, ChildrenRequest("answer", text))
        assert (own.terminal, own.answer) == (True, answer)
    with pytest.raises(Conflict) as caught:
        await service.steering.add(run.id, own.id, OWN)
    assert caught.value.code == "terminal_node"


async def test_a_person_may_correct_a_step(service: RunService) -> None:
    run, nodes = await searched_out(service)
    place = next(node for node in nodes if node.parent == 0 and node.action == "solve")
    await service.label(run.id, place.id, LabelRequest(-1))
    (on_it,) = await service.steering.add(run.id, place.id, ChildrenRequest("solve", "so"))
    (mended,) = await service.steering.add(run.id, place.id, ChildrenRequest("correct", "no: so"))
    assert mended.corrects == place.id
    assert (on_it.value, mended.value) == (0.0, step_score("no: so"))


async def test_proposals_while_the_search_runs(
    make_service: MakeService, generator: ScriptedGenerator, store: RunStore
) -> None:
    generator.variety = 10**9  # no proposal is there already by chance
    service = make_service(ExecutorLimits(in_flight=2))
    gate = Gate(generator, 8)
    run = await service.start(request(budget={"nodes": 300}))
    await gate.reached.wait()
    before = await service.tree(run.id)
    asking = asyncio.create_task(service.steering.add(run.id, 0, ChildrenRequest(n=3)))
    writing = asyncio.create_task(service.steering.add(run.id, 0, OWN))
    await service.steering.prune(run.id, 1, True)
    gate.opened.set()
    more, (own,) = await asking, await writing
    assert len(more) == 3
    assert all((node.parent, node.origin) == (0, "model") for node in more)
    assert all(node.id >= len(before.nodes) for node in (*more, own))
    done = await service.settled(run.id)
    assert done.status == "finished"
    view = await service.tree(run.id)
    assert view.nodes[own.id].origin == "person"
    assert view.nodes[1].pruned
    await assert_replays(store, service, run.id)


@pytest.mark.parametrize("state", ["queued", "paused", "stopped", "failed", "finished"])
async def test_people_may_add_in_every_state(
    make_service: MakeService, generator: ScriptedGenerator, store: RunStore, state: str
) -> None:
    service = make_service(max_running=1)
    if state == "queued":
        generator.before = Gate(generator, 2).wait
        await service.start(request())
    elif state == "failed":
        generator.before = _fail_after(generator, 12)
    run = await service.start(request(budget={"nodes": 400} if state != "finished" else None))
    if state in ("paused", "stopped"):
        await (service.pause if state == "paused" else service.stop)(run.id)
    elif state != "queued":
        await service.settled(run.id)
    assert (await service.get(run.id)).status == state
    generator.before = None
    more = await service.steering.add(run.id, 0, ChildrenRequest(n=2))
    (own,) = await service.steering.add(run.id, 0, OWN)
    seen = await service.get(run.id)
    if state != "queued":
        assert seen.status == state
        await assert_replays(store, service, run.id)
    assert {node.id for node in (*more, own)} <= set(range(1, int(seen.usage["nodes"]) + 1))


def _fail_after(generator: ScriptedGenerator, calls: int) -> Callable[[], None]:
    def fail() -> None:
        if generator.calls > calls:
            raise ModelUnavailable("the server is down")

    return fail


async def test_a_pruned_subtree_gets_no_more_work_until_it_is_restored(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 20)
    run = await service.start(request(budget={"nodes": 400}))
    await gate.reached.wait()
    pausing = asyncio.create_task(service.pause(run.id))
    await asyncio.sleep(0)
    gate.opened.set()
    await pausing
    nodes = (await service.tree(run.id)).nodes
    busiest = max(nodes[1:], key=lambda node: (node.visits, -node.id))
    assert (await service.steering.prune(run.id, busiest.id, True)).pruned
    with pytest.raises(Conflict) as caught:
        await service.steering.add(run.id, busiest.id, OWN)
    assert caught.value.code == "pruned_node"
    assert str(busiest.id) in caught.value.hint
    generator.requests.clear()
    await service.resume(run.id)
    done = await service.settled(run.id)
    asked = [steps.steps[0].text for steps, _ in generator.requests if steps.steps]
    assert asked
    assert busiest.parent == 0
    assert busiest.text not in asked
    view = await service.tree(run.id)
    above = view.nodes[done.best_node or 0]
    while above.parent is not None:
        assert above.id != busiest.id
        above = view.nodes[above.parent]
    assert not (await service.steering.prune(run.id, busiest.id, False)).pruned


async def test_what_people_did_survives_a_kill(
    make_service: MakeService, generator: ScriptedGenerator, store: RunStore
) -> None:
    service = make_service()
    gate = Gate(generator, 12)
    run = await service.start(request(budget={"nodes": 200}))
    await gate.reached.wait()
    own = ChildrenRequest("solve", "by hand", id=str(uuid.uuid4()))
    added = await service.steering.add(run.id, 0, own)
    await service.steering.prune(run.id, 1, True)
    await service.label(run.id, 2, LabelRequest(1))
    await service.steering.flag(run.id, 2, True)
    await service._scheduler.close()
    generator.before = None
    again = make_service()
    view = await again.tree(run.id)
    assert (view.nodes[1].pruned, view.nodes[2].value) == (True, 1.0)
    assert view.nodes[added[0].id] == added[0]
    assert [node.id for node in view.nodes if node.flagged] == [2]
    await again.recover()
    assert (await again.settled(run.id)).status == "finished"
    repeated = await again.steering.add(run.id, 0, own)
    assert [node.id for node in repeated] == [node.id for node in added]
    nodes = (await again.tree(run.id)).nodes
    assert [node.id for node in nodes if node.flagged] == [2]
    texts = [node.text for node in nodes]
    assert texts.count("by hand") == 1
    await assert_replays(store, again, run.id)


@pytest.mark.parametrize("wanted", [OWN, ChildrenRequest(n=3)])
async def test_the_same_request_again_adds_nothing(
    service: RunService, generator: ScriptedGenerator, wanted: ChildrenRequest
) -> None:
    run, _ = await searched_out(service)
    same = ChildrenRequest(wanted.action, wanted.text, wanted.n, str(uuid.uuid4()))
    first, *others = await asyncio.gather(
        *(service.steering.add(run.id, 0, same) for _ in range(4))
    )
    after = await service.get(run.id)
    others.append(await service.steering.add(run.id, 0, same))
    assert all(other == first for other in others)
    assert await service.get(run.id) == after
    for node, other in (
        (1, same),
        (0, ChildrenRequest(n=4, id=same.id)),
        (0, ChildrenRequest("check", "by hand", id=same.id)),
    ):
        with pytest.raises(Conflict) as caught:
            await service.steering.add(run.id, node, other)
        assert caught.value.code == "request_id_taken"


async def test_other_requests_at_one_node_bring_other_proposals(service: RunService) -> None:
    run, _ = await searched_out(service)
    one = await service.steering.add(run.id, 0, ChildrenRequest(n=4))
    other = await service.steering.add(run.id, 0, ChildrenRequest(n=4))
    assert {node.text for node in one} != {node.text for node in other}


async def test_a_step_that_is_there_already_is_that_step(service: RunService) -> None:
    run, nodes = await searched_out(service)
    place = inner(nodes)
    again = ChildrenRequest(place.action, f" {place.text} ")
    (found,) = await service.steering.add(run.id, 0, again)
    assert (found.id, found.origin, found.samples) == (place.id, "model", place.samples + 1)


@pytest.mark.parametrize(
    ("node", "wanted", "code"),
    [
        (10**6, OWN, "unknown_node"),
        (-1, OWN, "unknown_node"),
        (0, ChildrenRequest(), "invalid_request"),
        (0, ChildrenRequest("solve", "x", 3), "invalid_request"),
        (0, ChildrenRequest(n=0), "invalid_request"),
        (0, ChildrenRequest(n=33), "invalid_request"),
        (0, ChildrenRequest(n=-1), "invalid_request"),
        (0, ChildrenRequest("solve", " \n "), "invalid_step"),
        (0, ChildrenRequest("solve"), "invalid_step"),
        (0, ChildrenRequest(None, "x"), "invalid_step"),
        (0, ChildrenRequest("solve", "x" * 100_000), "invalid_step"),
        (0, ChildrenRequest("solve", "a\x00b"), "invalid_request"),
        (0, ChildrenRequest("solve", "a\ud800b"), "invalid_request"),
        (0, ChildrenRequest("dance", "x"), "unknown_action"),
        (0, ChildrenRequest("answer", "Answer:"), "invalid_step"),
        (0, ChildrenRequest("solve", "x", id="no uuid"), "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    service: RunService, node: int, wanted: ChildrenRequest, code: str
) -> None:
    run, nodes = await searched_out(service)
    with pytest.raises(RunsError) as caught:
        await service.steering.add(run.id, node, wanted)
    assert caught.value.code == code
    assert caught.value.message
    assert caught.value.hint
    assert (await service.tree(run.id)).nodes == nodes


async def test_unknown_runs_and_steps_are_named(service: RunService) -> None:
    run, _ = await searched_out(service)
    for call in (
        service.steering.prune("nope", 1, True), service.steering.add("nope", 0, OWN),
        service.steering.prune(run.id, 0, True), service.steering.prune(run.id, 10**6, True),
        service.steering.flag("nope", 1, True), service.steering.flag(run.id, 0, True),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call


async def test_a_model_in_trouble_adds_nothing_and_ends_no_search(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    verifier = ScriptedVerifier()
    service = make_service(ExecutorLimits(deadline=0.05), verifier=verifier)
    run, nodes = await searched_out(service)
    generator.before = asyncio.Event().wait
    with pytest.raises(Unavailable, match="did not answer"):
        await service.steering.add(run.id, 0, ChildrenRequest(n=2))
    verifier.fail = ModelUnavailable("the verifier is down")
    with pytest.raises(Unavailable, match="the verifier is down"):
        await service.steering.add(run.id, 0, OWN)
    verifier.fail = ContextOverflow("too long for the model")
    with pytest.raises(Conflict, match="too long"):
        await service.steering.add(run.id, 0, OWN)
    assert (await service.tree(run.id)).nodes == nodes
    assert (await service.get(run.id)).status == "finished"


async def test_a_run_deleted_meanwhile_is_gone(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    run, _ = await searched_out(service)
    gate = Gate(generator, generator.calls)
    asking = asyncio.create_task(service.steering.add(run.id, 0, ChildrenRequest(n=2)))
    await gate.reached.wait()
    await service.delete(run.id)
    gate.opened.set()
    with pytest.raises(NotFound):
        await asking


async def test_what_a_full_disk_refuses_is_not_shown(make_service: MakeService) -> None:
    store = FullStore()
    service = make_service(on=store)
    run, nodes = await searched_out(service)
    store.full = True
    for call in (
        service.steering.add(run.id, 0, OWN), service.steering.prune(run.id, 1, True),
        service.steering.flag(run.id, 1, True),
    ):  # fmt: skip
        with pytest.raises(Unavailable) as caught:
            await call
        assert caught.value.code == "storage_full"
    store.full = False
    assert (await service.tree(run.id)).nodes == nodes
    (own,) = await service.steering.add(run.id, 0, OWN)
    assert own.id == len(nodes)


async def test_a_finished_run_resumes_only_within_its_budget(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service(on=InMemoryRunStore())
    run, _ = await searched_out(service)
    await service.resume(run.id)
    assert (await service.settled(run.id)).reason == "nothing left to search"
    used_up = await service.start(request())
    await service.settled(used_up.id)
    await service.steering.add(used_up.id, 0, OWN)
    with pytest.raises(Conflict):
        await service.resume(used_up.id)


async def test_wrong_requests_never_reach_a_model(
    service: RunService, generator: ScriptedGenerator
) -> None:
    run, _ = await searched_out(service)
    calls = generator.calls
    with pytest.raises(InvalidRequest):
        await service.steering.add(run.id, 0, ChildrenRequest(n=10**9))
    assert generator.calls == calls
