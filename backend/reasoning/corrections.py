"""Which earlier step a correction, or a new attempt after an answer, takes the place of."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from backend.models.protocols import ModelStep

_CORRECT: Final = "correct"
_CHECK: Final = "check"
_ANSWER: Final = "answer"
_WORKING_ACTIONS: Final = frozenset({"solve", "correct"})
_GO_BACK: Final = re.compile(r"go back to (.+?)(?::|\. )", re.IGNORECASE)
# What a step says before the state that it leads to: numbers left, or an equation.
_LEADS_TO: Final = ("leaving ", ": ")
_WAIT: Final = re.compile(r"^wait, ", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+")


def corrections(steps: Sequence[ModelStep]) -> list[int | None]:
    """For each step the index of the one that it corrects; None if it corrects nothing.

    A correction that names where it goes back to ("Wait, go back to 4, 7 and 13: …", "Wait, go
    back to 3x = 6. Divide …") revises the first working step taken from there; one that says what
    an earlier step says, with other numbers, that step; any other one the working step nearest
    before it. Whatever comes after an answer and is no check begins a new attempt: where it is no
    correction, it revises the step that it says again, else the answer. In place of a step that
    was revised before, what stands there now is meant.
    """
    found: list[int | None] = []
    standing: list[int] = []
    for index, step in enumerate(steps):
        corrected = _corrected(steps[:index], standing, step)
        if corrected is not None:
            del standing[bisect_left(standing, corrected) :]
        standing.append(index)
        found.append(corrected)
    return found


def _corrected(before: Sequence[ModelStep], standing: Sequence[int], step: ModelStep) -> int | None:
    said = [i for i in standing if before[i].action != _CHECK]
    finished = bool(said) and before[said[-1]].action == _ANSWER
    if step.action == _CHECK or not (finished or step.action == _CORRECT):
        return None
    working = [i for i in said if before[i].action in _WORKING_ACTIONS]
    named = _GO_BACK.search(step.text)
    if working and named is not None:
        place = named.group(1).strip()
        ends = tuple(f"{lead}{place}" for lead in _LEADS_TO)
        left = [i for i in working if before[i].text.rstrip(".").endswith(ends)]
        first = [i for i in working if not left or i > left[-1]]
        if first:
            return first[0]
    again = _said_before(before, step)
    if again is not None:
        return standing[bisect_left(standing, again)]
    if step.action == _CORRECT and working:
        return working[-1]
    return said[-1] if finished else None


def _said_before(before: Sequence[ModelStep], step: ModelStep) -> int | None:
    """The last of the steps that says the same but for its numbers."""
    words = _words(step.text)
    same = (i for i in reversed(range(len(before))) if _words(before[i].text) == words)
    return next((i for i in same if before[i].action != _CHECK), None)


def _words(text: str) -> str:
    return _NUMBER.sub("#", _WAIT.sub("", text)).casefold()
