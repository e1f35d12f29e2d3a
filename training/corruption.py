"""Turns one right step of a trace into a believable wrong one, for training the PRM."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from training.tasks import Problem
from training.tasks.arithmetic import (
    Equation,
    apply,
    operation,
    parse_equation,
    parse_numbers,
    slip,
)
from training.tasks.core import CORRECT
from training.tasks.game24 import Game24Problem, State, moves, reachable
from training.tasks.game24_trace import move_text
from training.tasks.word_types import LARGEST_VALUE, WordProblem

_LEAVING = re.compile(r"leaving (.+)\.$")
_BACK = re.compile(r"go back to ([0-9, and]+):")


def corrupt_step(
    rng: random.Random, problem: Problem, lines: Sequence[str], index: int
) -> str | None:
    """A wrong version of `lines[index]`, a right move or equation; None if none was found.

    Either the result has a slip or the step does something valid that does not help.
    """
    if isinstance(problem, Game24Problem):
        return _corrupt_move(rng, problem, lines, index)
    return _corrupt_equation(rng, problem, lines[index])


def _corrupt_move(
    rng: random.Random, problem: Game24Problem, lines: Sequence[str], index: int
) -> str | None:
    line = lines[index]
    equation = parse_equation(line)
    state = _state_before(problem, lines, index)
    if equation is None or state is None:
        return None
    start = line[: line.index(equation.text)]
    move = (equation.a, equation.op, equation.b)
    known = moves(state).get(move)
    if known is None:
        return None
    dead = [item for item in moves(state).items() if not reachable(item[1][1])]
    if dead and rng.random() < 0.5:
        other, (result, left) = rng.choice(dead)
        return start + move_text(other, result, left)
    result, left = known
    wrong = slip(rng, result)
    rest = list(left)
    rest.remove(result)
    if rng.random() < 0.2:
        # The sum is right but the numbers left on the table are not.
        return start + move_text(move, result, tuple(sorted([*rest, wrong])))
    return start + move_text(move, wrong, tuple(sorted([*rest, wrong])))


def _state_before(problem: Game24Problem, lines: Sequence[str], index: int) -> State | None:
    back = _BACK.search(lines[index])
    if lines[index].startswith(CORRECT):
        return parse_numbers(back[1]) if back else None
    for line in reversed(lines[:index]):
        found = _LEAVING.search(line)
        if found:
            return parse_numbers(found[1])
    return problem.numbers


def _corrupt_equation(rng: random.Random, problem: WordProblem, line: str) -> str | None:
    equation = parse_equation(line)
    if equation is None:
        return None
    wrong = Equation(equation.a, equation.op, equation.b, slip(rng, equation.result))
    if rng.random() < 0.35:
        wrong = _useless(rng, problem, equation) or wrong
    return line.replace(equation.text, wrong.text, 1)


def _useless(rng: random.Random, problem: WordProblem, right: Equation) -> Equation | None:
    """A true equation over the story's numbers that is no step of the problem."""
    wanted = {operation(node.a, node.op, node.b) for node in problem.nodes}
    pool = [*problem.given, *(node.result for node in problem.nodes)]
    for _ in range(20):
        a, b = rng.choice(((right.a, rng.choice(pool)), (rng.choice(pool), right.b)))
        op = right.op if rng.random() < 0.5 else rng.choice("+-*/")
        result = apply(a, op, b)
        if result is None or not 0 < result <= LARGEST_VALUE:
            continue
        if operation(a, op, b) not in wanted:
            return Equation(a, op, b, result)
    return None
