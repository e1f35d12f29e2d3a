"""Tests of the linear equations: split, reference traces, step checker, repairs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tasks.core import ANSWER, CHECK, CORRECT, SOLVE, TAGS, Step, TraceStyle
from training.tasks.linear import (
    HIGHEST,
    LOWEST,
    LinearProblem,
    held_out_problems,
    is_held_out,
    make_problem,
    problem_from_prompt,
)
from training.tasks.linear_check import check
from training.tasks.linear_corrupt import corrupt
from training.tasks.linear_terms import Side
from training.tasks.linear_trace import reference_trace, repair


def read(prompt: str) -> LinearProblem:
    problem = problem_from_prompt(prompt)
    assert problem is not None
    return problem


PROBLEM = read("Solve 3(x + 2) - 4 = 2x + 17.")
EXPANDED = "<solve> Expand: 3x + 6 - 4 = 2x + 17."
COLLECTED = "<solve> Collect: 3x + 2 = 2x + 17."
MOVED = "<solve> Subtract 2x: x + 2 = 17."
DONE = "<solve> Subtract 2: x = 15."
RIGHT = "<answer> Answer: 15"
HELD_OUT_FIRST = "6x - 2 = 5x + 7"
PROOF = (
    "<check> With x = 15: 3 * 17 - 4 = 51 - 4 = 47 and "
    "2 * 15 + 17 = 30 + 17 = 47. It is 47 and should be 47: that holds."
)
DISPROOF = (
    "<check> With x = 16: 3 * 18 - 4 = 54 - 4 = 50 and "
    "2 * 16 + 17 = 32 + 17 = 49. It is 50 and should be 49: that is wrong."
)
SLIP = "<solve> Subtract 2x: x + 2 = 18."


def labels(*lines: str) -> list[bool]:
    """Per line: correct, and no mistake stands."""
    verdict = check(PROBLEM, lines)
    return [all(pair) for pair in zip(verdict.correct, verdict.hopeful, strict=True)]


def value(side: Side, x: int) -> int:
    return sum(term.factor * (term.of.x * x + term.of.number) for term in side)


def test_reference_traces_get_their_known_labels() -> None:
    rng = random.Random(41)
    steps_seen = 0
    for _ in range(2500):
        problem = make_problem(rng)
        steps = reference_trace(rng, problem, TraceStyle(mistake=rng.choice((0.3, 0.9)), check=0.3))
        verdict = check(problem, [step.line for step in steps])
        assert verdict.correct == tuple(step.correct for step in steps), problem
        assert verdict.hopeful == tuple(step.hopeful for step in steps), problem
        assert verdict.solved
        assert all(step.correct for step in steps if step.trained)
        assert steps[-1].tag == ANSWER
        steps_seen += len(steps)
    assert steps_seen > 15_000


def test_traces_are_short_and_vary() -> None:
    rng = random.Random(42)
    style = TraceStyle(mistake=0.0, check=0.0)
    traces = [reference_trace(rng, make_problem(rng), style) for _ in range(1500)]
    assert all(2 <= len(steps) <= 12 for steps in traces)
    assert sum(len(steps) >= 6 for steps in traces) > 500
    assert max(len(step.line) for steps in traces for step in steps) < 150
    first = {s.text.split(":")[0] for steps in traces for s in steps if s.tag == SOLVE}
    assert {"Expand", "Collect", "Add 4", "Subtract 2x", "Divide by 3", "Divide by -3"} <= first


def test_traces_contain_checks_corrections_and_carried_mistakes() -> None:
    rng = random.Random(43)
    traces = [reference_trace(rng, make_problem(rng), TraceStyle()) for _ in range(600)]
    tags = [step.tag for steps in traces for step in steps]
    assert tags.count(CORRECT) > 150
    assert tags.count(CHECK) > 300
    pairs = [pair for steps in traces for pair in zip(steps, steps[1:], strict=False)]
    assert sum(not a.trained and not b.trained for a, b in pairs) > 20


def test_problems_have_one_whole_solution_and_small_numbers() -> None:
    rng = random.Random(44)
    for _ in range(2000):
        problem = make_problem(rng)
        assert LOWEST <= problem.solution <= HIGHEST
        agree = [
            x
            for x in range(LOWEST - 5, HIGHEST + 6)
            if value(problem.left, x) == value(problem.right, x)
        ]
        assert agree == [problem.solution]
        for side in (problem.left, problem.right):
            assert all(abs(t.factor * n) < 200 for t in side for n in t.of)


def test_split_is_disjoint_and_fixed() -> None:
    rng = random.Random(45)
    held_out = held_out_problems(200, 1)
    assert all(is_held_out(problem) for problem in held_out)
    assert held_out == held_out_problems(200, 1)
    assert held_out != held_out_problems(200, 2)
    assert len({problem.prompt for problem in held_out}) == 200
    drawn = [make_problem(rng) for _ in range(3000)]
    assert not any(is_held_out(problem) for problem in drawn)
    assert held_out[0].equation.text == HELD_OUT_FIRST


def test_the_split_does_not_depend_on_wording_or_order() -> None:
    rng = random.Random(46)
    for problem in [make_problem(rng, held_out=True) for _ in range(100)]:
        swapped = LinearProblem("x", problem.right[::-1], problem.left, problem.solution)
        assert is_held_out(swapped)


def test_a_right_trace_passes() -> None:
    lines = [
        "<restate> Solve 3(x + 2) - 4 = 2x + 17 for x.",
        "<decompose> First expand the brackets, then collect like terms, then bring x to one side, "
        "then bring the numbers to the other side.",
        EXPANDED,
        COLLECTED,
        MOVED,
        DONE,
        PROOF,
        RIGHT,
        "<check> The answer holds.",
        PROOF,
    ]
    assert labels(*lines) == [True] * 10
    assert check(PROBLEM, lines).solved


@pytest.mark.parametrize(
    "line",
    [
        "<solve> Subtract 2x: 3(x + 2) - 4 - 2x = 17.",
        "<solve> Add 5: 3(x + 2) + 1 = 2x + 22.",
        "<solve> Expand: 3x + 2 = 2x + 17.",
        "<correct> Wait, go back to 3(x + 2) - 4 = 2x + 17. Expand: 3x + 6 - 4 = 2x + 17.",
        RIGHT,
    ],
)
def test_an_unusual_first_line_may_be_right(line: str) -> None:
    assert labels(line) == [True]


@pytest.mark.parametrize(
    "line",
    [
        "<restate> Solve 3(x + 2) - 4 = 2x + 18 for x.",
        "<decompose> First move 2x to the left.",
        "<decompose> ",
        "<solve> Expand: 3x + 2 - 4 = 2x + 17.",
        "<solve> Expand: 3(x + 2) - 4 = 2x + 17.",
        "<solve> Collect: 3x + 2 = 2x + 17.",
        "<solve> Subtract 2: 3(x + 2) = 2x + 15.",
        "<solve> Add 0: 3(x + 2) - 4 = 2x + 17.",
        "<solve> Divide by 1: 3(x + 2) - 4 = 2x + 17.",
        "<solve> Divide by 0: 0 = 0.",
        "<solve> Guess: x = 15.",
        "<solve> x = 15.",
        PROOF,
        DISPROOF,
        "<check> 17 / 2 is not whole: that is wrong.",
        "<check> The answer holds.",
        "<check> The answer is wrong.",
        "<correct> Expand: 3x + 6 - 4 = 2x + 17.",
        "<correct> Wait, go back to 3x + 2 = 2x + 17. Subtract 2x: x + 2 = 17.",
        "<answer> Answer: 14",
        "<answer> Answer: x = 15",
        "<answer> 15",
        "<shout> Expand: 3x + 6 - 4 = 2x + 17.",
        "Expand: 3x + 6 - 4 = 2x + 17.",
        "",
    ],
)
def test_a_wrong_first_line_is_caught(line: str) -> None:
    assert check(PROBLEM, [line]).correct == (False,)


@pytest.mark.parametrize(
    ("equation", "line", "right"),
    [
        ("-3x = 15", "<solve> Divide by -3: x = -5.", True),
        ("-3x = 15", "<solve> Divide by -3: x = 5.", False),
        ("3(x + 2) = 21", "<solve> Divide by 3: x + 2 = 7.", True),
        ("4(x + 2) = 2x + 10", "<solve> Divide by 2: 2(x + 2) = x + 5.", True),
        ("2x + 6 = 10", "<solve> Divide by 2: x + 3 = 5.", True),
        ("2x + 6 = 10", "<solve> Divide by 2: x + 6 = 5.", False),
        ("2x + 6 = 10", "<solve> Subtract 6: 2(x + 0) = 4.", True),
        ("2x + 6 = 10", "<solve> Divide by 2: (x + 3) = 5.", False),
        ("5 + 3x = 20", "<solve> Subtract 5: 3x = 15.", True),
        ("5 + 3x = 20", "<solve> Collect: 3x + 5 = 20.", False),
        ("2x + 3 + 4x - 7 = 8", "<solve> Collect: 6x + 3 - 7 = 8.", True),
        ("2x + 3 + 4x - 7 = 8", "<solve> Collect: 2x + 4x - 4 = 8.", True),
        ("2x + 3 + 4x - 7 = 8", "<solve> Collect: 6x - 4 = 8.", True),
        ("2x + 3 + 4x - 7 = 8", "<solve> Collect: 6x + 3 - 4 = 8.", False),
        ("2x + 3 + 4x - 7 = 8", "<solve> Collect: 5x + x - 4 = 8.", False),
        ("5 + 2 + 3 + x = 20", "<solve> Collect: 1 + 9 + x = 20.", False),
        ("5 + 2 - 5 + x = 20", "<solve> Collect: 2 + x = 20.", True),
        ("3x - 3x + 5 = x", "<solve> Collect: 5 = x.", True),
        ("x - 4 = 3x", "<solve> Subtract x: -4 = 2x.", True),
    ],
)
def test_single_operations(equation: str, line: str, right: bool) -> None:
    verdict = check(read(equation), [line])
    assert verdict.correct == verdict.hopeful == (right,)


def test_nothing_is_good_after_an_uncorrected_slip_until_it_is_corrected() -> None:
    start = [EXPANDED, COLLECTED, SLIP]
    carried = "<solve> Subtract 2: x = 16."
    flagged = DISPROOF
    repaired = "<correct> Wait, go back to 3x + 2 = 2x + 17. Subtract 2x: x + 2 = 17."
    assert labels(*start, MOVED) == [True, True, False, False]
    verdict = check(PROBLEM, [*start, carried, flagged, repaired, DONE, RIGHT])
    assert verdict.correct == (True, True, False, False, True, True, True, True)
    assert verdict.hopeful == (True, True, False, False, False, True, True, True)
    assert verdict.first_bad == 2
    back_to_slip = "<correct> Wait, go back to x + 2 = 18. Subtract 2: x = 16."
    assert labels(*start, back_to_slip)[-1] is False


def test_a_finished_attempt_can_be_reviewed() -> None:
    good = [EXPANDED, COLLECTED, MOVED]
    wrong, found = "<answer> Answer: 13", "<check> The answer is wrong."
    again = "<correct> Wait, go back to x + 2 = 17. Subtract 2: x = 15."
    verdict = check(PROBLEM, [*good, wrong, found, again, RIGHT])
    assert verdict.correct[3:] == (False, True, True, True)
    assert verdict.hopeful[3:] == (False, False, True, True)
    assert verdict.solved
    assert check(PROBLEM, [*good, wrong, "<check> The answer holds."]).correct[-1] is False
    assert check(PROBLEM, [*good, RIGHT, found]).correct[-1] is False
    assert not check(PROBLEM, [RIGHT, found, wrong]).solved


def assert_repaired(problem: LinearProblem, before: list[str], steps: list[Step]) -> None:
    verdict = check(problem, [*before, *(step.line for step in steps)])
    assert verdict.solved
    assert verdict.correct[len(before) :] == tuple(step.correct for step in steps)
    assert verdict.hopeful[len(before) :] == tuple(step.hopeful for step in steps)
    assert all(step.correct for step in steps)


def test_corrupted_steps_are_caught_and_repaired() -> None:
    rng = random.Random(48)
    found = 0
    for _ in range(2000):
        problem = make_problem(rng)
        steps = reference_trace(rng, problem, TraceStyle(mistake=rng.choice((0.0, 0.5))))
        lines = [step.line for step in steps]
        places = [i for i, s in enumerate(steps) if s.tag in (SOLVE, CORRECT) and s.trained]
        index = rng.choice(places)
        wrong = corrupt(rng, problem, lines, index)
        if wrong is None:
            continue
        found += 1
        before = [*lines[:index], wrong]
        assert not check(problem, before).correct[-1]
        follow = repair(rng, problem, lines[:index], wrong)
        assert [step.tag for step in follow if step.tag != CHECK][0] == CORRECT
        assert_repaired(problem, before, follow)
    assert found > 1950


def test_only_correct_steps_can_be_corrupted() -> None:
    rng = random.Random(49)
    assert corrupt(rng, PROBLEM, [EXPANDED, RIGHT], 1) is None
    assert corrupt(rng, PROBLEM, [COLLECTED], 0) is None
    assert corrupt(rng, PROBLEM, [EXPANDED, COLLECTED, MOVED, DONE, PROOF], 4) is None


@pytest.mark.parametrize(
    "wrong",
    [
        SLIP,
        "<solve> Collect: 3x = .",
        "<correct> Wait, what?",
        "<correct> Wait, go back to x = 3. Add 1: x + 1 = 4.",
        "<answer> Answer: 14",
        "<answer> Answer: none",
        DISPROOF,
        "<check> The answer is wrong.",
        "<decompose> First divide by 9.",
        "what?",
    ],
)
@pytest.mark.parametrize("done", [0, 1, 2, 4, 5])
def test_any_wrong_line_can_be_repaired(done: int, wrong: str) -> None:
    lines = [EXPANDED, COLLECTED, MOVED, DONE, RIGHT][:done]
    steps = repair(random.Random(50), PROBLEM, lines, wrong)
    assert_repaired(PROBLEM, [*lines, wrong], steps)


def told(lines: list[str], wrong: str) -> list[str]:
    """A repair without the proof that most of them end with."""
    steps = repair(random.Random(51), PROBLEM, lines, wrong)
    return [step.line for step in steps if step.line != PROOF]


def test_what_a_repair_says() -> None:
    lines = [EXPANDED, COLLECTED, MOVED]
    disproof = (
        "<check> With x = 19: 3 * 21 - 4 = 63 - 4 = 59 and "
        "2 * 19 + 17 = 38 + 17 = 55. It is 59 and should be 55: that is wrong."
    )
    again = "<correct> Wait, go back to x + 2 = 17. Subtract 2: x = 15."
    assert told(lines, "<solve> Subtract 2: x = 19.") == [disproof, again, RIGHT]
    assert told(lines, "<solve> Add 2: x + 4 = 20.") == [again, RIGHT]
    assert told([*lines, DONE], "<answer> Answer: none") == ["<check> The answer is wrong.", RIGHT]


TEXTS = st.text(alphabet="0123456789x+-*() =.:", max_size=60) | st.text(max_size=60)
LINES = st.builds(
    lambda tag, start, text, end: f"{tag} {start}{text}{end}",
    st.sampled_from([*TAGS, "", "<other>"]),
    st.sampled_from(
        ["", "Expand: ", "Subtract 2x: ", "Divide by 3: ", "Wait, go back to ", "With x = 15: "]
    ),
    TEXTS | st.sampled_from(["3x + 2 = 2x + 17", "x = 15", "3x + 6 - 4 = 2x + 17"]),
    st.sampled_from(["", ".", ": that holds.", ": that is wrong."]),
)


@given(st.lists(LINES, max_size=6))
def test_any_text_gets_a_verdict_and_a_repair(lines: list[str]) -> None:
    verdict = check(PROBLEM, lines)
    assert len(verdict.correct) == len(verdict.hopeful) == len(lines)
    if lines:
        steps = repair(random.Random(52), PROBLEM, lines[:-1], lines[-1])
        assert check(PROBLEM, [*lines, *(step.line for step in steps)]).solved


@given(st.integers(), st.floats(0, 1))
def test_any_readable_equation_can_be_solved(seed: int, mistake: float) -> None:
    rng = random.Random(seed)
    text = " = ".join(
        " + ".join(
            f"{rng.randint(0, 9)}{rng.choice(('', 'x', '(x + 1)', '(2 - x)'))}"
            for _ in range(rng.randint(1, 4))
        )
        for _ in range(2)
    )
    problem = problem_from_prompt(text)
    if problem is not None:
        steps = reference_trace(rng, problem, TraceStyle(mistake=mistake))
        verdict = check(problem, [step.line for step in steps])
        assert verdict.correct == tuple(step.correct for step in steps)
        assert verdict.solved
