"""What happens inside a writing transaction; the caller begins and commits it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.checks import follows_on
from storage.errors import Conflict, NotFound
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    RunPatch,
    RunRecord,
    ShareRecord,
)
from storage.sqlite.reads import present
from storage.sqlite.tables import events, labels, nodes, runs, shares

_NODE_FIELDS = tuple(field.name for field in fields(NodeRecord) if field.name != "id")

# An update in place, not INSERT OR REPLACE: that one deletes the row first.
_new_node = insert(nodes)
_upsert_node = _new_node.on_conflict_do_update(
    index_elements=[nodes.c.run_id, nodes.c.node_id],
    set_={name: _new_node.excluded[name] for name in _NODE_FIELDS},
)


def insert_run(connection: Connection, run: RunRecord) -> None:
    """Store a new run. Conflict if the id exists."""
    if not _insert_new(connection, runs, _row(run)):
        raise Conflict(f"run {run.id} exists already")


def delete_run(connection: Connection, run_id: str) -> None:
    """Remove a run; foreign keys take along all that belongs to it. NotFound if unknown."""
    if connection.execute(delete(runs).where(present(run_id))).rowcount == 0:
        raise NotFound(f"no run {run_id}")


def change_run(connection: Connection, run_id: str, changed: dict[str, Any]) -> None:
    """Set columns of a run. NotFound if there is none, or it is in the bin."""
    if connection.execute(update(runs).where(present(run_id)).values(changed)).rowcount == 0:
        raise NotFound(f"no run {run_id}")


def restore_run(connection: Connection, run_id: str) -> None:
    """Take a run out of the bin, if it is in there. NotFound if unknown."""
    restored = update(runs).where(runs.c.id == run_id).values(binned_at=None)
    if connection.execute(restored).rowcount == 0:
        raise NotFound(f"no run {run_id}")


def purge_bin(connection: Connection, before: datetime) -> int:
    """Remove what was put into the bin before this time; how many runs."""
    # Nulls are no times: what is not in the bin is before none.
    return connection.execute(delete(runs).where(runs.c.binned_at < before)).rowcount


def append_commit(
    connection: Connection,
    run_id: str,
    new_events: Sequence[EventRecord],
    new_nodes: Sequence[NodeRecord],
    patch: RunPatch,
    label: LabelRecord | None,
) -> None:
    """Store one commit of a run. NotFound, Conflict: see `storage.port.RunStore.append`."""
    seq = connection.execute(select(runs.c.seq).where(present(run_id))).scalar()
    if seq is None:
        raise NotFound(f"no run {run_id}")
    if not follows_on(tuple(new_events), seq):
        raise Conflict(f"run {run_id} is at event {seq}; read it again")
    changed = {**_row(patch), "seq": seq + len(new_events)}
    connection.execute(update(runs).where(runs.c.id == run_id).values(changed))
    if new_events:
        connection.execute(insert(events), [_row(event) for event in new_events])
    if new_nodes:
        connection.execute(_upsert_node, [_node_row(run_id, node) for node in new_nodes])
    if label:
        _insert_label(connection, label)


def insert_share(connection: Connection, share: ShareRecord) -> None:
    """Store a share link. NotFound without its run, Conflict if id or token hash exist."""
    if not connection.execute(select(exists().where(present(share.run_id)))).scalar():
        raise NotFound(f"no run {share.run_id}")
    if not _insert_new(connection, shares, _row(share)):
        raise Conflict(f"share {share.id} exists already, or its token does")


def revoke_share(connection: Connection, share_id: str, at: datetime) -> None:
    """Mark a link revoked, unless it is already. NotFound if unknown."""
    found = connection.execute(
        select(shares.c.revoked_at).where(shares.c.id == share_id)
    ).one_or_none()
    if found is None:
        raise NotFound(f"no share {share_id}")
    if found.revoked_at is None:
        connection.execute(update(shares).where(shares.c.id == share_id).values(revoked_at=at))


def _insert_label(connection: Connection, label: LabelRecord) -> None:
    at_node = (nodes.c.run_id == label.run_id) & (nodes.c.node_id == label.node_id)
    known_id = connection.execute(select(exists().where(labels.c.id == label.id))).scalar()
    if known_id:
        raise Conflict(f"label {label.id} is stored already")
    if not connection.execute(select(exists().where(at_node))).scalar():
        raise NotFound(f"run {label.run_id} has no node {label.node_id}")
    connection.execute(insert(labels), _row(label))


def _insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Whether the row is new in all its unique columns, and so was inserted."""
    return connection.execute(insert(table).on_conflict_do_nothing(), row).rowcount == 1


def _row(
    record: RunRecord | RunPatch | EventRecord | LabelRecord | ShareRecord,
) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies everything deeply, and the record is a copy already.
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _node_row(run_id: str, node: NodeRecord) -> dict[str, Any]:
    row = {name: getattr(node, name) for name in _NODE_FIELDS}
    row["run_id"] = run_id
    row["node_id"] = node.id
    return row
