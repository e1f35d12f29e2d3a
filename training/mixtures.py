"""What each stage is trained on: seeded streams of examples."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer

from training.attempts import review
from training.drills import (
    arithmetic_drill,
    copy_drill,
    lookup_drill,
    moves_drill,
    proof_drill,
    reach_drill,
    signed_drill,
    told_drill,
)
from training.encoding import Example, Piece, encode_pieces, frayed, judged_pieces, trace_pieces
from training.records import JudgedTrace, OwnAttempt
from training.tasks import FAMILIES, Step, TraceStyle
from training.tasks.core import CHECK, CORRECT, END, SOLVE, render_prompt
from training.tasks.proofs import proved_number, spoiled

# The part of the trunk's training that is half copying: later on it is hardly learned any more.
_COPYING_FIRST = 0.15
# Shares of the families. Game of 24 takes longest: which numbers can still make 24 has no short
# rule. The moves of equations are learned late, when the sums are known.
START = {"game24": 0.34, "word": 0.44, "linear": 0.22}
LATER = {"game24": 0.3, "word": 0.48, "linear": 0.22}
_LAST = 0.85
_ATTEMPT_SHARES = {"repair": 24, "confirmed": 8, "holds": 2, "wrong": 7}


def draw_family(rng: random.Random, shares: Mapping[str, float]) -> str:
    """Name of a family, by its share of the training."""
    return rng.choices(list(shares), list(shares.values()))[0]


class TrunkMixture:
    """The common start of both models: reference traces, drills that get rarer, and contrasts.

    Language loss and step labels come from the same sequences, so that the later PRM has judged
    as many steps as the generator has written.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; `progress` runs from 0 to 1 over the stage."""
        return encode_pieces(self._tokenizer, frayed(rng, self._pieces(rng, progress)))

    def _pieces(self, rng: random.Random, progress: float) -> list[Piece]:
        if rng.random() < (0.5 if progress < _COPYING_FIRST else 0.08):
            return copy_drill(rng)
        drills = 0.4 - 0.25 * progress
        roll = rng.random()
        if roll < drills:
            return drill(rng)
        if roll < drills + 0.1:
            return contrast(rng, START)
        return reference(rng, START)


class GeneratorMixture:
    """The generator's last stretch: reference traces, repairs of its own mistakes, and reviews.

    A check mostly comes after a mistake, and the trunk's attempts are mostly wrong: a model that
    sees both as they come calls right steps and right answers wrong. So its right steps are
    confirmed about as often as its wrong ones are mended, and of the reviews as many find that the
    answer holds as that it is wrong; right answers are so few that most are reference traces.
    """

    def __init__(self, tokenizer: Tokenizer, attempts: Sequence[OwnAttempt]) -> None:
        if not attempts:
            raise ValueError("no sampled attempts; run the stage that samples them first")
        self._tokenizer = tokenizer
        self._attempts: dict[str, list[OwnAttempt]] = {kind: [] for kind in _ATTEMPT_SHARES}
        for attempt in attempts:
            self._attempts[attempt.kind].append(attempt)

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; `progress` is not used, the mixture stays the same."""
        roll = rng.random()
        if roll < 0.08:
            pieces = drill(rng)
        elif roll < 0.14:
            # Most proofs elsewhere hold: only here is it learned to do the sums before the verdict.
            pieces = proof_drill(rng, wrong_share=0.2)
        elif roll < 0.53:
            pieces = own_attempt(rng.choice(self._some_kind(rng)))
        elif roll < 0.59:
            pieces = own_attempt(right_attempt(rng))
        else:
            pieces = reference(rng)
        return encode_pieces(self._tokenizer, frayed(rng, pieces))

    def _some_kind(self, rng: random.Random) -> list[OwnAttempt]:
        """Attempts of one kind, by shares; of any that there is where the chosen one is missing."""
        kind = rng.choices(list(_ATTEMPT_SHARES), list(_ATTEMPT_SHARES.values()))[0]
        return self._attempts[kind] or next(filter(None, self._attempts.values()))


class PrmMixture:
    """Sums first, then ever more of the generator's own traces, judged, and same-prefix contrasts.

    Whoever cannot do a sum cannot judge it, and the new layers learn to compare what is written
    with what they expect only where labels are dense. Language loss stays on reference text and
    right results for the same reason.
    """

    def __init__(self, tokenizer: Tokenizer, traces: Sequence[JudgedTrace]) -> None:
        if not traces:
            raise ValueError("the PRM needs sampled traces; run the sampling stage first")
        self._tokenizer = tokenizer
        self._traces = traces
        self._whole = [trace for trace in traces if trace.value[-1] is not None]

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; `progress` runs from 0 to 1 over the stage."""
        pieces = frayed(rng, self._pieces(rng, progress))
        return encode_pieces(self._tokenizer, pieces, after_mistake_weight=1.0)

    def _pieces(self, rng: random.Random, progress: float) -> list[Piece]:
        if rng.random() < _practice(progress):
            return sums(rng) if rng.random() < 0.8 else drill(rng)
        roll = rng.random()
        # At last nearly all is what it will have to judge, right and wrong as often as there.
        contrasts, traces = (0.3, self._traces) if progress < _LAST else (0.1, self._whole)
        if roll < contrasts:
            return contrast(rng)
        if roll < contrasts + 0.08:
            return reference(rng)
        trace = rng.choice(traces)
        return judged_pieces(trace.prompt, trace.lines, trace.correct, trace.value, trace.rights)


def _practice(progress: float) -> float:
    """The share of drills in the PRM's training: most of its first third, less and less after."""
    return min(0.6, 0.6 - 0.5 * (progress - 0.33) / 0.67)


def sums(rng: random.Random) -> list[Piece]:
    """Nothing but results to find and to judge, as stories and as equations need them."""
    kinds = (arithmetic_drill, signed_drill, told_drill, moves_drill, proof_drill)
    return rng.choices(kinds, (2, 2, 3, 3, 3))[0](rng, wrong_share=0.4)


def drill(rng: random.Random) -> list[Piece]:
    """Dense practice: sums of all kinds, who has what, what can make 24."""
    roll = rng.random()
    if roll < 0.2:
        return reach_drill(rng)
    if roll < 0.45:
        return lookup_drill(rng, wrong_share=0.25)
    return sums(rng)


def reference(rng: random.Random, shares: Mapping[str, float] = LATER) -> list[Piece]:
    """A reference trace, with mistakes and their corrections."""
    family = FAMILIES[draw_family(rng, shares)]
    problem = family.make_problem(rng)
    return trace_pieces(problem.prompt, family.reference_trace(rng, problem, TraceStyle()))


def right_attempt(rng: random.Random) -> OwnAttempt:
    """A reference trace as if it were the model's own, and the review that finds it right."""
    family = FAMILIES[draw_family(rng, LATER)]
    problem = family.make_problem(rng)
    steps = family.reference_trace(rng, problem, TraceStyle())
    lines = [step.line for step in steps]
    return OwnAttempt(
        "holds",
        problem.prompt,
        lines,
        [step.correct for step in steps],
        [step.hopeful for step in steps],
        [review(rng, problem, lines, right=True).line],
    )


def contrast(rng: random.Random, shares: Mapping[str, float] = LATER) -> list[Piece]:
    """A reference trace cut after a step that is right or, half of the time, corrupted.

    The same prefixes come with right and with wrong continuations, so the label can only be
    learned from the last step itself.
    """
    family = FAMILIES[draw_family(rng, shares)]
    problem = family.make_problem(rng)
    style = TraceStyle(mistake=rng.choice((0.0, 0.5)))
    steps = family.reference_trace(rng, problem, style)
    places = [i for i, step in enumerate(steps) if step.correct and _judgeable(step)]
    end = rng.choice(places)
    lines = [step.line for step in steps[: end + 1]]
    right = lines[end]
    if rng.random() < 0.5:
        proved = steps[end].tag == CHECK
        wrong = spoiled(rng, right) if proved else family.corrupt(rng, problem, lines, end)
        lines[end] = wrong or right
    verdict = family.check(problem, lines)
    good = zip(lines[:end], verdict.correct, strict=False)
    rights = [*(line if fine else None for line, fine in good), right]
    return judged_pieces(problem.prompt, lines, verdict.correct, verdict.hopeful, rights)


def _judgeable(step: Step) -> bool:
    """Whether a step can be made wrong: one that solves or corrects, or a proof."""
    return step.tag in (SOLVE, CORRECT) or proved_number(step.text) is not None


def own_attempt(attempt: OwnAttempt) -> list[Piece]:
    """The model's own lines as labelled context, then what should have followed, trained."""
    labels = zip(attempt.context, attempt.correct, attempt.hopeful, strict=True)
    context = [Piece(f"{line}\n", correct=right, value=hope) for line, right, hope in labels]
    first, *rest = attempt.continuation
    tag, text = first.split(" ", 1)
    # To check a right step or a finished attempt has to be asked for: it is not learned.
    end = [] if attempt.kind == "confirmed" else [Piece(END, trained=True)]
    return [
        Piece(render_prompt(attempt.prompt)),
        *context,
        Piece(tag, trained=attempt.kind == "repair"),
        Piece(f" {text}\n", trained=True),
        *[Piece(f"{line}\n", trained=True) for line in rest],
        *end,
    ]
