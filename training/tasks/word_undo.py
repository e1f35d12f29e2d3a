"""How a backward story is solved: its changes undone one by one, the last one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.tasks.arithmetic import apply
from training.tasks.word_story import Story
from training.tasks.word_types import FOUND, LAST, Operand, Slot, Sum, UnusableStory

# What distractions of stories about money must not speak of.
MONEY = ("money box",)
_INVERSE = {"+": "-", "-": "+", "*": "/", "/": "*"}


@dataclass(frozen=True, slots=True)
class Aside:
    """A product of two told numbers that a change consists of: its step's name and sentence."""

    a: int
    b: int
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a quantity: `op` with `number`.

    `name` and `sentence` are those of the quantity before the change, which is found by undoing it;
    the first change of a story needs none, as the question has its own. `side`: how the solver
    finds the number, if it is not told.
    """

    op: str
    number: int
    name: str = ""
    sentence: str = ""
    side: Aside | None = None


def undo(story: Story, start: int, changes: Sequence[Change], found: tuple[str, str]) -> int:
    """Record the steps from the end back to the start, and the proof; returns the end.

    `found`: name and sentence of the step that finds the start. Raises UnusableStory for awkward
    numbers.
    """
    end = start
    for change in changes:
        result = apply(end, change.op, change.number)
        if result is None or result < 2:
            raise UnusableStory
        end = result
    value = end
    words = [found, *((change.name, change.sentence) for change in changes[1:])]
    # Two steps in the same words would be told apart by their numbers only.
    if len(set(words)) < len(words):
        raise UnusableStory
    for change, (name, sentence) in reversed(list(zip(changes, words, strict=True))):
        if side := change.side:
            story.step((side.a, "*", side.b), side.name, side.sentence)
        value = story.step((value, _INVERSE[change.op], change.number), name, sentence)
    story.prove(end, *_forward(changes))
    return end


def _forward(changes: Sequence[Change]) -> list[Sum]:
    sums: list[Sum] = []
    now = FOUND
    for change in changes:
        number: Operand = change.number
        if change.side:
            sums.append((change.side.a, "*", change.side.b))
            number = LAST
        sums.append((now, change.op, number))
        now = Slot(len(sums))
    return sums
