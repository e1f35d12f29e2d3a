"""Exact step checker for word problems: labels every line of a trace, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.tasks.arithmetic import Equation, operation, parse_equation
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
from training.tasks.proofs import proved_number
from training.tasks.word_types import Node, WordProblem

_WAIT = "Wait, "
_ANSWER = re.compile(r"Answer: ([0-9]{1,9})")


def check(problem: WordProblem, lines: Sequence[str]) -> Verdict:
    """Label every line of a trace, whole or still growing; it may go on after an answer.

    A step is correct if its equation is true, uses known numbers, is a step of the problem that
    is still to be done, no mistake stands, and its sentence says what the number is. It is hopeful
    if no mistake stands after it: the wrong words around a right equation spoil nothing.
    """
    checker = WordChecker(problem)
    correct, hopeful = [], []
    for line in lines:
        correct.append(checker.label(line))
        hopeful.append(checker.hopeful)
    return Verdict(tuple(correct), tuple(hopeful), checker.solved)


class WordChecker:
    """Follows which hidden steps are done and whether a mistake stands uncorrected.

    A wrong solve, correct or answer line is a mistake that stands until a right correct line or
    the right answer. A wrong restate, plan or check says something untrue but spoils nothing, nor
    does a step that was done before: to write it again is right in a correction, and idle else.
    """

    def __init__(self, problem: WordProblem) -> None:
        self.solved = False
        self._problem = problem
        self._given = frozenset(problem.given)
        self._operations = {operation(n.a, n.op, n.b) for n in problem.nodes}
        self._done: set[int] = set()
        # Steps done while a mistake stood. They may be used later on, and may be done once more:
        # who corrects a mistake may go on from there or start again from it.
        self._doubtful: set[int] = set()
        self._mistaken = False
        self._answered = False
        # What a proof may put in: the result of the last step, right or wrong, or the last answer.
        self._reached: int | None = None
        self._told: int | None = None
        # Every equation written, and whether the story asked for its sum then.
        self._judged: dict[Equation, bool] = {}
        self._handlers = {
            RESTATE: lambda text: text == f"We want {problem.goal}.",
            DECOMPOSE: lambda text: text == problem.plan,
            SOLVE: self._solve,
            CORRECT: self._correct,
            CHECK: self._check,
            ANSWER: self._answer,
        }

    @property
    def hopeful(self) -> bool:
        """Whether no mistake stands."""
        return not self._mistaken

    @property
    def undone(self) -> list[Node]:
        """The hidden steps still to be done, in solving order; doubtful ones count as undone."""
        sure = self._done - self._doubtful
        return [node for index, node in enumerate(self._problem.nodes) if index not in sure]

    def checked(self, line: str) -> Equation | None:
        """The written equation that a check is about; None where it is no check of a sum."""
        claim = read_claim(split_step(line)[1])
        return claim.about(self._judged) if claim else None

    def needs(self, equation: Equation) -> bool:
        """Whether the story asks for the sum of an equation that was written."""
        return self._judged.get(equation, False)

    def has_found(self, number: int) -> bool:
        """Whether a number is the result of the story's last step or the last answer, right or
        wrong; that of a step on the way is not to be put in.
        """
        return number in (self._reached, self._told)

    def label(self, line: str) -> bool:
        """Whether the next line of the trace is correct.

        A check that finds the answer wrong makes every step doubtful: all may be done once more.
        """
        tag, text = split_step(line)
        if tag in (SOLVE, CORRECT) and (equation := parse_equation(text)):
            self._reached = equation.result if self._ends_with(text, equation) else None
        handler = self._handlers.get(tag)
        return handler(text) if handler else False

    def _ends_with(self, text: str, equation: Equation) -> bool:
        """Whether a line says what the last step of the story says, or comes to the answer."""
        last, answer = self._problem.nodes[-1], self._problem.answer
        return equation.result == answer or _says(text.removeprefix(_WAIT), last, equation)

    def _solve(self, text: str) -> bool:
        equation = parse_equation(text)
        node = self._perform(equation, sure=not self._mistaken) if equation else None
        if node is None and self._repeated(equation):
            return False
        self._mistaken = self._mistaken or node is None
        return not self._mistaken and _says(text, node, equation)

    def _correct(self, text: str) -> bool:
        equation = parse_equation(text)
        if equation is None or not text.startswith(_WAIT):
            self._mistaken = True
            return False
        node = self._perform(equation, sure=True) or self._repeated(equation)
        self._mistaken = node is None
        return _says(text.removeprefix(_WAIT), node, equation)

    def _perform(self, equation: Equation, sure: bool) -> Node | None:
        """Mark the hidden step this equation carries out; None if it is none or is wrong."""
        needed = self._known(equation) and equation.operation in self._operations
        # The last equation written stands last, as the one that a check is about.
        self._judged.pop(equation, None)
        self._judged[equation] = needed
        return self._mark_done(equation, sure) if needed and equation.holds else None

    def _repeated(self, equation: Equation | None) -> Node | None:
        """The step, surely done before, that a right equation carries out once more."""
        if equation is None or not equation.holds:
            return None
        done = [self._problem.nodes[index] for index in sorted(self._done - self._doubtful)]
        same = (n for n in done if operation(n.a, n.op, n.b) == equation.operation)
        return next(same, None)

    def _known(self, equation: Equation) -> bool:
        known = self._given | {self._problem.nodes[index].result for index in self._done}
        return equation.a in known and equation.b in known

    def _mark_done(self, equation: Equation, sure: bool) -> Node | None:
        for index, node in enumerate(self._problem.nodes):
            if index in self._done - self._doubtful:
                continue
            if operation(node.a, node.op, node.b) == equation.operation:
                self._done.add(index)
                if sure:
                    self._doubtful.discard(index)
                else:
                    self._doubtful.add(index)
                return node
        return None

    def _check(self, text: str) -> bool:
        if text in (ANSWER_HOLDS, ANSWER_WRONG):
            right = self._answered and self.solved == (text == ANSWER_HOLDS)
            return self._doubting(right, number=None)
        number = proved_number(text)
        if number is not None:
            right = self.has_found(number) and text == self._problem.prove(number)
            return self._doubting(right, number)
        claim = read_claim(text)
        equation = claim.about(self._judged) if claim else None
        if claim is None or equation is None:
            return False
        return claim.true_of(equation, self._judged[equation])

    def _doubting(self, right: bool, number: int | None) -> bool:
        """Take note of a verdict on the whole, if it is right, and return whether it is.

        `number`: what was put in; None for a review of the answer given.
        """
        wrong = not self.solved if number is None else number != self._problem.answer
        if right and wrong:
            self._doubtful |= self._done
        return right

    def _answer(self, text: str) -> bool:
        found = _ANSWER.fullmatch(text.strip())
        self._answered = True
        self._told = int(found[1]) if found else None
        self.solved = found is not None and int(found[1]) == self._problem.answer
        self._mistaken = not self.solved
        return self.solved


def _says(text: str, node: Node | None, equation: Equation | None) -> bool:
    """Whether a sentence is the one of its step; a correction may begin it in lower case."""
    if node is None or equation is None:
        return False
    said = node.say(equation)
    return text[1:] == said[1:] and text[0].lower() == said[0].lower()
