"""What a check says of a sum: the sum done once more, and whether what was written holds.

A check that names its verdict first has to guess it; one that does the sum again only has to
compare two numbers, for a model as for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from training.tasks.arithmetic import Equation, apply, parse_equation

HOLDS, WRONG = "that holds.", "that is wrong."
NOT_WHOLE = "not whole"
_NOT_NEEDED = "not what is needed"
_CLAIM = re.compile(
    r"(?P<left>.{1,60}) is (?P<redone>-?[0-9]{1,9}|not whole|not what is needed): "
    r"(?P<verdict>that holds\.|that is wrong\.)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A check of a sum, read: the sum, what it is said to be, and the verdict on it."""

    sum: Equation
    redone: str
    right: bool

    def about(self, written: Iterable[Equation]) -> Equation | None:
        """The last of the written equations that does this sum; None where none does."""
        sums = (self.sum.a, self.sum.op, self.sum.b)
        same = [each for each in written if (each.a, each.op, each.b) == sums]
        return same[-1] if same else None

    def true_of(self, equation: Equation, needed: bool) -> bool:
        """Whether the claim is true of an equation; `needed`: the problem asks for its sum."""
        if self.redone == _NOT_NEEDED:
            return not self.right and not needed
        if self.redone != _redone(equation):
            return False
        return self.right == equation.holds if needed else not (self.right or equation.holds)


def claim(equation: Equation, needed: bool = True) -> str:
    """The true check of an equation; `needed`: the problem asks for its sum."""
    if equation.holds and not needed:
        return f"{equation.left} is {_NOT_NEEDED}: {WRONG}"
    return f"{equation.left} is {_redone(equation)}: {HOLDS if equation.holds else WRONG}"


def read_claim(text: str) -> Claim | None:
    """Read a check of a sum; None where it is anything else."""
    found = _CLAIM.fullmatch(text)
    equation = parse_equation(f"{found['left']} = 0") if found else None
    if found is None or equation is None or equation.left != found["left"]:
        return None
    return Claim(equation, found["redone"], found["verdict"] == HOLDS)


def _redone(equation: Equation) -> str:
    result = apply(equation.a, equation.op, equation.b)
    return NOT_WHOLE if result is None else str(result)
