"""Batched sampling from the generator and batched step scoring with the PRM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from training.model import Block, LanguageModel
from training.tasks.core import ANSWER, END, ENDS_RIGHT, ENDS_WRONG, render_prompt
from training.tokenizer import token_id

NEWLINE = "Ċ"
_BATCH = 128
_CROWDED = 0.75


@dataclass(frozen=True, slots=True)
class Sample:
    """One sampled trace: its lines and the model's own log-probability of it (natural log)."""

    lines: list[str]
    log_probability: float
    tokens: int


@dataclass(slots=True)
class _Rows:
    """Running batch: which prompt each row belongs to, where it stands and what it attends to."""

    owners: Tensor
    positions: Tensor
    keys: list[Tensor]
    values: list[Tensor]
    logits: Tensor

    def keep(self, chosen: Tensor) -> None:
        self.owners, self.positions = self.owners[chosen], self.positions[chosen]
        self.keys = [key[chosen] for key in self.keys]
        self.values = [value[chosen] for value in self.values]


class Sampler:
    """Samples up to the answer; the same seed and the same prompts give the same samples."""

    def __init__(self, model: LanguageModel, tokenizer: Tokenizer, longest: int = 300) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._longest = longest
        self._end = token_id(tokenizer, END)
        self._answer = token_id(tokenizer, ANSWER)
        self._newline = token_id(tokenizer, NEWLINE)

    def run(self, problems: Sequence[str], temperature: float, seed: int) -> list[Sample]:
        """One sample per problem statement, in order; temperature 0 is greedy."""
        texts = [render_prompt(text) for text in problems]
        samples: list[Sample] = self.continue_from(texts, temperature, seed)
        return samples

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def continue_from(self, texts: Sequence[str], temperature: float, seed: int) -> list[Sample]:
        """One continuation per text (prompt and perhaps whole lines), to the end of the trace."""
        prompts = [self._tokenizer.encode(text).ids for text in texts]
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        generator = torch.Generator(torch.get_default_device()).manual_seed(seed)
        samples: dict[int, Sample] = {}
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            batch = self._batch([prompts[index] for index in chosen], temperature, generator)
            samples.update(zip(chosen, batch, strict=True))
        return [samples[index] for index in range(len(prompts))]

    def _batch(
        self, prompts: list[list[int]], temperature: float, generator: torch.Generator
    ) -> list[Sample]:
        rows = self._prefill(prompts)
        ids = torch.full((len(prompts), self._longest), self._end)
        total = torch.zeros(len(prompts))
        alive = torch.ones(len(prompts), dtype=torch.bool)
        answering = torch.zeros(len(prompts), dtype=torch.bool)
        for place in range(self._longest):
            log_probabilities = torch.log_softmax(rows.logits, -1)
            chosen = _choose(log_probabilities, temperature, generator)
            gained = log_probabilities.gather(1, chosen[:, None])[:, 0]
            # A finished row may still be in the batch; what it samples does not count.
            ids[rows.owners[alive], place] = chosen[alive]
            total[rows.owners[alive]] += gained[alive]
            answering |= chosen == self._answer
            alive &= (chosen != self._end) & ~(answering & (chosen == self._newline))
            alive &= rows.positions < self._model.config.length
            left = int(alive.sum())
            if left == 0:
                break
            # Dropping finished rows copies the whole cache, so it waits until it pays.
            if left < _CROWDED * len(alive):
                rows.keep(alive.nonzero()[:, 0])
                chosen, answering, alive = chosen[alive], answering[alive], alive[alive]
            self._advance(rows, chosen)
        return [self._sample(row, value) for row, value in zip(ids, total.tolist(), strict=True)]

    def _sample(self, row: Tensor, total: float) -> Sample:
        ids = row.tolist()
        count = ids.index(self._end) if self._end in ids else len(ids)
        text = self._tokenizer.decode(ids[:count], skip_special_tokens=False)
        lines = [line for line in text.split("\n") if line.strip()]
        return Sample(lines, total, count + 1)

    def _prefill(self, prompts: list[list[int]]) -> _Rows:
        """Run the prompts (padded on the right, which causal attention never looks at)."""
        model, config = self._model, self._model.config
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        longest = int(lengths.max())
        ids = torch.zeros(len(prompts), longest, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
        room = min(config.length, longest + self._longest)
        shape = (len(prompts), config.heads, room, config.head_size)
        keys = [torch.zeros(shape) for _ in range(config.layers)]
        values = [torch.zeros(shape) for _ in range(config.layers)]
        x = model.embedding(ids)
        for layer, block in enumerate(model.blocks):
            assert isinstance(block, Block)
            q, k, v = block.project(x, model.cos[:longest], model.sin[:longest])
            keys[layer][:, :, :longest], values[layer][:, :, :longest] = k, v
            x = block.finish(x, F.scaled_dot_product_attention(q, k, v, is_causal=True))
        last = x[torch.arange(len(prompts)), lengths - 1]
        return _Rows(torch.arange(len(prompts)), lengths, keys, values, self._logits(last))

    def _advance(self, rows: _Rows, chosen: Tensor) -> None:
        """Feed one token per row; `rows.positions` is where that token goes."""
        model = self._model
        # A row that is full is finished: what it is fed does not count.
        positions = rows.positions.clamp(max=model.config.length - 1)
        room = int(positions.max()) + 1
        mask = (torch.arange(room) <= positions[:, None])[:, None, None]
        cos, sin = model.cos[positions][:, None], model.sin[positions][:, None]
        index = torch.arange(len(chosen))
        x = model.embedding(chosen)[:, None]
        for layer, block in enumerate(model.blocks):
            assert isinstance(block, Block)
            q, k, v = block.project(x, cos, sin)
            key, value = rows.keys[layer], rows.values[layer]
            key[index, :, positions], value[index, :, positions] = k[:, :, 0], v[:, :, 0]
            attended = F.scaled_dot_product_attention(
                q, key[:, :, :room], value[:, :, :room], attn_mask=mask
            )
            x = block.finish(x, attended)
        rows.positions = rows.positions + 1
        rows.logits = self._logits(x[:, 0])

    def _logits(self, states: Tensor) -> Tensor:
        model = self._model
        return model.logits(F.rms_norm(states, (model.config.width,), model.norm, 1e-5))


def _choose(log_probabilities: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
    if temperature == 0:
        return log_probabilities.argmax(-1)
    probabilities = torch.softmax(log_probabilities / temperature, -1)
    return torch.multinomial(probabilities, 1, generator=generator)[:, 0]


@dataclass(frozen=True, slots=True)
class StepScores:
    """Per line of a trace: P(the step is correct) and the value, P(the trace ends right)."""

    correct: list[float]
    value: list[float]


class StepScorer:
    """Judges every line of a trace, at the newline that ends it."""

    def __init__(self, model: LanguageModel, tokenizer: Tokenizer) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._newline = token_id(tokenizer, NEWLINE)
        names = ("-", "+", ENDS_WRONG, ENDS_RIGHT)
        self._labels = [token_id(tokenizer, name) for name in names]

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def run(self, traces: Sequence[tuple[str, list[str]]]) -> list[StepScores]:
        """Scores (0 to 1) of (problem statement, lines) pairs, in order."""
        encoded = [
            self._tokenizer.encode(render_prompt(text) + "".join(f"{line}\n" for line in lines)).ids
            for text, lines in traces
        ]
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
        scores: dict[int, StepScores] = {}
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            batch = self._batch([encoded[index][: self._model.config.length] for index in chosen])
            scores.update(zip(chosen, batch, strict=True))
        return [scores[index] for index in range(len(encoded))]

    def _batch(self, rows: list[list[int]]) -> list[StepScores]:
        ids = torch.zeros(len(rows), max(len(row) for row in rows), dtype=torch.long)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
        hidden = self._model.hidden(ids)
        logits = hidden @ self._model.embedding.weight[self._labels].T
        correct = torch.softmax(logits[..., :2], -1)[..., 1]
        value = torch.softmax(logits[..., 2:], -1)[..., 1]
        ends = ids == self._newline
        return [
            StepScores(correct[index][ends[index]].tolist(), value[index][ends[index]].tolist())
            for index in range(len(rows))
        ]
