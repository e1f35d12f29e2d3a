"""The order of run listings, and their opaque cursor: where the last page ended."""

from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from math import isfinite
from typing import Final, TypeAlias

from storage.checks import check_text
from storage.records import RunRecord, Sort

Position: TypeAlias = tuple[float, datetime, str]
"""Where a run stands in a listing: by what it cost or how doubtful its answer is (0 in listings
by time), when it began, its id.
"""

COST_OF: Final = {Sort.TOKENS: "generated_tokens", Sort.NODES: "nodes"}
"""The usage that a listing by cost goes by."""

NOT_VALUED: Final = -1.0
"""The doubt, from 0 to 1, about an answer that is not valued: less than about any that is."""

CAUTIONED: Final = 2.0
"""What a caution adds to it: these come first."""


def place_of(run: RunRecord, sort: Sort) -> Position:
    """The run's position in a listing of this order."""
    return _rank(run, sort), run.created_at, run.id


def _rank(run: RunRecord, sort: Sort) -> float:
    if sort in COST_OF:
        return float(run.usage.get(COST_OF[sort], 0))
    if sort is Sort.LEAST_SURE:
        doubt = NOT_VALUED if run.answer_value is None else 1 - run.answer_value
        return doubt if run.caution is None else doubt + CAUTIONED
    return 0.0


def cursor_after(run: RunRecord, sort: Sort) -> str:
    """The cursor of a page that ends with this run."""
    return _encoded(place_of(run, sort), sort)


def position_of(cursor: str, sort: Sort) -> Position:
    """Where the page ended that this cursor came with.

    ValueError for text that `cursor_after` cannot have made in a listing of this order.
    """
    try:
        written = b64decode(cursor, altchars=b"-_", validate=True).decode("utf-8")
        _, cost, time, run_id = written.split("|", 3)
        check_text(run_id, "cursor")
        position = float(cost), datetime.fromisoformat(time), run_id
        known = isfinite(position[0]) and _encoded(position, sort) == cursor
    except (ValueError, OverflowError) as error:
        raise ValueError(_UNKNOWN) from error
    if not known:
        raise ValueError(_UNKNOWN)
    return position


_UNKNOWN: Final = "unknown cursor; pass the one that came with the last page, in the same order"


def _encoded(position: Position, sort: Sort) -> str:
    cost, created_at, run_id = position
    written = f"{sort}|{cost!r}|{created_at.astimezone(UTC).isoformat()}|{run_id}"
    return urlsafe_b64encode(written.encode("utf-8")).decode("ascii")
