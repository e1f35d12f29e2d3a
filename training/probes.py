"""Two held-out probes: is an injected mistake noticed and repaired, is a lone slip scored lower."""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.corruption import corrupt_step
from training.sampler import Sampler, StepScorer
from training.tasks import Problem, Step, TraceStyle, check, reference_trace
from training.tasks.core import CORRECT, SOLVE, render_prompt

_ATTEMPTS = 50
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


def repairs(sampler: Sampler, problems: list[Problem], seed: int) -> list[Repair]:
    """Continue greedily after the first injected mistake of a reference trace per problem.

    Flagged means that one of the next two lines says so; repaired, that the first correction is
    right; solved, that the final answer is.
    """
    prefixes = [_until_mistake(random.Random(f"repair-{seed}-{p.prompt}"), p) for p in problems]
    texts = [
        render_prompt(problem.prompt) + "".join(f"{line}\n" for line in lines)
        for problem, lines in zip(problems, prefixes, strict=True)
    ]
    found = []
    for problem, lines, sample in zip(
        problems, prefixes, sampler.continue_from(texts, 0.0, seed), strict=True
    ):
        verdict = check(problem, [*lines, *sample.lines])
        new = list(zip(sample.lines, verdict.labels[len(lines) :], strict=True))
        corrections = [good for line, good in new if line.startswith(CORRECT)]
        found.append(
            Repair(
                flagged=any(line.endswith(_FLAGS) for line, _ in new[:2]),
                repaired=bool(corrections) and corrections[0],
                solved=verdict.solved,
            )
        )
    return found


def contrasts(scorer: StepScorer, problems: list[Problem], seed: int) -> list[Contrast]:
    """Score one right step and its corrupted twin per problem."""
    traces: list[tuple[str, list[str]]] = []
    for problem in problems:
        rng = random.Random(f"contrast-{seed}-{problem.prompt}")
        right, wrong = _twins(rng, problem)
        traces += [(problem.prompt, right), (problem.prompt, wrong)]
    scores = [values[-1] for values in scorer.run(traces)]
    return [Contrast(*pair) for pair in zip(scores[::2], scores[1::2], strict=True)]


def _until_mistake(rng: random.Random, problem: Problem) -> list[str]:
    for _ in range(_ATTEMPTS):
        steps = reference_trace(rng, problem, TraceStyle(mistake=0.9))
        bad = [index for index, step in enumerate(steps) if not step.good]
        if bad:
            return [step.line for step in steps[: bad[0] + 1]]
    raise RuntimeError("no mistake was injected; the trace style must allow some")


def _twins(rng: random.Random, problem: Problem) -> tuple[list[str], list[str]]:
    for _ in range(_ATTEMPTS):
        steps: list[Step] = reference_trace(rng, problem, TraceStyle(mistake=0.0))
        place = rng.choice([i for i, step in enumerate(steps) if step.tag == SOLVE])
        lines = [step.line for step in steps[: place + 1]]
        wrong = corrupt_step(rng, problem, lines, place)
        if wrong is not None:
            return lines, [*lines[:-1], wrong]
    raise RuntimeError("no step could be corrupted")
