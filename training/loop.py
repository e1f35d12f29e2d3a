"""The training loop both models share: data-parallel workers, schedule, checkpoints, progress."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from training.encoding import NO_LABEL, Example
from training.model import LanguageModel
from training.muon import Muon

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
    """Schedule of one stage; rates are peak learning rates, `minutes` an optional ceiling."""

    name: str
    steps: int
    seed: int
    matrix_rate: float = 0.02
    other_rate: float = 4e-3
    flat: float = 0.45
    label_weight: float = 0.0
    language_weight: float = 1.0
    rows: int = 16
    longest: int = 300
    warmup: int = 60
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker stands: its rank, the number of workers, and the checkpoint file."""

    rank: int
    workers: int
    checkpoint: Path


@dataclass(frozen=True, slots=True)
class LabelTokens:
    """Token ids that say "bad" and "good" at a step's newline."""

    bad: int
    good: int


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
        self._label_ids = torch.tensor([labels.bad, labels.good])
        named = list(model.named_parameters())
        matrices = [p for name, p in named if p.dim() == 2 and "embedding" not in name]
        self._others = [p for name, p in named if p.dim() != 2 or "embedding" in name]
        self._parameters = [p for _, p in named]
        self._muon = Muon(matrices)
        self._adam = torch.optim.AdamW(
            self._others, lr=config.other_rate, betas=(0.9, 0.98), weight_decay=0.0
        )
        self._count = _Counters()

    def run(self) -> dict[str, float]:
        """Train to the end of the schedule; returns steps, tokens (all workers) and seconds."""
        self._resume()
        started = time.monotonic() - self._count.seconds
        report = _Report(self._config, self._count, self._place.rank)
        for batch in self._batches():
            progress = self._progress(time.monotonic() - started)
            if progress >= 1:
                break
            losses = self._update(batch, progress)
            self._count.step += 1
            self._count.tokens += int(batch.used) * self._place.workers
            self._count.seconds = time.monotonic() - started
            report.add(losses)
            if self._count.step % 250 == 0:
                self._save()
        self._save()
        count = self._count
        return {"steps": count.step, "tokens": count.tokens, "seconds": round(count.seconds, 1)}

    def _progress(self, seconds: float) -> float:
        progress = torch.tensor([self._count.step / self._config.steps])
        if self._config.minutes is not None:
            progress[0] = max(progress.item(), seconds / (60 * self._config.minutes))
            if self._place.workers > 1:
                # Clocks differ between workers; all must stop at the same step.
                dist.broadcast(progress, 0)
        return float(progress.item())

    def _batches(self) -> Iterator[Batch]:
        """Batches from the current step on; chunk-wise seeds make a resumed run identical."""
        rows = self._config.rows
        while True:
            chunk, offset = divmod(self._count.step, _CHUNK)
            key = f"{self._config.name}-{self._config.seed}-{self._place.rank}-{chunk}"
            rng = random.Random(key)
            progress = min(1.0, chunk * _CHUNK / self._config.steps)
            drawn: list[Example] = []
            while len(drawn) < rows * _CHUNK:
                example = self._mixture.draw(rng, progress)
                if len(example.ids) <= self._config.longest:
                    drawn.append(example)
            drawn.sort(key=lambda example: len(example.ids))
            groups = [drawn[i : i + rows] for i in range(0, len(drawn), rows)]
            rng.shuffle(groups)
            for group in groups[offset:]:
                yield Batch.of(group)

    def _update(self, batch: Batch, progress: float) -> Tensor:
        config = self._config
        rate = min(1.0, (self._count.step + 1) / config.warmup)
        if progress > config.flat:
            rate *= max(0.01, (1 - progress) / (1 - config.flat))
        loss, parts = self._loss(batch)
        loss.backward()
        if self._place.workers > 1:
            self._average_gradients()
        nn.utils.clip_grad_norm_(self._others, 1.0)
        self._adam.param_groups[0]["lr"] = config.other_rate * rate
        self._muon.step(config.matrix_rate * rate)
        self._adam.step()
        self._model.zero_grad(set_to_none=True)
        return parts

    def _loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        config = self._config
        hidden = self._model.hidden(batch.ids)
        labelled = batch.labels != NO_LABEL
        target = batch.targets != _IGNORED
        if config.label_weight:
            # The newline position belongs to the label where both could be asked of it.
            target &= ~labelled
        language = torch.zeros(())
        if target.any():
            logits = self._model.logits(hidden[target])
            language = F.cross_entropy(logits, batch.targets[target])
        loss = config.language_weight * language
        judged = torch.zeros(())
        if config.label_weight and labelled.any():
            scores = hidden[labelled] @ self._model.embedding.weight[self._label_ids].T
            weights = batch.weights[labelled]
            each = F.cross_entropy(scores, batch.labels[labelled], reduction="none")
            judged = (each * weights).sum() / weights.sum()
            loss = loss + config.label_weight * judged
        return loss, torch.stack([language.detach(), judged.detach()])

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
        saved = torch.load(self._place.checkpoint, weights_only=True)
        self._model.load_state_dict(saved["model"])
        self._muon.load(saved["muon"])
        self._adam.load_state_dict(saved["adam"])
        self._count = _Counters(**saved["count"])

    def _save(self) -> None:
        if self._place.rank != 0:
            return
        count = self._count
        state = {
            "model": self._model.state_dict(),
            "muon": self._muon.state(),
            "adam": self._adam.state_dict(),
            "count": {"step": count.step, "tokens": count.tokens, "seconds": count.seconds},
        }
        # A kill in the middle of writing must not lose the previous checkpoint.
        partial = self._place.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self._place.checkpoint)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded rows: inputs (rows, n), next-token targets (rows, n), step labels and weights."""

    ids: Tensor
    targets: Tensor
    labels: Tensor
    weights: Tensor
    used: int

    @classmethod
    def of(cls, examples: list[Example]) -> Batch:
        """Pad examples to the longest; padding is id 0 behind the end, so no mask is needed."""
        longest = max(len(example.ids) for example in examples)
        shape = (len(examples), longest)
        ids = torch.zeros(shape, dtype=torch.long)
        targets = torch.full(shape, _IGNORED)
        labels = torch.full(shape, NO_LABEL)
        weights = torch.zeros(shape)
        for row, example in enumerate(examples):
            count = len(example.ids)
            ids[row, :count] = torch.tensor(example.ids)
            kept = torch.tensor(example.trained[1:])
            targets[row, : count - 1] = torch.where(kept, ids[row, 1:count], _IGNORED)
            labels[row, :count] = torch.tensor(example.labels)
            weights[row, :count] = torch.tensor(example.weights)
        return cls(ids, targets, labels, weights, sum(len(e.ids) for e in examples))


class _Report:
    """Writes a progress line about every 20 seconds (rank 0 only)."""

    def __init__(self, config: LoopConfig, count: _Counters, rank: int) -> None:
        self._config = config
        self._count = count
        self._silent = rank != 0
        self._sum = torch.zeros(2)
        self._added = 0
        self._next = time.monotonic() + 20

    def add(self, losses: Tensor) -> None:
        """Take in one step's losses (language, label)."""
        self._sum += losses
        self._added += 1
        if self._silent or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 20
        language, judged = (self._sum / self._added).tolist()
        count = self._count
        LOG.info(
            "%s step %d/%d, %.2f M tokens, %.0f s, loss %.4f, label loss %.4f",
            self._config.name,
            count.step,
            self._config.steps,
            count.tokens / 1e6,
            count.seconds,
            language,
            judged,
        )
        self._sum.zero_()
        self._added = 0
