"""Tests of the word problems: split, reference traces and the step checker."""

from __future__ import annotations

import random

import pytest

from training.tasks import TraceStyle, check, held_out_problems, make_problem, reference_trace
from training.tasks.arithmetic import evaluate
from training.tasks.core import CORRECT
from training.tasks.word import is_held_out
from training.tasks.word import make_problem as make_word_problem
from training.tasks.word_types import LARGEST_VALUE, Node, WordProblem

PROBLEM = WordProblem(
    prompt="Tom has 4 boxes with 6 apples in each. Then half of the apples are sold. "
    "It is 30 degrees outside. How many apples are there now?",
    goal="the apples there are now",
    nodes=(
        Node(4, "*", 6, 24, "the total", "The boxes hold {eq} apples."),
        Node(24, "/", 2, 12, "the half", "Half of them is {eq} apples."),
    ),
)
FIRST = "<solve> The boxes hold 4 * 6 = 24 apples."
SECOND = "<solve> Half of them is 24 / 2 = 12 apples."


def labels(*lines: str) -> list[bool]:
    return list(check(PROBLEM, lines).labels)


def test_reference_traces_get_their_known_labels() -> None:
    rng = random.Random(21)
    steps_seen = 0
    for _ in range(2000):
        problem = make_problem(rng, "word")
        steps = reference_trace(rng, problem, TraceStyle(mistake=0.6))
        verdict = check(problem, [step.line for step in steps])
        assert verdict.labels == tuple(step.good for step in steps), problem
        assert verdict.solved
        assert all(step.good for step in steps if step.trained)
        steps_seen += len(steps)
    assert steps_seen > 12_000


def test_hidden_steps_are_right_by_plain_arithmetic_and_use_known_numbers() -> None:
    rng = random.Random(22)
    for _ in range(1000):
        problem = make_word_problem(rng)
        known = {*problem.given, 2}
        for node in problem.nodes:
            assert evaluate(node.equation.left) == node.result
            assert 0 < node.result <= LARGEST_VALUE
            assert {node.a, node.b} <= known, problem
            known.add(node.result)


def test_problems_are_mostly_three_to_six_steps_long() -> None:
    rng = random.Random(23)
    lengths = [len(make_word_problem(rng).nodes) for _ in range(2000)]
    assert min(lengths) >= 2
    assert max(lengths) <= 7
    assert sum(3 <= length <= 6 for length in lengths) > 1800


def test_split_is_disjoint_by_numbers_and_repeats_with_its_seed() -> None:
    rng = random.Random(24)
    held_out = held_out_problems("word", 200, 1)
    assert all(isinstance(each, WordProblem) and is_held_out(each) for each in held_out)
    assert not any(is_held_out(make_word_problem(rng)) for _ in range(3000))
    assert held_out == held_out_problems("word", 200, 1)
    assert len({each.prompt for each in held_out}) == 200


def test_a_right_trace_passes() -> None:
    lines = [
        "<restate> We want the apples there are now.",
        "<decompose> First find the total, then the half.",
        FIRST,
        "<check> 4 * 6 = 24 holds.",
        SECOND,
        "<answer> Answer: 12",
    ]
    assert labels(*lines) == [True] * 6
    assert check(PROBLEM, lines).solved


@pytest.mark.parametrize(
    "line",
    [
        "<restate> We want the pears.",
        "<decompose> First find the half, then the total.",
        "<solve> The boxes hold 4 * 6 = 25 apples.",
        "<solve> The boxes hold 4 + 6 = 10 apples.",
        "<solve> The boxes hold 30 * 6 = 180 apples.",
        "<solve> Half of them is 24 / 2 = 12 apples.",
        "<solve> There are many apples.",
        "<check> 4 * 6 = 24 holds.",
        "<correct> The boxes hold 4 * 6 = 24 apples.",
        "<answer> Answer: 13",
        "<answer> Answer: twelve",
        "<answer> 12",
        FIRST.removeprefix("<solve> "),
    ],
)
def test_a_wrong_first_line_is_caught(line: str) -> None:
    assert labels(line) == [False]


def test_a_step_may_not_be_done_twice() -> None:
    assert labels(FIRST, FIRST) == [True, False]


def test_nothing_is_good_after_an_uncorrected_slip_until_it_is_corrected() -> None:
    slip = "<solve> The boxes hold 4 * 6 = 25 apples."
    flagged = "<check> 4 * 6 = 25 is wrong."
    repaired = f"{CORRECT} Wait, the boxes hold 4 * 6 = 24 apples."
    assert labels(slip, FIRST) == [False, False]
    assert labels(slip, flagged, repaired, SECOND) == [False, True, True, True]
    assert labels(slip, "<check> 4 * 6 = 25 holds.") == [False, False]


def test_a_corrupted_equation_is_caught_anywhere() -> None:
    rng = random.Random(25)
    for _ in range(500):
        problem = make_word_problem(rng)
        steps = reference_trace(rng, problem, TraceStyle(mistake=0.0, check=0.0))
        lines = [step.line for step in steps]
        place = rng.choice([i for i, line in enumerate(lines) if line.startswith("<solve>")])
        head, _, tail = lines[place].partition(" = ")
        digits = tail.split(" ")[0].rstrip(".")
        lines[place] = f"{head} = {tail.replace(digits, str(int(digits) + 1), 1)}"
        verdict = check(problem, lines)
        assert all(verdict.labels[:place])
        assert not verdict.labels[place]
