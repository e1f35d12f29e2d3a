"""What the embedded models know: visitors' wordings are read, other questions are not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.models.embedded.generator import EmbeddedGenerator
from backend.models.embedded.loader import load_shipped_generator
from backend.models.embedded.problems import KINDS, Reading, read
from backend.models.embedded.wording import LONGEST_QUOTE
from training.tasks import FAMILIES

RAW = json.loads((Path(__file__).parents[1] / "assets" / "free_wording.json").read_text())
KNOWN = [each["problem"] for each in RAW["known"]]

Refusal = Callable[[str], str | None]


@pytest.fixture(scope="module")
def generator() -> Iterator[EmbeddedGenerator]:
    generator = load_shipped_generator()
    yield generator
    generator.close()


@pytest.fixture
def refusal(generator: EmbeddedGenerator) -> Refusal:
    return generator.refusal


def test_visitors_wordings_are_known(refusal: Refusal) -> None:
    refused = [problem for problem in KNOWN if refusal(problem) is not None]
    assert len(refused) <= 0.1 * len(KNOWN), refused


@pytest.mark.parametrize("problem", RAW["unknown"])
def test_other_questions_are_refused(refusal: Refusal, problem: str) -> None:
    reason = refusal(problem)
    assert reason is not None
    assert "is a small model that" in reason


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("Solve 2x + 1 = 4", "equations that have one solution, a whole number"),
        ("Solve x + 1 = x", "equations that have one solution, a whole number"),
        ("Solve x + y = 4", "one equation in one unknown"),
        ("2x = 6, 3x = 9", "one equation in one unknown"),
        ("Solve y^2 = 4", "linear equations in whole numbers"),
        ("What is n if n/3 = 4?", "linear equations in whole numbers"),
        ("Make 24 from 1, 2 and 3", "24 and four other whole numbers"),
        ("What is the capital of France?", "does not know problems of this kind"),
    ],
)
def test_a_refusal_says_what_the_model_could(refusal: Refusal, problem: str, said: str) -> None:
    assert said in str(refusal(problem))


@pytest.mark.parametrize("story", RAW["strange"])
def test_stories_in_words_that_the_model_never_met_are_refused(
    refusal: Refusal, story: str
) -> None:
    reason = refusal(story)
    assert reason is not None
    assert "does not know stories in such words as “" in reason
    quoted = reason.partition("“")[2].removesuffix("”")
    assert 2 <= len(quoted.split()) <= LONGEST_QUOTE
    assert quoted in story


def test_a_story_told_somewhat_otherwise_is_taken_with_a_caution(
    generator: EmbeddedGenerator,
) -> None:
    story = "A jacket costs 80 dollars. It is 25 percent off today. How much does it cost now?"
    assert generator.refusal(story) is None
    reason = generator.caution(story)
    assert reason is not None
    assert "few stories in such words" in reason


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_told_as_in_training_needs_no_caution(
    generator: EmbeddedGenerator, family: str
) -> None:
    problems = [p.prompt for p in FAMILIES[family].held_out_problems(150, 5)]
    cautioned = [problem for problem in problems if generator.caution(problem) is not None]
    assert len(cautioned) <= (0.06 * len(problems) if family == "word" else 0)
    examples = [kind.example for kind in KINDS.values()]
    assert [example for example in examples if generator.caution(example) is not None] == []


def test_what_is_given_as_an_example_is_known(refusal: Refusal) -> None:
    assert [kind.example for kind in KINDS.values() if refusal(kind.example) is not None] == []


def test_one_spelling_for_games_and_equations() -> None:
    game = read("Hi! Could you get 24 with 5, 1, 5 and 5?")
    assert game == Reading("game24", "Make 24 from 5, 1, 5 and 5.")
    assert read("find x:  3*x+5=2x + 17") == Reading("linear", "Solve 3x + 5 = 2x + 17.")
    # A 24 among the numbers is not the goal.
    assert read("Make 24 from 24, 1, 1 and 1") == Reading("game24", "Make 24 from 24, 1, 1 and 1.")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_training_problem_is_known(refusal: Refusal, family: str) -> None:
    problems = FAMILIES[family].held_out_problems(150, 5)
    assert [p.prompt for p in problems if refusal(p.prompt) is not None] == []
