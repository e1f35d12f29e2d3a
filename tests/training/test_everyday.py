"""Everyday stories: told in anybody's voice, with sums that are right and typing that is human."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest

from training.tasks import TraceStyle
from training.tasks.everyday_slips import slipped
from training.tasks.everyday_voice import Person, Tale
from training.tasks.word_family import WORD
from training.tasks.word_stories import EVERYDAY
from training.tasks.word_types import UnusableStory, WordProblem

KINDS = list(EVERYDAY)
PLAIN = re.compile(r"[@~\[\]{}|]|  | [.,?]|\.\.|\?\?|\b1 dollars")
FIRST_PERSON = re.compile(r"\bI (has|is|does|gets|buys|sells|wants|needs|pays|are|were)\b")
THIRD_PERSON = re.compile(r"(?:^|[.?] )(?:She|He) (have|are|do|get|buy|sell|want|need|pay|were)\b")
MANY = re.compile(r"\b(?:We|They|we|they) (has|is|does|gets|buys|sells|wants|needs|pays|was)\b")


def told(kind: Callable[[Tale], None], seeds: range) -> Iterator[Tale]:
    """The stories of a kind that work out."""
    for seed in seeds:
        tale = Tale(random.Random(seed))
        try:
            kind(tale)
        except UnusableStory:
            continue
        yield tale


def problem_of(tale: Tale) -> WordProblem:
    """A story as a problem, as it is typed."""
    proof = tale.proof or tale.rewind()
    return WordProblem(tale.prompt([]), tale.goal, tuple(tale.nodes), proof=proof)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_is_told_in_clean_sentences_with_verbs_that_fit(
    kind: Callable[[Tale], None],
) -> None:
    tales = list(told(kind, range(300)))
    assert len(tales) > 100
    for tale in tales:
        text = " ".join([*tale.sentences, tale.question])
        assert not PLAIN.search(text), text
        assert not FIRST_PERSON.search(text), text
        assert not THIRD_PERSON.search(text), text
        assert not MANY.search(text), text
        assert all(sentence[-1] in ".?" for sentence in tale.sentences), text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_solution_of_each_kind_uses_only_what_was_told(kind: Callable[[Tale], None]) -> None:
    rng = random.Random(3)
    for tale in told(kind, range(300, 500)):
        problem = problem_of(tale)
        known = set(problem.given)
        for node in problem.nodes:
            assert {node.a, node.b} <= known, problem
            known.add(node.result)
        steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.0))
        verdict = WORD.check(problem, [step.line for step in steps])
        assert verdict.solved
        assert all(verdict.correct)


def test_stories_are_told_by_and_of_all_sorts_of_people() -> None:
    voices = [Tale(random.Random(seed)).person for seed in range(2000)]
    assert 0.1 < sum(person.who == "I" for person in voices) / len(voices) < 0.25
    assert {"we", "you", "they", "I"} <= {person.who for person in voices}
    assert {"he", "she"} <= {person.he for person in voices}
    assert sum(person.who[0].islower() for person in voices) > 0.2 * len(voices)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (Person("I", "my", "I", "me", "my", alone=False), "I have my pen, I am glad."),
        (Person("Ann", "Ann's", "she", "her", "her", alone=True), "Ann has her pen, she is glad."),
        (Person("we", "our", "we", "us", "our", alone=False), "we have our pen, we are glad."),
    ],
)
def test_a_template_takes_on_a_voice(person: Person, said: str) -> None:
    assert person.voiced("@who ~have @his pen, @he ~be glad.") == said


def test_verbs_get_the_ending_that_they_need() -> None:
    ann = Person("Ann", "Ann's", "she", "her", "her", alone=True)
    verbs = "~carry ~buy ~wash ~do ~mix ~was"
    assert ann.voiced(verbs) == "carries buys washes does mixes was"


def test_slips_of_the_keyboard_change_no_number_and_are_rare() -> None:
    rng = random.Random(8)
    tales = [tale for kind in KINDS for tale in told(kind, range(40))]
    texts = [" ".join([*tale.sentences, tale.question]) for tale in tales]
    typed = [slipped(rng, text) for text in texts]
    changed = [(text, new) for text, new in zip(texts, typed, strict=True) if text != new]
    assert 0.05 < len(changed) / len(texts) < 0.2
    for text, new in changed:
        before, after = (WordProblem(each, "", ()).given for each in (text, new))
        assert before == after
        assert abs(len(text) - len(new)) <= 6


def test_the_solver_of_an_everyday_story_can_be_wrong_and_be_put_right() -> None:
    rng = random.Random(9)
    tried = 0
    for kind in KINDS:
        for tale in told(kind, range(20)):
            problem = problem_of(tale)
            steps = WORD.reference_trace(rng, problem, TraceStyle(mistake=0.8, proof=1.0))
            verdict = WORD.check(problem, [step.line for step in steps])
            assert verdict.correct == tuple(step.correct for step in steps), problem
            assert verdict.solved
            tried += any(not step.correct for step in steps)
    assert tried > 100
