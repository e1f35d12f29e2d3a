"""Tests of what a sampled attempt teaches where its answer can be proved."""

from __future__ import annotations

import random

import pytest

from tests.training.test_backward import (
    FIRST,
    MENDED,
    MENDED_FIRST,
    PROBLEM,
    PROVED,
    REFUTED,
    RIGHT,
    SECOND,
    SLIP,
)
from training.attempts import own_attempts
from training.records import OwnAttempt
from training.tasks import FAMILIES, TraceStyle
from training.tasks.core import CHECK, CORRECT
from training.tasks.linear import problem_from_prompt

WRONG = "<answer> Answer: 70"
EARLY = "<solve> Before the 51 came there were 85 - 51 = 32 acorns."


def taught(kind: str, *lines: str) -> list[OwnAttempt]:
    """All that the lines teach of one kind, over many draws."""
    drawn = [own_attempts(random.Random(seed), PROBLEM, lines) for seed in range(20)]
    return [each for attempts in drawn for each in attempts if each.kind == kind]


def test_a_mistake_is_mended_where_the_proof_shows_it() -> None:
    lines = [EARLY, "<solve> At first there were 32 + 38 = 70 acorns."]
    for attempt in taught("repair", *lines, WRONG):
        assert attempt.context == lines
        assert attempt.continuation[:3] == [REFUTED, MENDED_FIRST, SECOND]
        assert attempt.continuation[-1] == RIGHT


def test_a_story_whose_answer_is_refuted_is_solved_again_from_its_start() -> None:
    checked = "<check> 85 - 51 is 34: that is wrong."
    for attempt in taught("repair", EARLY, checked, MENDED_FIRST, SLIP, WRONG):
        assert attempt.continuation[:3] == [REFUTED, MENDED_FIRST, SECOND]


def test_an_equation_whose_answer_is_refuted_is_mended_where_the_mistake_stands() -> None:
    problem = problem_from_prompt("Solve 2x + 3 = 11")
    assert problem is not None
    lines = ["<solve> Subtract 3: 2x = 8.", "<solve> Divide by 2: x = 5.", "<answer> Answer: 5"]
    drawn = [own_attempts(random.Random(seed), problem, lines) for seed in range(20)]
    mended = [each for attempts in drawn for each in attempts if each.kind in ("repair", "wrong")]
    assert mended
    for attempt in mended:
        correction = next(line for line in attempt.continuation if line.startswith(CORRECT))
        assert correction == "<correct> Wait, go back to 2x = 8. Divide by 2: x = 4."


def test_an_attempt_that_mended_itself_is_found_right() -> None:
    lines = [FIRST, SLIP, REFUTED, MENDED, RIGHT]
    assert not taught("wrong", *lines)
    assert {tuple(each.continuation) for each in taught("holds", *lines)} == {
        (PROVED,),
        ("<check> The answer holds.",),
    }
    for attempt in taught("repair", *lines):
        assert attempt.context == [FIRST, SLIP]


def test_a_wrong_attempt_is_reviewed_by_proof_or_by_verdict() -> None:
    reviews = taught("wrong", FIRST, SLIP, WRONG)
    assert {each.continuation[0] for each in reviews} == {REFUTED, "<check> The answer is wrong."}
    assert {each.continuation[1] for each in reviews} == {MENDED_FIRST}


def test_an_answer_far_off_is_not_put_in() -> None:
    lines = [FIRST, "<solve> At first there were 34 + 38 = 700 acorns.", "<answer> Answer: 700"]
    for attempt in (*taught("repair", *lines), *taught("wrong", *lines)):
        assert "With 700" not in attempt.continuation[0]


def test_the_right_x_by_a_wrong_step_is_not_refuted() -> None:
    problem = problem_from_prompt("Solve 2x + 3 = 11")
    assert problem is not None
    lines = ["<solve> Divide by 2: x = 4.", "<answer> Answer: 4"]
    attempts = list(own_attempts(random.Random(1), problem, lines))
    assert {each.kind for each in attempts} == {"repair", "holds"}
    for attempt in attempts:
        assert not (len(attempt.continuation) > 1 and "that holds." in attempt.continuation[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_corrected_after_a_check_that_found_it_right(family: str) -> None:
    rng = random.Random(38)
    kind = FAMILIES[family]
    seen = 0
    for _ in range(300):
        problem = kind.make_problem(rng)
        style = TraceStyle(mistake=rng.choice((0.0, 0.8)))
        lines = [step.line for step in kind.reference_trace(rng, problem, style)]
        for attempt in own_attempts(rng, problem, lines):
            after = zip(attempt.continuation, attempt.continuation[1:], strict=False)
            for line, following in after:
                seen += 1
                assert not (
                    line.startswith(CHECK)
                    and line.endswith("holds.")
                    and following.startswith(CORRECT)
                )
    assert seen > 50
