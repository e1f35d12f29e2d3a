"""The engines: one writing connection, a few reading ones, and one for migrations."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from storage.errors import StorageUnavailable

READERS = 4
_BUSY_MILLISECONDS = 5_000
# After a checkpoint the log is cut back to this, so one huge commit does not keep its disk space.
_LOG_BYTES = 64 * 2**20


def writer_engine(path: Path) -> Engine:
    """The only engine that writes, with one connection; give it to one thread.

    Every commit is synced to disk: `synchronous=NORMAL` would lose acknowledged labels when the
    power fails. BEGIN IMMEDIATE, because a read transaction that turns into a write is refused at
    once when the file is busy, whatever the timeout.
    """
    engine = create_engine(_url(path), pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        _take_over_transactions(connection)
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise StorageUnavailable(
                f"{path} does not support write-ahead logging (it answers {mode!r}). Use a local "
                "disk, not a network file system."
            )
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")

    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def reader_engine(path: Path) -> Engine:
    """An engine that cannot write, with one connection per reading thread."""
    engine = create_engine(_url(path), pool_size=READERS, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        _take_over_transactions(connection)
        connection.execute("PRAGMA query_only=ON")
        # SQLite itself folds ASCII only.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)

    _begin_with(engine, "BEGIN")
    return engine


def migration_engine(path: Path) -> Engine:
    """An engine for schema changes, with foreign keys off.

    A batch change drops and recreates a table; with foreign keys on, dropping `runs` would delete
    every label. The switch is ignored inside a transaction, so it is thrown on connecting.
    """
    engine = create_engine(_url(path), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        _take_over_transactions(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=OFF")

    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _take_over_transactions(connection: sqlite3.Connection) -> None:
    # The driver's own transaction handling begins late and never for DDL; the begin hook does it.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")


def _begin_with(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
