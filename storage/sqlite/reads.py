"""What happens inside a reading transaction: queries that return records."""

from dataclasses import fields
from datetime import datetime
from itertools import starmap
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, tuple_

from storage.cursor import cursor_after
from storage.errors import NotFound
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    Page,
    RunRecord,
    ShareRecord,
)
from storage.sqlite.tables import events, labels, nodes, runs, shares


def _columns(table: Table, record: type[Any]) -> list[Column[Any]]:
    """The columns in the order of the record's fields, so that a row can be unpacked into one."""
    return [table.c[field.name] for field in fields(record)]


_RUN = _columns(runs, RunRecord)
_EVENT = _columns(events, EventRecord)
_LABEL = _columns(labels, LabelRecord)
_SHARE = _columns(shares, ShareRecord)
_NODE = [nodes.c["node_id" if field.name == "id" else field.name] for field in fields(NodeRecord)]


def read_run(connection: Connection, run_id: str) -> RunRecord:
    """The run. NotFound if there is none."""
    row = connection.execute(select(*_RUN).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id}")
    return RunRecord(*row)


def read_runs(
    connection: Connection,
    wanted: dict[str, str | None],
    before: tuple[datetime, str] | None,
    limit: int,
) -> Page[RunRecord]:
    """A page of runs, newest first. `wanted` may hold query, strategy and status."""
    statement = select(*_RUN).order_by(runs.c.created_at.desc(), runs.c.id.desc())
    if (query := wanted["query"]) is not None:
        statement = statement.where(func.instr(func.casefold(runs.c.problem), query.casefold()) > 0)
    for name in ("strategy", "status"):
        if wanted[name] is not None:
            statement = statement.where(runs.c[name] == wanted[name])
    if before is not None:
        position = tuple_(runs.c.created_at, runs.c.id)
        statement = statement.where(position < tuple_(*before, types=position.type.types))
    found = connection.execute(statement.limit(limit + 1)).all()
    page = tuple(RunRecord(*row) for row in found[:limit])
    return Page(page, cursor_after(page[-1]) if len(found) > limit else None)


def read_events(
    connection: Connection, run_id: str, after: int, limit: int | None
) -> tuple[EventRecord, ...]:
    """Events with seq > `after`, in order, at most `limit`. NotFound if no such run."""
    _require_run(connection, run_id)
    statement = (
        select(*_EVENT)
        .where(events.c.run_id == run_id, events.c.seq > after)
        .order_by(events.c.seq)
        .limit(limit)
    )
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
    row = connection.execute(select(*_SHARE).where(shares.c.token_hash == token_hash)).one_or_none()
    return ShareRecord(*row) if row else None


def _require_run(connection: Connection, run_id: str) -> None:
    if connection.execute(select(runs.c.seq).where(runs.c.id == run_id)).first() is None:
        raise NotFound(f"no run {run_id}")
