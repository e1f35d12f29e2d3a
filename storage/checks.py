"""The one boundary where values are checked before any implementation stores them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from math import isfinite
from typing import Any, TypeVar

from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    RunPatch,
    RunQuery,
    RunRecord,
    ShareRecord,
)

Record = TypeVar("Record", RunRecord, RunPatch, EventRecord, NodeRecord, LabelRecord, ShareRecord)

_FIELDS: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (RunRecord, RunPatch, EventRecord, NodeRecord, LabelRecord, ShareRecord)
}
# What SQLite and Postgres can hold in an integer column.
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
# Far above anything a tree needs, far below where json raises RecursionError.
_MAX_DEPTH = 64


def stored_copy(record: Record) -> Record:
    """A copy of the record that can be stored and that nobody else can change.

    Mappings and sequences become plain dicts and lists, times become UTC. ValueError, naming the
    field, for a non-finite number, an integer beyond 64 bits, a NUL or lone surrogate in text, a
    time without zone, or anything JSON cannot hold.
    """
    kind = type(record)
    return kind(*(_stored_value(getattr(record, name), name) for name in _FIELDS[kind]))


def check_text(text: str, where: str) -> None:
    """ValueError for text that databases refuse or change: NUL and lone surrogates."""
    if "\0" in text:
        raise ValueError(f"{where}: a NUL character cannot be stored; remove it from the text")
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise ValueError(
            f"{where}: a lone surrogate (U+{code:04X}) cannot be stored; it is not valid Unicode"
        ) from error


def check_count(value: int, where: str, least: int = 0) -> None:
    """ValueError unless `value` is at least `least` and small enough to add one to."""
    if not least <= value < _LARGEST:
        raise ValueError(f"{where} must be at least {least} and fit in 64 bits, not {value}")


def utc_time(value: datetime, where: str) -> datetime:
    """The time in UTC. ValueError for one without a zone, or outside what UTC can express."""
    if value.utcoffset() is None:
        raise ValueError(f"{where}: a time without a zone cannot be stored; use UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{where}: {value} is outside the years that UTC can express") from error


def check_query(wanted: RunQuery) -> None:
    """ValueError for a text in a query that no database takes."""
    for name in ("text", "strategy", "status", "tag"):
        check_text(getattr(wanted, name) or "", name)


def check_new_run(run: RunRecord) -> None:
    """ValueError unless the run claims to have no events yet."""
    if run.seq != 0:
        raise ValueError(f"a new run has seq 0, not {run.seq}; append its events afterwards")


def check_same_run(run_id: str, events: tuple[EventRecord, ...], label: LabelRecord | None) -> None:
    """ValueError if a commit to one run carries an event or a label of another."""
    named = {event.run_id for event in events} | ({label.run_id} if label else set())
    if strangers := named - {run_id}:
        raise ValueError(f"a commit to run {run_id} carries records of {sorted(strangers)}")


def follows_on(events: tuple[EventRecord, ...], stored_seq: int) -> bool:
    """Whether the events carry on from the stored sequence number without a gap."""
    return all(event.seq == seq for seq, event in enumerate(events, start=stored_seq + 1))


def _stored_value(value: Any, where: str) -> Any:
    if isinstance(value, datetime):
        return utc_time(value, where)
    if isinstance(value, tuple):
        return tuple(_plain(item, where, 1) for item in value)
    return _plain(value, where, 0)


def _plain(value: Any, where: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        check_text(value, where)
        return value
    if isinstance(value, int):
        if not _SMALLEST <= value <= _LARGEST:
            raise ValueError(f"{where}: an integer beyond 64 bits cannot be stored")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{where}: {value} cannot be stored; numbers must be finite")
        return value
    return _plain_container(value, where, depth)


def _plain_container(value: Any, where: str, depth: int) -> Any:
    if depth >= _MAX_DEPTH:
        raise ValueError(f"{where}: nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"{where}: the key {key!r} cannot be stored; keys must be text")
            check_text(key, where)
        return {key: _plain(item, where, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, where, depth + 1) for item in value]
    raise ValueError(f"{where}: a {type(value).__name__} cannot be stored")
