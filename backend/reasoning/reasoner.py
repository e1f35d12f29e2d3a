"""Carrying out a piece of work: propose steps with a generator, judge them with verifiers."""

import asyncio
import logging
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from backend.models.errors import BadReply, ContextOverflow, ModelError
from backend.models.protocols import (
    Finish,
    GenerationRequest,
    Generator,
    Judgement,
    ModelStep,
    ModelUsage,
    Prefix,
    Sample,
    SampledStep,
    Stop,
    Verifier,
)
from backend.reasoning.allocation import allocate
from backend.reasoning.answers import ANSWER, extract_answer
from backend.reasoning.checker import AnswerChecker
from backend.reasoning.corrections import corrections
from backend.reasoning.patterns import reasoning_patterns
from backend.search.work import Outcome, ProposedStep, Work, WorkKind, WorkUsage

_LOG: Final = logging.getLogger(__name__)

_STOP_OF: Final = {WorkKind.EXPAND: Stop.STEP, WorkKind.COMPLETE: Stop.ANSWER}

_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")

Chain = tuple[ModelStep, ...]


@dataclass(slots=True)
class _Marks:
    """What the verifiers say of a chain's own steps: scores by verifier name, and values."""

    scores: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    values: list[tuple[float | None, ...]] = field(default_factory=list)

    def value(self, step: int) -> float | None:
        """V(s) after a step: the mean over the value models that judged it."""
        given = [value for values in self.values if (value := values[step]) is not None]
        return sum(given) / len(given) if given else None


@dataclass(slots=True)
class _Bill:
    """What the calls of one piece of work have cost so far."""

    usage: WorkUsage = WorkUsage()

    def add(self, usage: ModelUsage) -> None:
        self.usage = self.usage.plus(usage.generated_tokens, usage.prompt_tokens, usage.calls)


@dataclass(frozen=True, slots=True)
class Reasoner:
    """A generator (others of a pool by name), the verifiers that judge what they write, and what
    knows equal answers.
    """

    generator: Generator
    verifiers: tuple[Verifier, ...]
    checker: AnswerChecker
    pool: Mapping[str, Generator] = field(default_factory=dict)

    @property
    def models(self) -> tuple[Generator | Verifier, ...]:
        """All of them; the generator may be one of the pool too."""
        return (self.generator, *self.pool.values(), *self.verifiers)

    async def carry_out(self, prefix: Prefix, work: Work) -> Outcome:
        """Do the work at the end of `prefix`.

        A prefix too long for a model is an outcome (its failure says so): only this node cannot
        be grown. Every other ModelError is raised: the model itself is in trouble.
        """
        bill = _Bill()
        generator = self.pool[work.model] if work.model else self.generator
        try:
            actions, shares = await _choose_actions(generator, prefix, work, bill)
            # Seeds that follow each other: a server may then draw all samples in one call.
            seeds = tuple(range(work.seed, work.seed + work.n))
            request = GenerationRequest(
                prefix, seeds, _STOP_OF[work.kind], work.temperature, work.max_tokens, actions
            )
            generation = await generator.generate(request)
            bill.add(generation.usage)
            chains = [_as_chain(sample) for sample in generation.samples]
            priors = _priors(generator, chains, shares)
            marks = await self._score(prefix, chains, bill)
        except ContextOverflow as error:
            return Outcome(usage=bill.usage, failure=str(error))
        proposals = tuple(
            self._propose(prefix, work, sample, marks[chain], priors.get(chain[0]))
            for sample, chain in zip(generation.samples, chains, strict=True)
            if chain
        )
        return Outcome(await self._with_keys(proposals), bill.usage)

    async def judge(self, prefix: Prefix, *steps: ModelStep) -> Outcome:
        """Steps that are there already, after `prefix`, as the verifiers see them: one chain.

        Errors and failures are those of `carry_out`.
        """
        bill = _Bill()
        finish = Finish.ANSWER if steps[-1].action == ANSWER else Finish.STEP
        sampled = tuple(SampledStep(step.action, step.text, 0, None) for step in steps)
        sample = Sample(sampled, finish)
        chain = _as_chain(sample)
        try:
            marks = await self._score(prefix, [chain], bill)
        except ContextOverflow as error:
            return Outcome(usage=bill.usage, failure=str(error))
        proposals = (self._propose(prefix, None, sample, marks[chain], None),)
        return Outcome(await self._with_keys(proposals), bill.usage)

    async def _score(
        self, prefix: Prefix, chains: Sequence[Chain], bill: _Bill
    ) -> dict[Chain, _Marks]:
        """What the verifiers say of each distinct chain."""
        distinct = list(dict.fromkeys(chain for chain in chains if chain))
        marks = {chain: _Marks() for chain in distinct}
        if not distinct:
            return marks
        inputs = tuple(Prefix(prefix.problem, prefix.steps + chain) for chain in distinct)
        judgements = await self._judge(inputs)
        start = len(prefix.steps)
        for verifier, judgement in zip(self.verifiers, judgements, strict=True):
            bill.add(judgement.usage)
            for reason in dict.fromkeys(judgement.reasons or ()):
                if reason is not None:
                    _LOG.warning("%s gave no score: %s", verifier.name, reason)
            for chain, given in zip(distinct, judgement.scores, strict=True):
                marks[chain].scores[verifier.name] = tuple(map(_score, given[start:]))
            if judgement.values is not None:
                for chain, values in zip(distinct, judgement.values, strict=True):
                    marks[chain].values.append(tuple(map(_score, values[start:])))
        return marks

    async def _judge(self, inputs: tuple[Prefix, ...]) -> list[Judgement]:
        """What every verifier says; when one fails, the others are not left running."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(v.score(inputs)) for v in self.verifiers]
        except ExceptionGroup as errors:
            # Not `except*`: some releases of Python 3.11 make a group of what is raised in there.
            failed = errors.subgroup(ModelError)
            if failed is None:
                raise
            raise failed.exceptions[0] from errors
        return [task.result() for task in tasks]

    async def _with_keys(
        self, chains: tuple[tuple[ProposedStep, ...], ...]
    ) -> tuple[tuple[ProposedStep, ...], ...]:
        """The chains, each answer with what it has in common with those that mean the same."""
        return tuple([
            tuple([replace(step, answer_key=await self.checker.key(step.answer)) for step in chain])
            for chain in chains
        ])  # fmt: skip

    def _propose(
        self, prefix: Prefix, work: Work | None, sample: Sample, marks: _Marks,
        prior: float | None,
    ) -> tuple[ProposedStep, ...]:  # fmt: skip
        """The sample's steps as the tree takes them; without work a person wrote them."""
        chain = _as_chain(sample)
        steps = prefix.steps + chain
        corrects = corrections(steps)[len(prefix.steps) :]
        proposed = []
        for i, (step, corrected) in enumerate(zip(sample.steps, corrects, strict=True)):
            text = chain[i].text
            last = i == len(sample.steps) - 1
            terminal = last and sample.finish is Finish.ANSWER
            answer = extract_answer(text) if terminal else None
            proposed.append(
                ProposedStep(
                    action=step.action,
                    text=text,
                    tokens=step.tokens,
                    mean_logprob=_mean_logprob(step),
                    prior=prior if i == 0 else None,
                    scores={name: given[i] for name, given in marks.scores.items()},
                    value=marks.value(i),
                    model=(work.model or self.generator.name) if work else "",
                    temperature=work.temperature if work else None,
                    terminal=terminal,
                    answer=answer,
                    # Index 0 of the path is the problem, so the steps start at 1.
                    corrects=None if corrected is None else corrected + 1,
                    patterns=reasoning_patterns(prefix.problem, steps, len(prefix.steps) + i),
                )
            )
        return tuple(proposed)


async def _choose_actions(
    generator: Generator, prefix: Prefix, work: Work, bill: _Bill
) -> tuple[tuple[str, ...] | None, Mapping[str, float]]:
    """One action per sample, and the prior each sample stands for; no prior where the strategy
    or the model itself chooses the actions, or the model does not tell what it would choose.
    """
    if work.actions is not None or not work.by_action:
        return work.actions, {}
    prior, usage = await generator.action_prior(prefix)
    bill.add(usage)
    if prior is None:
        return None, {}
    counts = allocate(prior, work.n)
    actions = tuple(action for action, count in counts.items() for _ in range(count))
    return actions, {action: prior[action] / count for action, count in counts.items()}


def _priors(
    generator: Generator, chains: Sequence[Chain], shares: Mapping[str, float]
) -> dict[ModelStep, float]:
    """The prior of every distinct first step, where the shares of actions are known.

    A step that was sampled twice stands for twice the share of its action's probability. BadReply
    for a step of an action that was not asked for.
    """
    if not shares:
        return {}
    sampled = Counter(chain[0] for chain in chains if chain)
    for step in sampled:
        if step.action not in shares:
            asked = ", ".join(shares)
            raise BadReply(
                f"{generator.name} was asked for steps of {asked} and wrote one of "
                f"{step.action!r}: a generator that tells P(action | state) must write the "
                "actions that it is given"
            )
    return {step: shares[step.action] * n for step, n in sampled.items()}


def _as_chain(sample: Sample) -> Chain:
    return tuple(ModelStep(step.action, _fold(step.text)) for step in sample.steps)


def _fold(text: str) -> str:
    """White space folded, so that the same step is recognised as the same; and what is no text
    (NUL, broken Unicode) replaced, since no database stores it.
    """
    return " ".join(_NO_TEXT.sub("\ufffd", text).split())


def _score(score: float | None) -> float | None:
    """The score if it is one; a number that is none is a score that could not be had."""
    return score if score is not None and 0 <= score <= 1 else None


def _mean_logprob(step: SampledStep) -> float | None:
    if step.logprob is None or not math.isfinite(step.logprob):
        return None
    return step.logprob / max(1, step.tokens)
