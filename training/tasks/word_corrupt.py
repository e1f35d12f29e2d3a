"""Believable mistakes in the steps of a word problem: slips and equations nobody asked for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from training.tasks.arithmetic import Equation, apply, operation, parse_equation, slip
from training.tasks.core import CORRECT, SOLVE, split_step
from training.tasks.word_check import WordChecker
from training.tasks.word_types import LARGEST_VALUE, WordProblem

_USELESS = 0.5
_TRIES = 20


def corrupt(
    rng: random.Random, problem: WordProblem, lines: Sequence[str], index: int
) -> str | None:
    """A wrong version of the correct solve or correct step `lines[index]`, or None."""
    line = lines[index]
    tag, _ = split_step(line)
    right = parse_equation(line)
    if tag not in (SOLVE, CORRECT) or right is None:
        return None
    checker = WordChecker(problem)
    for earlier in lines[:index]:
        checker.label(earlier)
    left = {id(node) for node in checker.undone}
    reached = [node.result for node in problem.nodes if id(node) not in left]
    if not checker.label(line):
        return None
    wrong = wrong_equation(rng, problem, right, reached)
    return line.replace(right.text, wrong.text, 1)


def wrong_equation(
    rng: random.Random, problem: WordProblem, right: Equation, reached: Iterable[int]
) -> Equation:
    """A bad version of a right step: a slip in its result, or a true equation nobody asked for.

    `reached`: results of the steps done so far, which a person could mix up with the right number.
    """
    if rng.random() < _USELESS:
        pool = [*problem.given, *reached]
        for _ in range(_TRIES):
            other = _useless(rng, problem, right, pool)
            if other is not None:
                return other
    return Equation(right.a, right.op, right.b, slip(rng, right.result))


def _useless(
    rng: random.Random, problem: WordProblem, right: Equation, pool: list[int]
) -> Equation | None:
    """The right step with one number or the operation mixed up; None if the draw is no good."""
    a, op, b = right.a, right.op, right.b
    if rng.random() < 0.6:
        a, b = (a, rng.choice(pool)) if rng.random() < 0.5 else (rng.choice(pool), b)
    else:
        op = rng.choice("+-*/")
    # A percent step without its "/ 100" is written like a product; no person mixes these up.
    if right.op == "%" and op == "*":
        return None
    result = apply(a, op, b)
    if result is None or not 0 < result <= LARGEST_VALUE:
        return None
    wanted = {operation(node.a, node.op, node.b) for node in problem.nodes}
    return None if operation(a, op, b) in wanted else Equation(a, op, b, result)
