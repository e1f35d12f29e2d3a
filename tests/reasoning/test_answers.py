"""Answers: extraction and comparison."""

from itertools import product

import pytest

from backend.reasoning.answers import answer_key, extract_answer, same_answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Answer: 12", "12"), ("The answer is 5.", "5"), ("Final answer: (1 + 2) * 8", "(1 + 2) * 8"),
     ("42", "42"), ("Answer:", None), ("", None),
     (r"So the sum is \boxed{42}.", "42"),
     (r"\boxed{1}, or better \boxed{\frac{1}{2}}", r"\frac{1}{2}"),
     (r"\boxed{}", None), (r"\boxed{4", r"\boxed{4")],
)  # fmt: skip
def test_extract(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    ("answer", "reference"),
    [("12", "12"), ("12.0", "12"), ("1,200", "1200"), ("$5", "5"), ("1/2", "0.5"), ("YES", "yes"),
     ("(13 - 7) * (8 - 4)", "24"), ("(8 - 4) * (13 - 7)", "(13 - 7) * (8 - 4)"),
     ("4 × 6", "24"), ("-3", "−3"), ("5", "x = 5"), ("x=5", "5"), ("X = 10/2", "x = 5"),
     ("0.5", "x = 1/2"), ("Paris", "paris."), ("(13 - 7) * (8 - 4) = 24", "(8 - 4) * (13 - 7)"),
     ("3 * 8 = 24", "24")],
)  # fmt: skip
def test_the_same(answer: str, reference: str) -> None:
    assert same_answer(answer, reference) is True


@pytest.mark.parametrize(
    ("answer", "reference"),
    [("13", "12"), ("", "12"), (None, "12"), ("24", "(13 - 7) * (8 - 4)"),
     ("12 * 2", "(13 - 7) * (8 - 4)"), ("(13 - 7) * (8 - 4) + 0", "(13 - 7) * (8 - 4)"),
     ("1", "11"), ("1/0", "1"), ("9**9**9", "1"), ("__import__('os').system('true')", "0"),
     ("(" * 5000 + "1", "1"), ("True", "1"), ("6", "x = 5"), ("y = 5", "x = 5"), ("x == 5", "5"),
     ("Paris", "London"), ("Paris", "12"), ("5 apples", "6 apples"), ("(13 - 7) * 4 = 25", "24"),
     ("3 * 8 = 24", "4 * 6 = 24")],
)  # fmt: skip
def test_not_the_same(answer: str | None, reference: str) -> None:
    assert same_answer(answer, reference) is False


def test_votes_are_counted_by_meaning() -> None:
    same = [("12", "12.0"), ("x = 5", "5"), ("1/2", "1 / 2"), ("Yes", " yes. ")]
    same += [("8 * (4 - 1)", "(4 - 1) * 8"), ("(13 - 7) * 8", "(8.0) × (13 − 7)")]
    assert all(answer_key(one) == answer_key(other) for one, other in same)
    different = [("12", "21"), ("yes", "no"), ("5", "5 apples"), ("8 * (4 - 1)", "24")]
    different += [("8 * (4 - 1)", "8 * (4 + 1)"), ("4 * 4 + 8", "4 + 8 + 12"), ("2 * 2", "1 + 3")]
    assert all(answer_key(one) != answer_key(other) for one, other in different)
    assert answer_key(None) is None


@pytest.mark.parametrize("ways", [("11 * 2 + 7 - 5", "(11 * 2) + (7 - 5)", "7 - 5 + 2 * 11"),
                                  ("(13 - 7) * 4", "13 * 4 - 7 * 4")])  # fmt: skip
def test_ways_vote_together_where_they_are_graded_alike(ways: tuple[str, ...]) -> None:
    for one, other in product(ways, repeat=2):
        assert (answer_key(one) == answer_key(other)) is same_answer(one, other)


def test_without_a_reference_nobody_knows() -> None:
    assert same_answer("12", None) is None
    assert same_answer("12", "  ") is None


@pytest.mark.parametrize(
    ("answer", "reference"),
    [("12", "banana"), ("(13 - 7) * 4", "twenty-four"), ("x = 5", "banana"), ("2x + 3", "banana"),
     ("5 apples", "banana"), ("12", "12 dollars")],
)  # fmt: skip
def test_words_cannot_grade_numbers(answer: str, reference: str) -> None:
    assert same_answer(answer, reference) is None
