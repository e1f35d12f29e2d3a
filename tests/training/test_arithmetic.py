"""Tests of the safe arithmetic parser and of equations."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tasks.arithmetic import (
    Equation,
    ExpressionError,
    apply,
    evaluate,
    join_numbers,
    numbers_in,
    parse_equation,
    parse_numbers,
    slip,
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction | None, list[int]]:
    """An expression in full parentheses, its value (None: division by zero), its numbers."""
    if depth == 0 or draw(st.booleans()):
        number = draw(st.integers(0, 99))
        return str(number), Fraction(number), [number]
    left, left_value, left_numbers = draw(expressions(depth=depth - 1))
    right, right_value, right_numbers = draw(expressions(depth=depth - 1))
    op = draw(st.sampled_from("+-*/"))
    text, numbers = f"({left} {op} {right})", left_numbers + right_numbers
    if left_value is None or right_value is None or (op == "/" and right_value == 0):
        return text, None, numbers
    if op == "/":
        return text, left_value / right_value, numbers
    value = {
        "+": left_value + right_value,
        "-": left_value - right_value,
        "*": left_value * right_value,
    }[op]
    return text, value, numbers


@given(expressions())
def test_evaluate_agrees_with_the_tree_it_was_written_from(
    drawn: tuple[str, Fraction | None, list[int]],
) -> None:
    text, value, numbers = drawn
    assert numbers_in(text) == tuple(sorted(numbers))
    if value is None:
        with pytest.raises(ExpressionError):
            evaluate(text)
    else:
        assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", Fraction(7)),
        ("8 - 3 - 2", Fraction(3)),
        ("8 / 4 / 2", Fraction(1)),
        ("8 / (3 - 8 / 3)", Fraction(24)),
        (" (13-7)*(8-4) ", Fraction(24)),
    ],
)
def test_evaluate_follows_precedence(text: str, value: Fraction) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "()",
        "1 +",
        "* 3",
        "1 2",
        "(1 + 2",
        "1 + 2)",
        "2 ** 3",
        "-3",
        "1.5 + 2",
        "4 / (2 - 2)",
        "__import__('os')",
        "abs(3)",
        "3 if 1 else 2",
        "9" * 10,
        "1+" * 150 + "1",
        "(" * 60 + "1" + ")" * 60,
        "٣ + ٤",
    ],
)
def test_evaluate_refuses_junk(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text)


@given(st.text(max_size=250))
def test_evaluate_never_fails_in_another_way(text: str) -> None:
    try:
        evaluate(text)
    except ExpressionError:
        return
    assert set(text) <= set("0123456789+-*/() \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0") or any(
        character.isspace() for character in text
    )


@given(st.integers(0, 9999), st.sampled_from("+-*/%"), st.integers(0, 99))
def test_equations_survive_writing_and_reading(a: int, op: str, b: int) -> None:
    result = apply(a, op, b)
    if result is None or result < 0:
        return
    equation = Equation(a, op, b, result)
    assert equation.holds
    assert parse_equation(f"The boxes hold {equation.text} apples.") == equation
    assert not Equation(a, op, b, result + 1).holds


def test_equations_are_only_read_where_there_is_one() -> None:
    assert parse_equation("no numbers here") is None
    assert parse_equation("12 / 4 / 100 = 3") is None
    assert parse_equation(f"1 + 1 = {'1' * 30}") is None


@given(st.integers(0, 5000), st.integers())
def test_a_slip_is_wrong_and_not_negative(value: int, seed: int) -> None:
    wrong = slip(random.Random(seed), value)
    assert wrong != value
    assert wrong >= 0


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_number_lists_survive_writing_and_reading(numbers: list[int]) -> None:
    assert parse_numbers(join_numbers(numbers)) == tuple(sorted(numbers))


@pytest.mark.parametrize("text", ["", "4, x and 3", "4 3", "4,3", "-4 and 3"])
def test_other_lists_are_refused(text: str) -> None:
    assert parse_numbers(text) is None
