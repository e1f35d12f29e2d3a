"""Types of the word problems: a story with its hidden, ordered steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.tasks.arithmetic import Equation

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
    "dozen": (12,),
    "quarter": (4,),
    "third": (3,),
    "m": (100,),
    "litres": (100,),
    "legs": (2, 4),
}
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
class WordProblem:
    """A story with its steps in solving order; the last node's result is the answer."""

    prompt: str
    goal: str
    nodes: tuple[Node, ...]
    family: str = "word"

    @property
    def answer(self) -> int:
        """The number the question asks for."""
        return self.nodes[-1].result

    @property
    def plan(self) -> str:
        """The plan line a trace may contain."""
        names = [node.name for node in self.nodes]
        return f"First find {names[0]}" + "".join(f", then {name}" for name in names[1:]) + "."

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
