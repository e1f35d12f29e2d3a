"""Runs from start to end: budgets, pause, kill, stop, failing models, full disks."""

import asyncio
from random import Random

import pytest

from backend.models.errors import ModelUnavailable
from backend.runs.errors import Conflict, InvalidRequest, NotFound, Unavailable
from backend.runs.executor import ExecutorLimits
from backend.runs.labels import LabelRequest
from backend.runs.recorder import node_record, replay_records
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, Gate, finish, reached, request
from tests.scripted import ScriptedGenerator, ScriptedVerifier

SEARCHES = ["mcts", "best_of_n", "beam_search", "sequential_revision"]


async def test_a_run_grows_to_its_budget_and_says_so(service: RunService) -> None:
    run = await service.start(request())
    done = await service.settled(run.id)
    assert (done.status, done.reason) == ("finished", "budget used up: nodes")
    assert done.answer is not None
    assert done.usage["nodes"] >= 80
    view = await service.tree(run.id)
    assert view.seq == done.seq
    assert len(view.nodes) == done.usage["nodes"] + 1
    assert {"generated_tokens", "prompt_tokens", "calls", "nodes", "seconds"} == set(done.usage)


@pytest.mark.parametrize("strategy", SEARCHES)
async def test_stored_nodes_equal_the_replayed_events(service: RunService, strategy: str) -> None:
    run = await service.start(request(strategy=strategy, budget={"nodes": 120}))
    await service.settled(run.id)
    view = await service.tree(run.id)
    replayed = await service.tree(run.id, at=view.seq)
    assert replayed.nodes == view.nodes


@pytest.mark.parametrize("strategy", SEARCHES)
async def test_same_seed_same_tree_whatever_the_order_of_replies(
    make_service: MakeService, generator: ScriptedGenerator, strategy: str
) -> None:
    trees = []
    for shuffle in (None, Random(1), Random(2)):

        async def wait(shuffle: Random | None = shuffle) -> None:
            for _ in range(shuffle.randrange(12) if shuffle else 0):
                await asyncio.sleep(0)

        generator.before = wait
        service = make_service(on=InMemoryRunStore())
        trees.append(await finish(service, strategy=strategy, budget={"nodes": 150}))
    assert trees[0] == trees[1] == trees[2]
    assert await finish(make_service(), strategy=strategy, seed=8) != trees[0][:81]


async def test_as_they_arrive_takes_fast_replies_first(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    gate = asyncio.Event()
    calls = iter(range(10**6))

    async def first_of_two_waits() -> None:
        if next(calls) == 1:
            await gate.wait()

    generator.before = first_of_two_waits
    service = make_service(ExecutorLimits(in_flight=2, reproducible=False))
    run = await service.start(request(settings={"by_action": False}, budget={"nodes": 300}))
    await reached(service, run.id, nodes=30)
    gate.set()
    assert (await service.settled(run.id)).status == "finished"


async def test_models_are_kept_busy_up_to_the_limit(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service(ExecutorLimits(in_flight=5))
    full = asyncio.Event()

    async def until_full() -> None:
        if generator.in_flight == 5:
            full.set()
        if generator.calls > 12:  # a tree of a few nodes cannot fill the limit yet
            await full.wait()

    generator.before = until_full
    await finish(service, budget={"nodes": 300})
    assert generator.most_in_flight == 5
    assert generator.in_flight == 0


async def test_pause_keeps_everything_and_resume_goes_on(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 20)
    run = await service.start(request(budget={"nodes": 300}))
    await gate.reached.wait()
    pausing = asyncio.create_task(service.pause(run.id))
    await asyncio.sleep(0)
    gate.opened.set()
    paused = await pausing
    assert paused.status == "paused"
    calls = generator.calls
    assert calls < 30, "only what was in flight came in"
    assert (await service.tree(run.id)).seq == paused.seq
    assert (await service.pause(run.id)).status == "paused"
    assert generator.calls == calls
    await service.resume(run.id)
    done = await service.settled(run.id)
    assert done.status == "finished"
    assert done.usage["nodes"] >= 300


async def test_who_watches_a_paused_run_sees_it_go_on(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 20)
    run = await service.start(request(budget={"nodes": 300}))
    await gate.reached.wait()
    pausing = asyncio.create_task(service.pause(run.id))
    await asyncio.sleep(0)
    gate.opened.set()
    await pausing
    told: asyncio.Queue[str] = asyncio.Queue()

    async def follow() -> None:
        async for part in await service.watch(run.id):
            for event in part if isinstance(part, tuple) else ():
                if event.kind == "status":
                    told.put_nowait(event.payload["status"])

    following = asyncio.create_task(follow())
    async with asyncio.timeout(30):
        while await told.get() != "paused":
            pass
        assert not following.done()
        await service.resume(run.id)
        while await told.get() != "finished":
            pass
        await following


async def test_a_killed_run_goes_on_to_the_same_tree(
    make_service: MakeService, generator: ScriptedGenerator, store: RunStore
) -> None:
    straight = await finish(make_service(on=InMemoryRunStore()), budget={"nodes": 300})
    run = None
    for kill_after in (15, 30, 60):
        service = make_service()
        gate = Gate(generator, generator.calls + kill_after)
        if run is None:
            run = await service.start(request(budget={"nodes": 300}))
        else:
            assert await service.recover() == 1
        await gate.reached.wait()
        # As kill -9 does it: nothing is written any more, whatever was in flight is gone.
        await service._scheduler.close()
        assert (await service.get(run.id)).status == "running"
    generator.before = None
    service = make_service()
    await service.recover()
    assert run is not None
    done = await service.settled(run.id)
    assert done.status == "finished"
    assert (await service.tree(run.id)).nodes == straight


async def test_stop_ends_at_once_and_can_be_taken_up_again(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    never = asyncio.Event()
    generator.before = never.wait
    service = make_service()
    run = await service.start(request())
    stopped = await service.stop(run.id)
    assert (stopped.status, stopped.reason) == ("stopped", "stopped by a person")
    generator.before = None
    await service.resume(run.id)
    assert (await service.settled(run.id)).status == "finished"


async def test_a_failing_model_ends_the_run_with_the_reason(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    verifier = ScriptedVerifier()
    service = make_service(verifier=verifier)
    healthy = await service.start(request(seed=1, budget={"nodes": 400}))
    verifier.fail = None

    def fail_late() -> None:
        if generator.calls > 12:
            raise ModelUnavailable("the generator's server is down")

    generator.before = fail_late
    run = await service.start(request())
    failed = await service.settled(run.id)
    assert (failed.status, failed.reason) == ("failed", "the generator's server is down")
    kept = (await service.tree(run.id)).nodes
    generator.before = None
    await service.resume(run.id)
    done = await service.settled(run.id)
    assert done.status == "finished"
    assert len((await service.tree(run.id)).nodes) > len(kept)
    assert (await service.get(healthy.id)).status in ("finished", "failed", "running")


async def test_one_broken_client_never_touches_another_run(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    good = await service.start(request(problem="good", budget={"nodes": 300}))
    original = generator.generate

    async def break_for_bad(req: object) -> object:
        if req.prefix.problem == "bad":  # type: ignore[attr-defined]
            raise RuntimeError("a bug in the client")
        return await original(req)  # type: ignore[arg-type]

    generator.generate = break_for_bad  # type: ignore[method-assign, assignment]
    bad = await service.start(request(problem="bad"))
    assert "a bug in the client" in ((await service.settled(bad.id)).reason or "")
    assert (await service.settled(good.id)).status == "finished"


async def test_a_hanging_model_is_cut_at_the_deadline(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    generator.before = asyncio.Event().wait
    service = make_service(ExecutorLimits(deadline=0.01))
    run = await service.start(request())
    failed = await service.settled(run.id)
    assert (failed.status, failed.reason) == (
        "failed", "the model did not answer within 0.01 seconds",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("budget", "reason"),
    [({"calls": 9}, "calls"), ({"generated_tokens": 60}, "generated tokens"),
     ({"prompt_tokens": 60}, "prompt tokens"), ({"seconds": 1e-9}, "seconds")],
)  # fmt: skip
async def test_each_budget_ends_the_run(
    service: RunService, budget: dict[str, float], reason: str
) -> None:
    run = await service.start(request(budget=budget))
    done = await service.settled(run.id)
    assert (done.status, done.reason) == ("finished", f"budget used up: {reason}")
    assert not any(n.visits < 0 for n in (await service.tree(run.id)).nodes)


async def test_a_run_ends_early_when_solutions_agree(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    generator.variety = 2
    service = make_service()
    settings = {"n": 4000, "per_call": 2, "stop_at_agreement": 7}
    run = await service.start(request(strategy="self_consistency", settings=settings))
    done = await service.settled(run.id)
    assert (done.status, done.reason) == ("finished", "7 solutions agree on an answer")
    assert done.usage["calls"] < 40


async def test_more_runs_than_room_wait_their_turn(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    gate = asyncio.Event()
    generator.before = gate.wait
    service = make_service(max_running=1)
    first = await service.start(request())
    second = await service.start(request())
    await reached(service, first.id, nodes=0)
    assert (await service.get(second.id)).status == "queued"
    paused = await service.pause(second.id)
    assert paused.status == "paused"
    await service.resume(second.id)
    gate.set()
    assert (await service.settled(first.id)).status == "finished"
    assert (await service.settled(second.id)).status == "finished"


async def test_a_right_and_a_wrong_answer(service: RunService) -> None:
    run = await service.start(request())
    answer = (await service.settled(run.id)).answer
    references = ((answer, True), ("-1", False), ("no number", None), (None, None))
    for reference, correct in references:
        again = await service.start(request(reference_answer=reference))
        assert (await service.settled(again.id)).correct is correct


async def test_delete_stops_and_removes(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    generator.before = asyncio.Event().wait
    service = make_service()
    run = await service.start(request())
    await service.delete(run.id)
    with pytest.raises(NotFound):
        await service.get(run.id)


async def test_a_full_disk_pauses_the_run_and_loses_nothing(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    store = FullStore()
    service = make_service(on=store)
    gate = Gate(generator, 20)
    run = await service.start(request(budget={"nodes": 300}))
    await gate.reached.wait()
    store.full = True
    gate.opened.set()
    halted = await service.settled(run.id)
    assert (halted.status, halted.reason) == ("paused", "storage: disk full")
    with pytest.raises(Unavailable) as caught:
        await service.label(run.id, 1, LabelRequest(1))
    assert caught.value.code == "storage_full"
    with pytest.raises(Unavailable):
        await service.resume(run.id)
    assert (await service.get(run.id)).status == "paused"
    store.full = False
    assert (await service.tree(run.id)).nodes[1].label is None
    await service.resume(run.id)
    assert (await service.settled(run.id)).status == "finished"
    view = await service.tree(run.id)
    events = await store.events(run.id)
    replayed = replay_records(events, view.run.seed)
    assert tuple(node_record(node) for node in replayed.nodes) == view.nodes


@pytest.mark.parametrize("strategy", ["mcts", "best_of_n"])
async def test_a_budget_is_passed_by_one_piece_of_work_at_most(
    service: RunService, strategy: str
) -> None:
    settings = {"n": 1000} if strategy == "best_of_n" else {}
    limit = 2_000
    run = await service.start(
        request(strategy=strategy, settings=settings, budget={"generated_tokens": limit})
    )
    done = await service.settled(run.id)
    assert done.reason == "budget used up: generated tokens"
    most_per_work = 4 * 4 * 5  # samples, steps, tokens of the scripted generator
    assert limit <= done.usage["generated_tokens"] <= limit + most_per_work


async def test_a_search_that_used_its_budget_up_goes_on_with_a_larger_one(
    make_service: MakeService,
) -> None:
    service = make_service()
    run = await service.start(request(budget={"nodes": 20, "seconds": 600}))
    before = await service.settled(run.id)
    tree = await service.tree(run.id)
    with pytest.raises(Conflict) as refused:
        await service.resume(run.id)
    assert "larger budget" in refused.value.hint
    with pytest.raises(InvalidRequest, match="has used"):
        await service.resume(run.id, {"nodes": 20})
    with pytest.raises(InvalidRequest, match="at most"):
        await service.resume(run.id, {"nodes": 10**30})
    assert (await service.get(run.id)).budget == before.budget
    await service.resume(run.id, {"nodes": 60})
    done = await service.settled(run.id)
    assert (done.status, done.budget) == ("finished", {"nodes": 60, "seconds": 600})
    assert done.usage["nodes"] >= 60
    # What there was is where it was, and the larger budget is stored.
    assert [node.text for node in (await service.tree(run.id)).nodes[: len(tree.nodes)]] == [
        node.text for node in tree.nodes
    ]
    assert (await make_service().get(run.id)).budget == done.budget


async def test_the_votes_say_why_an_answer_was_chosen(service: RunService) -> None:
    run = await service.start(request(strategy="best_of_n", settings={"choose": "weighted"}))
    await service.settled(run.id)
    votes = await service.choices.votes(run.id)
    view = await service.tree(run.id)
    ends = [node for node in view.nodes if node.terminal]
    assert (votes.rule, votes.items[0].chosen) == ("weighted", True)
    assert [one.weight for one in votes.items] == sorted(
        (one.weight for one in votes.items), reverse=True
    )
    assert sum(one.solutions for one in votes.items) == sum(end.samples for end in ends)
    for one in votes.items:
        assert view.nodes[one.node].answer == one.answer
        assert one.best == max(end.value for end in ends if end.answer == one.answer)  # type: ignore[type-var]
    assert (await service.choices.votes(run.id, 1)).items == ()
