"""Fresh linear equations in x with a whole-number solution, and the held-out split."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from training.tasks.linear_moves import plan_text
from training.tasks.linear_prompts import read_prompt, word_prompt
from training.tasks.linear_terms import ONE, Linear, LinearEquation, Side, Term, X, side_value

HELD_OUT_SHARE = 16
SPLIT_SALT = "treewright-linear-1"
LOWEST, HIGHEST = -9, 20
_LARGEST = 100
_LARGEST_BESIDE_X = 40
# What a term or a side may come to when the solution is put in.
_LARGEST_PROVED = 120


@dataclass(frozen=True, slots=True)
class LinearProblem:
    """An equation in x, asked for in some wording; `solution` is the only x that solves it."""

    prompt: str
    left: Side
    right: Side
    solution: int
    family: str = "linear"

    @property
    def equation(self) -> LinearEquation:
        """Both sides together."""
        return LinearEquation(self.left, self.right)

    @property
    def plan(self) -> str:
        """The plan line a trace may contain; empty where nothing is left to do."""
        return plan_text(self.equation)


def is_held_out(problem: LinearProblem) -> bool:
    """Whether a problem belongs to the held-out split.

    Decided by a hash of its terms, so that no wording of a held-out equation, nor the same one
    with its sides or terms swapped, is ever trained on and no list has to be kept.
    """
    return is_held_out_equation(problem.equation)


def is_held_out_equation(equation: LinearEquation) -> bool:
    """Whether the problem of an equation would be held out."""
    sides = (equation.left, equation.right)
    terms = sorted(sorted((*term.of, term.factor) for term in side) for side in sides)
    digest = hashlib.sha256(f"{SPLIT_SALT}{terms}".encode()).digest()
    return digest[0] % HELD_OUT_SHARE == 0


def make_problem(rng: random.Random, held_out: bool = False) -> LinearProblem:
    """A fresh problem from the training or from the held-out split."""
    while True:
        problem = _draw(rng)
        if problem is not None and is_held_out(problem) == held_out:
            return problem


def held_out_problems(count: int, seed: int) -> list[LinearProblem]:
    """`count` held-out problems with different equations, fixed by `seed`."""
    rng = random.Random(f"linear-held-out-{seed}")
    found: dict[LinearEquation, LinearProblem] = {}
    while len(found) < count:
        problem = make_problem(rng, held_out=True)
        found[problem.equation] = problem
    return list(found.values())


def problem_from_prompt(prompt: str) -> LinearProblem | None:
    """Read a visitor's own request; None unless it has one equation in x with a whole solution."""
    equation = read_prompt(prompt)
    solution = equation.solution if equation else None
    if equation is None or solution is None:
        return None
    return LinearProblem(prompt, equation.left, equation.right, solution)


def _draw(rng: random.Random) -> LinearProblem | None:
    """An equation of a random form, closed by the number that makes its solution right."""
    left, right = rng.choices(list(_FORMS), list(_FORMS.values()))[0](rng)
    solution = rng.randint(1, HIGHEST) if rng.random() < 0.85 else rng.randint(LOWEST, 0)
    missing = _at(solution, left) - _at(solution, right)
    if abs(missing) > (_LARGEST_BESIDE_X if right else _LARGEST):
        return None
    if missing:
        right = (*right, Term(missing, ONE))
    if rng.random() < 0.12:
        left, right = right, left
    equation = LinearEquation(_maybe_reversed(rng, left), _maybe_reversed(rng, right))
    if equation.solution != solution or not _small(equation, solution):
        return None
    return LinearProblem(word_prompt(rng, equation), equation.left, equation.right, solution)


def _at(x: int, side: Side) -> int:
    value = side_value(side)
    return value.x * x + value.number


def _maybe_reversed(rng: random.Random, side: Side) -> Side:
    return side[::-1] if rng.random() < 0.12 else side


def _small(equation: LinearEquation, solution: int) -> bool:
    values = [*equation.values, *(term.value for term in (*equation.left, *equation.right))]
    proved = [value.x * solution + value.number for value in values]
    return all(abs(number) <= _LARGEST for value in values for number in value) and all(
        abs(number) <= _LARGEST_PROVED for number in proved
    )


def _x(rng: random.Random) -> Term:
    size = 1 if rng.random() < 0.12 else rng.randint(2, 9)
    return Term(_signed(rng, size, 0.12), X)


def _number(rng: random.Random) -> Term:
    return Term(_signed(rng, rng.randint(1, 15 if rng.random() < 0.7 else 40), 0.45), ONE)


def _bracket(rng: random.Random, minus: float = 0.08) -> Term:
    inside = rng.randint(2, 4) if rng.random() < 0.12 else 1
    of = Linear(inside, _signed(rng, rng.randint(1, 10), 0.45))
    factor = _signed(rng, rng.randint(2, 9), minus)
    return Term(-1 if factor < 0 and rng.random() < 0.12 else factor, of)


def _signed(rng: random.Random, size: int, minus: float) -> int:
    return -size if rng.random() < minus else size


def _both_sides(rng: random.Random) -> tuple[Side, Side]:
    left: Side = (_bracket(rng),)
    if rng.random() < 0.6:
        left += (rng.choice((_number, _bracket))(rng),)
    return left, (_bracket(rng),)


# Each form: the left side, and the right side up to the number that decides the solution.
_FORMS: dict[Callable[[random.Random], tuple[Side, Side]], int] = {
    lambda rng: ((_x(rng), _number(rng)), ()): 3,
    lambda rng: ((_x(rng), _number(rng)), (_x(rng),)): 5,
    lambda rng: ((_bracket(rng),), ()): 2,
    lambda rng: ((_bracket(rng), _number(rng)), (_x(rng),)): 4,
    lambda rng: ((_bracket(rng), _bracket(rng, minus=0.4)), ()): 3,
    _both_sides: 3,
}
