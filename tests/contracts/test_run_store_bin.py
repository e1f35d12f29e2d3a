"""What every RunStore promises about the bin: nothing in it is to be seen, all of it comes back."""

from collections.abc import Awaitable, Callable

import pytest

from storage.errors import Conflict, NotFound
from storage.port import RunStore
from storage.records import RunQuery
from tests.contracts.samples import (
    START,
    a_label,
    a_labelled_run,
    a_node,
    a_patch,
    a_run,
    a_share,
    an_event,
    minute,
)

USES: list[Callable[[RunStore], Awaitable[object]]] = [
    lambda store: store.get_run("run-1"),
    lambda store: store.events("run-1"),
    lambda store: store.nodes("run-1"),
    lambda store: store.labels("run-1"),
    lambda store: store.list_shares("run-1"),
    lambda store: store.create_share(a_share("another")),
    lambda store: store.append("run-1", [an_event(4)], [a_node(3)], a_patch()),
    lambda store: store.append("run-1", [], [], a_patch(), a_label("another")),
    lambda store: store.set_tags("run-1", ()),
    lambda store: store.bin_run("run-1", START),
    lambda store: store.delete_run("run-1"),
]


async def test_what_is_in_the_bin_is_nowhere_else(run_store: RunStore) -> None:
    await a_labelled_run(run_store)
    await run_store.create_run(a_run("run-2", tags=()))
    await run_store.bin_run("run-1", START)
    for use in USES:
        with pytest.raises(NotFound):
            await use(run_store)
    assert [run.id for run in (await run_store.list_runs()).items] == ["run-2"]
    deleted = (await run_store.list_runs(RunQuery(deleted=True))).items
    assert [run.id for run in deleted] == ["run-1"]
    assert (await run_store.list_runs(RunQuery(deleted=True, tag="others"))).items == ()
    assert (await run_store.list_runs(RunQuery(tag="primes"))).items == ()
    assert await run_store.tags() == ()
    assert await run_store.find_share("hash of share of run-1") is None
    with pytest.raises(Conflict):
        await run_store.create_run(a_run())


async def test_what_is_restored_is_as_it_was(run_store: RunStore) -> None:
    await a_labelled_run(run_store)

    async def everything() -> list[object]:
        return [
            await run_store.nodes("run-1"), await run_store.events("run-1"),
            await run_store.labels("run-1"), await run_store.list_shares("run-1"),
            await run_store.list_runs(), await run_store.tags(),
            await run_store.find_share("hash of share of run-1"),
        ]  # fmt: skip

    before = await everything()
    await run_store.bin_run("run-1", START)
    await run_store.restore_run("run-1")
    assert await everything() == before
    await run_store.restore_run("run-1")
    assert await everything() == before
    with pytest.raises(NotFound):
        await run_store.restore_run("run-2")


async def test_only_what_lay_in_the_bin_for_long_is_purged(run_store: RunStore) -> None:
    for number, run_id in enumerate(("run-0", "run-1", "run-2")):
        await a_labelled_run(run_store, run_id)
        if number:
            await run_store.bin_run(run_id, minute(number))
    assert await run_store.purge_bin(minute(1)) == 0
    assert await run_store.purge_bin(minute(2)) == 1
    with pytest.raises(NotFound):
        await run_store.restore_run("run-1")
    assert await run_store.get_label("first of run-1") is None
    await run_store.restore_run("run-2")
    for run_id in ("run-0", "run-2"):
        assert len(await run_store.labels(run_id)) == 2
