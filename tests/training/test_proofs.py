"""Tests of proofs: equations whose x is put in, true and false, and the drill of both."""

from __future__ import annotations

import random

import pytest

from tests.training.test_linear import (
    COLLECTED,
    DISPROOF,
    DONE,
    EXPANDED,
    MOVED,
    PROBLEM,
    PROOF,
    SLIP,
    read,
)
from training.drills import proof_drill
from training.tasks.core import CHECK
from training.tasks.linear import make_problem
from training.tasks.linear_check import check
from training.tasks.linear_trace import prove, repair
from training.tasks.proofs import proved_number, spoiled


@pytest.mark.parametrize(
    "line",
    [
        PROOF,
        DISPROOF.replace("wrong.", "right."),
        DISPROOF.replace("that is wrong.", "that holds."),
        DISPROOF.replace("3 * 18", "3 * 17"),
        DISPROOF.replace("= 50", "= 49"),
        DISPROOF.replace("x = 16", "x = 017"),
        "<check> It is 50 and should be 49: that is wrong.",
    ],
)
def test_a_proof_is_of_the_number_that_was_found_and_true_in_every_sum(line: str) -> None:
    start = [EXPANDED, COLLECTED, SLIP, "<solve> Subtract 2: x = 16."]
    assert check(PROBLEM, [*start, DISPROOF]).correct[-1] is True
    assert check(PROBLEM, [*start, line]).correct[-1] is False
    assert check(PROBLEM, [*start[:-1], DISPROOF]).correct[-1] is False


def test_what_does_not_come_out_even_is_wrong() -> None:
    problem = read("5x + 3 = 28")
    slip, objection = "<solve> Subtract 3: 5x = 24.", "<check> 24 / 5 is not whole: that is wrong."
    assert check(problem, [slip, objection]).correct == (False, True)
    assert check(problem, ["<solve> Subtract 3: 5x = 25.", objection]).correct == (True, False)
    lines = [step.line for step in repair(random.Random(47), problem, [], slip)]
    assert lines[:2] == [objection, "<correct> Wait, go back to 5x + 3 = 28. Subtract 3: 5x = 25."]


def test_proofs_agree_with_the_solution() -> None:
    rng = random.Random(53)
    for _ in range(500):
        problem = make_problem(rng)
        assert prove(problem, problem.solution).endswith("that holds.")
        assert prove(problem, problem.solution + rng.choice((-2, 1, 7))).endswith("that is wrong.")


def test_proofs_can_be_spoiled() -> None:
    rng = random.Random(54)
    lines = [EXPANDED, COLLECTED, MOVED, DONE]
    spoilt = {spoiled(rng, PROOF) for _ in range(200)}
    assert len(spoilt) > 30
    assert not any(check(PROBLEM, [*lines, line]).correct[-1] for line in spoilt)


def test_most_repairs_end_with_a_proof() -> None:
    rng = random.Random(52)
    repairs = [repair(rng, PROBLEM, [EXPANDED], COLLECTED.replace("17", "7")) for _ in range(100)]
    assert 60 < sum(steps[-2].line == PROOF for steps in repairs) < 95


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("With x = -3: 2 and 2. It is 2 and should be 2: that holds.", -3),
        ("With 72: 72 + 1 = 73. It is 73 and should be 73: that holds.", 72),
        ("With care: it holds.", None),
        ("34 + 5 is 39: that holds.", None),
        ("", None),
    ],
)
def test_the_number_of_a_proof_is_read(text: str, number: int | None) -> None:
    assert proved_number(text) == number


def test_the_drill_puts_right_and_wrong_numbers_in() -> None:
    rng = random.Random(55)
    lines = shown = wrong = 0
    for _ in range(200):
        prompt, *pieces = proof_drill(rng, wrong_share=0.4)
        assert not prompt.trained
        for start, rest in zip(pieces[::2], pieces[1::2], strict=True):
            assert start.text.startswith(f"{CHECK} With ")
            assert rest.trained == rest.correct == (rest.text == rest.right)
            lines += 1
            wrong += not rest.correct
            shown += (rest.right or "").endswith("that holds.\n")
    assert 500 < lines <= 600
    assert 0.3 < wrong / lines < 0.5
    assert 0.3 < shown / lines < 0.4


def test_a_proof_can_be_bent_to_hold() -> None:
    rng = random.Random(56)
    refuted = "With 70: 70 - 38 = 32, 32 + 51 = 83. It is 83 and should be 85: that is wrong."
    bent = "With 70: 70 - 38 = 32, 32 + 51 = 85. It is 85 and should be 85: that holds."
    assert bent in {spoiled(rng, refuted) for _ in range(50)}
    spoilt = {spoiled(rng, DISPROOF) for _ in range(50)}
    assert (
        "<check> With x = 16: 3 * 18 - 4 = 54 - 4 = 50 and 2 * 16 + 17 = 32 + 17 = 50. "
        "It is 50 and should be 50: that holds."
    ) in spoilt
