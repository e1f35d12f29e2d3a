"""Types of the word problems: a story with its hidden, ordered steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.tasks.arithmetic import Equation, apply
from training.tasks.claims import NOT_WHOLE
from training.tasks.proofs import BELOW_ZERO, disproof, proof

LARGEST_VALUE = 600

NUMBER_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
# Words that stand for a number of the problem without naming it.
_IMPLIED: dict[str, tuple[int, ...]] = {
    "half": (2,),
    "halves": (2,),
    "twice": (2,),
    "double": (2,),
    "doubles": (2,),
    "triple": (3,),
    "triples": (3,),
    "dozen": (12,),
    "pairs": (2,),
    "quarter": (4,),
    "third": (3,),
    "fifth": (5,),
    "m": (100,),
    "litres": (100,),
    "legs": (2, 4),
}
# What a story must spell rightly: a number is read from each of these words.
TELLING_WORDS = frozenset({*NUMBER_WORDS, *_IMPLIED, "hours", "hour", "minutes", "minute"})
_HOURS = re.compile(r"\bhours?\b", re.IGNORECASE)
_MINUTES = re.compile(r"\bminutes?\b", re.IGNORECASE)
_TOKEN = re.compile(r"[0-9]{1,9}|[A-Za-z]+")


class UnusableStory(Exception):
    """A draw led to numbers outside the allowed range; the caller draws again."""


@dataclass(frozen=True, slots=True)
class Node:
    """One hidden step: an operation, what its result is called and the sentence that says it."""

    a: int
    op: str
    b: int
    result: int
    name: str
    sentence: str

    @property
    def equation(self) -> Equation:
        """The right equation of this step."""
        return Equation(self.a, self.op, self.b, self.result)

    def say(self, equation: Equation) -> str:
        """The step's sentence around an equation (the right one or a slip)."""
        return self.sentence.format(eq=equation.text)


@dataclass(frozen=True, slots=True)
class Slot:
    """A number of a proof that hangs on the number found: 0 is that number, n the result of the
    n-th sum, -1 the last result so far.
    """

    index: int


FOUND, LAST = Slot(0), Slot(-1)
Operand = int | Slot
Sum = tuple[Operand, str, Operand]


@dataclass(frozen=True, slots=True)
class Proof:
    """A story run from the number found to one that is told: the sums in order, and what is told.

    An operand is a number of the story, or a Slot.
    """

    due: int
    sums: tuple[Sum, ...]

    def worked(self, found: int) -> tuple[Equation, ...] | None:
        """The sums for a number found; None where a result is negative or not whole."""
        equations, trouble = self._work(found)
        return None if trouble else equations

    def text(self, found: int) -> str:
        """The check that puts a number in; it ends where a result is negative or not whole."""
        worked, trouble = self._work(found)
        sums = [equation.text for equation in worked]
        if trouble:
            return disproof(str(found), ", ".join([*sums, trouble]))
        return proof(str(found), ", ".join(sums), worked[-1].result, self.due)

    def _work(self, found: int) -> tuple[tuple[Equation, ...], str]:
        """The sums as far as they can be done, and what is wrong with the next one."""
        values = [found]
        equations: list[Equation] = []
        for left, op, right in self.sums:
            a, b = (each if isinstance(each, int) else values[each.index] for each in (left, right))
            result = apply(a, op, b)
            if result is None or result < 0:
                trouble = NOT_WHOLE if result is None else BELOW_ZERO
                return tuple(equations), f"{Equation(a, op, b, 0).left} is {trouble}"
            values.append(result)
            equations.append(Equation(a, op, b, result))
        return tuple(equations), ""


@dataclass(frozen=True, slots=True)
class WordProblem:
    """A story with its steps in solving order; the last node's result is the answer.

    `proof`: how to put the answer in; None where that cannot be done.
    """

    prompt: str
    goal: str
    nodes: tuple[Node, ...]
    family: str = "word"
    proof: Proof | None = None

    @property
    def answer(self) -> int:
        """The number the question asks for."""
        return self.nodes[-1].result

    @property
    def plan(self) -> str:
        """The plan line a trace may contain."""
        names = [node.name for node in self.nodes]
        return f"First find {names[0]}" + "".join(f", then {name}" for name in names[1:]) + "."

    def prove(self, found: int) -> str | None:
        """The check that puts a number found into the story; None where there is no such check."""
        return self.proof.text(found) if self.proof else None

    @property
    def given(self) -> tuple[int, ...]:
        """Numbers that the story gives, distractions included: digits, words, "half", units."""
        found: list[int] = []
        for token in _TOKEN.findall(self.prompt):
            word = token.lower()
            if word.isdigit():
                found.append(int(word))
            elif word in NUMBER_WORDS:
                found.append(NUMBER_WORDS[word])
            else:
                found += _IMPLIED.get(word, ())
        # Hours become minutes only in a story that has both.
        if _HOURS.search(self.prompt) and _MINUTES.search(self.prompt):
            found.append(60)
        return tuple(found)
