"""Labels: checking a person's judgement before it is stored."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from backend.runs.errors import Conflict, InvalidRequest
from backend.runs.request import clean_text, client_id
from storage.checks import stored_copy
from storage.records import LabelRecord

_RATINGS: Final = frozenset({-1, 0, 1, None})
LONGEST_COMMENT: Final = 4_000
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """One judgement: -1 bad, 0 neutral, 1 good, None to clear.

    `id` is made by the client (a UUID), so that a repeated request stores one label; None makes
    one here.
    """

    rating: int | None
    id: str | None = None
    author: str = ""
    comment: str = ""
    seconds: float | None = None
    visible: Mapping[str, Any] = field(default_factory=dict)


def label_record(run_id: str, node_id: int, request: LabelRequest) -> LabelRecord:
    """The label to store. InvalidRequest where it makes no sense."""
    if request.rating not in _RATINGS:
        raise InvalidRequest(
            f"the rating {request.rating!r} is unknown",
            code="invalid_label",
            hint="use -1 (bad), 0 (neutral), 1 (good) or null (clear)",
        )
    seconds = request.seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise InvalidRequest("seconds must be a number from 0", code="invalid_label")
    label = LabelRecord(
        id=client_id(request.id, "label"),
        run_id=run_id,
        node_id=node_id,
        rating=request.rating,
        at=datetime.now(UTC),
        author=short_text(request.author, "author", LONGEST_NAME),
        comment=short_text(request.comment, "comment", LONGEST_COMMENT),
        seconds=seconds,
        visible=dict(request.visible),
    )
    try:
        # Before anything changes: a value that no store takes must not get as far as the tree.
        return stored_copy(label)
    except ValueError as error:
        raise InvalidRequest(str(error), code="invalid_label") from error


def same_label(found: LabelRecord, label: LabelRecord) -> LabelRecord:
    """The stored label, if it is the same judgement. Conflict if its id is taken by another."""
    said = (found.run_id, found.node_id, found.rating)
    if said != (label.run_id, label.node_id, label.rating):
        raise Conflict(
            "this label id is taken by another judgement",
            code="label_id_taken",
            hint="make a new UUID for every judgement",
        )
    return found


def short_text(text: str, what: str, longest: int) -> str:
    """The text, clean. InvalidRequest for one that is too long."""
    cleaned = clean_text(text, what)
    if len(cleaned) > longest:
        raise InvalidRequest(f"the {what} has more than {longest:,} characters")
    return cleaned
