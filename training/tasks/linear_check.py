"""Exact step checker for linear equations: labels every line of a trace, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.tasks.claims import HOLDS, WRONG
from training.tasks.core import (
    ANSWER,
    ANSWER_HOLDS,
    ANSWER_WRONG,
    CHECK,
    CORRECT,
    DECOMPOSE,
    RESTATE,
    SOLVE,
    Verdict,
    split_step,
)
from training.tasks.linear import LinearProblem
from training.tasks.linear_moves import Move, apply_move, follows, parse_move
from training.tasks.linear_terms import LinearEquation, parse_linear

_RESTATE = re.compile(r"Solve (.+) for x\.")
_STEP = re.compile(r"(?:(Wait), go back to ([^:]+)\. )?([A-Z][^:]*): (.+)\.")
_REDONE = re.compile(r"It should be ([^:]+): (that holds\.|that is wrong\.)")
NO_SUCH_STEP = f"There is no such step: {WRONG}"
_LONGEST = 500
_ANSWER = re.compile(r"Answer: (-?[0-9]{1,9})")


def check(problem: LinearProblem, lines: Sequence[str]) -> Verdict:
    """Label every line: a step is correct if its operation, done to both sides, gives its equation.

    A trace may go on after its answer (a review); `solved` is about the last answer.
    """
    board = Board(problem)
    correct, hopeful = [], []
    for line in lines:
        correct.append(board.label(line))
        hopeful.append(board.hopeful)
    return Verdict(tuple(correct), tuple(hopeful), board.solved)


def parse_step(tag: str, text: str) -> tuple[LinearEquation | None, Move | None, str]:
    """Take a solve or correct step apart: where it goes back to, its operation, its equation."""
    found = _STEP.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or bool(found[1]) != (tag == CORRECT):
        return None, None, ""
    back = parse_linear(found[2]) if found[2] else None
    return back, parse_move(found[3]), found[4]


class Board:
    """Follows the equation through a trace, and whether a mistake stands uncorrected.

    `equation` is the last one that was reached without a mistake, `last` the last one written
    (None where that line could not be read). A check is about the last step or, where a mistake
    stands, about the mistake.
    """

    def __init__(self, problem: LinearProblem) -> None:
        self.solved = False
        self.answered = False
        self.hopeful = True
        self.equation = problem.equation
        self.last: LinearEquation | None = problem.equation
        # The step that a check is about: where it started, its operation, and if it was right.
        self._step: tuple[LinearEquation | None, Move | None, bool] | None = None
        self._problem = problem
        self._seen = {problem.equation}
        self._handlers = {
            RESTATE: self._restate,
            DECOMPOSE: lambda text: bool(text) and text == problem.plan,
            SOLVE: self._solve,
            CORRECT: self._correct,
            CHECK: self._check,
            ANSWER: self._answer,
        }

    @property
    def attempt_wrong(self) -> bool:
        """Whether `The answer is wrong.` is true: of the answer, or of a line nobody can read."""
        return self.last is None or (self.answered and not self.solved)

    @property
    def verdict(self) -> str | None:
        """The true check of the last step; None where there is no step."""
        if self._step is None:
            return None
        before, move, right = self._step
        if not before or not move or not _possible(before, move):
            return NO_SUCH_STEP
        due = self.last if right and self.last else apply_move(before, move)
        return f"It should be {due.text}: {HOLDS if right else WRONG}"

    def due(self, tag: str, text: str) -> LinearEquation | None:
        """What the operation of a solve or correct step leads to; None if it cannot be done."""
        back, move, _ = parse_step(tag, text)
        standing = self.equation if self.hopeful else None
        before = standing if tag == SOLVE else back if back in self._seen else None
        possible = before and move and _possible(before, move)
        return apply_move(before, move) if before and move and possible else None

    def label(self, line: str) -> bool:
        """Whether the next line of the trace is correct."""
        tag, text = split_step(line)
        handler = self._handlers.get(tag)
        return handler(text) if handler else False

    def _restate(self, text: str) -> bool:
        found = _RESTATE.fullmatch(text)
        return found is not None and parse_linear(found[1]) == self._problem.equation

    def _solve(self, text: str) -> bool:
        _, move, written = parse_step(SOLVE, text)
        return self._write(self.equation if self.hopeful else None, move, written)

    def _correct(self, text: str) -> bool:
        back, move, written = parse_step(CORRECT, text)
        # Only an equation that was really on the table can be returned to.
        return self._write(back if back in self._seen else None, move, written)

    def _write(self, before: LinearEquation | None, move: Move | None, written: str) -> bool:
        """Take note of a written equation; true if the move leads to it from a right one."""
        after = self.last = parse_linear(written)
        right = bool(before and move and after and follows(before, move, after))
        if right and after:
            self.equation = after
            self._seen.add(after)
        if before or not self._stands_on_mistake:
            self._step = (before, move, right)
        self.hopeful = right
        return right

    @property
    def _stands_on_mistake(self) -> bool:
        return self._step is not None and not self._step[2]

    def _check(self, text: str) -> bool:
        if text == ANSWER_HOLDS:
            return self.answered and not self.attempt_wrong
        if text == ANSWER_WRONG:
            return self.attempt_wrong
        if text == NO_SUCH_STEP:
            return text == self.verdict
        found = _REDONE.fullmatch(text) if len(text) <= _LONGEST else None
        due = parse_linear(found[1]) if found else None
        if found is None or due is None or self._step is None:
            return False
        before, move, right = self._step
        done_again = bool(before and move and follows(before, move, due))
        return done_again and right == (found[2] == HOLDS)

    def _answer(self, text: str) -> bool:
        found = _ANSWER.fullmatch(text.strip())
        self.answered = True
        self.solved = found is not None and int(found[1]) == self._problem.solution
        if self.last is None:
            # What could not be read is superseded: from here on, reviews are about the answer.
            self.last, self._step = self.equation, None
        # A right answer is right however it was found; a wrong one has to be corrected.
        self.hopeful = self.solved
        return self.solved


def _possible(before: LinearEquation, move: Move) -> bool:
    """Whether an operation can be done to an equation at all."""
    return follows(before, move, apply_move(before, move))
