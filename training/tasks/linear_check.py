"""Exact step checker for linear equations: labels every line of a trace, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.tasks.claims import NOT_WHOLE, WRONG
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
from training.tasks.linear_proof import prove
from training.tasks.linear_terms import LinearEquation, parse_linear

_RESTATE = re.compile(r"Solve (.+) for x\.")
_STEP = re.compile(r"(?:(Wait), go back to ([^:]+)\. )?([A-Z][^:]*): (.+)\.")
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
    (None where that line could not be read), `found` the number that x was last said to be.
    """

    def __init__(self, problem: LinearProblem) -> None:
        self.solved = False
        self.answered = False
        self.hopeful = True
        self.equation = problem.equation
        self.last: LinearEquation | None = problem.equation
        self.found = _found(problem.equation)
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
        """Whether there is an answer and it is wrong."""
        return self.answered and not self.solved

    @property
    def verdict(self) -> str | None:
        """The true check of what the lines came to: that it is not whole, or the proof of x; None
        where they have not come to an end.
        """
        if self.found is not None:
            return prove(self._problem.equation, self.found)
        return _not_whole(self.last) if self.last else None

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
        self.found = _found(after) if after else None
        self.hopeful = right
        return right

    def _check(self, text: str) -> bool:
        if text == ANSWER_HOLDS:
            return self.answered and not self.attempt_wrong
        if text == ANSWER_WRONG:
            return self.attempt_wrong
        return text == self.verdict

    def _answer(self, text: str) -> bool:
        found = _ANSWER.fullmatch(text.strip())
        self.answered = True
        self.found = int(found[1]) if found else None
        self.solved = self.found == self._problem.solution
        # A right answer is right however it was found; a wrong one has to be corrected.
        self.hopeful = self.solved
        return self.solved


def _possible(before: LinearEquation, move: Move) -> bool:
    """Whether an operation can be done to an equation at all."""
    return follows(before, move, apply_move(before, move))


def _found(equation: LinearEquation) -> int | None:
    """What an equation says that x is; None where it does not say it yet."""
    if not equation.solved:
        return None
    left, right = equation.values
    return right.number if left.x else left.number


def _not_whole(equation: LinearEquation) -> str | None:
    """The objection to a product of x whose division leaves a rest; None for everything else."""
    left, right = equation.values
    here, there = (left, right) if left.x else (right, left)
    if there.x or here.number or not here.x or there.number % here.x == 0:
        return None
    return f"{there.number} / {here.x} is {NOT_WHOLE}: {WRONG}" if equation.collected else None
