"""Every use case on runs: all that the API, the page and the command line may call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from backend.runs.catalog import ModelCatalog
from backend.runs.errors import Conflict, InvalidRequest, NotFound, Unavailable
from backend.runs.executor import ExecutorLimits
from backend.runs.feed import Feed
from backend.runs.labels import LabelRequest, label_record
from backend.runs.recorder import node_record, replay_records
from backend.runs.request import RunRequest, plan_run
from backend.runs.scheduler import Scheduler
from backend.runs.session import ACTIVE, RunSession
from backend.runs.sessions import SessionCache, unknown_run
from backend.runs.shares import ShareBook
from backend.search.events import Labelled
from backend.search.tree import SearchTree
from storage import errors as storage_errors
from storage.port import RunStore
from storage.records import EventRecord, LabelRecord, NodeRecord, Page, RunRecord

_RESUMABLE: Final = frozenset({"paused", "stopped", "failed"})
_MAX_PAGE: Final = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TreeView:
    """A tree at one moment: `seq` is the last event that it contains."""

    run: RunRecord
    nodes: tuple[NodeRecord, ...]
    seq: int


class RunService:
    """Start, watch, steer, label and share runs.

    All methods raise RunsError subclasses only, each with a code, a message and a hint. One
    instance owns its store: no other process may write to it.
    """

    def __init__(
        self,
        store: RunStore,
        catalog: ModelCatalog,
        limits: ExecutorLimits | None = None,
        max_running: int = 8,
    ) -> None:
        self.catalog = catalog
        self.feed = Feed(store)
        self.shares = ShareBook(store)
        self._store = store
        self._sessions = SessionCache(store, self.feed.notify)
        self._lost: dict[str, str] = {}
        self._scheduler = Scheduler(catalog, limits or ExecutorLimits(), max_running, self._on_lost)
        self._closing = False

    # ------------------------------------------------------------------ life of the service

    async def recover(self) -> int:
        """Go on with every run that was searching when the server went away; how many."""
        left_behind: list[str] = []
        for status in sorted(ACTIVE):
            cursor = None
            while True:
                page = await self._store.list_runs(status=status, limit=_MAX_PAGE, cursor=cursor)
                left_behind += [run.id for run in page.items]
                cursor = page.cursor
                if cursor is None:
                    break
        for run_id in left_behind:
            await self._relaunch(await self._sessions.get(run_id))
        return len(left_behind)

    async def close(self) -> None:
        """Let go of everything, quickly: streams end, runs go on at the next start."""
        self._closing = True
        self.feed.close()
        await self._scheduler.close()

    # ------------------------------------------------------------------ runs

    async def start(self, request: RunRequest) -> RunRecord:
        """Check the request, store the run and its first event, and start searching."""
        self._refuse_while_closing()
        run = plan_run(request, self.catalog)
        await _stored(self._store.create_run(run))
        tree = SearchTree.plant(run.problem, run.seed)
        session = RunSession(run, tree, self._store, self.feed.notify)
        await _stored(session.commit())
        self._sessions.put(session)
        self._scheduler.launch(session)
        return await self.get(run.id)

    async def get(self, run_id: str) -> RunRecord:
        """The run as it is stored."""
        try:
            run = await self._store.get_run(run_id)
        except storage_errors.NotFound as error:
            raise unknown_run(run_id) from error
        return self._as_seen(run)

    async def list(
        self, *, query: str | None = None, strategy: str | None = None, status: str | None = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[RunRecord]:  # fmt: skip
        """Runs, newest first."""
        if not 1 <= limit <= _MAX_PAGE:
            raise InvalidRequest(f"limit must be from 1 to {_MAX_PAGE}")
        try:
            page = await self._store.list_runs(
                query=query, strategy=strategy, status=status, limit=limit, cursor=cursor
            )
        except ValueError as error:
            raise NotFound(
                str(error), code="unknown_cursor", hint="use the cursor of the page before"
            ) from error
        return Page(tuple(self._as_seen(run) for run in page.items), page.cursor)

    async def delete(self, run_id: str) -> None:
        """Remove a run and all that belongs to it; a running one is stopped first."""
        await self.get(run_id)
        await self._scheduler.cancel(run_id)
        self._sessions.drop(run_id)
        await _stored(self._store.delete_run(run_id))
        self.feed.notify(run_id)

    async def pause(self, run_id: str) -> RunRecord:
        """Stop asking, take in what is in flight, and pause. Pausing a paused run is no error."""
        run = await self.get(run_id)
        if run.status == "paused":
            return run
        if not self._scheduler.driving(run_id):
            raise _wrong_state(run, "paused", "only a queued or running run can be paused")
        if run.status == "queued":
            await self._end_now(run_id, "paused", None)
        else:
            self._scheduler.pause(run_id)
            await self._scheduler.settle(run_id)
        return await self.get(run_id)

    async def resume(self, run_id: str) -> RunRecord:
        """Go on with a paused, stopped or failed run where it was."""
        self._refuse_while_closing()
        run = await self.get(run_id)
        if run.status in ACTIVE and self._scheduler.driving(run_id):
            return run
        if run.status not in _RESUMABLE:
            raise _wrong_state(run, "resumed", "start a new run with a larger budget instead")
        self._lost.pop(run_id, None)
        await self._relaunch(await self._sessions.get(run_id))
        return await self.get(run_id)

    async def stop(self, run_id: str) -> RunRecord:
        """End the run now; its tree stays. Stopping an ended run is no error."""
        run = await self.get(run_id)
        if run.status in ACTIVE or run.status == "paused":
            await self._end_now(run_id, "stopped", "stopped by a person")
        return await self.get(run_id)

    async def settled(self, run_id: str) -> RunRecord:
        """Wait until the run is neither queued nor searching; the run then."""
        await self._scheduler.settle(run_id)
        return await self.get(run_id)

    # ------------------------------------------------------------------ trees and events

    async def tree(self, run_id: str, at: int | None = None) -> TreeView:
        """The run's tree as it is stored, or as it was after event `at`."""
        if at is None:
            try:
                run, nodes = await self._store.nodes(run_id)
            except storage_errors.NotFound as error:
                raise unknown_run(run_id) from error
            return TreeView(self._as_seen(run), nodes, run.seq)
        run = await self.get(run_id)
        if not 1 <= at <= run.seq:
            raise _no_event(at, f"`at` goes from 1 to {run.seq}")
        events = await self._store.events(run_id, limit=at)
        tree = await asyncio.to_thread(replay_records, events, run.seed)
        return TreeView(run, tuple(node_record(node) for node in tree.nodes), at)

    async def watch(
        self, run_id: str, after: int = 0, until: int | None = None
    ) -> AsyncIterator[tuple[EventRecord, ...] | str | None]:
        """The run's events after `after`, past and coming: see Feed.watch."""
        run = await self.get(run_id)
        if not 0 <= after <= run.seq:
            raise _no_event(after, f"`after` goes from 0 to {run.seq}")

        async def status() -> tuple[str, bool]:
            now = (await self.get(run_id)).status
            return now, now in ACTIVE

        return self.feed.watch(run_id, after, until, status)

    # ------------------------------------------------------------------ labels

    async def label(self, run_id: str, node_id: int, request: LabelRequest) -> LabelRecord:
        """Store a person's judgement of a step. The same label id again returns the stored one."""
        label = label_record(run_id, node_id, request)
        stored = await self._store.get_label(label.id)
        if stored is not None:
            return _same_label(stored, label)
        session = await self._sessions.get(run_id)
        if not 1 <= node_id < len(session.tree):
            raise NotFound(
                f"run {run_id} has no step {node_id} to label",
                code="unknown_node",
                hint=f"its steps have the numbers 1 to {len(session.tree) - 1}",
            )
        session.tree.record(Labelled(node_id, label.rating, label.author))
        try:
            await _stored(session.commit(label))
        except BaseException:
            # The tree in memory holds a label that is not stored: load it again.
            await self._halt(run_id)
            raise
        return label

    async def labels(self, run_id: str) -> tuple[LabelRecord, ...]:
        """All judgements of a run, oldest first."""
        await self.get(run_id)
        return await self._store.labels(run_id)

    # ------------------------------------------------------------------ inside

    async def _relaunch(self, session: RunSession) -> None:
        session.set_status("queued")
        await _stored(session.commit())
        self._scheduler.launch(session)

    async def _end_now(self, run_id: str, status: str, reason: str | None) -> None:
        await self._scheduler.cancel(run_id)
        self._lost.pop(run_id, None)
        session = await self._sessions.get(run_id)
        if session.active or status == "stopped":
            session.set_status(status, reason)
            await _stored(session.commit())

    async def _halt(self, run_id: str) -> None:
        driven = self._scheduler.driving(run_id)
        await self._scheduler.cancel(run_id)
        self._sessions.drop(run_id)
        if driven:
            self._on_lost(run_id, "storage: the last change could not be written")

    def _on_lost(self, run_id: str, reason: str) -> None:
        """The run's last changes could not be stored: it is paused until someone resumes it."""
        self._sessions.drop(run_id)
        self._lost[run_id] = reason
        self.feed.notify(run_id)

    def _as_seen(self, run: RunRecord) -> RunRecord:
        reason = self._lost.get(run.id)
        return run if reason is None else replace(run, status="paused", reason=reason)

    def _refuse_while_closing(self) -> None:
        if self._closing:
            raise Unavailable("the server is shutting down", hint="try again in a moment")


async def _stored(writing: Awaitable[T]) -> T:
    """What the store answers, its errors put in words for people."""
    try:
        return await writing
    except storage_errors.StorageFull as error:
        raise Unavailable(
            "the disk is full: nothing of this was stored",
            code="storage_full",
            hint="free some space and try again; everything stored before is intact",
        ) from error
    except storage_errors.NotFound as error:
        raise NotFound(str(error)) from error
    except storage_errors.StorageError as error:
        raise Unavailable(
            f"storage failed: {error}", code="storage_failed", hint="see the server's log"
        ) from error
    except ValueError as error:
        raise InvalidRequest(str(error), hint="remove characters that are not text") from error


def _same_label(stored: LabelRecord, label: LabelRecord) -> LabelRecord:
    same = (stored.run_id, stored.node_id, stored.rating)
    if same != (label.run_id, label.node_id, label.rating):
        raise Conflict(
            "this label id is taken by another judgement",
            code="label_id_taken",
            hint="make a new UUID for every judgement",
        )
    return stored


def _no_event(seq: int, hint: str) -> NotFound:
    return NotFound(f"the run has no event {seq}", code="unknown_event", hint=hint)


def _wrong_state(run: RunRecord, wanted: str, hint: str) -> Conflict:
    return Conflict(
        f"the run is {run.status} and cannot be {wanted}", code="wrong_state", hint=hint
    )
