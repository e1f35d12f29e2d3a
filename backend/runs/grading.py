"""Grading: answers are checked beside the search, and people have the last word on them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from backend.reasoning.checker import AnswerChecker
from backend.runs.errors import NotFound, RunsError
from backend.runs.labels import LONGEST_NAME, short_text
from backend.runs.request import clean_text
from backend.runs.session import RunSession
from backend.runs.sessions import SessionCache
from backend.runs.stored import stored
from backend.search.events import Graded
from storage.errors import StorageError
from storage.records import EventRecord, RunRecord

_LOG: Final = logging.getLogger(__name__)
# How long a run that has nothing left to search waits for the verdicts that it still lacks.
_PATIENCE_SECONDS: Final = 60.0
CHECK: Final = "check"
PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """A person's word on an answer of a run: right, wrong, or None to take back what was said."""

    answer: str
    correct: bool | None
    author: str = ""


class Grading:
    """Writes verdicts on answers into the logs of their runs. `halt` ends a run whose verdict could
    not be stored.
    """

    def __init__(
        self, sessions: SessionCache, checker: AnswerChecker, halt: Callable[[str], Awaitable[None]]
    ) -> None:
        self._sessions = sessions
        self._checker = checker
        self._halt = halt
        self._checking: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)

    def look_at(self, session: RunSession) -> None:
        """Start checking what the run has come to since the last look."""
        run = session.run
        for answer in session.grades.take_unchecked():
            task = asyncio.create_task(self._check(run, answer))
            self._checking[run.id].add(task)
            task.add_done_callback(partial(self._done, run.id))

    async def settled(self, run_id: str) -> None:
        """Wait until all answers of a run that came so far are checked, but not for ever."""
        checking = self._checking.get(run_id)
        if checking:
            await asyncio.wait(checking, timeout=_PATIENCE_SECONDS)

    async def grade(self, run_id: str, request: GradeRequest) -> EventRecord:
        """Store a person's word on an answer. The same again: no change."""
        answer = clean_text(request.answer, "answer")
        author = short_text(request.author, "author", LONGEST_NAME)
        session = await stored(self._sessions.get(run_id))
        if not session.grades.met(answer):
            raise NotFound(
                "the run has no such answer",
                code="unknown_answer",
                hint="give the `answer` of one of its nodes as it is written there",
            )
        await self._write(session, Graded(answer, request.correct, PERSON, author=author))
        return session.grades.last[answer]

    async def close(self) -> None:
        """Stop checking."""
        tasks = [task for checking in self._checking.values() for task in checking]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _check(self, run: RunRecord, answer: str) -> None:
        verdict = await self._checker.same(answer, run.reference_answer)
        try:
            # Much may have happened to the run meanwhile.
            session = await stored(self._sessions.get(run.id))
            await self._write(session, Graded(answer, verdict.correct, CHECK, verdict.why))
        except NotFound:
            return  # deleted meanwhile
        except (RunsError, StorageError):
            _LOG.warning("a verdict on an answer of run %s was not stored", run.id, exc_info=True)

    async def _write(self, session: RunSession, grade: Graded) -> None:
        try:
            await stored(session.grade(grade))
        finally:
            if session.broken:
                # The log in memory is ahead of what is stored: it is loaded again when needed.
                await self._halt(session.run.id)

    def _done(self, run_id: str, task: asyncio.Task[None]) -> None:
        self._checking[run_id].discard(task)
        if not self._checking[run_id]:
            del self._checking[run_id]
