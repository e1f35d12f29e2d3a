"""What may be done to a linear equation: the operations, when they are legal, which comes next."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import combinations
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
        return not before.bracketed and _collects(before, after)
    if after.bracketed and not before.bracketed:
        return False  # factoring out is not what the move says
    if move.kind == DIVIDE:
        return before.values == tuple(side.times(move.amount.number) for side in after.values)
    return after.values == tuple(side.plus(move.change) for side in before.values)


def apply_move(before: LinearEquation, move: Move) -> LinearEquation:
    """The equation that a legal move leads to, as a person would write it."""
    if move.kind == EXPAND:
        return LinearEquation(_expanded(before.left), _expanded(before.right))
    if move.kind == COLLECT:
        return _merged(before, like_terms(before))
    if move.kind == DIVIDE:
        by = move.amount.number
        return LinearEquation(_divided(before.left, by), _divided(before.right, by))
    left, right = before.values
    return LinearEquation.of_values(left.plus(move.change), right.plus(move.change))


def like_terms(equation: LinearEquation) -> tuple[int, int, int] | None:
    """The two terms to collect next: their side (0 left, 1 right) and places; x before numbers.

    Two at a time, because one step of a solution should hold one sum.
    """
    for index, side in enumerate((equation.left, equation.right)):
        for kind in (X, ONE):
            places = [place for place, term in enumerate(side) if term.of == kind]
            if len(places) > 1:
                return index, places[0], places[1]
    return None


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
    """The textbook plan of a solution; empty where nothing is left to do.

    It names no number that has yet to be worked out: a plan is for what can be seen.
    """
    parts: list[str] = []
    move = canonical_move(equation)
    while move is not None:
        part = _planned(move)
        if part not in parts:
            parts.append(part)
        equation = apply_move(equation, move)
        move = canonical_move(equation)
    return f"First {', then '.join(parts)}." if parts else ""


def _planned(move: Move) -> str:
    """A move as a plan names it."""
    if move.kind == EXPAND:
        return "expand the brackets"
    if move.kind == COLLECT:
        return "collect like terms"
    if move.kind == DIVIDE:
        return "divide"
    return "bring x to one side" if move.amount.x else "bring the numbers to the other side"


def _common_divisor(equation: LinearEquation) -> int:
    """A number that both sides can be divided by to good effect, or 1."""
    common = gcd(*(term.factor for term in (*equation.left, *equation.right)))
    if equation.collected:
        return max(common, 1)
    for side in (equation.left, equation.right):
        if len(side) == 1 and side[0].bracket and abs(side[0].factor) == common:
            return side[0].factor
    return 1


def _merged(equation: LinearEquation, places: tuple[int, int, int] | None) -> LinearEquation:
    """The equation with two like terms added up, at the place of the first."""
    if places is None:
        return equation
    index, first, second = places
    sides = [list(equation.left), list(equation.right)]
    side = sides[index]
    side[first] = Term(side[first].factor + side[second].factor, side[first].of)
    del side[second]
    left, right = (tuple(term for term in each if term.factor) for each in sides)
    return LinearEquation(left, right)


def _collects(before: LinearEquation, after: LinearEquation) -> bool:
    """Whether `after` is `before` with like terms added up: two of a kind, or all of a kind."""
    if len(after.left) + len(after.right) >= len(before.left) + len(before.right):
        return False
    return (
        all(
            _adds_up(_factors(old, kind), _factors(new, kind))
            for old, new in ((before.left, after.left), (before.right, after.right))
            for kind in (X, ONE)
        )
        and not after.bracketed
    )


def _factors(side: Side, kind: Linear) -> list[int]:
    return sorted(term.factor for term in side if term.of == kind)


def _adds_up(before: list[int], after: list[int]) -> bool:
    """Whether sorted factors stayed as they were, became one, or lost two for their sum."""
    if len(after) <= 1:
        return sum(before) == sum(after)
    return before == after or any(
        sorted(
            filter(None, (*before[:i], *before[i + 1 : j], *before[j + 1 :], before[i] + before[j]))
        )
        == after
        for i, j in combinations(range(len(before)), 2)
    )


def _expanded(side: Side) -> Side:
    return tuple(part for term in side for part in side_of(term.value))


def _divided(side: Side, by: int) -> Side:
    parts: list[Term] = []
    for term in side:
        rest = Term(term.factor // by, term.of)
        # A bracket with nothing in front of it is not worth its parentheses.
        parts += side_of(rest.of) if rest.bracket and rest.factor == 1 else (rest,)
    return tuple(parts)
