"""What may be done to a linear equation: the operations, when they are legal, which comes next."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from math import gcd

from training.tasks.linear_terms import (
    ONE,
    Linear,
    LinearEquation,
    Side,
    Term,
    X,
    side_of,
    side_text,
)

EXPAND, COLLECT, ADD, SUBTRACT, DIVIDE = "Expand", "Collect", "Add", "Subtract", "Divide by"
_SHIFT = re.compile(r"(Add|Subtract) (?=[0-9x])([1-9][0-9]{0,8})?(x?)")
_DIVIDE = re.compile(r"Divide by (-?[1-9][0-9]{0,8})")
_BARE = (EXPAND, COLLECT)


@dataclass(frozen=True, slots=True)
class Move:
    """One operation on both sides; `amount` is what is added, subtracted or divided by."""

    kind: str
    amount: Linear = Linear(0, 0)

    @property
    def text(self) -> str:
        """The operation as a step names it."""
        return self.kind if self.kind in _BARE else f"{self.kind} {side_text(side_of(self.amount))}"

    @property
    def change(self) -> Linear:
        """What adding or subtracting does to the value of a side."""
        return self.amount.times(1 if self.kind == ADD else -1)


def parse_move(text: str) -> Move | None:
    """Read an operation; None where it is none, or one that does nothing."""
    if text in _BARE:
        return Move(text)
    found = _SHIFT.fullmatch(text)
    if found:
        return Move(found[1], (X if found[3] else ONE).times(int(found[2] or 1)))
    found = _DIVIDE.fullmatch(text)
    return divide(int(found[1])) if found and int(found[1]) != 1 else None


def shift(term: Linear) -> Move:
    """The move that takes a term away from both sides."""
    positive = term.x + term.number > 0
    return Move(SUBTRACT, term) if positive else Move(ADD, term.times(-1))


def divide(by: int) -> Move:
    """The move that divides both sides."""
    return Move(DIVIDE, Linear(0, by))


def follows(before: LinearEquation, move: Move, after: LinearEquation) -> bool:
    """Whether the move, done to both sides of `before`, gives `after`."""
    if move.kind == EXPAND:
        return before.bracketed and not after.bracketed and before.values == after.values
    if move.kind == COLLECT:
        untidy = not before.bracketed and not before.collected
        return untidy and after.collected and before.values == after.values
    if after.bracketed and not before.bracketed:
        return False  # factoring out is not what the move says
    if move.kind == DIVIDE:
        return before.values == tuple(side.times(move.amount.number) for side in after.values)
    return after.values == tuple(side.plus(move.change) for side in before.values)


def apply_move(before: LinearEquation, move: Move) -> LinearEquation:
    """The equation that a legal move leads to, as a person would write it."""
    if move.kind == EXPAND:
        return LinearEquation(_expanded(before.left), _expanded(before.right))
    left, right = before.values
    if move.kind == COLLECT:
        return LinearEquation.of_values(left, right)
    if move.kind == DIVIDE:
        by = move.amount.number
        return LinearEquation(_divided(before.left, by), _divided(before.right, by))
    return LinearEquation.of_values(left.plus(move.change), right.plus(move.change))


def canonical_move(equation: LinearEquation) -> Move | None:
    """The next move of the textbook solution; None where x is found or cannot be."""
    if equation.bracketed:
        return Move(EXPAND)
    if not equation.collected:
        return Move(COLLECT)
    left, right = equation.values
    if left.x and right.x:
        return shift(X.times(right.x))
    here, there = (left, right) if left.x else (right, left)
    if here.x and here.number:
        return shift(ONE.times(here.number))
    if here.x in (0, 1) or there.number % here.x:
        return None
    return divide(here.x)


def choose_move(rng: random.Random, equation: LinearEquation) -> Move | None:
    """A sensible next move, not always the textbook one; None where x is found or cannot be."""
    common = _common_divisor(equation)
    if common != 1 and rng.random() < 0.5:
        return divide(common)
    left, right = equation.values
    if not equation.collected or not left.x or not right.x or left.x == right.x:
        return canonical_move(equation)
    # x stays where no number is in its way; moving the number back and forth would never end.
    keep_left = not left.number
    if left.number and right.number:
        keep_left = rng.random() < (0.85 if left.x > right.x else 0.4)
    here, there = (left, right) if keep_left else (right, left)
    if here.number and rng.random() < 0.4:
        return shift(ONE.times(here.number))
    return shift(X.times(there.x))


def plan_text(equation: LinearEquation) -> str:
    """The textbook plan of a solution; empty where nothing is left to do."""
    parts = []
    move = canonical_move(equation)
    while move is not None:
        if move.kind == EXPAND:
            parts.append("expand the brackets")
        elif move.kind == DIVIDE:
            parts.append(f"divide by {move.amount.number}")
        elif move.kind != COLLECT:
            left, right = equation.values
            to = "left" if move.amount.x or not left.x else "right"
            parts.append(f"move {side_text(side_of(move.change.times(-1)))} to the {to}")
        equation = apply_move(equation, move)
        move = canonical_move(equation)
    return f"First {', then '.join(parts)}." if parts else ""


def _common_divisor(equation: LinearEquation) -> int:
    """A number that both sides can be divided by to good effect, or 1."""
    common = gcd(*(term.factor for term in (*equation.left, *equation.right)))
    if equation.collected:
        return max(common, 1)
    for side in (equation.left, equation.right):
        if len(side) == 1 and side[0].bracket and abs(side[0].factor) == common:
            return side[0].factor
    return 1


def _expanded(side: Side) -> Side:
    return tuple(part for term in side for part in side_of(term.value))


def _divided(side: Side, by: int) -> Side:
    parts: list[Term] = []
    for term in side:
        rest = Term(term.factor // by, term.of)
        # A bracket with nothing in front of it is not worth its parentheses.
        parts += side_of(rest.of) if rest.bracket and rest.factor == 1 else (rest,)
    return tuple(parts)
