"""What SQLite and the disk can report, as the layers above see it."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.errors import Conflict, NotFound, StorageFull, StorageUnavailable
from storage.sqlite import writes
from storage.sqlite.failures import translated
from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import a_label, a_node, a_patch, a_run, an_event, grow


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteRunStore]:
    """An open store in a file."""
    opened = SqliteRunStore.open(tmp_path / "runs.db")
    yield opened
    await opened.close()


def _limit_pages(connection: Connection, more: int) -> None:
    (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


async def _fill(store: SqliteRunStore) -> int:
    """Grow run-1 until the disk is full; how many commits were acknowledged."""
    for seq in range(200):
        node = a_node(seq, text="x" * 2_000)
        label = a_label(f"label {seq}", seq)
        try:
            await store.append("run-1", [an_event(seq + 1)], [node], a_patch(), label)
        except StorageFull:
            return seq
    raise AssertionError("the disk was never full")


async def test_a_full_disk_keeps_what_was_acknowledged(store: SqliteRunStore) -> None:
    await store.create_run(a_run())
    # The limit belongs to a connection, so it is set on the one that writes.
    await store._write(_limit_pages, 12)
    seq = await _fill(store)
    assert seq > 3
    run, nodes = await store.nodes("run-1")
    assert run.seq == len(nodes) == len(await store.events("run-1")) == seq
    assert len(await store.labels("run-1")) == seq
    with pytest.raises(StorageFull, match="free some space"):
        await store.append("run-1", [], [a_node(999, text="x" * 50_000)], a_patch())

    await store._write(_limit_pages, 10_000)
    await grow(store, "run-1", seq + 1, a_label("afterwards", seq))
    assert len(await store.labels("run-1")) == seq + 1
    with closing(sqlite3.connect(store.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_the_writer_syncs_every_commit_and_checks_references(store: SqliteRunStore) -> None:
    def pragmas(connection: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    assert await store._write(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 5_000,
        "foreign_keys": 1,
    }


async def test_a_write_takes_its_turn_before_it_reads(store: SqliteRunStore) -> None:
    def try_to_begin_as_well(_: Connection) -> None:
        with closing(sqlite3.connect(store.path, isolation_level=None, timeout=0)) as stranger:
            stranger.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageUnavailable, match="locked"):
        await store._write(try_to_begin_as_well)


async def test_readers_cannot_write(store: SqliteRunStore) -> None:
    await store.create_run(a_run())
    with pytest.raises(StorageUnavailable, match="readonly"):
        await store._read(writes.delete_run, "run-1")
    assert (await store.get_run("run-1")).id == "run-1"


async def test_a_constraint_that_refuses_is_a_conflict(store: SqliteRunStore) -> None:
    def orphan(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO events (run_id, seq, kind, payload, at) VALUES ('no', 1, 'k', '{}', '')"
        )

    with pytest.raises(Conflict, match="FOREIGN KEY"):
        await store._write(orphan)


async def test_a_labelled_node_cannot_be_deleted_alone(store: SqliteRunStore) -> None:
    await store.create_run(a_run())
    await grow(store, "run-1", 1, a_label())
    with pytest.raises(Conflict, match="FOREIGN KEY"):
        await store._write(
            lambda connection: connection.exec_driver_sql("DELETE FROM nodes") and None
        )
    assert await store.labels("run-1") == (a_label(),)


async def test_a_damaged_table_is_reported_as_unavailable(store: SqliteRunStore) -> None:
    await store._write(lambda connection: connection.exec_driver_sql("DROP TABLE labels") and None)
    with pytest.raises(StorageUnavailable, match="no such table"):
        await store.get_label("label-1")
    with pytest.raises(NotFound):
        await store.get_run("run-1")


async def test_a_file_locked_by_a_stranger_is_unavailable_and_works_again(
    store: SqliteRunStore,
) -> None:
    def do_not_wait(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")

    await store._write(do_not_wait)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable, match="locked by another program"):
            await store.create_run(a_run())
        stranger.execute("ROLLBACK")
    await store.create_run(a_run())


@pytest.mark.parametrize("name", ["file/runs.db", "folder"])
def test_a_path_that_cannot_be_used_is_unavailable(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageUnavailable, match="cannot use") as failure:
        SqliteRunStore.open(tmp_path / name)
    assert "Check the path" in str(failure.value)


def test_errors_of_the_file_system_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StorageFull), translated(tmp_path):
        raise OSError(28, "No space left on device")
    with pytest.raises(StorageUnavailable, match="Permission denied"), translated(tmp_path):
        raise PermissionError(13, "Permission denied")
    with pytest.raises(KeyError), translated(tmp_path):
        raise KeyError("not ours")


async def test_missing_folders_and_odd_names_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "new" / "100% of #1? ünï" / "runs file.db"
    store = SqliteRunStore.open(path)
    await store.create_run(a_run())
    await store.close()
    assert path.is_file()
    # The last to close folded the log into the file, so the file alone can be copied.
    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        "runs file.db",
        "runs file.db.lock",
    ]


@pytest.mark.parametrize(("version", "noted"), [((3, 51, 2), True), ((3, 51, 3), False)])
async def test_an_old_sqlite_is_noted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    version: tuple[int, int, int],
    noted: bool,
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    with caplog.at_level(logging.INFO, logger="storage.sqlite.store"):
        await SqliteRunStore.open(tmp_path / "runs.db").close()
    assert ("WAL-reset" in caplog.text) is noted
    assert ("writes from one thread" in caplog.text) is noted
