"""Held-out probes: does the generator notice and mend mistakes, does the PRM see a lone slip."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.attempts import first_mistake
from training.sampler import Sampler, StepScorer
from training.tasks import Problem, TraceStyle, Verdict, family_of
from training.tasks.core import ANSWER, CHECK, CORRECT, SOLVE, render_prompt
from training.turns import TwoTurns

_ATTEMPTS = 50
_ENDS = (CORRECT, ANSWER)
_FLAGS = ("is wrong.", "cannot make 24.")


@dataclass(frozen=True, slots=True)
class Repair:
    """What the generator did after a wrong step that it did not write itself."""

    flagged: bool
    repaired: bool
    solved: bool


@dataclass(frozen=True, slots=True)
class Contrast:
    """PRM scores of a right and of a wrong step after the same right prefix."""

    right: float
    wrong: float


@dataclass(slots=True)
class OwnMistakes:
    """Counts over a problem's samples: own mistakes, those checked before anything is corrected or
    answered, flagged, corrected.
    """

    made: int = 0
    checked: int = 0
    flagged: int = 0
    corrected: int = 0


def own_mistakes(samples: Sequence[tuple[list[str], Verdict]]) -> OwnMistakes:
    """Follow every mistake that leaves a hopeful state: is it checked, flagged, corrected.

    Corrected means that the first correction after the flag is right and hopeful.
    """
    count = OwnMistakes()
    for lines, verdict in samples:
        for index in _mistakes(lines, verdict):
            count.made += 1
            checks = _checks_after(lines[index + 1 :])
            if not checks:
                continue
            count.checked += 1
            if not any(check.endswith(_FLAGS) for check in checks):
                continue
            count.flagged += 1
            count.corrected += _next_correction_is_good(lines, verdict, index + 2)
    return count


def _mistakes(lines: Sequence[str], verdict: Verdict) -> Iterator[int]:
    """Indices of committing lines that go wrong while the state before them was hopeful."""
    start = 0
    while True:
        rest = Verdict(verdict.correct[start:], verdict.hopeful[start:], verdict.solved)
        found = first_mistake(lines[start:], rest)
        if found is None:
            return
        yield start + found
        # The next mistake that counts comes after the state was mended.
        mended = next((i for i in range(start + found + 1, len(lines)) if verdict.hopeful[i]), None)
        if mended is None:
            return
        start = mended


def _checks_after(lines: Sequence[str]) -> list[str]:
    """The checks up to the next correction or answer."""
    until = next((i for i, line in enumerate(lines) if line.startswith(_ENDS)), len(lines))
    return [line for line in lines[:until] if line.startswith(CHECK)]


def _next_correction_is_good(lines: Sequence[str], verdict: Verdict, start: int) -> bool:
    for index in range(start, len(lines)):
        if lines[index].startswith(CORRECT):
            return verdict.correct[index] and verdict.hopeful[index]
    return False


def two_turns(
    sampler: Sampler, problems: Sequence[Problem], attempts: Sequence[list[str]], seed: int
) -> list[TwoTurns]:
    """Force a check after each finished attempt and let the model go on greedily."""
    texts = [
        _text(problem, lines) + CHECK for problem, lines in zip(problems, attempts, strict=True)
    ]
    found = []
    second = sampler.continue_from(texts, 0.0, seed)
    for problem, lines, sample in zip(problems, attempts, second, strict=True):
        review = [CHECK + line if index == 0 else line for index, line in enumerate(sample.lines)]
        check = family_of(problem).check
        found.append(
            TwoTurns(
                first=check(problem, lines).solved,
                second=check(problem, [*lines, *review]).solved,
            )
        )
    return found


def repairs(sampler: Sampler, problems: Sequence[Problem], seed: int) -> list[Repair]:
    """Continue greedily after the first injected mistake of a reference trace per problem.

    Flagged means that a check says so before the next correction or answer; repaired, that the
    first correction is right; solved, that the final answer is.
    """
    prefixes = [_until_mistake(random.Random(f"repair-{seed}-{p.prompt}"), p) for p in problems]
    texts = [_text(*pair) for pair in zip(problems, prefixes, strict=True)]
    found = []
    samples = sampler.continue_from(texts, 0.0, seed)
    for problem, lines, sample in zip(problems, prefixes, samples, strict=True):
        whole = [*lines, *sample.lines]
        verdict = family_of(problem).check(problem, whole)
        found.append(
            Repair(
                flagged=any(line.endswith(_FLAGS) for line in _checks_after(sample.lines)),
                repaired=_next_correction_is_good(whole, verdict, len(lines)),
                solved=verdict.solved,
            )
        )
    return found


def contrasts(scorer: StepScorer, problems: Sequence[Problem], seed: int) -> list[Contrast]:
    """Score one right step and its corrupted twin per problem."""
    traces: list[tuple[str, list[str]]] = []
    for problem in problems:
        rng = random.Random(f"contrast-{seed}-{problem.prompt}")
        right, wrong = _twins(rng, problem)
        traces += [(problem.prompt, right), (problem.prompt, wrong)]
    scores = [judged.correct[-1] for judged in scorer.run(traces)]
    return [Contrast(*pair) for pair in zip(scores[::2], scores[1::2], strict=True)]


def _text(problem: Problem, lines: Sequence[str]) -> str:
    return render_prompt(problem.prompt) + "".join(f"{line}\n" for line in lines)


def _until_mistake(rng: random.Random, problem: Problem) -> list[str]:
    for _ in range(_ATTEMPTS):
        steps = family_of(problem).reference_trace(rng, problem, TraceStyle(mistake=0.9))
        bad = [index for index, step in enumerate(steps) if not step.hopeful]
        if bad:
            return [step.line for step in steps[: bad[0] + 1]]
    raise RuntimeError("no mistake was injected; the trace style must allow some")


def _twins(rng: random.Random, problem: Problem) -> tuple[list[str], list[str]]:
    family = family_of(problem)
    for _ in range(_ATTEMPTS):
        steps = family.reference_trace(rng, problem, TraceStyle(mistake=0.0))
        place = rng.choice([i for i, step in enumerate(steps) if step.tag == SOLVE])
        lines = [step.line for step in steps[: place + 1]]
        wrong = family.corrupt(rng, problem, lines, place)
        if wrong is not None:
            return lines, [*lines[:-1], wrong]
    raise RuntimeError("no step could be corrupted")
