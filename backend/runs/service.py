"""Every use case on runs: all that the API, the page and the command line may call."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from backend.reasoning.checker import AnswerChecker
from backend.reasoning.reasoner import Reasoner
from backend.runs.batches import Batches
from backend.runs.beginnings import UNSTORED, Beginnings
from backend.runs.catalog import ModelCatalog
from backend.runs.choices import Choices
from backend.runs.comparing import Comparing
from backend.runs.errors import Conflict, NotFound, RunsError, Unavailable
from backend.runs.executor import ExecutorLimits
from backend.runs.exporting import Exporting
from backend.runs.feed import Feed
from backend.runs.grades import Grades
from backend.runs.grading import Grading
from backend.runs.labels import LabelRequest, label_record, same_label
from backend.runs.library import MOST_LISTED, Library
from backend.runs.locks import KeyedLocks
from backend.runs.model_check import ModelStatus
from backend.runs.request import RunRequest, larger_budget, plan_run
from backend.runs.scheduler import Scheduler
from backend.runs.session import ACTIVE, RunSession
from backend.runs.sessions import SessionCache, known_run, unknown_run
from backend.runs.shares import ShareBook
from backend.runs.steering import Steering, known_step
from backend.runs.stored import stored
from backend.runs.summaries import Summarizing
from backend.runs.view import TreeView, view_at
from backend.search.budget import Budget, Spent
from backend.search.errors import SearchError
from storage.errors import StorageError
from storage.port import RunStore
from storage.records import EventRecord, LabelRecord, RunQuery, RunRecord

_LOG: Final = logging.getLogger(__name__)

_RESUMABLE: Final = frozenset({"paused", "stopped", "failed"})


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
        checker: AnswerChecker | None = None,
    ) -> None:
        self.catalog = catalog
        self.models = ModelStatus(catalog)
        self.feed = Feed(store)
        self.shares = ShareBook(store)
        self.comparing = Comparing(store)
        self.exporting = Exporting(store, self.tree)
        self.choices = Choices(store)
        self._store = store
        self._checker = checker or AnswerChecker()
        self._sessions = SessionCache(store, self._on_commit)
        self._lost: dict[str, str] = {}
        self._locks = KeyedLocks()
        self.library = Library(store, self._locks, self._as_seen)
        limits = limits or ExecutorLimits()
        self.grading = Grading(self._sessions, self._checker, self._halt)
        self._scheduler = Scheduler(
            self._reasoner_of, limits, max_running, self._on_lost, self.grading.settled
        )
        self._beginnings = Beginnings(self._sessions, self._reasoner_of, limits.deadline)
        self.steering = Steering(self._sessions, self._reasoner_of, limits.deadline, self._halt)
        self.summarizing = Summarizing(self._sessions, catalog, limits.deadline, self._halt)
        self.batches = Batches(self.check, self.start)
        self._closing = False

    # ------------------------------------------------------------------ life of the service

    async def recover(self) -> int:
        """Go on with every run that was searching when the server went away; how many.

        A run that cannot go on (its model is gone, say) is shown as paused with the reason, and
        keeps none of the others.
        """
        left_behind: list[str] = []
        for status in ("running", "queued"):
            cursor = None
            while True:
                page = await self._store.list_runs(
                    RunQuery(status=status), limit=MOST_LISTED, cursor=cursor
                )
                left_behind += [run.id for run in page.items]
                cursor = page.cursor
                if cursor is None:
                    break
        for run_id in left_behind:
            try:
                await self._relaunch(run_id)
            except (RunsError, SearchError, StorageError) as error:
                _LOG.exception("run %s cannot go on", run_id)
                self._on_lost(run_id, f"cannot go on: {error}")
        return len(left_behind)

    async def close(self) -> None:
        """Let go of everything, quickly: streams end, runs go on at the next start."""
        self._closing = True
        self.feed.close()
        await self._scheduler.close()
        await self.grading.close()
        await self._checker.close()

    # ------------------------------------------------------------------ runs

    async def start(self, request: RunRequest) -> RunRecord:
        """Check the request, store the run and its first event, and start searching."""
        self._refuse_while_closing()
        run = plan_run(request, self.catalog)
        begins = request.beginning
        given = None if begins is None else await self._beginnings.of(run, begins)
        async with self._locks.of(run.id):
            unbegun = run if given is None else replace(run, status="failed", reason=UNSTORED)
            await stored(self._store.create_run(unbegun))
            try:
                if given is not None:
                    given.plant(await stored(self._sessions.get(run.id)))
                await self._relaunch(run.id)
            except RunsError:
                # Not even its first event could be stored: better no run than an empty one.
                with contextlib.suppress(StorageError):
                    await self._store.delete_run(run.id)
                raise
        return await self.get(run.id)

    def check(self, request: RunRequest) -> None:
        """Raise what `start` would raise for a request that makes no sense; start nothing."""
        plan_run(request, self.catalog)

    async def get(self, run_id: str) -> RunRecord:
        """The run as it is stored."""
        return self._as_seen(await stored(known_run(self._store, run_id)))

    async def delete(self, run_id: str, *, for_good: bool = False) -> None:
        """Put a run into the bin with all that belongs to it, or remove it for good; a running one
        is stopped first.
        """
        async with self._locks.of(run_id):
            await self.get(run_id)
            await self._end_now(run_id)
            self._sessions.drop(run_id)
            if for_good:
                await stored(self._store.delete_run(run_id))
            else:
                await stored(self._store.bin_run(run_id, datetime.now(UTC)))
            self._lost.pop(run_id, None)
        self.feed.notify(run_id)

    async def restore(self, run_id: str) -> RunRecord:
        """Take a run out of the bin, as it was when it was stopped. Restoring a run that is not in
        it is no error.
        """
        async with self._locks.of(run_id):
            try:
                await stored(self._store.restore_run(run_id))
            except NotFound as error:
                raise unknown_run(run_id) from error
        return await self.get(run_id)

    async def pause(self, run_id: str) -> RunRecord:
        """Stop asking, take in what is in flight, and pause. Pausing a paused run is no error."""
        async with self._locks.of(run_id):
            run = await self.get(run_id)
            if run.status == "queued":
                await self._end_now(run_id, "paused", None)
            elif self._scheduler.driving(run_id):
                self._scheduler.pause(run_id)
            elif run.status != "paused":
                raise _wrong_state(run, "paused", "only a queued or running run can be paused")
        # Outside the lock, so that stopping does not wait for a model that hangs.
        await self._scheduler.settle(run_id)
        return await self.get(run_id)

    async def resume(self, run_id: str, more: Mapping[str, float] | None = None) -> RunRecord:
        """Go on with a paused, stopped or failed run where it was; with a finished one too, while
        its budget is not used up: people may have given it more to search. `more`: limits that
        take the place of the run's own.
        """
        self._refuse_while_closing()
        async with self._locks.of(run_id):
            if self._scheduler.pausing(run_id):
                await self._scheduler.settle(run_id)
            if not self._scheduler.driving(run_id):
                run = await self.get(run_id)
                if run.reason == UNSTORED:
                    raise _wrong_state(run, "resumed", "start it again from the same step")
                budget = larger_budget(run, more) if more else None
                if run.status not in _RESUMABLE and not (budget or _has_budget_left(run)):
                    raise _wrong_state(run, "resumed", "resume it with a larger budget")
                await self._relaunch(run_id, budget)
        return await self.get(run_id)

    async def stop(self, run_id: str) -> RunRecord:
        """End the run now; its tree stays. Stopping an ended run is no error."""
        async with self._locks.of(run_id):
            await self.get(run_id)
            await self._end_now(run_id, "stopped", "stopped by a person")
        return await self.get(run_id)

    async def settled(self, run_id: str) -> RunRecord:
        """Wait until the run is neither queued nor searching; the run then."""
        await self._scheduler.settle(run_id)
        return await self.get(run_id)

    # ------------------------------------------------------------------ trees and events

    async def tree(self, run_id: str, at: int | None = None) -> TreeView:
        """The run's tree as it is stored, or run and tree as they were after event `at`."""
        run = await self.get(run_id)
        if at is None:
            run, nodes = await stored(self._store.nodes(run_id))
            return TreeView(self._as_seen(run), nodes, run.seq)
        if not 1 <= at <= run.seq:
            raise _no_event(at, f"`at` goes from 1 to {run.seq}")
        events = await stored(self._store.events(run_id, limit=at))
        return await asyncio.to_thread(view_at, run, events)

    async def watch(
        self,
        run_id: str,
        after: int = 0,
        until: int | None = None,
        allowed: Callable[[], Awaitable[object]] | None = None,
    ) -> AsyncIterator[tuple[EventRecord, ...] | str | None]:
        """The run's events after `after`, past and coming, until it has ended: see Feed.watch.
        `allowed` is asked before each batch and ends the stream by raising.
        """
        run = await self.get(run_id)
        if not 0 <= after <= run.seq:
            raise _no_event(after, f"`after` goes from 0 to {run.seq}")

        async def status() -> tuple[str, bool]:
            if allowed is not None:
                await allowed()
            now = (await self.get(run_id)).status
            # A paused run is not over: who watches it must see it go on.
            return now, now in ACTIVE or now == "paused"

        return self.feed.watch(run_id, after, until, status)

    # ------------------------------------------------------------------ labels

    async def label(self, run_id: str, node_id: int, request: LabelRequest) -> LabelRecord:
        """Store a person's judgement of a step. The same label id again returns the stored one."""
        label = label_record(run_id, node_id, request)
        session = await stored(self._sessions.get(run_id))
        known_step(session, node_id)
        try:
            return same_label(await stored(session.judge(label)), label)
        finally:
            if session.broken:
                # The tree in memory holds what is not stored: it is loaded again when needed.
                await self._halt(run_id)

    async def labels(self, run_id: str) -> tuple[LabelRecord, ...]:
        """All judgements of a run, oldest first."""
        await self.get(run_id)
        return await stored(self._store.labels(run_id))

    async def grades(self, run_id: str) -> tuple[EventRecord, ...]:
        """All verdicts on the run's answers that were stored, oldest first."""
        return await self._facts(run_id, "graded")

    async def answers(self, run_id: str, until: int | None = None) -> Mapping[str, bool | None]:
        """Every answer in the tree, as it was after event `until`, and whether it is right."""
        view = await self.tree(run_id, until)
        said = [one for one in await self.grades(run_id) if one.seq <= view.seq]
        grades = Grades(view.run.problem, view.run.reference_answer).read(said)
        found = {node.answer for node in view.nodes if node.answer is not None}
        return await asyncio.to_thread(lambda: {answer: grades.of(answer) for answer in found})

    async def summaries(self, run_id: str) -> tuple[EventRecord, ...]:
        """All that was written about the run's paths, oldest first."""
        return await self._facts(run_id, "summarized")

    # ------------------------------------------------------------------ inside

    async def _facts(self, run_id: str, kind: str) -> tuple[EventRecord, ...]:
        run = await self.get(run_id)
        return await stored(self._store.events(run.id, kind=kind))

    def _reasoner_of(self, run: RunRecord) -> Reasoner:
        return self.catalog.reasoner(run, self._checker)

    def _on_commit(self, session: RunSession) -> None:
        self.feed.notify(session.run.id)
        if not self._closing:
            self.grading.look_at(session)

    async def _relaunch(self, run_id: str, budget: Mapping[str, float] | None = None) -> None:
        """Queue a run that nothing drives; errors leave it as it was. None: its own budget."""
        session = await stored(self._sessions.get(run_id))
        before = session.run
        session.run = replace(before, budget=budget or before.budget)
        try:
            executor = self._scheduler.prepare(session)
        except RunsError:
            session.run = before
            raise
        session.set_status("queued")
        await self._commit(session)
        self._lost.pop(run_id, None)
        if not self._closing:  # else it goes on at the next start
            self._scheduler.launch(session, executor)

    async def _end_now(
        self, run_id: str, status: str = "stopped", reason: str | None = None
    ) -> None:
        """End what drives the run, and note it; a run that came to its own end keeps that."""
        await self._scheduler.cancel(run_id)
        session = await stored(self._sessions.get(run_id))
        if session.active or session.tree.status == "paused":
            session.set_status(status, reason)
            await self._commit(session)
        self._lost.pop(run_id, None)

    async def _commit(self, session: RunSession) -> None:
        try:
            await stored(session.commit())
        except RunsError as error:
            self._on_lost(session.run.id, f"storage: {error.message}")
            raise

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


def _no_event(seq: int, hint: str) -> NotFound:
    return NotFound(f"the run has no event {seq}", code="unknown_event", hint=hint)


def _has_budget_left(run: RunRecord) -> bool:
    return Budget.of(run.budget).exhausted_by(Spent(**run.usage)) is None


def _wrong_state(run: RunRecord, wanted: str, hint: str) -> Conflict:
    return Conflict(
        f"the run is {run.status} and cannot be {wanted}", code="wrong_state", hint=hint
    )
