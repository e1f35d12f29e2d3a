"""Tests of checks that do a sum again: what they say, how they are read, when they are true."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tasks.arithmetic import Equation, apply
from training.tasks.claims import claim, read_claim

RIGHT, SLIP, BROKEN = Equation(9, "-", 4, 5), Equation(9, "-", 4, 6), Equation(9, "/", 4, 2)


@pytest.mark.parametrize(
    ("equation", "needed", "text"),
    [
        (RIGHT, True, "9 - 4 is 5: that holds."),
        (SLIP, True, "9 - 4 is 5: that is wrong."),
        (SLIP, False, "9 - 4 is 5: that is wrong."),
        (RIGHT, False, "9 - 4 is not what is needed: that is wrong."),
        (BROKEN, True, "9 / 4 is not whole: that is wrong."),
        (Equation(4, "-", 9, 5), True, "4 - 9 is -5: that is wrong."),
        (Equation(60, "%", 50, 30), True, "60 * 50 / 100 is 30: that holds."),
    ],
)
def test_what_a_check_says_is_read_back_and_true(
    equation: Equation, needed: bool, text: str
) -> None:
    assert claim(equation, needed) == text
    found = read_claim(text)
    assert found is not None
    assert found.about([equation]) == equation
    assert found.true_of(equation, needed)


@pytest.mark.parametrize(
    ("text", "equation", "needed"),
    [
        ("9 - 4 is 5: that is wrong.", RIGHT, True),
        ("9 - 4 is 6: that is wrong.", RIGHT, True),
        ("9 - 4 is 5: that holds.", RIGHT, False),
        ("9 - 4 is 5: that holds.", SLIP, True),
        ("9 - 4 is 6: that holds.", SLIP, True),
        ("9 - 4 is not what is needed: that is wrong.", RIGHT, True),
        ("9 - 4 is not what is needed: that holds.", RIGHT, False),
        ("9 - 4 is not whole: that is wrong.", SLIP, True),
    ],
)
def test_a_false_check_is_seen_through(text: str, equation: Equation, needed: bool) -> None:
    found = read_claim(text)
    assert found is not None
    assert not found.true_of(equation, needed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9 - 4 = 5 holds.",
        "9 - 4 is 5.",
        "9 - 4 is five: that holds.",
        "9 - 4 - 1 is 4: that holds.",
    ],
)
def test_other_texts_are_no_checks_of_sums(text: str) -> None:
    assert read_claim(text) is None


def test_a_check_is_about_the_last_equation_that_does_its_sum() -> None:
    found = read_claim("9 - 4 is 5: that holds.")
    assert found is not None
    assert found.about([SLIP, RIGHT, BROKEN]) == RIGHT
    assert found.about([RIGHT, SLIP]) == SLIP
    assert found.about([BROKEN]) is None


@given(st.integers(0, 10**4), st.sampled_from("+-*/%"), st.integers(0, 10**4), st.booleans())
def test_every_equation_has_a_true_check(a: int, op: str, b: int, needed: bool) -> None:
    right = apply(a, op, b)
    written = Equation(a, op, b, right if random.Random(a).random() < 0.5 and right else 7)
    found = read_claim(claim(written, needed))
    assert found is not None
    assert found.true_of(written, needed)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    read_claim(text)
