"""Which earlier step a correction revises."""

import re
from collections.abc import Sequence
from typing import Final

from backend.models.protocols import ModelStep

CORRECT: Final = "correct"
_WORKING_ACTIONS: Final = frozenset({"solve", "correct"})
_GO_BACK: Final = re.compile(r"go back to (.+?)(?::|\. )", re.IGNORECASE)
# What a step says before the state that it leads to: numbers left, or an equation.
_LEADS_TO: Final = ("leaving ", ": ")


def corrected_step(steps: Sequence[ModelStep]) -> int | None:
    """The index in `steps` of the step that the last one corrects; None if it corrects nothing.

    A correction that names where it goes back to ("Wait, go back to 4, 7 and 13: …", "Wait, go
    back to 3x = 6. Divide …") revises the first working step taken from there; any other one
    revises the working step nearest before it.
    """
    if not steps or steps[-1].action != CORRECT:
        return None
    working = [i for i, step in enumerate(steps[:-1]) if step.action in _WORKING_ACTIONS]
    if not working:
        return None
    named = _GO_BACK.search(steps[-1].text)
    if named is not None:
        place = named.group(1).strip()
        ends = tuple(f"{lead}{place}" for lead in _LEADS_TO)
        left = [i for i in working if steps[i].text.rstrip(".").endswith(ends)]
        first = [i for i in working if not left or i > left[-1]]
        if first:
            return first[0]
    return working[-1]
