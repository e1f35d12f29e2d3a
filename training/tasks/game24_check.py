"""Exact step checker for the Game of 24: labels every line of a trace, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.tasks.arithmetic import (
    Equation,
    ExpressionError,
    evaluate,
    numbers_in,
    parse_equation,
    parse_numbers,
)
from training.tasks.claims import read_claim
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
from training.tasks.game24 import GOAL, Game24Problem, State, final_moves, reachable

_RESTATE = re.compile(r"The numbers are (.+) and the goal is 24\.")
_PLAN = re.compile(r"Aim for ([0-9]{1,9}) ([-+*/]) ([0-9]{1,9}) = 24\.")
_BACK = re.compile(r"Wait, go back to ([0-9, and]+): (.*)")
_MOVE = re.compile(r"([0-9]{1,9} [-+*/] [0-9]{1,9} = [0-9]{1,9}), leaving (.+)\.")
_REACH = re.compile(r"(.+) (can|cannot) make 24\.")
_ANSWER = re.compile(r"Answer: (.+)")


def answer_is_right(problem: Game24Problem, text: str) -> bool:
    """Whether `Answer: ...` uses exactly the given numbers and makes 24."""
    found = _ANSWER.fullmatch(text.strip())
    if found is None:
        return False
    try:
        return numbers_in(found[1]) == problem.numbers and evaluate(found[1]) == GOAL
    except ExpressionError:
        # Anything the parser refuses is not an answer; the refusal itself is the verdict.
        return False


def check(problem: Game24Problem, lines: Sequence[str]) -> Verdict:
    """Label every line: a move is correct if it is legal and true, hopeful if 24 stays reachable.

    A trace may go on after its answer (a review); `solved` is about the last answer.
    """
    checker = _Checker(problem)
    correct, hopeful = [], []
    for line in lines:
        correct.append(checker.label(line))
        hopeful.append(checker.hopeful)
    return Verdict(tuple(correct), tuple(hopeful), checker.solved)


class _Checker:
    """Follows the table through a trace; after an illegal move `valid` is false until undone."""

    def __init__(self, problem: Game24Problem) -> None:
        self.solved = False
        self._problem = problem
        self._state: State = problem.numbers
        self._valid = True
        self._seen = {problem.numbers}
        self._last: Equation | None = None
        self._answered = False
        self._handlers = {
            RESTATE: self._restate,
            DECOMPOSE: self._plan,
            SOLVE: self._move,
            CORRECT: self._correct,
            CHECK: self._check,
            ANSWER: self._answer,
        }

    @property
    def hopeful(self) -> bool:
        """Whether 24 can still be made without going back."""
        return self._valid and reachable(self._state)

    def label(self, line: str) -> bool:
        """Whether the next line of the trace is correct."""
        tag, text = split_step(line)
        handler = self._handlers.get(tag)
        return handler(text) if handler else False

    def _restate(self, text: str) -> bool:
        found = _RESTATE.fullmatch(text)
        return found is not None and parse_numbers(found[1]) == self._problem.numbers

    def _plan(self, text: str) -> bool:
        found = _PLAN.fullmatch(text)
        if found is None or not self._valid:
            return False
        a, op, b = int(found[1]), found[2], int(found[3])
        options = final_moves(self._state)
        return (a, op, b) in options or (op in "+*" and (b, op, a) in options)

    def _correct(self, text: str) -> bool:
        found = _BACK.fullmatch(text)
        back = parse_numbers(found[1]) if found else None
        if found is None or back is None:
            self._valid = False
            return False
        # Only a state that was really on the table can be returned to.
        self._state, self._valid = back, back in self._seen
        return self._move(found[2])

    def _move(self, text: str) -> bool:
        found = _MOVE.fullmatch(text)
        equation = parse_equation(found[1]) if found else None
        if found is None or equation is None:
            self._valid = False
            return False
        self._last = equation
        pool = list(self._state)
        for value in (equation.a, equation.b):
            if value in pool:
                pool.remove(value)
            else:
                self._valid = False
        left = parse_numbers(found[2])
        if not equation.holds or left != tuple(sorted([*pool, equation.result])):
            self._valid = False
        self._state = left or ()
        if self._valid:
            self._seen.add(self._state)
        return self._valid

    def _check(self, text: str) -> bool:
        if text in (ANSWER_HOLDS, ANSWER_WRONG):
            return self._answered and self.solved == (text == ANSWER_HOLDS)
        claim = read_claim(text)
        if claim:
            equation = claim.about([self._last] if self._last else [])
            return equation is not None and claim.true_of(equation, needed=True)
        reach = _REACH.fullmatch(text)
        if reach is None or parse_numbers(reach[1]) != self._state:
            return False
        return self.hopeful == (reach[2] == "can")

    def _answer(self, text: str) -> bool:
        self._answered = True
        self.solved = answer_is_right(self._problem, text)
        if self.solved:
            self._state = (GOAL,)
        # Only going back to a state that was on the table mends a wrong answer.
        self._valid = self.solved
        return self.solved
