"""What happens inside a reading transaction: queries that return records."""

from dataclasses import fields
from itertools import starmap
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, select

from storage.errors import NotFound
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    RunRecord,
    ShareRecord,
)
from storage.sqlite.tables import events, labels, nodes, runs, shares


def columns_of(table: Table, record: type[Any]) -> list[Column[Any]]:
    """The columns in the order of the record's fields, so that a row can be unpacked into one."""
    return [table.c[field.name] for field in fields(record)]


_RUN = columns_of(runs, RunRecord)
_EVENT = columns_of(events, EventRecord)
_LABEL = columns_of(labels, LabelRecord)
_SHARE = columns_of(shares, ShareRecord)
_NODE = [nodes.c["node_id" if field.name == "id" else field.name] for field in fields(NodeRecord)]


def read_run(connection: Connection, run_id: str) -> RunRecord:
    """The run. NotFound if there is none."""
    row = connection.execute(select(*_RUN).where(present(run_id))).one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id}")
    return RunRecord(*row)


def read_events(
    connection: Connection, run_id: str, after: int, limit: int | None, kind: str | None
) -> tuple[EventRecord, ...]:
    """Events with seq > `after`, of one kind or of all, in order. NotFound if no such run."""
    _require_run(connection, run_id)
    statement = (
        select(*_EVENT)
        .where(events.c.run_id == run_id, events.c.seq > after)
        .order_by(events.c.seq)
        .limit(limit)
    )
    if kind is not None:
        statement = statement.where(events.c.kind == kind)
    return tuple(starmap(EventRecord, connection.execute(statement)))


def read_nodes(connection: Connection, run_id: str) -> tuple[RunRecord, tuple[NodeRecord, ...]]:
    """The run and all its nodes by id. NotFound if no such run."""
    run = read_run(connection, run_id)
    statement = select(*_NODE).where(nodes.c.run_id == run_id).order_by(nodes.c.node_id)
    return run, tuple(starmap(NodeRecord, connection.execute(statement)))


def read_label(connection: Connection, label_id: str) -> LabelRecord | None:
    """The label with this id, if any."""
    row = connection.execute(select(*_LABEL).where(labels.c.id == label_id)).one_or_none()
    return LabelRecord(*row) if row else None


def read_labels(connection: Connection, run_id: str) -> tuple[LabelRecord, ...]:
    """All labels of a run, oldest first. NotFound if no such run."""
    _require_run(connection, run_id)
    statement = select(*_LABEL).where(labels.c.run_id == run_id).order_by(labels.c.at, labels.c.id)
    return tuple(starmap(LabelRecord, connection.execute(statement)))


def read_shares(connection: Connection, run_id: str) -> tuple[ShareRecord, ...]:
    """All links to a run, newest first. NotFound if no such run."""
    _require_run(connection, run_id)
    statement = (
        select(*_SHARE)
        .where(shares.c.run_id == run_id)
        .order_by(shares.c.created_at.desc(), shares.c.id.desc())
    )
    return tuple(starmap(ShareRecord, connection.execute(statement)))


def read_share(connection: Connection, token_hash: str) -> ShareRecord | None:
    """The link with this token hash, if any."""
    statement = (
        select(*_SHARE)
        .join(runs, runs.c.id == shares.c.run_id)
        .where(shares.c.token_hash == token_hash, runs.c.binned_at.is_(None))
    )
    row = connection.execute(statement).one_or_none()
    return ShareRecord(*row) if row else None


def present(run_id: str) -> ColumnElement[bool]:
    """Whether a run has this id and is not in the bin."""
    return and_(runs.c.id == run_id, runs.c.binned_at.is_(None))


def _require_run(connection: Connection, run_id: str) -> None:
    if connection.execute(select(runs.c.seq).where(present(run_id))).first() is None:
        raise NotFound(f"no run {run_id}")
