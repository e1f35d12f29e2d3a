"""Checking answers by mathematics, in a process that can be ended while it is at it.

docs/decisions/0007-answers-are-checked-in-a-killable-process.md says why; mathematics.py is the
program that runs there.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.reasoning.answers import answer_key, has_notation, is_open, same_answer
from backend.reasoning.latex import fault

_LOG: Final = logging.getLogger(__name__)
_PROGRAM: Final = Path(__file__).with_name("mathematics.py")
# Windows has neither signal: there its terminating one kills, and no process limits its own time.
_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
_OUT_OF_TIME: Final = getattr(signal, "SIGPROF", 0)
_LONGEST: Final = 1_000
_REMEMBERED: Final = 4_096
_START_SECONDS: Final = 60.0
_MOST_FAILED_STARTS: Final = 2
_NOT_STARTED: Final = "the program that compares mathematics does not start: see the server's log"
_CLOSING: Final = "the server is shutting down"

Question = tuple[str, ...]


class _NoProcess(Exception):
    """The program could not be started."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right; None where nobody can tell, `why` for people then."""

    correct: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckerLimits:
    """What one question may take: `seconds` of processor time, so that what can be decided does
    not depend on what else the machine does; `deadline` seconds in all; `megabytes` of memory.
    """

    seconds: float = 2.0
    deadline: float = 10.0
    megabytes: int = 1024


class AnswerChecker:
    """Exact comparison first, mathematics for what it leaves open: one process, one question at a
    time, started when it is first needed, replaced when it was ended over a question.

    Nothing is raised to those who ask: a question that nobody can decide has a verdict that says
    so. What was asked lately is remembered. Belongs to one event loop.
    """

    def __init__(self, limits: CheckerLimits | None = None) -> None:
        self._limits = limits or CheckerLimits()
        self._asked: OrderedDict[Question, asyncio.Task[tuple[Any, str]]] = OrderedDict()
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._failed_starts = 0
        self._closed = False

    async def same(self, answer: str | None, reference: str | None) -> Verdict:
        """Whether an answer is right by the reference answer."""
        exact = same_answer(answer, reference)
        if answer is None or reference is None or not is_open(answer, reference):
            return Verdict(exact)
        wrong = fault(reference)
        if wrong is not None:
            return Verdict(None, f"the reference answer cannot be read: {wrong}")
        if max(len(answer), len(reference)) > _LONGEST:
            return Verdict(None, f"it has more than {_LONGEST:,} characters")
        if ("key", answer) in self._asked:
            key, why = await self._ask("key", answer)
            if key is None and why:
                return Verdict(None, why)  # what could not be read then, cannot be now
        return Verdict(*await self._ask("same", answer, reference))

    async def key(self, answer: str | None) -> str | None:
        """What answers that mean the same have in common, to count votes by; None for no answer.

        It depends on the answer only, not on those before it or on when it is asked.
        """
        if answer is None or not has_notation(answer) or len(answer) > _LONGEST:
            return answer_key(answer)
        key, _ = await self._ask("key", answer)
        return answer_key(answer) if key is None else str(key)

    async def close(self) -> None:
        """End the process; whatever is being asked gets no verdict. Idempotent."""
        self._closed = True
        self._kill()
        await asyncio.gather(*self._asked.values())
        async with self._turn:
            await self._end()

    async def _ask(self, *question: str) -> tuple[Any, str]:
        task = self._asked.get(question)
        if task is None:
            task = asyncio.create_task(self._in_turn(question))
            self._asked[question] = task
            self._forget()
        self._asked.move_to_end(question)
        # Whoever asked may leave: the process must not be left with a reply that nobody takes.
        return await asyncio.shield(task)

    def _forget(self) -> None:
        while len(self._asked) > _REMEMBERED and next(iter(self._asked.values())).done():
            self._asked.popitem(last=False)

    async def _in_turn(self, question: Question) -> tuple[Any, str]:
        async with self._turn:
            try:
                process = await self._started()
            except _NoProcess:
                self._asked.pop(question, None)  # another time it may start
                return None, _CLOSING if self._closed else _NOT_STARTED
            try:
                async with asyncio.timeout(self._limits.deadline):
                    reply = await _exchange(process, {question[0]: question[1:]})
            except TimeoutError:
                await self._end()
                return None, self._too_late()
            except (OSError, ValueError):
                return None, self._last_words(await self._end(gone=True))
            return reply["value"], reply["why"]

    async def _started(self) -> Process:
        if self._closed or self._failed_starts >= _MOST_FAILED_STARTS:
            raise _NoProcess
        if self._process is not None:
            return self._process
        limits = self._limits
        try:
            self._process = await asyncio.create_subprocess_exec(
                # -P: what lies beside the program is none of its libraries.
                *(sys.executable, "-P", "-W", "ignore", str(_PROGRAM)),
                *(str(limits.seconds), str(limits.megabytes)),
                stdin=PIPE,
                stdout=PIPE,
                # The same key whatever the process; and Ctrl+C is for the server, which ends it.
                env={**os.environ, "PYTHONHASHSEED": "0"},
                start_new_session=True,
            )
            if self._closed:
                raise OSError("closed meanwhile")
            async with asyncio.timeout(_START_SECONDS):
                await _read(self._process)
        except (TimeoutError, OSError, ValueError) as error:
            await self._end()
            self._failed_starts += 1
            if not self._closed:
                _LOG.exception("cannot start %s", _PROGRAM)
            raise _NoProcess from error
        self._failed_starts = 0
        return self._process

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                # Not Process.kill: it looks first whether the process has ended by itself, and
                # then nobody else can learn how.
                os.kill(self._process.pid, _KILL)

    async def _end(self, gone: bool = False) -> int | None:
        """Kill the process, if there is one that is not gone already; how it ended."""
        if self._process is None:
            return None
        if not gone:
            self._kill()
        process, self._process = self._process, None
        await process.communicate()
        return process.returncode

    def _last_words(self, code: int | None) -> str:
        if self._closed:
            return _CLOSING
        if code == -_OUT_OF_TIME:
            return self._too_late()
        return "the program that compares mathematics broke down over it"

    def _too_late(self) -> str:
        return f"it could not be decided within {self._limits.seconds:g} seconds"


async def _exchange(process: Process, question: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write(json.dumps(question).encode() + b"\n")
    await process.stdin.drain()
    return await _read(process)


async def _read(process: Process) -> dict[str, Any]:
    """The next line that the process writes. ValueError if it ended instead."""
    assert process.stdout is not None
    reply: dict[str, Any] = json.loads(await process.stdout.readline())
    return reply
