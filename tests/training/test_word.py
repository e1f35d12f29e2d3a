"""Tests of the word problems: split, reading, reference traces, the checker and repairs."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from tests.training.word_labels import assert_labelled, letters
from training.tasks.arithmetic import evaluate
from training.tasks.core import (
    ANSWER,
    ANSWER_HOLDS,
    ANSWER_WRONG,
    CHECK,
    CORRECT,
    DECOMPOSE,
    SOLVE,
    Step,
    TraceStyle,
)
from training.tasks.everyday_voice import Tale
from training.tasks.word import is_held_out, make_problem
from training.tasks.word_family import WORD
from training.tasks.word_names import NAMES, THINGS
from training.tasks.word_stories import KINDS, distraction, draw_story
from training.tasks.word_story import Story
from training.tasks.word_trace import OPENERS
from training.tasks.word_types import LARGEST_VALUE, Node, UnusableStory, WordProblem

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
SLIP = "<solve> The boxes hold 4 * 6 = 25 apples."
MENDED = "<correct> Wait, the boxes hold 4 * 6 = 24 apples."
HOLDS = f"{CHECK} {ANSWER_HOLDS}"
WRONG = f"{CHECK} {ANSWER_WRONG}"


def labels(*lines: str) -> str:
    """A letter for each line of a solution of PROBLEM."""
    return letters(PROBLEM, lines)


def test_reference_traces_get_their_known_labels() -> None:
    rng = random.Random(21)
    steps_seen = 0
    lengths = []
    for _ in range(3000):
        problem = make_problem(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.6))
        assert_labelled(problem, [], steps)
        assert all(step.correct for step in steps if step.trained)
        steps_seen += len(steps)
        text = " ".join([problem.prompt, *(step.line for step in steps)])
        lengths.append(len(re.findall(r"[A-Za-z]+|\S", text)))
    assert steps_seen > 20_000
    assert sorted(lengths)[int(0.95 * len(lengths))] < 440


def test_hidden_steps_are_easy_right_and_use_known_numbers() -> None:
    rng = random.Random(22)
    for _ in range(3000):
        problem = make_problem(rng)
        known = set(problem.given)
        for node in problem.nodes:
            assert evaluate(node.equation.left) == node.result
            assert 1 < node.result <= LARGEST_VALUE
            assert max(node.a, node.b) <= LARGEST_VALUE
            assert {node.a, node.b} <= known, problem
            if node.op == "*":
                assert min(node.a, node.b) <= 10 or max(node.a, node.b) == 100
            known.add(node.result)
        sentences = [node.say(node.equation) for node in problem.nodes]
        assert all(s.split()[0] in OPENERS or s.split()[0] in problem.prompt for s in sentences)
        assert len({node.equation.operation for node in problem.nodes}) == len(problem.nodes)


def test_problems_are_mostly_three_to_five_steps_long_and_short_to_read() -> None:
    rng = random.Random(23)
    problems = [make_problem(rng) for _ in range(3000)]
    lengths = [len(problem.nodes) for problem in problems]
    assert min(lengths) >= 1
    assert max(lengths) <= 7
    assert sum(3 <= length <= 5 for length in lengths) > 0.6 * len(lengths)
    assert sum(length == 2 for length in lengths) < 0.32 * len(lengths)
    assert max(len(problem.prompt.split()) for problem in problems) <= 120


def test_most_problems_stay_below_200_and_some_do_not() -> None:
    rng = random.Random(29)
    problems = [make_problem(rng) for _ in range(1000)]
    largest = [max(max(n.a, n.b, n.result) for n in problem.nodes) for problem in problems]
    assert sum(value <= 200 for value in largest) > 0.85 * len(largest)
    assert any(value > 200 for value in largest)


def test_long_stories_are_not_planned() -> None:
    rng = random.Random(31)
    style = TraceStyle(plan=1.0)
    for _ in range(300):
        problem = make_problem(rng)
        planned = any(step.tag == DECOMPOSE for step in WORD.reference_trace(rng, problem, style))
        assert not planned or len(problem.nodes) <= 4


def test_prompts_are_clean_text() -> None:
    rng = random.Random(26)
    for _ in range(3000):
        try:
            story = draw_story(rng)
        except UnusableStory:
            continue
        if isinstance(story, Tale):
            continue  # what people type is looked at in test_everyday
        prompt = story.prompt([distraction(story)])
        assert not re.search(r"[\[\]{}|]|  | [.,?]|\b1 dollars|\.\.|, ,", prompt), prompt
        assert prompt[-1] in "?."
        assert prompt.isascii()
        assert all(sentence[0] in "$" or not sentence[0].islower() for sentence in split(prompt))


def split(prompt: str) -> list[str]:
    """The sentences of a prompt."""
    return re.split(r"(?<=[.?]) ", prompt)


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.__name__)
def test_every_kind_of_story_comes_out_in_many_wordings(kind: Callable[[Story], None]) -> None:
    rng = random.Random(27)
    told = set()
    for _ in range(400):
        story = Story(rng)
        try:
            kind(story)
        except UnusableStory:
            continue
        told.add(re.sub(r"[0-9]+", "#", story.sentences[0].replace(story.hero, "X")))
        assert story.question
        assert story.goal
        assert len({story.hero, story.friend, story.other}) == 3
    assert len(told) > 20


def test_names_and_things_are_many_and_different_and_some_are_invented() -> None:
    assert len(set(NAMES)) >= 60
    assert len(set(THINGS)) >= 50
    rng = random.Random(28)
    stories = [Story(rng) for _ in range(2000)]
    known = {*NAMES, *THINGS}
    strange = sum(not {story.hero, story.item} <= known for story in stories)
    assert 0.1 * len(stories) < strange < 0.2 * len(stories)


def test_numbers_are_read_as_digits_words_and_implied() -> None:
    prompt = "Three pens cost $6 and half of 20% of two dozen take Tom 4 hours and 9 minutes."
    assert WordProblem(prompt, "x", ()).given == (3, 6, 2, 20, 2, 12, 4, 9, 60)


def test_split_is_disjoint_by_numbers_and_repeats_with_its_seed() -> None:
    rng = random.Random(24)
    held_out = WORD.held_out_problems(200, 1)
    assert all(is_held_out(each) for each in held_out)
    assert not any(is_held_out(make_problem(rng)) for _ in range(3000))
    assert held_out == WORD.held_out_problems(200, 1)
    assert len({each.prompt for each in held_out}) == 200


def test_a_right_trace_passes() -> None:
    lines = [
        "<restate> We want the apples there are now.",
        "<decompose> First find the total, then the half.",
        FIRST,
        "<check> 4 * 6 is 24: that holds.",
        SECOND,
        "<answer> Answer: 12",
        HOLDS,
    ]
    assert labels(*lines) == "ggggggg"
    assert WORD.check(PROBLEM, lines).solved


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<restate> We want the pears.", "h"),
        ("<decompose> First find the half, then the total.", "h"),
        (SLIP, "."),
        ("<solve> The boxes hold 4 + 6 = 10 apples.", "."),
        ("<solve> The boxes hold 30 * 6 = 180 apples.", "."),
        (SECOND, "."),
        ("<solve> There are many apples.", "."),
        ("<check> 4 * 6 is 24: that holds.", "h"),
        (HOLDS, "h"),
        (WRONG, "h"),
        ("<correct> The boxes hold 4 * 6 = 24 apples.", "."),
        ("<answer> Answer: 13", "."),
        ("<answer> Answer: twelve", "."),
        ("<answer> 12", "."),
        (FIRST.removeprefix("<solve> "), "h"),
    ],
)
def test_a_wrong_first_line_is_caught(line: str, expected: str) -> None:
    assert labels(line) == expected


def test_the_wrong_words_around_a_right_equation_are_wrong_but_spoil_nothing() -> None:
    assert labels("<solve> The boxes hold 4 * 6 = 24 pears.", SECOND) == "hg"
    assert labels("<solve> Half of them is 4 * 6 = 24 apples.", SECOND) == "hg"
    assert labels(SLIP, "<correct> Wait, the bags hold 4 * 6 = 24 apples.", SECOND) == ".hg"


def test_a_step_done_twice_is_idle_but_spoils_nothing() -> None:
    assert labels(FIRST, FIRST, SECOND) == "ghg"
    assert labels(FIRST, SLIP, FIRST, SECOND) == "g..."


def test_a_right_step_may_be_corrected_into_itself() -> None:
    doubted = "<check> 4 * 6 is not what is needed: that is wrong."
    assert labels(FIRST, doubted, MENDED, "<check> 4 * 6 is 24: that holds.", SECOND) == "ghggg"


def test_nothing_is_good_after_an_uncorrected_slip_until_it_is_corrected() -> None:
    flagged = "<check> 4 * 6 is 24: that is wrong."
    assert labels(SLIP, FIRST) == ".."
    assert labels(SLIP, flagged, MENDED, SECOND) == ".cgg"
    assert labels(SLIP, "<check> 4 * 6 is 25: that holds.") == ".."
    assert labels(FIRST, "<check> 4 * 6 is not what is needed: that is wrong.", SECOND) == "ghg"


def test_a_wrong_answer_stands_until_a_correction() -> None:
    early, late = "<answer> Answer: 24", "<answer> Answer: 13"
    done = SECOND.replace("<solve> Half", "<correct> Wait, half")
    assert labels(FIRST, early, WRONG, done, "<answer> Answer: 12", HOLDS) == "g.cggg"
    assert labels(FIRST, early, HOLDS, SECOND) == "g..."
    assert labels(FIRST, SECOND, late, WRONG, "<answer> Answer: 12") == "gg.cg"
    assert not WORD.check(PROBLEM, [FIRST, SECOND, "<answer> Answer: 12", late]).solved


def test_who_corrects_may_go_on_or_start_again_from_the_mistake() -> None:
    # The second step was right, but came while a mistake stood.
    stray = "<solve> The boxes hold 4 + 6 = 10 apples."
    assert labels(FIRST, stray, SECOND)[2] == "."
    again = SECOND.replace("<solve> Half", "<correct> Wait, half")
    assert labels(FIRST, stray, SECOND, again, "<answer> Answer: 12") == "g..gg"


def test_corrupted_steps_are_caught_and_repaired() -> None:
    rng = random.Random(25)
    seen = 0
    for _ in range(3000):
        problem = make_problem(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=rng.choice((0.0, 0.5))))
        lines = [step.line for step in steps]
        places = [i for i, s in enumerate(steps) if s.correct and s.tag in (SOLVE, CORRECT)]
        place = rng.choice(places)
        wrong = WORD.corrupt(rng, problem, lines, place)
        assert wrong is not None
        verdict = WORD.check(problem, [*lines[:place], wrong])
        assert not verdict.correct[place]
        assert not verdict.hopeful[place]
        repair = WORD.repair(rng, problem, lines[:place], wrong)
        assert [repair[0].tag, repair[1].tag, repair[-1].tag] == [CHECK, CORRECT, ANSWER]
        assert repair[0].text.endswith("is wrong.")
        assert_labelled(problem, [*lines[:place], wrong], repair)
        seen += 1
    assert seen == 3000


@pytest.mark.parametrize(
    "wrong",
    [
        "<restate> We want nothing.",
        "<decompose> First find nothing.",
        "<solve> There are many.",
        "<check> 1 + 1 is 3: that holds.",
        "<answer> Answer: 9999",
        "<answer> Answer: ?",
        "nonsense",
    ],
)
def test_other_wrong_lines_are_repaired_wherever_they_stand(wrong: str) -> None:
    rng = random.Random(29)
    for _ in range(300):
        problem = make_problem(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.0))
        good = [step.line for step in steps[: rng.randrange(len(steps))]]
        repair = WORD.repair(rng, problem, good, wrong)
        assert_labelled(problem, [*good, wrong], repair)
        if wrong.startswith(ANSWER):
            assert repair[0].line == WRONG


def test_a_check_that_calls_a_right_step_wrong_is_answered() -> None:
    repair = WORD.repair(
        random.Random(1), PROBLEM, [FIRST], "<check> 4 * 6 is not what is needed: that is wrong."
    )
    assert repair[0] == Step(CHECK, "4 * 6 is 24: that holds.")
    assert_labelled(PROBLEM, [FIRST, "<check> 4 * 6 is not what is needed: that is wrong."], repair)


def test_a_whole_wrong_attempt_is_reviewed_and_solved_again_from_its_mistake() -> None:
    rng = random.Random(30)
    for _ in range(1000):
        problem = make_problem(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.0, check=0.0))
        lines = [step.line for step in steps]
        place = rng.choice([i for i, step in enumerate(steps) if step.tag == SOLVE])
        wrong = WORD.corrupt(rng, problem, lines, place)
        assert wrong is not None
        whole = [*lines[:place], wrong, *lines[place + 1 : -1], "<answer> Answer: 9999"]
        repair = WORD.repair(rng, problem, lines[:place], wrong)
        review = [Step(CHECK, ANSWER_WRONG, hopeful=False), *repair[1:], Step(CHECK, ANSWER_HOLDS)]
        assert_labelled(problem, whole, review)
