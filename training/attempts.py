"""From the generator's own samples to training data: repairs of its mistakes, judged traces."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from training.records import JudgedTrace, OwnAttempt
from training.tasks import Problem, Step, Verdict, family_of
from training.tasks.core import ANSWER, ANSWER_HOLDS, ANSWER_WRONG, CHECK, CORRECT, SOLVE

_COMMITTING = (SOLVE, CORRECT, ANSWER)
_LONGEST_TRACE = 18


def first_mistake(lines: Sequence[str], verdict: Verdict) -> int | None:
    """Index of the first line that leaves the way to a right answer; None where none does.

    A false check or plan does not, nor a step that names the wrong person: nothing is built on it.
    """
    for index, line in enumerate(lines):
        if line.startswith(_COMMITTING) and not verdict.hopeful[index]:
            return index
    return None


def own_attempts(
    rng: random.Random, problem: Problem, lines: Sequence[str]
) -> Iterator[OwnAttempt]:
    """What one sampled trace teaches: the repair of its first mistake, and a review of the whole.

    Continuations that the checker does not fully confirm are left out.
    """
    lines = list(lines[:_LONGEST_TRACE])
    verdict = family_of(problem).check(problem, lines)
    wrong = first_mistake(lines, verdict)
    if wrong is not None and not lines[wrong].startswith(ANSWER):
        yield from _repaired(rng, problem, lines, wrong)
    if lines and lines[-1].startswith(ANSWER):
        yield from _reviewed(rng, problem, lines, wrong)


def _repaired(
    rng: random.Random, problem: Problem, lines: list[str], wrong: int
) -> Iterator[OwnAttempt]:
    family = family_of(problem)
    steps = family.repair(rng, problem, lines[:wrong], lines[wrong])
    yield from _confirmed(problem, lines[: wrong + 1], steps)


def _reviewed(
    rng: random.Random, problem: Problem, lines: list[str], wrong: int | None
) -> Iterator[OwnAttempt]:
    if wrong is None:
        yield from _confirmed(problem, lines, [Step(CHECK, ANSWER_HOLDS)])
        return
    family = family_of(problem)
    steps = family.repair(rng, problem, lines[:wrong], lines[wrong])
    after_check = steps[1:] if steps[0].tag == CHECK else steps
    yield from _confirmed(problem, lines, [Step(CHECK, ANSWER_WRONG), *after_check])


def _confirmed(problem: Problem, context: list[str], steps: Sequence[Step]) -> Iterator[OwnAttempt]:
    continuation = [step.line for step in steps]
    verdict = family_of(problem).check(problem, [*context, *continuation])
    if verdict.solved and all(verdict.correct[len(context) :]):
        yield OwnAttempt(problem.prompt, context, continuation)


def judged_traces(
    rng: random.Random, problem: Problem, lines: Sequence[str]
) -> Iterator[JudgedTrace]:
    """A sampled trace with its labels and outcome; half of the time a copy with one wrong step."""
    lines = list(lines[:_LONGEST_TRACE])
    if not lines:
        return
    family = family_of(problem)
    verdict = family.check(problem, lines)
    outcome: list[bool | None] = [verdict.solved] * len(lines)
    yield JudgedTrace(problem.prompt, lines, list(verdict.correct), outcome)
    places = [
        index
        for index, line in enumerate(lines)
        if verdict.correct[index] and line.startswith((SOLVE, CORRECT))
    ]
    if not places or rng.random() < 0.5:
        return
    index = rng.choice(places)
    corrupted = family.corrupt(rng, problem, lines, index)
    if corrupted is not None:
        cut = [*lines[:index], corrupted]
        labels = list(family.check(problem, cut).correct)
        yield JudgedTrace(problem.prompt, cut, labels, [None] * len(cut))
