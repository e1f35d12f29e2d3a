"""Tests of how linear equations are asked for, and of reading a visitor's own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tasks.linear import make_problem, problem_from_prompt
from training.tasks.linear_terms import parse_linear, side_value

TEXTS = st.text(alphabet="0123456789x+-*() =.:", max_size=60) | st.text(max_size=60)


def test_every_wording_can_be_read_back() -> None:
    rng = random.Random(47)
    starts = set()
    for _ in range(3000):
        problem = make_problem(rng)
        assert problem_from_prompt(problem.prompt) == problem
        assert parse_linear(problem.equation.text) == problem.equation
        starts.add(problem.prompt.split(maxsplit=1)[0])
    assert {"Solve", "solve", "What", "Find", "find", "If", "Given"} <= starts


@pytest.mark.parametrize(
    ("prompt", "equation", "solution"),
    [
        ("solve 3x+5=2x+17", "3x + 5 = 2x + 17", 12),
        ("What is x if 2*(x - 3) = 10?", "2(x - 3) = 10", 8),
        ("find x: 4 x - 7 = 13", "4x - 7 = 13", 5),
        ("Find x 3x + 5 = 17", "3x + 5 = 17", 4),
        ("find y: 2y + 3 = 7", "2x + 3 = 7", 2),
        ("Find n 3n + 5 = 17", "3x + 5 = 17", 4),
        ("Please solve -X + 1 \u2212 2 = 4 \u00d7 X + 9 for x!", "-x + 1 - 2 = 4x + 9", -2),
        ("(x + 1) * 3 = 2(3(x - 1) - 3)", "3(x + 1) = 2(3x - 6)", 5),
        ("3(x) + 2(4) = 11", "3x + 8 = 11", 1),
        ("x = 7", "x = 7", 7),
        ("0 = 2x", "0 = 2x", 0),
    ],
)
def test_a_visitors_wording_is_read(prompt: str, equation: str, solution: int) -> None:
    problem = problem_from_prompt(prompt)
    assert problem is not None
    assert problem.equation.text == equation
    assert problem.solution == solution


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Make 24 from 4, 7, 8 and 13",
        "Solve 3x + 5",
        "2y - x = 7",
        "x = 7 - 2y",
        "x + 1 = 2 and x + y = 3",
        "1.5x = 3",
        "2x = 3",
        "x/2 = 3",
        "x^2 = 4",
        "x(x + 1) = 6",
        "tax = 3",
        "3x + 2 = 3x + 2",
        "3x + 2 = 3x + 4",
        "3 5 = x",
        "(" * 150 + "x = 1",
    ],
)
def test_other_requests_are_not_read(prompt: str) -> None:
    assert problem_from_prompt(prompt) is None


@given(TEXTS)
def test_any_prompt_can_be_tried(text: str) -> None:
    problem = problem_from_prompt(text)
    if problem is not None:
        left, right = side_value(problem.left), side_value(problem.right)
        x = problem.solution
        assert left.x * x + left.number == right.x * x + right.number
        assert parse_linear(problem.equation.text) == problem.equation
