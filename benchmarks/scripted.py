"""Models that take no work, only (if wanted) time: what is left to measure is the engine."""

import asyncio
import time
from collections.abc import Mapping
from itertools import repeat
from random import Random

from backend.models.protocols import (
    Finish,
    Generation,
    GenerationRequest,
    Judgement,
    ModelUsage,
    Prefix,
    Sample,
    SampledStep,
    Stop,
)
from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep, Work, WorkKind, WorkUsage


def instant_outcome(tree: SearchTree, work: Work, depth: int) -> Outcome:
    """`work.n` different steps with scores from U(0, 1), or whole solutions of such steps; the
    steps at `depth` are answers. After an answer comes what is forced, and then the next answer; it
    revises the whole.
    """
    rng = Random(work.seed)
    start = tree.nodes[work.node].depth + 1
    forced = start > depth and work.actions is not None
    answer = max(depth, start + forced)
    end = answer if work.kind is WorkKind.COMPLETE else start
    chains = tuple(
        tuple(
            _step(work, rng, i, level == start, level >= answer) for level in range(start, end + 1)
        )
        for i in range(work.n)
    )
    return Outcome(chains, WorkUsage(12 * work.n * (end - start + 1), 50, 2))


def _step(work: Work, rng: Random, i: int, first: bool, terminal: bool) -> ProposedStep:
    forced = work.actions[i] if work.actions and first else "solve"
    return ProposedStep(
        action="answer" if terminal else forced,
        text=f"step {work.seed % 1_000_003} {i}",
        tokens=12,
        mean_logprob=-0.5,
        prior=1 / work.n,
        scores={"prm": rng.random()},
        model="scripted",
        temperature=work.temperature,
        terminal=terminal,
        answer=str(i) if terminal else None,
        corrects=1 if first and work.purpose == "revision" else None,
    )


class DelayedGenerator:
    """Answers after a fixed time, and keeps count of what was in flight for how long.

    `call_seconds` and `sample_seconds`: calls, and the samples they ask for, each times its wait.
    """

    name = "delayed"
    actions = ("restate", "decompose", "solve", "check", "correct", "answer", "subquestion")

    def __init__(self, seconds: float, depth: int) -> None:
        self.seconds = seconds
        self.depth = depth
        self.calls = 0
        self.call_seconds = 0.0
        self.sample_seconds = 0.0

    async def generate(self, request: GenerationRequest) -> Generation:
        """Different steps per seed, or whole solutions of such; those at `depth` are answers."""
        self.calls += 1
        await self._wait(len(request.seeds))
        forced = request.actions or [None] * len(request.seeds)
        samples = tuple(map(self._sample, repeat(request), request.seeds, forced))
        tokens = sum(step.tokens for sample in samples for step in sample.steps)
        return Generation(samples, ModelUsage(50, tokens, 1))

    def _sample(self, request: GenerationRequest, seed: int, forced: str | None) -> Sample:
        start = len(request.prefix.steps) + 1
        levels = range(start, max(self.depth, start) + 1)
        actions = ["answer" if level >= self.depth else "solve" for level in levels]
        if forced is not None:
            actions[0] = forced
        if request.stop is Stop.STEP:
            actions = actions[:1]
        steps = tuple(
            SampledStep(action, f"Answer: {seed % 5}" if action == "answer" else str(seed), 12, -6)
            for action in actions
        )
        return Sample(steps, Finish.ANSWER if actions[-1] == "answer" else Finish.STEP)

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float], ModelUsage]:
        """All actions alike."""
        await self._wait(1)
        return dict.fromkeys(self.actions, 1 / len(self.actions)), ModelUsage(50, 0, 1)

    async def _wait(self, samples: int) -> None:
        since = time.monotonic()
        try:
            await asyncio.sleep(self.seconds)
        finally:
            waited = time.monotonic() - since
            self.call_seconds += waited
            self.sample_seconds += samples * waited


class InstantVerifier:
    """Random but repeatable scores, at once."""

    name = "instant"

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """A score for every step."""
        scores = tuple(tuple(Random(s.text).random() for s in c.steps) for c in chains)
        return Judgement(scores, ModelUsage())


class WordyGenerator:
    """Steps as long as those of a large model, at once or after some seconds: `words` words on
    average, of few kinds, so that they compress about as well as prose does.
    """

    name = "wordy"
    actions = ("solve", "answer")

    def __init__(self, depth: int, words: int, seconds: float = 0.0) -> None:
        self.depth = depth
        self.words = words
        self.seconds = seconds

    async def generate(self, request: GenerationRequest) -> Generation:
        """Different steps per seed; those at `depth` are answers."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        answer = len(request.prefix.steps) + 1 >= self.depth
        samples = tuple(
            Sample(
                (SampledStep("answer" if answer else "solve", self._text(seed), 12, -6.0),),
                Finish.ANSWER if answer else Finish.STEP,
            )
            for seed in request.seeds
        )
        return Generation(samples, ModelUsage(50, 12 * len(samples), 1))

    def _text(self, seed: int) -> str:
        rng = Random(seed)
        count = rng.randint(self.words // 2, self.words * 3 // 2)
        return " ".join(_word(rng) for _ in range(count))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float], ModelUsage]:
        """Not asked for in this measurement."""
        raise NotImplementedError


_PROSE = """
the of so we that to is and by a then both sides equation gives subtract multiply add divide hence
remaining number marbles term factor left right value let solve for which means check substitute
back into original product sum each total per hour cost must equal at most because positive integer
even odd remainder divisor case first second third rewrite simplify expand
"""
_WORDS = _PROSE.split()


def _word(rng: Random) -> str:
    """Few words are often used and most of them seldom, as in any language; some are numbers."""
    if rng.random() < 0.15:
        return str(rng.randint(2, 400))
    return _WORDS[min(len(_WORDS) - 1, int(rng.paretovariate(0.6)))]
