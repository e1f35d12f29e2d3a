"""Which runs are searching: starts executors, waits for room, and records how each ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from backend.reasoning.reasoner import Reasoner
from backend.runs.executor import Ending, Executor, ExecutorLimits
from backend.runs.session import RunSession
from backend.search.budget import Budget
from backend.search.strategies.registry import make_strategy
from storage.errors import StorageError
from storage.records import RunRecord

_LOG: Final = logging.getLogger(__name__)

OnLost = Callable[[str, str], None]


class Scheduler:
    """One task per active run. What goes wrong in one of them ends that run only."""

    def __init__(
        self, reasoner_of: Callable[[RunRecord], Reasoner], limits: ExecutorLimits,
        max_running: int, on_lost: OnLost, graded: Callable[[str], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._reasoner_of = reasoner_of
        self._graded = graded
        self._limits = limits
        self._room = asyncio.Semaphore(max_running)
        self._on_lost = on_lost
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._executors: dict[str, Executor] = {}

    def prepare(self, session: RunSession) -> Executor:
        """What will drive the run. Raises where its strategy, models or budget are no more."""
        run = session.run
        return Executor(
            session,
            make_strategy(run.strategy, run.settings),
            self._reasoner_of(run),
            Budget.of(dict(run.budget)),
            self._limits,
        )

    def launch(self, session: RunSession, executor: Executor) -> None:
        """Start (or go on with) a run; it stays queued until there is room."""
        run = session.run
        assert run.id not in self._tasks, "a run has one executor"
        self._executors[run.id] = executor
        task = asyncio.create_task(self._drive(session, executor), name=f"run {run.id}")
        self._tasks[run.id] = task
        task.add_done_callback(lambda done: self._forget(run.id, done))

    def driving(self, run_id: str) -> bool:
        """Whether the run is queued or searching here."""
        return run_id in self._tasks

    def pausing(self, run_id: str) -> bool:
        """Whether the run is about to pause."""
        return run_id in self._executors and self._executors[run_id].pausing

    def pause(self, run_id: str) -> None:
        """Let the run pause as soon as what is in flight has come back."""
        if run_id in self._executors:
            self._executors[run_id].pause()

    async def settle(self, run_id: str) -> None:
        """Wait until the run is no longer driven."""
        if run_id in self._tasks:
            await asyncio.wait([self._tasks[run_id]])

    async def cancel(self, run_id: str) -> None:
        """End the run's task now; its work in flight stays in the log."""
        if run_id in self._tasks:
            await _cancel_all([self._tasks[run_id]])

    async def close(self) -> None:
        """End all tasks now. The runs keep their status and go on at the next start."""
        await _cancel_all(list(self._tasks.values()))

    async def _drive(self, session: RunSession, executor: Executor) -> None:
        try:
            async with self._room:
                ending = await self._guarded(executor.run())
            if ending[0] != "paused":
                # Whoever waits for the end wants to know whether the answer is right.
                await self._graded(session.run.id)
            session.set_status(*ending)
            await session.commit()
        except* StorageError as group:
            reason = str(group.exceptions[0])
            _LOG.error("run %s halted: %s", session.run.id, reason)
            self._on_lost(session.run.id, f"storage: {reason}")

    async def _guarded(self, running: Awaitable[Ending]) -> Ending:
        """How the run ended; an unexpected error is an ending too."""
        try:
            return await running
        except* StorageError:
            raise
        except* Exception as group:  # noqa: BLE001
            _LOG.exception("a run failed unexpectedly")
            first = group.exceptions[0]
            ending = ("failed", f"internal error: {type(first).__name__}: {first}")
        return ending

    def _forget(self, run_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(run_id) is task:
            del self._tasks[run_id]
            del self._executors[run_id]


async def _cancel_all(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
