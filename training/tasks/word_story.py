"""A word-problem story while it is being told: sentences for the reader, steps for the solver."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from training.tasks.arithmetic import apply
from training.tasks.word_names import MADE, NAMES, THINGS, invented_name, invented_thing
from training.tasks.word_rewind import rewound
from training.tasks.word_types import (
    LARGEST_VALUE,
    NUMBER_WORDS,
    Node,
    Proof,
    Sum,
    UnusableStory,
)

_INVENTED = 0.15
_IN_WORDS = 0.1
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SMALL = re.compile(r"(?<![$0-9])\b([2-9]|1[0-2])\b(?![0-9%])")
_SENTENCE_START = re.compile(r"(?:^|[.?] )[a-z]")
_WORD_OF = {value: word for word, value in NUMBER_WORDS.items()}
# Products a small model can learn by heart: two digits by one, tens, and 100 for units.
_LARGEST_FACTOR = 99
_LONGEST_PROOF = 6


class Story:
    """A story while it is being told: sentences for the reader, nodes for the solver.

    Templates hold alternatives in brackets, `[has|owns] {a} apples`; one of each is drawn.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._used: set[str] = set()
        # Any word a visitor uses has to be copied, also one nobody has ever seen.
        kind = rng.choice(("name", "thing", "both")) if rng.random() < _INVENTED else ""
        self.hero = self.name(invented=kind in ("name", "both"))
        self.friend, self.other = self.name(), self.name()
        self.item = self.thing(invented=kind in ("thing", "both"))
        # What is counted changes when things are packed or sold; this stays.
        self.first_item = self.item
        self._dollar_sign = rng.random() < 0.5
        self._percent_sign = rng.random() < 0.5
        self.sentences: list[str] = []
        self.glued: set[int] = set()
        # Distractions with these words would be misread.
        self.avoid: tuple[str, ...] = ()
        self.nodes: list[Node] = []
        self.proof: Proof | None = None
        self.question = ""
        self.goal = ""

    def name(self, invented: bool = False) -> str:
        """A first name that the story has not used yet."""
        return self._fresh(lambda: invented_name(self.rng) if invented else self.rng.choice(NAMES))

    def thing(self, invented: bool = False) -> str:
        """Countable things, in the plural, that the story has not used yet."""
        return self._fresh(
            lambda: invented_thing(self.rng) if invented else self.rng.choice(THINGS)
        )

    def make_things(self) -> str:
        """Make the story about things that somebody can make; invented ones stay."""
        if self.item in THINGS:
            self.item = self.first_item = self.rng.choice(MADE)
            self._used.add(self.item)
        return self.item

    def pick(self, low: int, high: int, by: int = 1) -> int:
        """A random number from low to high in steps of `by`."""
        return self.rng.randrange(low, high + 1, by)

    def chance(self, share: float) -> bool:
        """True for this share of the stories."""
        return self.rng.random() < share

    def tell(self, *wordings: str, glued: bool = False) -> None:
        """Add a sentence in one of several wordings; `glued`: nothing may come before it."""
        if glued:
            self.glued.add(len(self.sentences))
        self.sentences.append(self._render(self.rng.choice(wordings)))

    def facts(self, *groups: Sequence[str]) -> None:
        """Add one sentence of each group, in any order."""
        for group in self.rng.sample(groups, len(groups)):
            self.tell(*group)

    def step(self, operation: tuple[int, str, int], name: str, sentence: str) -> int:
        """Record a step and return its result; raises UnusableStory for an awkward number."""
        a, op, b = operation
        result = apply(a, op, b)
        if result is None or max(a, b, result) > LARGEST_VALUE or not _is_easy(a, op, b):
            raise UnusableStory
        # "1 dollars" reads badly, and nobody asks for nothing.
        if result < 2:
            raise UnusableStory
        self.nodes.append(Node(a, op, b, result, name, sentence))
        return result

    def prove(self, due: int, *sums: Sum) -> None:
        """Record how the last step's result is put in: forward sums that end at the told `due`.

        Raises UnusableStory for an awkward sum, or if they end at another number.
        """
        self.proof = Proof(due, sums)
        if not self._is_provable(self.proof):
            raise UnusableStory

    def rewind(self) -> Proof | None:
        """The proof that undoes the steps of a story told forward; None if a sum is awkward."""
        proof = rewound(self.nodes)
        return proof if proof and self._is_provable(proof) else None

    def _is_provable(self, proof: Proof) -> bool:
        worked = proof.worked(self.nodes[-1].result)
        if not worked or len(worked) > _LONGEST_PROOF or worked[-1].result != proof.due:
            return False
        return all(
            _is_easy(each.a, each.op, each.b)
            and each.result >= 1
            and max(each.a, each.b, each.result) <= LARGEST_VALUE
            for each in worked
        )

    def ask(self, goal: str, *wordings: str) -> None:
        """Set the question (one of several wordings) and what it wants."""
        self.goal = goal
        self.question = self._render(self.rng.choice(wordings))

    def divisor(self, value: int, low: int = 2, high: int = 12) -> int:
        """A divisor of a value, for sharing it out; raises UnusableStory if there is none."""
        options = [d for d in range(low, high + 1) if value % d == 0 and value > d]
        if not options:
            raise UnusableStory
        return self.rng.choice(options)

    def percent(self, value: int) -> int:
        """A percentage that takes a whole part of a value; raises UnusableStory if none does."""
        options = [p for p in (10, 20, 25, 30, 40, 50, 60, 75) if _is_easy(value, "%", p)]
        if not options:
            raise UnusableStory
        return self.rng.choice(options)

    def times(self, factor: int, noun: str = "many") -> str:
        """`twice as many`, `3 times as many`, in some wording."""
        if factor == 2:
            return self.rng.choice((f"twice as {noun}", f"2 times as {noun}"))
        return f"{factor} times as {noun}"

    def prompt(self, distractions: Sequence[str]) -> str:
        """The whole problem; distractions go where they part no sentence from what it refers to."""
        sentences = list(self.sentences)
        places = [p for p in range(1, len(sentences) + 1) if p not in self.glued]
        chosen = self.rng.sample(places, min(len(places), len(distractions)))
        for place, extra in zip(sorted(chosen, reverse=True), distractions, strict=False):
            sentences.insert(place, self._render(extra))
        return " ".join([*sentences, self.question])

    def _fresh(self, draw: Callable[[], str]) -> str:
        while True:
            word = draw()
            if word.lower() not in self._used:
                self._used.add(word.lower())
                return word

    def _render(self, template: str) -> str:
        text = template
        while found := _CHOICE.search(text):
            chosen = self.rng.choice(found[1].split("|"))
            text = text[: found.start()] + chosen + text[found.end() :]
        text = re.sub(r" +", " ", text).strip()
        text = re.sub(r" ([.,?])", r"\1", text)
        if self._dollar_sign:
            text = re.sub(r"\b([0-9]+) dollars", r"$\1", text)
        if self._percent_sign:
            text = re.sub(r"\b([0-9]+) percent", r"\1%", text)
        text = _SMALL.sub(self._maybe_word, text)
        return _SENTENCE_START.sub(lambda found: found[0].upper(), text)

    def _maybe_word(self, found: re.Match[str]) -> str:
        return _WORD_OF[int(found[1])] if self.rng.random() < _IN_WORDS else found[1]


def _is_easy(a: int, op: str, b: int) -> bool:
    """Whether an operation is within reach of a model that knows tables, not algorithms."""
    small, large = min(a, b), max(a, b)
    if op == "*":
        return (2 <= small <= 9 and large <= _LARGEST_FACTOR) or small == 10 or large == 100
    if op == "/":
        return 2 <= b <= 12
    if op == "%":
        return a * b % 100 == 0 and (a <= 200 or b in (10, 50))
    return small > 0
