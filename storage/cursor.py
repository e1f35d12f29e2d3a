"""The opaque cursor of run listings: where the last page ended."""

from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from storage.checks import check_text
from storage.records import RunRecord


def cursor_after(run: RunRecord) -> str:
    """The cursor of a page that ends with this run."""
    return _encoded(run.created_at, run.id)


def position_of(cursor: str) -> tuple[datetime, str]:
    """Creation time and id of the run a page ended with.

    ValueError for text that `cursor_after` cannot have made.
    """
    try:
        written = b64decode(cursor, altchars=b"-_", validate=True).decode("utf-8")
        time, _, run_id = written.partition("|")
        created_at = datetime.fromisoformat(time)
        check_text(run_id, "cursor")
        known = _encoded(created_at, run_id) == cursor
    except (ValueError, OverflowError) as error:
        raise ValueError("unknown cursor; pass the one that came with the last page") from error
    if not known:
        raise ValueError("unknown cursor; pass the one that came with the last page")
    return created_at, run_id


def _encoded(created_at: datetime, run_id: str) -> str:
    written = f"{created_at.astimezone(UTC).isoformat()}|{run_id}"
    return urlsafe_b64encode(written.encode("utf-8")).decode("ascii")
