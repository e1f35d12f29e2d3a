"""Equations in any letter."""

import pytest

from training.tasks.letters import in_unknown, in_x, unknown_of, unknowns_of
from training.tasks.linear import problem_from_prompt


@pytest.mark.parametrize(
    ("prompt", "letter"),
    [
        ("Solve 3y + 4 = 19 for y", "y"),
        ("Find t: 2t+1=7", "t"),
        ("5(z \u2212 2) = 20", "z"),
        ("What is a if a + 3 = 11?", "a"),
        ("9 = k + 4. Find k.", "k"),
        ("Solve 3Y + 4 = 19 for y", "Y"),
        ("Solve a nice equation: 3x + 4 = 19", "x"),
    ],
)
def test_the_unknown_is_the_letter_of_the_formula(prompt: str, letter: str) -> None:
    assert unknown_of(prompt) == letter
    problem = problem_from_prompt(prompt)
    assert problem is not None
    same = problem_from_prompt(prompt.replace(letter, "x")) if letter != "a" else problem
    assert same is not None
    assert same.equation == problem.equation


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("x + y = 7", ["x", "y"]),
        ("3xy = 12", []),
        ("Tom has apples. He eats 5 = five.", []),
        ("What is 3b, if 2b = 10 and c - 1 = 2?", ["b", "c"]),
    ],
)
def test_several_letters_are_no_one_unknown(text: str, letters: list[str]) -> None:
    assert unknowns_of(text) == letters
    assert unknown_of(text) == (letters[0] if len(letters) == 1 else "x")
    assert problem_from_prompt(text) is None


def test_only_the_letter_itself_is_renamed() -> None:
    text = "Divide by 3: y = 5. You may try y, 3y and (y + 1)."
    in_terms_of_x = "Divide by 3: x = 5. You may try x, 3x and (x + 1)."
    assert in_x(text, "y") == in_terms_of_x
    assert in_unknown(in_terms_of_x, "y") == text
    assert in_x(text, "x") == in_unknown(text, "x") == text
