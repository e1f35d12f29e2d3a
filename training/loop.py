"""The training loop both models share: data-parallel workers, schedule, checkpoints, progress."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
import torch.distributed as dist
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from training import progress
from training.encoding import NO_LABEL, Example
from training.model import LanguageModel
from training.optimizer import Optimizer, Rates
from training.precision import products
from training.tasks.core import ENDS_RIGHT, ENDS_WRONG, TAGS
from training.tokenizer import token_id

LOG = logging.getLogger("training")
_CHUNK = 12
_IGNORED = -100


class Mixture(Protocol):
    """A source of examples."""

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example at a point (0 to 1) of the training."""
        ...


@dataclass(frozen=True, slots=True)
class LoopConfig:
    """Schedule and losses of one stage.

    The rate goes `warmup` steps up, stays flat until that share of the steps, then falls linearly
    to 1 %; `flat` = 1 never falls, so that the stage can be continued. `new_layers`: how many of
    the topmost layers start with the stage. The loss is language_weight * language + label_weight *
    (correct + value). `averaged`: how much of the running mean of the weights each step keeps; the
    stage then ends with that mean, which is as good as a fall of the rate and leaves the stage as
    it was (0: no mean). `policy_weight`: of the cross-entropy with the shares that the next thought
    action should have.
    """

    name: str
    steps: int
    seed: int
    rates: Rates = field(default_factory=Rates)
    new_layers: int = 0
    flat: float = 0.45
    language_weight: float = 1.0
    label_weight: float = 0.3
    averaged: float = 0.0
    policy_weight: float = 1.0
    rows: int = 16
    longest: int = 448
    warmup: int = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker stands: its rank, the number of workers, and the checkpoint file."""

    rank: int
    workers: int
    checkpoint: Path


@dataclass(frozen=True, slots=True)
class LabelTokens:
    """Token ids of (bad, good) whose balance at a newline is a judgement, and those of TAGS."""

    correct: tuple[int, int]
    value: tuple[int, int]
    tags: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> LabelTokens:
        """The label and action tokens of the project's tokenizer."""
        bad, good = token_id(tokenizer, "-"), token_id(tokenizer, "+")
        wrong, right = token_id(tokenizer, ENDS_WRONG), token_id(tokenizer, ENDS_RIGHT)
        return cls((bad, good), (wrong, right), tuple(token_id(tokenizer, tag) for tag in TAGS))


@dataclass(slots=True)
class _Counters:
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


class Trainer:
    """One worker of a stage; every worker holds the same weights and sees other examples."""

    def __init__(
        self,
        model: LanguageModel,
        mixture: Mixture,
        config: LoopConfig,
        place: Place,
        labels: LabelTokens,
    ) -> None:
        self._model = model
        self._mixture = mixture
        self._config = config
        self._place = place
        self._labels = labels
        named = list(model.named_parameters())
        self._parameters = [p for _, p in named]
        self._mean = {name: p.detach().clone() for name, p in named}
        self._optimizer = Optimizer(model, config.rates, config.new_layers)
        self._count = _Counters()

    def run(self) -> dict[str, float]:
        """Train to the end of the schedule; returns steps, tokens (all workers) and seconds."""
        self._resume()
        count, config = self._count, self._config
        started = time.monotonic() - count.seconds
        report = _Report(config, count)
        batches = self._batches()
        with progress.bar(config.name, config.steps, silent=self._place.rank != 0) as advance:
            advance(count.step)
            while count.step < config.steps:
                batch = next(batches)
                losses = self._update(batch, count.step / config.steps)
                count.step += 1
                count.tokens += batch.used * self._place.workers
                count.seconds = time.monotonic() - started
                report.add(losses, silent=self._place.rank != 0)
                advance(1)
                if count.step % 250 == 0:
                    self._save()
        self._save()
        if config.averaged:
            self._model.load_state_dict(self._mean)
        return {"steps": count.step, "tokens": count.tokens, "seconds": round(count.seconds, 1)}

    def _batches(self) -> Iterator[Batch]:
        """Batches from the current step on; chunk-wise seeds make a resumed run identical."""
        rows = self._config.rows
        while True:
            chunk, offset = divmod(self._count.step, _CHUNK)
            key = f"{self._config.name}-{self._config.seed}-{self._place.rank}-{chunk}"
            rng = random.Random(key)
            done = min(1.0, chunk * _CHUNK / self._config.steps)
            drawn: list[Example] = []
            while len(drawn) < rows * _CHUNK:
                example = self._mixture.draw(rng, done)
                if len(example.ids) <= self._config.longest:
                    drawn.append(example)
            drawn.sort(key=lambda example: len(example.ids))
            groups = [drawn[i : i + rows] for i in range(0, len(drawn), rows)]
            # All workers take their short ones together, or each step waits for somebody's longest.
            shared = random.Random(f"{self._config.name}-{self._config.seed}-{chunk}")
            shared.shuffle(groups)
            for group in groups[offset:]:
                yield Batch.of(group)

    def _update(self, batch: Batch, done: float) -> Tensor:
        config = self._config
        rate = min(1.0, (self._count.step + 1) / config.warmup)
        if done > config.flat:
            rate *= max(0.01, (1 - done) / (1 - config.flat))
        with products():
            loss, parts = self._loss(batch)
        loss.backward()
        if self._place.workers > 1:
            self._average_gradients()
        self._optimizer.step(rate)
        self._model.zero_grad(set_to_none=True)
        self._average_weights()
        return parts

    def _loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        config = self._config
        hidden = self._model.hidden(batch.ids)
        target = batch.targets != _IGNORED
        language = torch.zeros(())
        if target.any():
            logits = self._model.logits(hidden[target])
            language = F.cross_entropy(logits, batch.targets[target])
        correct = self._judgement(hidden, batch.correct, batch.weights, self._labels.correct)
        value = self._judgement(hidden, batch.value, batch.weights, self._labels.value)
        loss = config.language_weight * language + config.label_weight * (correct + value)
        if len(batch.policy_rows):
            loss = loss + config.policy_weight * self._policy(hidden, batch)
        return loss, torch.stack([language.detach(), correct.detach(), value.detach()])

    def _policy(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy of the action prior with its targets (AlphaZero's policy loss)."""
        logits = self._model.logits(hidden[batch.policy_rows, batch.policy_columns])
        prior = torch.log_softmax(logits, -1)[:, list(self._labels.tags)]
        loss: Tensor = -(batch.policy * prior).sum(-1).mean()
        return loss

    def _judgement(
        self, hidden: Tensor, labels: Tensor, weights: Tensor, pair: tuple[int, int]
    ) -> Tensor:
        """Weighted mean cross-entropy of one label pair where there are labels."""
        labelled = labels != NO_LABEL
        if not labelled.any():
            return torch.zeros(())
        scores = (hidden[labelled] @ self._model.embedding.weight[list(pair)].T).float()
        each = F.cross_entropy(scores, labels[labelled], reduction="none")
        chosen = weights[labelled]
        judged: Tensor = (each * chosen).sum() / chosen.sum()
        return judged

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _average_weights(self) -> None:
        if not self._config.averaged:
            return
        # A young mean must not remember where training began.
        kept = min(self._config.averaged, (1 + self._count.step) / (10 + self._count.step))
        for name, parameter in self._model.named_parameters():
            self._mean[name].lerp_(parameter, 1 - kept)

    def _average_gradients(self) -> None:
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        flat = torch.cat([gradient.view(-1) for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self._place.workers
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()

    def _resume(self) -> None:
        if not self._place.checkpoint.exists():
            return
        saved = torch.load(self._place.checkpoint, weights_only=True, map_location=_device())
        self._model.load_state_dict(saved["model"])
        self._mean = saved["mean"]
        self._optimizer.load(saved["optimizer"])
        self._count = _Counters(**saved["count"])

    def _save(self) -> None:
        if self._place.rank != 0:
            return
        count = self._count
        state = {
            "model": self._model.state_dict(),
            "mean": self._mean,
            "optimizer": self._optimizer.state(),
            "count": {"step": count.step, "tokens": count.tokens, "seconds": count.seconds},
        }
        # A kill in the middle of writing must not lose the previous checkpoint.
        partial = self._place.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self._place.checkpoint)


def _device() -> torch.device:
    return torch.get_default_device()


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded rows, each (rows, n): inputs, next-token targets, step labels and their weights.

    `policy` (k, tags) are the targets of the next action at k places (row, column).
    """

    ids: Tensor
    targets: Tensor
    correct: Tensor
    value: Tensor
    weights: Tensor
    policy_rows: Tensor
    policy_columns: Tensor
    policy: Tensor
    used: int

    @classmethod
    def of(cls, examples: list[Example]) -> Batch:
        """Pad examples to the longest; padding is id 0 behind the end, so no mask is needed."""
        longest = max(len(example.ids) for example in examples)
        shape = (len(examples), longest)
        ids = torch.zeros(shape, dtype=torch.long)
        targets = torch.full(shape, _IGNORED)
        correct = torch.full(shape, NO_LABEL)
        value = torch.full(shape, NO_LABEL)
        weights = torch.zeros(shape)
        for row, example in enumerate(examples):
            count = len(example.ids)
            ids[row, :count] = torch.tensor(example.ids)
            kept = torch.tensor(example.trained[1:])
            targets[row, : count - 1] = torch.where(kept, ids[row, 1:count], _IGNORED)
            correct[row, :count] = torch.tensor(example.correct)
            value[row, :count] = torch.tensor(example.value)
            weights[row, :count] = torch.tensor(example.weights)
        places = [(row, *target) for row, e in enumerate(examples) for target in e.policy]
        return cls(
            ids,
            targets,
            correct,
            value,
            weights,
            torch.tensor([row for row, _, _ in places], dtype=torch.long),
            torch.tensor([column for _, column, _ in places], dtype=torch.long),
            torch.tensor([shares for _, _, shares in places]),
            sum(len(e.ids) for e in examples),
        )


class _Report:
    """Writes a progress line about every 20 seconds (rank 0 only)."""

    def __init__(self, config: LoopConfig, count: _Counters) -> None:
        self._config = config
        self._count = count
        self._sum = torch.zeros(3)
        self._added = 0
        self._next = time.monotonic() + 20

    def add(self, losses: Tensor, *, silent: bool) -> None:
        """Take in one step's losses (language, correct, value)."""
        self._sum += losses
        self._added += 1
        if silent or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 20
        language, correct, value = (self._sum / self._added).tolist()
        count = self._count
        LOG.info(
            "%s step %d/%d, %.2f M tokens, %.0f s, loss %.4f, correct %.4f, value %.4f",
            self._config.name,
            count.step,
            self._config.steps,
            count.tokens / 1e6,
            count.seconds,
            language,
            correct,
            value,
        )
        self._sum.zero_()
        self._added = 0
