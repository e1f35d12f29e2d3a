"""What each model is trained on: seeded streams of examples for the generator and the PRM."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from training.corruption import corrupt_step
from training.drills import arithmetic_drill, reach_drill
from training.encoding import Example, Piece, encode_pieces, labelled_pieces, trace_pieces
from training.tasks import Problem, TraceStyle, check, make_problem, reference_trace
from training.tasks.core import CORRECT, SOLVE

_GAME24_SHARE = 0.55
_PRM_GAME24_SHARE = 0.4


class GeneratorMixture:
    """Reference traces of both families, and drills that get rarer as training proceeds."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; `progress` runs from 0 to 1 over the training."""
        if rng.random() < 0.4 - 0.25 * progress:
            if rng.random() < 0.25:
                return encode_pieces(self._tokenizer, reach_drill(rng))
            return encode_pieces(self._tokenizer, arithmetic_drill(rng, wrong_share=0.3))
        family = "game24" if rng.random() < _GAME24_SHARE else "word"
        problem = make_problem(rng, family)
        steps = reference_trace(rng, problem)
        return encode_pieces(self._tokenizer, trace_pieces(problem.prompt, steps))


@dataclass(frozen=True, slots=True)
class LabelledTrace:
    """A sampled (or corrupted) trace with the checker's label for each line."""

    prompt: str
    lines: list[str]
    labels: list[bool]


def read_traces(paths: list[Path]) -> list[LabelledTrace]:
    """Read the JSON-lines files of the sampling stage."""
    traces = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            traces.append(LabelledTrace(raw["prompt"], raw["lines"], raw["labels"]))
    return traces


class PrmMixture:
    """Labelled drills first; then sampled traces, reference traces and same-prefix contrasts.

    Language loss stays on reference text and on right results, because a model that can still
    produce a result is better at judging one.
    """

    def __init__(self, tokenizer: Tokenizer, traces: list[LabelledTrace]) -> None:
        if not traces:
            raise ValueError("the PRM needs sampled traces; run the sampling stage first")
        self._tokenizer = tokenizer
        self._traces = traces

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; `progress` runs from 0 to 1 over the training."""
        return encode_pieces(self._tokenizer, self._pieces(rng, progress))

    def _pieces(self, rng: random.Random, progress: float) -> list[Piece]:
        early = max(0.0, 1 - progress / 0.4)
        drill = 0.15 + 0.4 * early
        roll = rng.random()
        if roll < drill:
            if rng.random() < 0.25:
                return reach_drill(rng)
            return arithmetic_drill(rng, wrong_share=0.5)
        if roll < drill + 0.25:
            return contrast(rng)
        if roll < drill + 0.35:
            problem = _prm_problem(rng)
            return trace_pieces(problem.prompt, reference_trace(rng, problem))
        trace = rng.choice(self._traces)
        return labelled_pieces(trace.prompt, trace.lines, trace.labels)


def contrast(rng: random.Random) -> list[Piece]:
    """A reference trace cut after a step that is right or, half of the time, corrupted.

    The same prefixes come with right and with wrong continuations, so the label can only be
    learned from the last step itself.
    """
    problem = _prm_problem(rng)
    steps = reference_trace(rng, problem, TraceStyle(mistake=rng.choice((0.0, 0.5))))
    places = [i for i, step in enumerate(steps) if step.good and step.tag in (SOLVE, CORRECT)]
    end = rng.choice(places)
    lines = [step.line for step in steps[: end + 1]]
    if rng.random() < 0.5:
        corrupted = corrupt_step(rng, problem, lines, end)
        if corrupted is not None:
            lines[end] = corrupted
    return labelled_pieces(problem.prompt, lines, check(problem, lines).labels)


def _prm_problem(rng: random.Random) -> Problem:
    return make_problem(rng, "game24" if rng.random() < _PRM_GAME24_SHARE else "word")
