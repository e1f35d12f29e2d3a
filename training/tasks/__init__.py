"""The tasks the embedded models are trained on: fresh problems, reference traces, checkers.

Imports without torch, so the app and the tests use it for example problems and for checking.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.tasks import game24, game24_check, game24_trace, word, word_check, word_trace
from training.tasks.core import Step, TraceStyle, Verdict
from training.tasks.game24 import Game24Problem
from training.tasks.word_types import WordProblem

Problem = Game24Problem | WordProblem
FAMILIES = ("game24", "word")

__all__ = [
    "FAMILIES",
    "Problem",
    "Step",
    "TraceStyle",
    "Verdict",
    "check",
    "held_out_problems",
    "make_problem",
    "reference_trace",
]


def make_problem(rng: random.Random, family: str) -> Problem:
    """A fresh training problem of a family in FAMILIES; raises ValueError for another name."""
    if family == "game24":
        return game24.make_problem(rng)
    if family == "word":
        return word.make_problem(rng)
    raise ValueError(f"unknown task family {family!r}")


def held_out_problems(family: str, count: int, seed: int) -> list[Problem]:
    """Problems never trained on; raises ValueError for another family or too many."""
    if family == "game24":
        return list(game24.held_out_problems(count, seed))
    if family == "word":
        return list(word.held_out_problems(count, seed))
    raise ValueError(f"unknown task family {family!r}")


def reference_trace(
    rng: random.Random, problem: Problem, style: TraceStyle | None = None
) -> list[Step]:
    """A solved trace with known labels, mistakes and their corrections included."""
    style = style or TraceStyle()
    if isinstance(problem, Game24Problem):
        return game24_trace.reference_trace(rng, problem, style)
    return word_trace.reference_trace(rng, problem, style)


def check(problem: Problem, lines: Sequence[str]) -> Verdict:
    """Exact labels for the lines of a trace (whole or still growing)."""
    if isinstance(problem, Game24Problem):
        return game24_check.check(problem, lines)
    return word_check.check(problem, lines)
