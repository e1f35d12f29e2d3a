"""A word-problem story while it is being told: sentences for the reader, steps for the solver."""

from __future__ import annotations

import random

from training.tasks.arithmetic import apply
from training.tasks.word_types import LARGEST_VALUE, Node, UnusableStory

_NAMES = ("Tom", "Ann", "Mia", "Ben", "Sam", "Lily", "Max", "Zoe", "Omar", "Ivy")
ITEMS = (
    "apples",
    "pencils",
    "stickers",
    "cookies",
    "marbles",
    "books",
    "cards",
    "beads",
    "shells",
    "coins",
)


class Story:
    """A story while it is being told: sentences for the reader, nodes for the solver."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.hero, self.friend, self.other = rng.sample(_NAMES, 3)
        self.item = rng.choice(ITEMS)
        self.sentences: list[str] = []
        self.nodes: list[Node] = []
        self.question = ""
        self.goal = ""

    def tell(self, *wordings: str) -> None:
        """Add one sentence in one of several wordings."""
        self.sentences.append(self.rng.choice(wordings))

    def step(self, operation: tuple[int, str, int], name: str, sentence: str) -> int:
        """Record a step and return its result; raises UnusableStory for an awkward number."""
        a, op, b = operation
        result = apply(a, op, b)
        if result is None or not 0 < result <= LARGEST_VALUE:
            raise UnusableStory
        self.nodes.append(Node(a, op, b, result, name, sentence))
        return result

    def ask(self, goal: str, *wordings: str) -> None:
        """Set the question (one of several wordings) and what it wants."""
        self.goal = goal
        self.question = self.rng.choice(wordings)

    def divisor(self, value: int, low: int = 2, high: int = 12) -> int:
        """A divisor of a value, for sharing it out; raises UnusableStory if there is none."""
        options = [d for d in range(low, high + 1) if value % d == 0]
        if not options:
            raise UnusableStory
        return self.rng.choice(options)
