"""The library of runs: finding them again, and their tags."""

from collections.abc import Callable, Iterable
from typing import Final

from backend.runs.errors import InvalidRequest, NotFound, Unavailable
from backend.runs.locks import KeyedLocks
from backend.runs.request import clean_tags
from backend.runs.session import STATUSES
from backend.runs.sessions import known_run
from backend.runs.stored import stored
from backend.search.strategies.registry import STRATEGIES
from storage.errors import StorageError
from storage.port import RunStore
from storage.records import Page, RunQuery, RunRecord, TagCount

MOST_LISTED: Final = 200


class Library:
    """Reads and sorts what is stored; searches nothing. Raises RunsError subclasses only."""

    def __init__(
        self, store: RunStore, locks: KeyedLocks, as_seen: Callable[[RunRecord], RunRecord]
    ) -> None:
        self._store = store
        self._locks = locks
        self._as_seen = as_seen

    async def list(
        self, wanted: RunQuery | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[RunRecord]:
        """A page of runs; all of them, newest first, unless `wanted` says otherwise."""
        wanted = wanted or RunQuery()
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidRequest(f"limit must be from 1 to {MOST_LISTED}")
        _check_choice("strategy", wanted.strategy, STRATEGIES)
        _check_choice("status", wanted.status, STATUSES)
        try:
            page = await self._store.list_runs(wanted, limit=limit, cursor=cursor)
        except ValueError as error:
            raise NotFound(
                str(error), code="unknown_cursor", hint="use the cursor of the page before"
            ) from error
        except StorageError as error:
            raise Unavailable(f"storage failed: {error}", code="storage_failed") from error
        return Page(tuple(self._as_seen(run) for run in page.items), page.cursor)

    async def tags(self) -> tuple[TagCount, ...]:
        """All tags in use, by name."""
        return await stored(self._store.tags())

    async def tag(self, run_id: str, add: Iterable[str], remove: Iterable[str]) -> RunRecord:
        """Give a run tags and take others away; the run then. What is so already is no error."""
        wanted, unwanted = clean_tags(add), clean_tags(remove)
        async with self._locks.of(run_id):
            run = await stored(known_run(self._store, run_id))
            tags = clean_tags({*run.tags, *wanted} - {*unwanted})
            await stored(self._store.set_tags(run_id, tags))
        return self._as_seen(await stored(known_run(self._store, run_id)))


def _check_choice(what: str, chosen: str | None, choices: Iterable[str]) -> None:
    if chosen is not None and chosen not in choices:
        hint = f"choose one of: {', '.join(choices)}"
        message = f"there is no {what} {chosen[:80]!r}"
        raise InvalidRequest(message, code=f"unknown_{what}", hint=hint)
