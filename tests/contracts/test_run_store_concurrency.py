"""What every RunStore promises while many callers use it, and while they are cancelled."""

import asyncio
from contextlib import suppress
from random import Random

from storage.errors import Conflict
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from tests.contracts.samples import a_label, a_labelled_run, a_node, a_patch, a_run, an_event, grow


async def test_several_runs_grow_at_once(run_store: RunStore) -> None:
    async def grow_one(run_id: str) -> None:
        await run_store.create_run(a_run(run_id))
        for seq in range(1, 26):
            await grow(run_store, run_id, seq, a_label(f"{run_id} {seq}", seq - 1, run_id))

    names = [f"run-{number}" for number in range(6)]
    await asyncio.gather(*map(grow_one, names))
    for name in names:
        run, nodes = await run_store.nodes(name)
        assert run.seq == len(nodes) == 25
        assert [event.seq for event in await run_store.events(name)] == list(range(1, 26))
        assert len(await run_store.labels(name)) == 25


async def test_of_many_commits_on_one_view_exactly_one_is_kept(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    outcomes = await asyncio.gather(
        *(
            run_store.append(
                "run-1", [an_event(1, payload={"by": by})], [a_node(by)], a_patch(),
                a_label(f"label {by}", by),
            )
            for by in range(20)
        ),
        return_exceptions=True,
    )  # fmt: skip
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 19
    winner = outcomes.index(None)
    (event,) = await run_store.events("run-1")
    assert event.payload == {"by": winner}
    assert (await run_store.nodes("run-1"))[1] == (a_node(winner),)
    assert [label.id for label in await run_store.labels("run-1")] == [f"label {winner}"]


async def test_a_reader_always_sees_whole_commits(run_store: RunStore) -> None:
    await run_store.create_run(a_run())

    async def write() -> None:
        for seq in range(1, 101, 2):
            pair = [an_event(seq), an_event(seq + 1)]
            patch = a_patch(usage={"nodes": seq + 1})
            await run_store.append("run-1", pair, [a_node(seq - 1), a_node(seq)], patch)

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        run, nodes = await run_store.nodes("run-1")
        assert len(nodes) == run.seq == run.usage.get("nodes", 0)
        seen.add(run.seq)
        await asyncio.sleep(0)
    await writing
    assert seen <= set(range(0, 101, 2))


async def test_cancelled_callers_harm_nothing(run_store: RunStore) -> None:
    """Hundreds of writes are cancelled at random points; what was acknowledged is all there."""
    random = Random(20261121)
    names = [f"run-{number}" for number in range(6)]
    for name in names:
        await run_store.create_run(a_run(name))
    acknowledged: dict[str, tuple[str, int]] = {}
    cancelled = 0

    async def commit(name: str, label_id: str) -> None:
        while label_id not in acknowledged:
            seq = (await run_store.get_run(name)).seq + 1
            # A cancelled write may still be under way, and happen between this read and write.
            with suppress(Conflict):
                await grow(run_store, name, seq, a_label(label_id, seq - 1, name))
                acknowledged[label_id] = (name, seq)

    for turn in range(120):
        tasks = [asyncio.create_task(commit(name, f"{name} turn {turn}")) for name in names]
        if random.random() < 0.5:
            # After some were acknowledged, while others wait for the writer or are being written.
            for _ in range(random.randrange(1, 4)):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                tasks = [task for task in tasks if not task.done()] or tasks
        else:
            for _ in range(random.randrange(60)):
                await asyncio.sleep(0)
        cancelled += sum(task.cancel() for task in tasks if random.random() < 0.8)
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError)

    for name in names:
        await commit(name, f"{name} afterwards")
    await _assert_kept(run_store, names, acknowledged)
    # Nothing in memory takes long enough to be cancelled half-way.
    assert cancelled >= 100 or isinstance(run_store, InMemoryRunStore)


async def _assert_kept(
    store: RunStore, names: list[str], acknowledged: dict[str, tuple[str, int]]
) -> None:
    for name in names:
        run, nodes = await store.nodes(name)
        events = await store.events(name)
        assert [event.seq for event in events] == list(range(1, run.seq + 1))
        assert [node.id for node in nodes] == list(range(run.seq))
        stored = {label.id: (name, label.node_id + 1) for label in await store.labels(name)}
        expected = {label: at for label, at in acknowledged.items() if at[0] == name}
        assert expected.items() <= stored.items()
        assert len(stored) == run.seq


async def test_a_cancelled_creation_or_deletion_happened_or_did_not(run_store: RunStore) -> None:
    random = Random(7)
    for turn in range(20):
        await a_labelled_run(run_store, f"old-{turn}")
        for work in (
            run_store.create_run(a_run(f"new-{turn}")),
            run_store.delete_run(f"old-{turn}"),
        ):
            task = asyncio.create_task(work)
            for _ in range(random.randrange(30)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    # A cancelled write may still be under way; this one comes after it.
    await run_store.create_run(a_run("last"))
    listed = {run.id for run in (await run_store.list_runs(limit=100)).items}
    for name in (f"old-{turn}" for turn in range(20)):
        kept = name in listed
        assert (await run_store.find_share(f"hash of share of {name}") is not None) == kept
        assert (await run_store.get_label(f"second of {name}") is not None) == kept
        if kept:
            assert len((await run_store.nodes(name))[1]) == len(await run_store.events(name)) == 3
    for name in (f"new-{turn}" for turn in range(20) if f"new-{turn}" in listed):
        assert await run_store.nodes(name) == (a_run(name), ())


async def test_closing_finishes_what_was_begun(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    writing = asyncio.create_task(grow(run_store, "run-1", 1, a_label()))
    await asyncio.sleep(0)
    await run_store.close()
    await writing
