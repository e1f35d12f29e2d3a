"""Listings of runs: what a query means in SQL."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
)

from storage.cursor import CAUTIONED, COST_OF, NOT_VALUED, Position, cursor_after
from storage.records import Outcome, Page, RunQuery, RunRecord, Sort, TagCount
from storage.sqlite.reads import columns_of
from storage.sqlite.tables import labels, nodes, runs

_RUN: Final = columns_of(runs, RunRecord)
_ANSWERED: Final = runs.c.answer.is_not(None)
_OUTCOMES: Final[dict[Outcome, ColumnElement[bool]]] = {
    Outcome.RIGHT: and_(_ANSWERED, runs.c.correct.is_(True)),
    Outcome.WRONG: and_(_ANSWERED, runs.c.correct.is_(False)),
    Outcome.UNKNOWN: and_(_ANSWERED, runs.c.correct.is_(None)),
    Outcome.NONE: runs.c.answer.is_(None),
}
# By way of the labels: there are few of them, and they are indexed by run.
_LABELLED: Final = (
    select(1)
    .select_from(labels)
    .join(nodes, and_(nodes.c.run_id == labels.c.run_id, nodes.c.node_id == labels.c.node_id))
    .where(labels.c.run_id == runs.c.id, nodes.c.label.is_not(None))
    .correlate(runs)
    .exists()
)


def read_runs(
    connection: Connection, wanted: RunQuery, after: Position | None, limit: int
) -> Page[RunRecord]:
    """A page of the runs that `wanted` describes, from behind the position `after` on."""
    statement = select(*_RUN).where(*_conditions(wanted)).limit(limit + 1)
    found = connection.execute(_in_order(statement, wanted.sort, after)).all()
    page = tuple(RunRecord(*row) for row in found[:limit])
    return Page(page, cursor_after(page[-1], wanted.sort) if len(found) > limit else None)


def read_tags(connection: Connection) -> tuple[TagCount, ...]:
    """All tags in use, by name."""
    each = func.json_each(runs.c.tags).table_valued("value")
    active = func.sum(case((runs.c.status.in_(("queued", "running")), 1), else_=0))
    statement = (
        select(each.c.value, func.count(), active)
        .select_from(runs.join(each, true()))
        .where(runs.c.binned_at.is_(None))
        .group_by(each.c.value)
        .order_by(each.c.value)
    )
    return tuple(TagCount(*row) for row in connection.execute(statement))


def _conditions(wanted: RunQuery) -> list[ColumnElement[bool]]:
    in_bin = runs.c.binned_at.is_not(None)
    conditions: list[ColumnElement[bool]] = [in_bin if wanted.deleted else ~in_bin]
    if wanted.text:
        text = wanted.text.casefold()
        answer = func.coalesce(runs.c.answer, "")
        conditions.append(or_(_holds(runs.c.problem, text), _holds(answer, text)))
    if wanted.strategy is not None:
        conditions.append(runs.c.strategy == wanted.strategy)
    if wanted.status is not None:
        conditions.append(runs.c.status == wanted.status)
    if wanted.outcome is not None:
        conditions.append(_OUTCOMES[wanted.outcome])
    if wanted.labelled is not None:
        conditions.append(_LABELLED if wanted.labelled else ~_LABELLED)
    if wanted.tag is not None:
        each = func.json_each(runs.c.tags).table_valued("value")
        conditions.append(select(1).select_from(each).where(each.c.value == wanted.tag).exists())
    return conditions


def _holds(column: ColumnElement[Any], folded: str) -> ColumnElement[bool]:
    return func.instr(func.casefold(column), folded) > 0


def _in_order(statement: Select[Any], sort: Sort, after: Position | None) -> Select[Any]:
    order: list[ColumnElement[Any]] = [runs.c.created_at, runs.c.id]
    if sort in COST_OF:
        used = func.json_extract(runs.c.usage, f"$.{COST_OF[sort]}")
        order = [cast(func.coalesce(used, 0), Float), *order]
    elif sort is Sort.LEAST_SURE:
        doubt = func.coalesce(1 - runs.c.answer_value, NOT_VALUED)
        order = [doubt + case((runs.c.caution.is_(None), 0.0), else_=CAUTIONED), *order]
    if after is not None:
        position = tuple_(*order)
        end = tuple_(*after[-len(order) :], types=position.type.types)
        statement = statement.where(position > end if sort is Sort.OLDEST else position < end)
    return statement.order_by(*(each if sort is Sort.OLDEST else each.desc() for each in order))
