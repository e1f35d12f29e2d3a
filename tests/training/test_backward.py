"""Tests of stories that tell their end: steps backward, and the proof that puts the answer in."""

from __future__ import annotations

import random

import pytest

from tests.training.word_labels import assert_labelled, letters
from training.tasks.arithmetic import evaluate, parse_equation
from training.tasks.claims import HOLDS, WRONG
from training.tasks.core import ANSWER, CHECK, CORRECT, SOLVE, TraceStyle
from training.tasks.proofs import proved_number
from training.tasks.word import make_problem
from training.tasks.word_family import WORD
from training.tasks.word_rewind import rewound
from training.tasks.word_stories import BACKWARD, KINDS, draw_story
from training.tasks.word_story import Story
from training.tasks.word_types import (
    FOUND,
    LARGEST_VALUE,
    LAST,
    Node,
    Proof,
    Slot,
    UnusableStory,
    WordProblem,
)

PROBLEM = WordProblem(
    prompt="Katya has some acorns. Then Katya gives away 38 acorns. Later Katya gets 51 more "
    "acorns. Now there are 85 acorns. How many acorns did Katya have at first?",
    goal="the acorns at first",
    nodes=(
        Node(85, "-", 51, 34, "the acorns before", "Before the 51 came there were {eq} acorns."),
        Node(34, "+", 38, 72, "the acorns at first", "At first there were {eq} acorns."),
    ),
    proof=Proof(85, ((FOUND, "-", 38), (LAST, "+", 51))),
)
FIRST = f"{SOLVE} Before the 51 came there were 85 - 51 = 34 acorns."
SECOND = f"{SOLVE} At first there were 34 + 38 = 72 acorns."
SLIP = f"{SOLVE} At first there were 34 + 38 = 70 acorns."
PROVED = f"{CHECK} With 72: 72 - 38 = 34, 34 + 51 = 85. It is 85 and should be 85: that holds."
REFUTED = f"{CHECK} With 70: 70 - 38 = 32, 32 + 51 = 83. It is 83 and should be 85: that is wrong."
RIGHT = f"{ANSWER} Answer: 72"
MENDED_FIRST = f"{CORRECT} Wait, before the 51 came there were 85 - 51 = 34 acorns."
MENDED = f"{CORRECT} Wait, at first there were 34 + 38 = 72 acorns."


def provable(rng: random.Random) -> WordProblem:
    """A fresh problem that has a proof."""
    while True:
        problem = make_problem(rng)
        if problem.proof:
            return problem


def labels(*lines: str) -> str:
    """A letter for each line of a solution of PROBLEM."""
    return letters(PROBLEM, lines)


def test_nearly_all_problems_have_a_proof() -> None:
    rng = random.Random(41)
    problems = [make_problem(rng) for _ in range(3000)]
    assert sum(problem.proof is not None for problem in problems) > 0.96 * len(problems)


def test_every_kind_is_told_and_the_backward_ones_have_proofs() -> None:
    rng = random.Random(42)
    seen: set[str] = set()
    assert len(BACKWARD) >= 12
    for kind in KINDS:
        for _ in range(300):
            story = Story(rng)
            try:
                kind(story)
            except UnusableStory:
                continue
            assert (story.proof is not None) == (kind in BACKWARD)
            seen.add(kind.__name__)
    assert seen == {kind.__name__ for kind in KINDS}


def test_proofs_use_told_numbers_and_end_as_told() -> None:
    rng = random.Random(43)
    for _ in range(2000):
        problem = provable(rng)
        proof = problem.proof
        assert proof
        plain = {each for a, _, b in proof.sums for each in (a, b) if isinstance(each, int)}
        assert {*plain, proof.due} <= set(problem.given), problem
        worked = proof.worked(problem.answer)
        assert worked
        assert worked[-1].result == proof.due
        assert all(evaluate(each.left) == each.result <= LARGEST_VALUE for each in worked)
        # Only the answer comes out as told.
        others = [n for n in range(1, 200) if (WORD.prove(problem, n) or "").endswith(HOLDS)]
        assert set(others) <= {problem.answer}


def test_the_text_of_a_proof() -> None:
    assert f"{CHECK} {WORD.prove(PROBLEM, 72)}" == PROVED
    assert f"{CHECK} {WORD.prove(PROBLEM, 70)}" == REFUTED
    assert WORD.prove(PROBLEM, 20) == "With 20: 20 - 38 is below 0: that is wrong."
    halved = Proof(30, ((FOUND, "/", 2), (3, "*", 4), (Slot(1), "+", LAST)))
    assert halved.text(36) == (
        "With 36: 36 / 2 = 18, 3 * 4 = 12, 18 + 12 = 30. It is 30 and should be 30: that holds."
    )
    assert halved.text(35) == "With 35: 35 / 2 is not whole: that is wrong."
    forward = WordProblem("Tom has 2 pens and 3 more.", "the pens", PROBLEM.nodes)
    assert WORD.prove(forward, 5) is None


def test_a_story_takes_only_proofs_that_are_easy_and_end_as_told() -> None:
    story = draw_story(random.Random(1))
    story.nodes = [Node(40, "/", 2, 20, "x", "{eq}")]
    story.prove(40, (FOUND, "*", 2))
    with pytest.raises(UnusableStory):
        story.prove(41, (FOUND, "*", 2))
    with pytest.raises(UnusableStory):
        story.prove(0, (FOUND, "-", 20))
    with pytest.raises(UnusableStory):
        story.prove(340, (FOUND, "*", 17))
    with pytest.raises(UnusableStory):
        story.prove(920, (FOUND, "+", 900))
    with pytest.raises(UnusableStory):
        story.prove(7, (FOUND, "/", 3))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([FIRST, SECOND, PROVED, f"{ANSWER} Answer: 72"], "gggg"),
        ([FIRST, SLIP, REFUTED, MENDED, PROVED, f"{ANSWER} Answer: 72"], "g.cggg"),
        # What a proof found wrong may be done once more from the start, and only then.
        ([FIRST, SLIP, REFUTED, MENDED_FIRST, SECOND, PROVED, f"{ANSWER} Answer: 72"], "g.cgggg"),
        ([FIRST, SLIP, REFUTED, MENDED_FIRST, FIRST, SECOND], "g.cghg"),
        ([FIRST, SECOND, PROVED, FIRST], "gggh"),
        ([FIRST, SECOND, REFUTED, FIRST], "gghh"),
        # A slip in a sum, a wrong verdict, another end, and words that are missing.
        ([FIRST, SECOND, PROVED.replace("= 34", "= 44")], "ggh"),
        ([FIRST, SECOND, PROVED.replace(HOLDS, WRONG)], "ggh"),
        ([FIRST, SECOND, PROVED.replace("be 85", "be 86")], "ggh"),
        ([FIRST, SECOND, PROVED.removesuffix(f": {HOLDS}")], "ggh"),
        ([FIRST, SLIP, REFUTED.replace(WRONG, HOLDS)], "g.."),
        # Another number than the one found.
        ([FIRST, SECOND, REFUTED], "ggh"),
        ([FIRST, SLIP, PROVED], "g.."),
        ([FIRST, PROVED], "gh"),
        ([PROVED], "h"),
        # A number that was answered.
        ([FIRST, SECOND, f"{ANSWER} Answer: 70", REFUTED], "gg.c"),
        ([FIRST, f"{ANSWER} Answer: 70", REFUTED, SECOND], "g.c."),
        ([FIRST, SECOND, f"{ANSWER} Answer: 72", PROVED], "gggg"),
    ],
)
def test_proofs_are_judged(lines: list[str], expected: str) -> None:
    assert labels(*lines) == expected


def test_reference_traces_prove_their_answers_and_find_mistakes_by_proof() -> None:
    rng = random.Random(44)
    at_once = by_proof = 0
    for _ in range(3000):
        problem = provable(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.6, proof=1.0))
        assert_labelled(problem, [], steps)
        assert all(step.correct for step in steps if step.trained)
        assert steps[-2].text == WORD.prove(problem, problem.answer)
        found = [step for step in steps if step.tag == CHECK and not step.hopeful]
        assert all(step.text.endswith(WRONG) for step in found)
        proofs = sum(proved_number(step.text) is not None for step in found)
        by_proof += proofs
        at_once += len(found) - proofs
    assert 0.25 < by_proof / (by_proof + at_once) < 0.5


def test_without_proofs_every_mistake_is_found_at_once() -> None:
    rng = random.Random(45)
    for _ in range(500):
        steps = WORD.reference_trace(rng, provable(rng), TraceStyle(mistake=0.6, proof=0.0))
        assert all(proved_number(step.text) is None for step in steps)


def test_most_repairs_end_with_the_proof() -> None:
    rng = random.Random(46)
    proofs = 0
    for _ in range(1000):
        problem = provable(rng)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.0, proof=0.0))
        lines = [step.line for step in steps]
        place = rng.choice([i for i, step in enumerate(steps) if step.tag == SOLVE])
        wrong = WORD.corrupt(rng, problem, lines, place)
        assert wrong is not None
        repair = WORD.repair(rng, problem, lines[:place], wrong)
        assert_labelled(problem, [*lines[:place], wrong], repair)
        proofs += repair[-2].text == WORD.prove(problem, problem.answer)
    assert 750 < proofs < 850


def test_a_false_proof_is_answered_by_the_true_one() -> None:
    for seed in range(20):
        false = PROVED.replace(HOLDS, WRONG)
        repair = WORD.repair(random.Random(seed), PROBLEM, [FIRST, SECOND], false)
        assert [step.line for step in repair] == [PROVED, f"{ANSWER} Answer: 72"]
        assert_labelled(PROBLEM, [FIRST, SECOND, false], repair)


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        ([FIRST, SECOND, PROVED.replace("= 34", "= 44")], PROVED),
        ([FIRST, SECOND, PROVED.replace(HOLDS, WRONG)], PROVED),
        ([FIRST, SLIP, REFUTED.replace("= 83", "= 85").replace(WRONG, HOLDS)], REFUTED),
        ([FIRST, SECOND, REFUTED], None),
        ([FIRST, PROVED], None),
    ],
)
def test_what_a_wrong_proof_should_say(lines: list[str], right: str | None) -> None:
    assert WORD.mend(PROBLEM, lines, len(lines) - 1) == right


def test_a_mistake_that_is_carried_on_is_undone_step_by_step() -> None:
    rng = random.Random(47)
    style = TraceStyle(mistake=1.0, check=0.0, plan=0.0, proof=1.0)
    carried = 0
    for _ in range(300):
        steps = WORD.reference_trace(rng, PROBLEM, style)
        lines = [step.line for step in steps]
        for index, line in enumerate(lines):
            if "that is wrong." not in line or proved_number(steps[index].text) is None:
                continue
            before = parse_equation(lines[index - 1])
            assert before
            assert proved_number(steps[index].text) == before.result
            assert steps[index + 1].tag == CORRECT
            rest = [step.line for step in steps[index + 1 :]]
            assert rest[0] in (MENDED, MENDED_FIRST)
            assert rest[-2:] == [PROVED, RIGHT]
            if all(step.trained for step in steps[index + 1 :]):
                assert rest in ([MENDED, PROVED, RIGHT], [MENDED_FIRST, SECOND, PROVED, RIGHT])
            carried += 1
    assert carried > 50


FORWARD = (
    Node(3, "*", 12, 36, "the marbles", "The bags hold {eq} marbles."),
    Node(2, "*", 4, 8, "the present", "The presents are {eq} marbles."),
    Node(36, "-", 8, 28, "the marbles left", "After that {eq} marbles are left."),
    Node(28, "/", 4, 7, "each share", "Each share is {eq} marbles."),
)


def test_a_story_told_forward_is_proved_by_going_back() -> None:
    proof = rewound(FORWARD)
    assert proof
    assert proof.text(7) == (
        "With 7: 7 * 4 = 28, 2 * 4 = 8, 28 + 8 = 36, 36 / 3 = 12. "
        "It is 12 and should be 12: that holds."
    )
    assert proof.text(6) == (
        "With 6: 6 * 4 = 24, 2 * 4 = 8, 24 + 8 = 32, 32 / 3 is not whole: that is wrong."
    )


def test_the_way_back_goes_round_a_percentage() -> None:
    riders = Node(120, "%", 20, 24, "riders", "There are {eq} riders.")
    walkers = Node(120, "-", 24, 96, "walkers", "There are {eq} walkers.")
    proof = rewound((riders, walkers))
    assert proof
    assert proof.text(96) == (
        "With 96: 120 * 20 / 100 = 24, 96 + 24 = 120. It is 120 and should be 120: that holds."
    )
    assert rewound((riders,)) is None


def test_a_number_on_the_right_is_found_as_well() -> None:
    left = Node(200, "-", 70, 130, "the litres", "Then {eq} litres are missing.")
    made = Node(7, "*", 10, 70, "the litres", "There are {eq} litres.")
    proof = rewound((made, left))
    assert proof
    assert proof.text(130) == (
        "With 130: 200 - 130 = 70, 70 / 7 = 10. It is 10 and should be 10: that holds."
    )
