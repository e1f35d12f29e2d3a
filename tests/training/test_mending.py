"""Tests of what wrong lines should say: the labels that show where a line goes astray."""

from __future__ import annotations

import random
from typing import Any

import pytest

from training.attempts import judged_traces
from training.tasks import FAMILIES, Family, TraceStyle
from training.tasks.game24 import problem_from_prompt as game24_from_prompt
from training.tasks.linear import problem_from_prompt
from training.tasks.word_types import Node, WordProblem


@pytest.mark.parametrize("family", list(FAMILIES.values()), ids=lambda family: family.name)
def test_wrong_lines_know_what_they_should_say(family: Family[Any]) -> None:
    rng = random.Random(39)
    known = wrong = 0
    for _ in range(200):
        problem = family.make_problem(rng)
        lines = [step.line for step in family.reference_trace(rng, problem, TraceStyle(0.7))]
        trace = next(iter(judged_traces(rng, problem, lines)))
        first = True
        for index, (line, right) in enumerate(zip(trace.lines, trace.rights, strict=True)):
            if trace.correct[index]:
                assert right == line
                continue
            wrong += 1
            known += right is not None
            assert right != line
            if right is not None and first:
                assert family.check(problem, [*lines[:index], right]).correct[-1]
                first = False
    assert known > 0.25 * wrong


STORY = WordProblem(
    prompt="Tom has 4 boxes with 6 apples in each, and 5 more. How many apples are there?",
    goal="the apples",
    nodes=(
        Node(4, "*", 6, 24, "the boxes", "The boxes hold {eq} apples."),
        Node(24, "+", 5, 29, "the total", "Tom has {eq} apples."),
    ),
)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("<solve> The boxes hold 4 * 6 = 25 apples.", "<solve> The boxes hold 4 * 6 = 24 apples."),
        ("<solve> The boxes hold 4 * 5 = 20 apples.", "<solve> The boxes hold 4 * 6 = 24 apples."),
        ("<solve> Jan has 4 * 6 = 24 apples.", "<solve> The boxes hold 4 * 6 = 24 apples."),
        ("<solve> Jan has 6 + 5 = 12 pears.", "<solve> Jan has 6 + 5 = 11 pears."),
        ("<solve> Jan has 6 + 5 = 11 pears.", None),
        ("<solve> There are many.", None),
        ("<restate> We want Tom.", "<restate> We want the apples."),
        (
            "<decompose> First find the total.",
            "<decompose> First find the boxes, then the total.",
        ),
        ("<check> 4 * 6 is 24: that holds.", None),
    ],
)
def test_what_a_wrong_line_of_a_story_should_say(wrong: str, right: str | None) -> None:
    assert FAMILIES["word"].mend(STORY, [wrong], 0) == right


def test_what_a_wrong_check_of_a_story_should_say() -> None:
    lines = ["<solve> The boxes hold 4 * 6 = 24 apples.", "<check> 4 * 6 is 24: that is wrong."]
    mended = FAMILIES["word"].mend(STORY, lines, 1)
    assert mended == "<check> 4 * 6 is 24: that holds."


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("<solve> Subtract 3: 2x = 9.", "<solve> Subtract 3: 2x = 8."),
        ("<solve> Divide by 7: x = 9.", None),
        ("<solve> Guess: x = 9.", None),
        (
            "<check> With x = 4: 2 * 4 + 3 = 11 and 11. It is 11 and should be 11: that is wrong.",
            None,
        ),
        ("<restate> Solve 2x = 11 for x.", "<restate> Solve 2x + 3 = 11 for x."),
        (
            "<decompose> First divide.",
            "<decompose> First bring the numbers to the other side, then divide.",
        ),
        (
            "<correct> Wait, go back to 2x + 3 = 11. Subtract 3: 2x = 9.",
            "<correct> Wait, go back to 2x + 3 = 11. Subtract 3: 2x = 8.",
        ),
    ],
)
def test_what_a_wrong_line_of_an_equation_should_say(wrong: str, right: str | None) -> None:
    problem = problem_from_prompt("Solve 2x + 3 = 11")
    assert problem is not None
    assert FAMILIES["linear"].mend(problem, [wrong], 0) == right


def test_what_a_wrong_check_of_an_equation_should_say() -> None:
    problem = problem_from_prompt("Solve 2x + 3 = 11")
    assert problem is not None
    lines = ["<solve> Subtract 3: 2x = 8.", "<solve> Divide by 2: x = 4."]
    wrong = (
        "<check> With x = 4: 2 * 4 + 3 = 8 + 3 = 11 and 11. "
        "It is 11 and should be 11: that is wrong."
    )
    mended = FAMILIES["linear"].mend(problem, [*lines, wrong], 2)
    assert mended == wrong.replace("that is wrong.", "that holds.")


def test_a_sum_that_is_written_otherwise_is_left_alone() -> None:
    """A model may write a number with a zero before it: no text to put the right one for."""
    family = FAMILIES["game24"]
    problem = game24_from_prompt("Use 1, 2, 3, 4 to make 24.")
    assert problem
    wrong, right = "<solve> 4 * 03 = 13. Left: 1, 2, 13.", "<solve> 4 * 03 = 12. Left: 1, 2, 12."
    assert family.mend(problem, [wrong], 0) is None
    assert family.corrupt(random.Random(0), problem, [right], 0) is None
