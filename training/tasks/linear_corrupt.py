"""Believable mistakes in a step of a linear equation: slips, lost signs, half-done operations."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.tasks.arithmetic import slip
from training.tasks.core import CORRECT, SOLVE, split_step
from training.tasks.linear import LinearProblem
from training.tasks.linear_check import Board, parse_step
from training.tasks.linear_moves import (
    COLLECT,
    DIVIDE,
    EXPAND,
    Move,
    apply_move,
    follows,
    like_terms,
)
from training.tasks.linear_terms import (
    ONE,
    LinearEquation,
    Side,
    Term,
    X,
    parse_linear,
    side_of,
    side_value,
)

_TRIES = 12
_SLIPS = 0.35


def corrupt(
    rng: random.Random, problem: LinearProblem, lines: Sequence[str], index: int
) -> str | None:
    """A wrong version of the correct solve or correct step `lines[index]`, or None."""
    line = lines[index]
    tag, text = split_step(line)
    if tag not in (SOLVE, CORRECT):
        return None
    board = Board(problem)
    for earlier in lines[:index]:
        board.label(earlier)
    back, move, written = parse_step(tag, text)
    before = back or board.equation
    after = parse_linear(written)
    if move is None or after is None or not board.label(line):
        return None
    wrong = wrong_result(rng, before, move, after)
    return f"{line[: -len(written) - 1]}{wrong.text}." if wrong else None


def wrong_result(
    rng: random.Random, before: LinearEquation, move: Move, after: LinearEquation
) -> LinearEquation | None:
    """What someone might write instead of `after`; never a legal result. None if no idea fits."""
    for _ in range(_TRIES):
        wrong = _slipped(rng, after) if rng.random() < _SLIPS else _blunder(rng, before, move)
        if wrong is None or wrong.values == after.values or follows(before, move, wrong):
            continue
        # 0 = 3 or 4 = 4 is seen at once; a mistake worth finding still has an x.
        if side_value(wrong.left).x or side_value(wrong.right).x:
            return wrong
    return None


def _blunder(rng: random.Random, before: LinearEquation, move: Move) -> LinearEquation | None:
    """The operation done wrongly, in the way that goes with its kind."""
    if move.kind == EXPAND:
        return _badly_expanded(rng, before)
    if move.kind == COLLECT:
        return _badly_collected(rng, before)
    if move.kind == DIVIDE:
        return _badly_divided(rng, before, move.amount.number)
    return _badly_shifted(rng, before, move)


def _slipped(rng: random.Random, after: LinearEquation) -> LinearEquation:
    """One number of the result is off."""
    sides = [list(after.left), list(after.right)]
    # Nobody slips in the lone x of a finished equation, and a bracket is copied as it stands.
    places = [
        (side, place)
        for side in sides
        for place, term in enumerate(side)
        if term != Term(1, X) and not term.bracket
    ]
    if places:
        side, place = rng.choice(places)
        factor, of = side[place]
        size = abs(factor) + rng.choice((1, -1, 2)) if of == X else slip(rng, abs(factor))
        side[place] = Term(size if factor > 0 else -size, of)
    for side in sides:
        if not side and not places:
            side.append(Term(rng.choice((1, -1)) * slip(rng, 0), ONE))
    left, right = (tuple(term for term in each if term.factor) for each in sides)
    return LinearEquation(left, right)


def _badly_shifted(rng: random.Random, before: LinearEquation, move: Move) -> LinearEquation | None:
    """A term moved without changing its sign, or taken away on one side only."""
    if not before.collected:
        return None
    sides = list(before.values)
    done = [side.plus(move.change) for side in sides]
    # The side where the term disappears is done right; the other one shows the mistake.
    vanished = [(side.x if move.amount.x else side.number) == 0 for side in done]
    wrong = vanished.index(False) if vanished.count(True) == 1 else rng.randrange(2)
    opposite = sides[wrong].plus(move.change.times(-1))
    done[wrong] = opposite if rng.random() < 0.7 else sides[wrong]
    return LinearEquation.of_values(done[0], done[1])


def _badly_expanded(rng: random.Random, before: LinearEquation) -> LinearEquation | None:
    """One bracket multiplied out wrongly: only its first term, or with a wrong sign."""
    sides = (before.left, before.right)
    places = [(i, j) for i, side in enumerate(sides) for j, t in enumerate(side) if t.bracket]
    if not places:
        return None
    bad = rng.choice(places)
    written: list[Side] = []
    for i, side in enumerate(sides):
        parts: list[Term] = []
        for j, term in enumerate(side):
            value = term.value
            if (i, j) == bad:
                lost = rng.random() < 0.6 and abs(term.factor) > 1
                number = term.of.number if lost else -value.number
                value = value._replace(number=number)
            parts += side_of(value)
        written.append(tuple(parts))
    return LinearEquation(written[0], written[1])


def _badly_collected(rng: random.Random, before: LinearEquation) -> LinearEquation | None:
    """Two like terms added up with the sign of one of them lost."""
    found = like_terms(before)
    if found is None:
        return None
    index, *places = found
    sides = [list(before.left), list(before.right)]
    place = rng.choice(places)
    sides[index][place] = sides[index][place]._replace(factor=-sides[index][place].factor)
    return apply_move(LinearEquation(tuple(sides[0]), tuple(sides[1])), Move(COLLECT))


def _badly_divided(rng: random.Random, before: LinearEquation, by: int) -> LinearEquation | None:
    """Only one side or one term divided, or the sign of the divisor lost."""
    if not before.collected:
        return None
    kind = rng.random()
    sides = [list(before.left), list(before.right)]
    places = [(i, j) for i, side in enumerate(sides) for j in range(len(side))]
    spared = rng.choice(
        [place for place in places if sides[place[0]][place[1]].of == ONE] or places
    )
    for i, j in places:
        factor, of = sides[i][j]
        if kind < 0.5 and by < 0 and (i, j) == spared:
            sides[i][j] = Term(-(factor // by), of)
        elif (i, j) != spared:
            sides[i][j] = Term(factor // by, of)
    return LinearEquation(tuple(sides[0]), tuple(sides[1]))
