"""Exact step checker for word problems: labels every line of a trace, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.tasks.arithmetic import Equation, operation, parse_equation
from training.tasks.core import (
    ANSWER,
    CHECK,
    CORRECT,
    DECOMPOSE,
    RESTATE,
    SOLVE,
    Verdict,
    split_step,
)
from training.tasks.word_types import WordProblem

_CLAIM = re.compile(r"(.+) (holds|is wrong)\.")
_ANSWER = re.compile(r"Answer: ([0-9]{1,9})")


def check(problem: WordProblem, lines: Sequence[str]) -> Verdict:
    """Label every line.

    A step is good if its equation holds, uses known numbers, is a step of the problem that is
    still to be done, and no earlier mistake stands uncorrected.
    """
    checker = _Checker(problem)
    labels = tuple(checker.label(line) for line in lines)
    return Verdict(labels, checker.solved)


class _Checker:
    """Follows which hidden steps are done and whether a mistake stands uncorrected."""

    def __init__(self, problem: WordProblem) -> None:
        self.solved = False
        self._problem = problem
        self._given = {*problem.given, 2}  # 2 is given by the word "half"
        self._done: set[int] = set()
        self._mistaken = False
        self._judged: dict[Equation, bool] = {}
        self._handlers = {
            RESTATE: lambda text: text == f"We want {problem.goal}.",
            DECOMPOSE: lambda text: text == problem.plan,
            SOLVE: self._solve,
            CORRECT: self._correct,
            CHECK: self._check,
            ANSWER: self._answer,
        }

    def label(self, line: str) -> bool:
        tag, text = split_step(line)
        handler = self._handlers.get(tag)
        return handler(text) if handler else False

    def _solve(self, text: str) -> bool:
        equation = parse_equation(text)
        good = equation is not None and self._perform(equation)
        self._mistaken = self._mistaken or not good
        return good and not self._mistaken

    def _correct(self, text: str) -> bool:
        equation = parse_equation(text)
        if equation is None or not text.startswith("Wait, "):
            self._mistaken = True
            return False
        good = self._perform(equation)
        self._mistaken = not good
        return good

    def _perform(self, equation: Equation) -> bool:
        """Mark the hidden step this equation carries out; false if it is none or is wrong."""
        good = equation.holds and self._known(equation) and self._mark_done(equation)
        self._judged[equation] = good
        return good

    def _known(self, equation: Equation) -> bool:
        known = self._given | {self._problem.nodes[index].result for index in self._done}
        return equation.a in known and equation.b in known

    def _mark_done(self, equation: Equation) -> bool:
        for index, node in enumerate(self._problem.nodes):
            if index in self._done:
                continue
            if operation(node.a, node.op, node.b) == equation.operation:
                self._done.add(index)
                return True
        return False

    def _check(self, text: str) -> bool:
        claim = _CLAIM.fullmatch(text)
        equation = parse_equation(claim[1]) if claim else None
        if claim is None or equation is None or equation not in self._judged:
            return False
        return self._judged[equation] == (claim[2] == "holds")

    def _answer(self, text: str) -> bool:
        found = _ANSWER.fullmatch(text.strip())
        self.solved = found is not None and int(found[1]) == self._problem.answer
        return self.solved
