"""Tests of the Game of 24: split, wordings, reference traces and the step checker."""

from __future__ import annotations

import random

import pytest

from training.tasks import TraceStyle
from training.tasks.arithmetic import evaluate, numbers_in
from training.tasks.core import ANSWER, CHECK, CORRECT, SOLVE
from training.tasks.game24 import (
    Game24Problem,
    held_out_problems,
    make_problem,
    moves,
    problem_from_prompt,
    reachable,
    split,
)
from training.tasks.game24_check import check
from training.tasks.game24_family import corrupt
from training.tasks.game24_trace import reference_trace, repair

HELD_OUT_FIRST = (2, 3, 5, 10)
PROBLEM = Game24Problem(prompt="Make 24 from 4, 7, 8 and 13.", numbers=(4, 7, 8, 13))


def labels(*lines: str) -> list[bool]:
    """Per line: correct, and 24 still within reach."""
    verdict = check(PROBLEM, lines)
    return [all(pair) for pair in zip(verdict.correct, verdict.hopeful, strict=True)]


def test_reference_traces_get_their_known_labels() -> None:
    rng = random.Random(11)
    steps_seen = 0
    for _ in range(1500):
        problem = make_problem(rng)
        steps = reference_trace(rng, problem, TraceStyle(mistake=0.6))
        verdict = check(problem, [step.line for step in steps])
        assert verdict.correct == tuple(step.correct for step in steps), problem
        assert verdict.hopeful == tuple(step.hopeful for step in steps), problem
        assert verdict.solved
        assert all(step.correct for step in steps if step.trained)
        steps_seen += len(steps)
    assert steps_seen > 8000


def test_reference_answers_are_right_by_plain_arithmetic() -> None:
    rng = random.Random(12)
    for _ in range(300):
        problem = make_problem(rng)
        expression = reference_trace(rng, problem, TraceStyle())[-1].text.removeprefix("Answer: ")
        assert evaluate(expression) == 24
        assert numbers_in(expression) == problem.numbers


def test_traces_contain_checks_and_corrections() -> None:
    rng = random.Random(13)
    tags = [
        step.tag
        for _ in range(200)
        for step in reference_trace(rng, make_problem(rng), TraceStyle())
    ]
    assert tags.count(CORRECT) > 40
    assert tags.count(CHECK) > 60


def test_split_is_disjoint_and_fixed() -> None:
    parts = split()
    train, validation, held_out = map(set, (parts.train, parts.validation, parts.held_out))
    assert len(held_out) == 200
    assert len(train | validation | held_out) == len(train) + len(validation) + len(held_out)
    assert all(reachable(state) for state in train | validation | held_out)
    assert parts.held_out[0] == HELD_OUT_FIRST


def test_training_never_draws_a_held_out_problem() -> None:
    rng = random.Random(14)
    drawn = {make_problem(rng).numbers for _ in range(4000)}
    assert drawn.isdisjoint(split().held_out)
    held_out = {problem.numbers for problem in held_out_problems(200, seed=3)}
    assert held_out == set(split().held_out)


def test_held_out_problems_repeat_with_their_seed() -> None:
    assert held_out_problems(20, 1) == held_out_problems(20, 1)
    assert held_out_problems(20, 1) != held_out_problems(20, 2)
    with pytest.raises(ValueError, match="200"):
        held_out_problems(201, 1)


def test_every_wording_can_be_read_back() -> None:
    rng = random.Random(15)
    for _ in range(2000):
        problem = make_problem(rng)
        assert problem_from_prompt(problem.prompt) == problem


@pytest.mark.parametrize(
    ("prompt", "numbers"),
    [
        ("Make 24 from 4, 7, 8 and 13", (4, 7, 8, 13)),
        ("Use 4 7 8 13 to make 24", (4, 7, 8, 13)),
        ("24 game: 24, 1, 1 and 1!", (1, 1, 1, 24)),
    ],
)
def test_a_visitors_wording_is_read(prompt: str, numbers: tuple[int, ...]) -> None:
    problem = problem_from_prompt(prompt)
    assert problem is not None
    assert problem.numbers == numbers


@pytest.mark.parametrize(
    "prompt", ["", "Make 24", "Make 24 from 1, 2 and 3", "Make 25 from 4, 7, 8 and 13", "1.5 24"]
)
def test_other_requests_are_not_games(prompt: str) -> None:
    assert problem_from_prompt(prompt) is None


def test_moves_stay_whole_and_not_negative() -> None:
    for (a, op, b), (result, left) in moves((3, 5, 8)).items():
        assert evaluate(f"{a} {op} {b}") == result >= 0
        assert len(left) == 2


def test_a_right_trace_passes() -> None:
    lines = [
        "<restate> The numbers are 4, 7, 8 and 13 and the goal is 24.",
        "<decompose> Aim for 6 * 4 = 24.",
        "<solve> 8 - 4 = 4, leaving 4, 7 and 13.",
        "<check> 4, 7 and 13 can make 24.",
        "<solve> 13 - 7 = 6, leaving 4 and 6.",
        "<solve> 6 * 4 = 24, leaving 24.",
        "<answer> Answer: (13 - 7) * (8 - 4)",
    ]
    assert labels(*lines) == [True] * 7
    assert check(PROBLEM, lines).solved


@pytest.mark.parametrize(
    "line",
    [
        "<restate> The numbers are 4, 7, 8 and 12 and the goal is 24.",
        "<decompose> Aim for 23 + 1 = 24.",
        "<solve> 8 - 4 = 5, leaving 5, 7 and 13.",
        "<solve> 8 - 4 = 4, leaving 4, 8 and 13.",
        "<solve> 9 - 4 = 5, leaving 5, 7 and 13.",
        "<solve> 13 * 8 = 104, leaving 4, 7 and 104.",
        "<solve> 8 minus 4 is 4",
        "<check> 4, 7, 8 and 13 cannot make 24.",
        "<check> 8 - 4 is 4: that holds.",
        "<correct> Wait, go back to 1, 2 and 3: 3 - 2 = 1, leaving 1 and 1.",
        "<correct> Wait, 8 - 4 = 4, leaving 4, 7 and 13.",
        "<answer> Answer: (13 - 7) * 4",
        "<answer> Answer: 24",
        "<answer> Answer: 4 + 7 + 13 * 8 - 91 + 0",
        "<answer> Answer: __import__('os')",
        "<shout> 8 - 4 = 4, leaving 4, 7 and 13.",
        "8 - 4 = 4, leaving 4, 7 and 13.",
        "",
    ],
)
def test_a_wrong_first_line_is_caught(line: str) -> None:
    assert labels(line) == [False]


def test_a_dead_end_is_correct_but_without_hope() -> None:
    verdict = check(PROBLEM, ["<solve> 13 * 8 = 104, leaving 4, 7 and 104."])
    assert (verdict.correct, verdict.hopeful) == ((True,), (False,))


def test_nothing_is_good_after_an_uncorrected_slip_until_it_is_corrected() -> None:
    slip = "<solve> 8 - 4 = 5, leaving 5, 7 and 13."
    after = "<solve> 13 - 7 = 6, leaving 5 and 6."
    flagged = "<check> 8 - 4 is 4: that is wrong."
    repaired = "<correct> Wait, go back to 4, 7, 8 and 13: 8 - 4 = 4, leaving 4, 7 and 13."
    assert labels(slip, after) == [False, False]
    assert labels(slip, flagged, repaired) == [False, False, True]
    assert check(PROBLEM, [slip, flagged]).correct == (False, True)
    assert check(PROBLEM, [slip, "<check> 8 - 4 is 5: that holds."]).correct == (False, False)
    assert check(PROBLEM, [slip, "<check> 8 - 4 is 4: that holds."]).correct == (False, False)


def test_a_finished_attempt_can_be_reviewed() -> None:
    wrong, right = "<answer> Answer: 13 + 7 + 4", "<answer> Answer: (13 - 7) * (8 - 4)"
    found, missed = "<check> The answer is wrong.", "<check> The answer holds."
    assert check(PROBLEM, [wrong, found]).correct == (False, True)
    assert check(PROBLEM, [wrong, missed]).correct == (False, False)
    assert check(PROBLEM, [right, missed]).correct == (True, True)
    assert check(PROBLEM, [found]).correct == (False,)
    assert check(PROBLEM, [wrong, found, right]).solved
    assert not check(PROBLEM, [right, found, wrong]).solved


def test_slips_are_caught_and_repairs_are_confirmed() -> None:
    rng = random.Random(17)
    for _ in range(800):
        problem = make_problem(rng)
        steps = reference_trace(rng, problem, TraceStyle(mistake=0.0))
        lines = [step.line for step in steps]
        places = [i for i, s in enumerate(steps) if s.tag in (SOLVE, CORRECT) and s.trained]
        index = rng.choice(places)
        wrong = corrupt(rng, problem, lines, index)
        assert wrong is not None
        before = [*lines[:index], wrong]
        assert not check(problem, before).correct[-1]
        follow = repair(rng, problem, lines[:index], wrong)
        verdict = check(problem, [*before, *(step.line for step in follow)])
        assert verdict.solved
        assert verdict.correct[index + 1 :] == tuple(step.correct for step in follow)
        assert verdict.hopeful[index + 1 :] == tuple(step.hopeful for step in follow)


def test_a_repair_goes_back_to_numbers_that_a_sum_in_the_other_order_led_to() -> None:
    problem = Game24Problem("Make 24 from 2, 3, 5 and 10.", (2, 3, 5, 10))
    lines = [
        "<solve> 2 + 10 = 12, leaving 3, 5 and 12.",
        "<solve> 5 + 3 = 8, leaving 8 and 12.",
        "<correct> Wait, go back to 3, 5 and 12: 5 + 3 = 9, leaving 8 and 12.",
    ]
    follow = [step.line for step in repair(random.Random(0), problem, lines, lines[-1])]
    assert check(problem, [*lines, *follow]).solved


def test_answer_is_the_last_tag() -> None:
    rng = random.Random(16)
    assert reference_trace(rng, make_problem(rng), TraceStyle())[-1].tag == ANSWER
