"""Scripted models: deterministic per seed, with faults and delays that tests control."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from backend.models.errors import ModelError
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
    Writing,
)

ACTIONS = ("restate", "decompose", "solve", "check", "correct", "answer")


@dataclass
class ScriptedGenerator:
    """Writes numbered steps; what it writes depends on prefix and seed only.

    `before`: awaited before each call (to delay, to block, to fail). `depth`: steps to an answer.
    `answers`: what it answers; numbers where there are none.
    """

    depth: int = 4
    name: str = "scripted-generator"
    actions: tuple[str, ...] = ACTIONS
    variety: int = 50
    answers: tuple[str, ...] = ()
    before: Callable[[], object] | None = None
    calls: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    requests: Counter[tuple[Prefix, tuple[int, ...]]] = field(default_factory=Counter)

    async def generate(self, request: GenerationRequest) -> Generation:
        self.calls += 1
        self.requests[request.prefix, request.seeds] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self._hooks()
        finally:
            self.in_flight -= 1
        actions = request.actions or (None,) * len(request.seeds)
        samples = tuple(
            self._sample(request, seed, action)
            for seed, action in zip(request.seeds, actions, strict=True)
        )
        tokens = sum(step.tokens for sample in samples for step in sample.steps)
        return Generation(samples, ModelUsage(10 + len(request.prefix.steps), tokens, 1))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        last = len(prefix.steps) + 1 >= self.depth
        prior = {"solve": 0.1, "check": 0.05, "correct": 0.05, "answer": 0.8}
        if not last:
            prior = {"solve": 0.7, "check": 0.2, "correct": 0.1, "answer": 0.0}
        return prior, ModelUsage(10, 0, 1)

    async def _hooks(self) -> None:
        await asyncio.sleep(0)
        if self.before is not None:
            result = self.before()
            if asyncio.iscoroutine(result) or isinstance(result, asyncio.Future):
                await result

    def _sample(self, request: GenerationRequest, seed: int, action: str | None) -> Sample:
        rng = Random(seed)
        steps: list[SampledStep] = []
        done = len(request.prefix.steps)
        while True:
            done += 1
            chosen = "answer" if done >= self.depth else "solve"
            if action and not steps:
                chosen = action
            n = rng.randrange(self.variety)
            answer = self.answers[n % len(self.answers)] if self.answers else n
            text = f"Answer: {answer}" if chosen == "answer" else f"{chosen} {n} at {done}"
            steps.append(SampledStep(chosen, text, 5, -1.0))
            if chosen == "answer":
                return Sample(tuple(steps), Finish.ANSWER)
            if request.stop is Stop.STEP:
                return Sample(tuple(steps), Finish.STEP)


@dataclass
class ScriptedWriter(ScriptedGenerator):
    """One that can be told in words too. `says`: what it then writes; an error is raised."""

    name: str = "scripted-writer"
    says: str | ModelError = "It adds, and comes to 2."
    finished: bool = True
    told: list[tuple[str, str]] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)

    async def write(
        self, system: str, user: str, *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Writing:
        self.told.append((system, user))
        self.seeds.append(seed)
        self.calls += 1
        await self._hooks()
        if isinstance(self.says, ModelError):
            raise self.says
        return Writing(self.says, self.finished, ModelUsage(20, 7, 1))


@dataclass
class ScriptedVerifier:
    """Scores each step by a hash of its text that is stable across processes."""

    name: str = "scripted-prm"
    fail: ModelError | None = None

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        await asyncio.sleep(0)
        if self.fail is not None:
            raise self.fail
        scores = tuple(tuple(step_score(s.text) for s in chain.steps) for chain in chains)
        return Judgement(scores, ModelUsage(sum(map(len, scores)) * 5, 0, 1))


def step_score(text: str) -> float:
    """A number in [0, 1] that depends on the text only."""
    return Random(text).random()
