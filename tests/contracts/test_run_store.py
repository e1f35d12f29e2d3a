"""What every RunStore promises, method by method."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from storage.errors import Conflict, NotFound, StorageUnavailable
from storage.port import RunStore
from tests.contracts.samples import (
    START,
    a_label,
    a_labelled_run,
    a_node,
    a_patch,
    a_run,
    a_share,
    an_event,
    grow,
    minute,
)


async def test_a_run_comes_back_as_it_was_stored(run_store: RunStore) -> None:
    run = a_run(correct=False, best_node=3, reason="stopped", answer="10")
    await run_store.create_run(run)
    assert await run_store.get_run("run-1") == run
    assert isinstance((await run_store.get_run("run-1")).verifiers, tuple)


async def test_a_run_with_defaults_comes_back(run_store: RunStore) -> None:
    bare = replace(
        a_run(), settings={}, generator="", verifiers=(), budget={}, reference_answer=None
    )
    await run_store.create_run(bare)
    assert await run_store.get_run("run-1") == bare


async def test_times_come_back_in_utc(run_store: RunStore) -> None:
    local = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    await run_store.create_run(a_run(created_at=local))
    created_at = (await run_store.get_run("run-1")).created_at
    assert created_at == START
    assert created_at.utcoffset() == timedelta(0)


async def test_a_taken_run_id_is_a_conflict(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    with pytest.raises(Conflict, match="run-1"):
        await run_store.create_run(a_run(problem="another"))
    assert (await run_store.get_run("run-1")).problem == a_run().problem


async def test_a_new_run_has_no_events(run_store: RunStore) -> None:
    with pytest.raises(ValueError, match="seq 0"):
        await run_store.create_run(a_run(seq=3))


UNKNOWN_RUN: dict[str, Any] = {
    "get_run": lambda store: store.get_run("nowhere"),
    "delete_run": lambda store: store.delete_run("nowhere"),
    "append": lambda store: store.append("nowhere", [an_event(1, "nowhere")], [], a_patch()),
    "append nothing": lambda store: store.append("nowhere", [], [], a_patch()),
    "events": lambda store: store.events("nowhere"),
    "nodes": lambda store: store.nodes("nowhere"),
    "labels": lambda store: store.labels("nowhere"),
    "create_share": lambda store: store.create_share(a_share(run_id="nowhere")),
    "list_shares": lambda store: store.list_shares("nowhere"),
    "revoke_share": lambda store: store.revoke_share("nowhere", START),
}


@pytest.mark.parametrize("method", UNKNOWN_RUN)
async def test_what_does_not_exist_is_not_found(run_store: RunStore, method: str) -> None:
    await a_labelled_run(run_store)
    with pytest.raises(NotFound, match="nowhere"):
        await UNKNOWN_RUN[method](run_store)


async def test_an_append_stores_events_nodes_and_the_patch(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    events = (an_event(1), an_event(2, kind="scored", payload={}))
    nodes = (a_node(0, parent=None, action="problem"), a_node(1, value=None, label=-1))
    patch = a_patch(
        status="finished", usage={"nodes": 2}, budget={"nodes": 5}, reason="budget",
        answer="10", correct=True, best_node=1, answer_value=0.75,
    )  # fmt: skip
    await run_store.append("run-1", events, nodes, patch)
    run, stored_nodes = await run_store.nodes("run-1")
    assert await run_store.events("run-1") == events
    assert stored_nodes == nodes
    assert run == replace(
        a_run(), seq=2, status="finished", usage={"nodes": 2}, budget={"nodes": 5}, reason="budget",
        answer="10", correct=True, best_node=1, answer_value=0.75,
    )  # fmt: skip
    assert await run_store.get_run("run-1") == run


async def test_an_append_replaces_touched_nodes(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    await run_store.append("run-1", [an_event(1)], [a_node(2), a_node(0), a_node(1)], a_patch())
    touched = a_node(
        1, text="new", value=None, visits=9, prior=None, scores={}, terminal=True, answer="10",
        corrects=0, origin="person", samples=2, pruned=True, label=1, temperature=None,
        flagged=False,
    )  # fmt: skip
    await run_store.append("run-1", [an_event(2)], [touched], a_patch())
    _, nodes = await run_store.nodes("run-1")
    assert nodes == (a_node(0), touched, a_node(2))


async def test_an_append_without_events_changes_the_run_only(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    await run_store.append("run-1", [], [], a_patch(status="paused"))
    assert await run_store.get_run("run-1") == replace(a_run(), status="paused", usage={"calls": 1})


@pytest.mark.parametrize("seqs", [(1,), (2,), (4,), (0,), (3, 5), (3, 3), (4, 3), (-1,)])
async def test_events_that_do_not_follow_on_are_a_conflict(
    run_store: RunStore, seqs: tuple[int, ...]
) -> None:
    await run_store.create_run(a_run())
    await grow(run_store, "run-1", 1)
    await grow(run_store, "run-1", 2)
    before = await run_store.nodes("run-1")
    with pytest.raises(Conflict, match="event 2"):
        await run_store.append(
            "run-1", [an_event(seq) for seq in seqs], [a_node(7)], a_patch(status="failed")
        )
    assert await run_store.nodes("run-1") == before
    assert await run_store.events("run-1") == (an_event(1), an_event(2))


async def test_records_of_another_run_are_refused(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    with pytest.raises(ValueError, match="run-2"):
        await run_store.append("run-1", [an_event(1, "run-2")], [a_node()], a_patch())
    label = a_label(run_id="run-2")
    with pytest.raises(ValueError, match="run-2"):
        await run_store.append("run-1", [an_event(1)], [a_node()], a_patch(), label)
    assert await run_store.nodes("run-1") == (a_run(), ())


async def test_events_are_read_in_order_after_a_point(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    assert await run_store.events("run-1") == ()
    every = tuple(an_event(seq) for seq in range(1, 13))
    await run_store.append("run-1", every, [], a_patch())
    assert await run_store.events("run-1") == every
    assert await run_store.events("run-1", after=9) == every[9:]
    assert await run_store.events("run-1", after=2, limit=3) == every[2:5]
    assert await run_store.events("run-1", limit=0) == ()
    assert await run_store.events("run-1", after=12) == ()
    assert await run_store.events("run-1", kind="graded") == ()
    assert await run_store.events("run-1", kind=every[0].kind, after=2, limit=3) == every[2:5]
    for after, limit in ((-1, None), (0, -1), (2**70, None), (0, 2**63)):
        with pytest.raises(ValueError, match="at least 0"):
            await run_store.events("run-1", after=after, limit=limit)


async def test_runs_do_not_see_each_other(run_store: RunStore) -> None:
    await a_labelled_run(run_store, "run-1")
    await a_labelled_run(run_store, "run-2")
    await grow(run_store, "run-2", 4)
    assert len(await run_store.events("run-1")) == 3
    assert len((await run_store.nodes("run-2"))[1]) == 4
    assert {label.run_id for label in await run_store.labels("run-1")} == {"run-1"}
    assert {share.run_id for share in await run_store.list_shares("run-2")} == {"run-2"}


async def test_what_is_read_cannot_change_what_is_stored(run_store: RunStore) -> None:
    settings = {"nested": {"list": [1]}}
    payload: dict[str, Any] = {"scores": {"prm": 0.5}}
    await run_store.create_run(a_run(settings=settings))
    await run_store.append("run-1", [an_event(1, payload=payload)], [a_node()], a_patch())
    settings["nested"]["list"].append(2)
    payload["scores"]["prm"] = 0.9
    run, (node,) = await run_store.nodes("run-1")
    run.settings["nested"]["list"].append(3)
    node.scores["prm"] = 0.1  # type: ignore[index]
    (event,) = await run_store.events("run-1")
    event.payload["scores"]["prm"] = 0.2
    assert (await run_store.get_run("run-1")).settings == {"nested": {"list": [1]}}
    assert (await run_store.nodes("run-1"))[1] == (a_node(),)
    assert (await run_store.events("run-1"))[0].payload == {"scores": {"prm": 0.5}}


async def test_a_label_is_stored_with_its_commit(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    label = a_label(node_id=0)
    await grow(run_store, "run-1", 1, label)
    assert await run_store.get_label("label-1") == label
    assert await run_store.get_label("label-2") is None
    assert await run_store.labels("run-1") == (label,)


async def test_a_change_of_mind_is_another_label(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    later = a_label("a", rating=None, at=minute(2), seconds=None, visible={}, comment="")
    earlier = a_label("b", rating=-1, at=minute(1))
    await grow(run_store, "run-1", 1, later)
    await grow(run_store, "run-1", 2, earlier)
    assert await run_store.labels("run-1") == (earlier, later)


@pytest.mark.parametrize("changed", [{}, {"rating": -1}, {"node_id": 1}])
async def test_a_known_label_id_is_a_conflict_and_nothing_is_kept(
    run_store: RunStore, changed: dict[str, Any]
) -> None:
    await run_store.create_run(a_run())
    await run_store.append("run-1", [an_event(1)], [a_node(0), a_node(1)], a_patch(), a_label())
    before = await run_store.nodes("run-1")
    with pytest.raises(Conflict, match="label-1"):
        await run_store.append(
            "run-1", [an_event(2)], [a_node(0, label=-1)], a_patch(status="failed"),
            replace(a_label(), **changed),
        )  # fmt: skip
    assert await run_store.nodes("run-1") == before
    assert await run_store.labels("run-1") == (a_label(),)
    assert len(await run_store.events("run-1")) == 1


async def test_a_label_id_is_known_across_runs(run_store: RunStore) -> None:
    await a_labelled_run(run_store, "run-1")
    await run_store.create_run(a_run("run-2"))
    with pytest.raises(Conflict, match="first of run-1"):
        await grow(run_store, "run-2", 1, a_label("first of run-1", 0, "run-2"))
    assert await run_store.nodes("run-2") == (a_run("run-2"), ())


async def test_a_label_needs_its_node_and_nothing_is_kept(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    with pytest.raises(NotFound, match="node 5"):
        await grow(run_store, "run-1", 1, a_label(node_id=5))
    assert await run_store.nodes("run-1") == (a_run(), ())
    assert await run_store.events("run-1") == ()
    await grow(run_store, "run-1", 1, a_label())
    assert await run_store.labels("run-1") == (a_label(),)


async def test_shares_are_stored_found_and_listed(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    old = a_share("old", expires_at=None, snapshot_seq=None, created_at=minute(0))
    new = a_share("new", created_at=minute(1))
    await run_store.create_share(old)
    await run_store.create_share(new)
    assert await run_store.list_shares("run-1") == (new, old)
    assert await run_store.find_share("hash of old") == old
    assert await run_store.find_share("hash of nothing") is None


@pytest.mark.parametrize("changed", [{"token_hash": "another"}, {"id": "another"}])
async def test_a_taken_share_is_a_conflict(run_store: RunStore, changed: dict[str, str]) -> None:
    await run_store.create_run(a_run())
    await run_store.create_share(a_share())
    with pytest.raises(Conflict, match="share"):
        await run_store.create_share(replace(a_share(role="edit"), **changed))  # type: ignore[arg-type]
    assert await run_store.list_shares("run-1") == (a_share(),)


async def test_revoking_twice_keeps_the_first_time(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    await run_store.create_share(a_share())
    await run_store.revoke_share("share-1", minute(5))
    await run_store.revoke_share("share-1", minute(6))
    revoked = a_share(revoked_at=minute(5))
    assert await run_store.find_share("hash of share-1") == revoked
    assert await run_store.list_shares("run-1") == (revoked,)


async def test_deleting_a_run_takes_all_of_it_and_nothing_else(run_store: RunStore) -> None:
    await a_labelled_run(run_store, "run-1")
    await a_labelled_run(run_store, "run-2")
    kept = (
        await run_store.nodes("run-2"),
        await run_store.events("run-2"),
        await run_store.labels("run-2"),
        await run_store.list_shares("run-2"),
    )
    await run_store.delete_run("run-1")
    with pytest.raises(NotFound):
        await run_store.get_run("run-1")
    assert await run_store.get_label("first of run-1") is None
    assert await run_store.find_share("hash of share of run-1") is None
    assert [run.id for run in (await run_store.list_runs()).items] == ["run-2"]
    assert kept == (
        await run_store.nodes("run-2"),
        await run_store.events("run-2"),
        await run_store.labels("run-2"),
        await run_store.list_shares("run-2"),
    )


async def test_a_deleted_run_leaves_nothing_for_its_successor(run_store: RunStore) -> None:
    await a_labelled_run(run_store)
    await run_store.delete_run("run-1")
    await run_store.create_run(a_run())
    assert await run_store.nodes("run-1") == (a_run(), ())
    assert await run_store.events("run-1") == ()
    assert await run_store.labels("run-1") == ()
    assert await run_store.list_shares("run-1") == ()
    await grow(run_store, "run-1", 1, a_label("first of run-1"))


async def test_a_closed_store_refuses_and_closes_again(run_store: RunStore) -> None:
    await run_store.create_run(a_run())
    await run_store.close()
    await run_store.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        await run_store.get_run("run-1")
    with pytest.raises(StorageUnavailable, match="closed"):
        await run_store.create_run(a_run("run-2"))
    with pytest.raises(StorageUnavailable, match="closed"):
        await run_store.get_label("label-1")
