"""Types of the word problems: a story with its hidden, ordered steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.tasks.arithmetic import Equation

LARGEST_VALUE = 2000


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
        """Numbers that stand in the story, distractions included."""
        return tuple(int(text) for text in re.findall(r"[0-9]{1,9}", self.prompt))
