"""A RunStore in one SQLite file: an async face on one writing and a few reading threads."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine

from storage.checks import (
    check_count,
    check_new_run,
    check_query,
    check_same_run,
    check_text,
    stored_copy,
    utc_time,
)
from storage.cursor import position_of
from storage.errors import StorageUnavailable
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    Page,
    RunPatch,
    RunQuery,
    RunRecord,
    ShareRecord,
    TagCount,
)
from storage.sqlite import listing, reads, writes
from storage.sqlite.engine import READERS, reader_engine, writer_engine
from storage.sqlite.failures import translated
from storage.sqlite.lock import DatabaseLock
from storage.sqlite.migrate import migrate

T = TypeVar("T")
P = ParamSpec("P")
_WAL_RESET_FIXED = (3, 51, 3)
logger = logging.getLogger(__name__)


class SqliteRunStore:
    """Keeps the promises of `storage.port.RunStore` in a file on a local disk.

    One thread owns the only connection that writes, so SQLite never sees two writers, and a
    cancelled caller leaves the transaction to that thread: it finishes, or it never began.
    """

    def __init__(self, path: Path, lock: DatabaseLock) -> None:
        """Use `open` instead: it locks and migrates the file first."""
        self.path = path
        self._lock = lock
        self._writer = writer_engine(path)
        self._reader = reader_engine(path)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="storage-writer")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")
        self._closing = Lock()
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """Lock the file, bring its schema up to date and open it; blocks while it does.

        Creates the file and its folders if they are missing. StorageUnavailable if another
        process has the file, or it cannot be used; StorageFull without space.
        """
        # Links to one file must lead to one lock.
        path = path.expanduser().resolve()
        _note_old_sqlite()
        with ExitStack() as on_failure:
            with translated(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            lock = DatabaseLock(path)
            on_failure.callback(lock.release)
            migrate(path)
            store = cls(path, lock)
            on_failure.callback(store._close_now)
            # The first use of a connection is where a file turns out to be unusable.
            store._writing.submit(_in_transaction, store._writer, path, _touch).result()
            on_failure.pop_all()
            return store

    async def create_run(self, run: RunRecord) -> None:
        """Store a new run with `seq` 0. Conflict if the id exists."""
        check_new_run(run)
        await self._write(writes.insert_run, stored_copy(run))

    async def get_run(self, run_id: str) -> RunRecord:
        """The run. NotFound if there is none."""
        check_text(run_id, "run_id")
        return await self._read(reads.read_run, run_id)

    async def list_runs(
        self, wanted: RunQuery | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[RunRecord]:
        """The runs that `wanted` describes (all, newest first, if it is None), in pages."""
        check_count(limit, "limit", least=1)
        wanted = wanted or RunQuery()
        check_query(wanted)
        after = position_of(cursor, wanted.sort) if cursor is not None else None
        return await self._read(listing.read_runs, wanted, after, limit)

    async def tags(self) -> tuple[TagCount, ...]:
        """All tags in use, by name."""
        return await self._read(listing.read_tags)

    async def set_tags(self, run_id: str, tags: tuple[str, ...]) -> None:
        """Give a run these tags in place of those it has. NotFound if there is no such run."""
        check_text(run_id, "run_id")
        for tag in tags:
            check_text(tag, "tags")
        await self._write(writes.change_run, run_id, {"tags": tags})

    async def bin_run(self, run_id: str, at: datetime) -> None:
        """Put a run and all that belongs to it into the bin. NotFound if there is no such run."""
        check_text(run_id, "run_id")
        await self._write(writes.change_run, run_id, {"binned_at": utc_time(at, "at")})

    async def restore_run(self, run_id: str) -> None:
        """Take a run out of the bin (not in it: no change). NotFound if there is none anywhere."""
        check_text(run_id, "run_id")
        await self._write(writes.restore_run, run_id)

    async def purge_bin(self, before: datetime) -> int:
        """Remove for good all runs that were put into the bin before this time; how many."""
        return await self._write(writes.purge_bin, utc_time(before, "before"))

    async def delete_run(self, run_id: str) -> None:
        """Remove a run with all its events, nodes, labels and shares. NotFound if there is none."""
        check_text(run_id, "run_id")
        await self._write(writes.delete_run, run_id)

    async def append(
        self,
        run_id: str,
        events: Sequence[EventRecord],
        nodes: Sequence[NodeRecord],
        patch: RunPatch,
        label: LabelRecord | None = None,
    ) -> None:
        """Store one commit of a run: events, nodes, changed fields and a label, or none of them."""
        check_text(run_id, "run_id")
        new_events = tuple(stored_copy(event) for event in events)
        new_nodes = tuple(stored_copy(node) for node in nodes)
        label = stored_copy(label) if label else None
        check_same_run(run_id, new_events, label)
        await self._write(
            writes.append_commit, run_id, new_events, new_nodes, stored_copy(patch), label
        )

    async def events(
        self, run_id: str, *, after: int = 0, limit: int | None = None, kind: str | None = None
    ) -> tuple[EventRecord, ...]:
        """Events with seq > `after`, of one `kind` or of all, in order, at most `limit`.

        NotFound if no such run.
        """
        check_text(run_id, "run_id")
        check_count(after, "after")
        if limit is not None:
            check_count(limit, "limit")
        return await self._read(reads.read_events, run_id, after, limit, kind)

    async def nodes(self, run_id: str) -> tuple[RunRecord, tuple[NodeRecord, ...]]:
        """The run and all its nodes by id, from one snapshot. NotFound if no such run."""
        check_text(run_id, "run_id")
        return await self._read(reads.read_nodes, run_id)

    async def get_label(self, label_id: str) -> LabelRecord | None:
        """The stored label with this idempotency key, if any."""
        check_text(label_id, "label_id")
        return await self._read(reads.read_label, label_id)

    async def labels(self, run_id: str) -> tuple[LabelRecord, ...]:
        """All labels of a run, oldest first. NotFound if no such run."""
        check_text(run_id, "run_id")
        return await self._read(reads.read_labels, run_id)

    async def create_share(self, share: ShareRecord) -> None:
        """Store a share link. NotFound without its run, Conflict if id or token hash exist."""
        await self._write(writes.insert_share, stored_copy(share))

    async def list_shares(self, run_id: str) -> tuple[ShareRecord, ...]:
        """All links to a run, newest first, revoked and expired ones too."""
        check_text(run_id, "run_id")
        return await self._read(reads.read_shares, run_id)

    async def find_share(self, token_hash: str) -> ShareRecord | None:
        """The link with this token hash, whether or not it still holds; None if unknown."""
        check_text(token_hash, "token_hash")
        return await self._read(reads.read_share, token_hash)

    async def revoke_share(self, share_id: str, at: datetime) -> None:
        """Mark a link revoked (again: no change). NotFound if unknown."""
        check_text(share_id, "share_id")
        await self._write(writes.revoke_share, share_id, utc_time(at, "at"))

    async def close(self) -> None:
        """Finish pending writes and release the database. Idempotent."""
        await asyncio.to_thread(self._close_now)

    async def _write(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return await self._hop(
            self._writing, self._writer, lambda connection: work(connection, *args, **kwargs)
        )

    async def _read(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return await self._hop(
            self._reading, self._reader, lambda connection: work(connection, *args, **kwargs)
        )

    async def _hop(
        self, threads: ThreadPoolExecutor, engine: Engine, work: Callable[[Connection], T]
    ) -> T:
        """Run one transaction in a thread and wait for it.

        A caller cancelled meanwhile takes the work out of the queue or, once begun, only stops
        waiting for it: no cancellation ever reaches a connection.
        """
        try:
            running = threads.submit(_in_transaction, engine, self.path, work)
        except RuntimeError as error:
            # The only reason for which an executor refuses work is that it was shut down.
            raise StorageUnavailable("the store is closed") from error
        return await asyncio.wrap_future(running)

    def _close_now(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._writing.shutdown()
            self._reading.shutdown()
            # Readers first: whoever closes last folds the log into the file, and only the writer
            # may write.
            self._reader.dispose()
            self._writer.dispose()
            self._lock.release()


def _in_transaction(engine: Engine, path: Path, work: Callable[[Connection], T]) -> T:
    with translated(path), engine.begin() as connection:
        return work(connection)


def _touch(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA schema_version")


def _note_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < _WAL_RESET_FIXED:
        logger.info(
            "SQLite %s can corrupt a database when two connections write at once (the WAL-reset "
            "bug, fixed in 3.51.3). Treewright writes from one thread, which avoids it; do not "
            "write to the file with other programs meanwhile.",
            sqlite3.sqlite_version,
        )
