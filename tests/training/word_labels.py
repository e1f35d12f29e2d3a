"""How tests of stories read the checker's labels."""

from __future__ import annotations

from collections.abc import Sequence

from training.tasks import Step
from training.tasks.word_family import WORD
from training.tasks.word_types import WordProblem


def letters(problem: WordProblem, lines: Sequence[str]) -> str:
    """One letter a line: g(ood), c(orrect only), h(opeful only) or . (neither)."""
    verdict = WORD.check(problem, lines)
    pairs = zip(verdict.correct, verdict.hopeful, strict=True)
    return "".join({(1, 1): "g", (1, 0): "c", (0, 1): "h"}.get(pair, ".") for pair in pairs)


def assert_labelled(problem: WordProblem, lines: list[str], steps: list[Step]) -> None:
    """The steps after the lines have the labels they claim, and they end right."""
    verdict = WORD.check(problem, [*lines, *(step.line for step in steps)])
    assert verdict.correct[len(lines) :] == tuple(step.correct for step in steps), problem
    assert verdict.hopeful[len(lines) :] == tuple(step.hopeful for step in steps), problem
    assert verdict.solved
