"""Draws tokens from logits, within the grammar of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from backend.models.embedded.checkpoint import Floats
from backend.models.embedded.text import StepTokenizer


class Phase(IntEnum):
    """Where in a step the next token stands, which decides what it may be."""

    ACTION = 0
    FIRST_WORD = 1
    TEXT = 2


@dataclass(frozen=True, slots=True)
class Draw:
    """How to draw one token: from row `row` of the logits, at a temperature (0 is greedy).

    `chance` in [0, 1) decides the draw. `forced` is the token to take whatever its probability.
    """

    row: int
    phase: Phase
    temperature: float
    chance: float
    forced: int | None = None


class Sampler:
    """Draws many tokens at once; what one draw gives does not depend on the others."""

    def __init__(self, tokenizer: StepTokenizer, vocabulary: int) -> None:
        allowed = np.zeros((len(Phase), vocabulary), bool)
        allowed[Phase.ACTION, list(tokenizer.action_ids.values())] = True
        allowed[Phase.TEXT, : tokenizer.known] = True
        allowed[Phase.TEXT, list(tokenizer.reserved - {tokenizer.end})] = False
        allowed[Phase.FIRST_WORD] = allowed[Phase.TEXT]
        # A step says something: it does not end before its first word.
        allowed[Phase.FIRST_WORD, [tokenizer.newline, tokenizer.end]] = False
        self._penalty = np.where(allowed, np.float32(0), np.float32(-np.inf))

    def draw(self, logits: Floats, draws: Sequence[Draw]) -> tuple[list[int], list[float]]:
        """Tokens and their log-probabilities.

        `logits` is (rows, vocabulary). Log-probabilities are the model's own: temperature 1 and
        every token allowed.
        """
        rows = logits[[draw.row for draw in draws]]
        allowed = rows + self._penalty[[draw.phase for draw in draws]]
        tokens = np.where(
            [draw.temperature == 0 for draw in draws],
            allowed.argmax(axis=1),
            _sample(allowed, draws),
        )
        forced = [-1 if draw.forced is None else draw.forced for draw in draws]
        tokens = np.where(np.array(forced) < 0, tokens, forced)
        logprobs = log_softmax(rows)[np.arange(len(draws)), tokens]
        return tokens.tolist(), logprobs.tolist()


def log_softmax(logits: Floats) -> NDArray[np.float64]:
    """Log-probabilities of rows of logits."""
    shifted = (logits - np.maximum.reduce(logits, axis=1, keepdims=True)).astype(np.float64)
    normal: NDArray[np.float64] = shifted - np.log(
        np.add.reduce(np.exp(shifted), axis=1, keepdims=True)
    )
    return normal


def _sample(logits: Floats, draws: Sequence[Draw]) -> NDArray[np.intp]:
    """Draw from softmax(logits / temperature) by inverting its distribution function."""
    temperature = np.array([draw.temperature or 1.0 for draw in draws])[:, None]
    top = np.maximum.reduce(logits, axis=1, keepdims=True)
    # A tiny temperature may push the others to -inf, where exp is 0, as it should be.
    with np.errstate(over="ignore"):
        weights = np.exp((logits - top).astype(np.float64) / temperature)
    reached = np.cumsum(weights, axis=1)
    total = reached[:, -1:]
    chance = np.array([draw.chance for draw in draws])[:, None]
    # Rounding must not lift the mark to the total, where no token would be above it.
    mark = np.minimum(chance * total, np.nextafter(total, 0))
    first_above: NDArray[np.intp] = (reached > mark).argmax(axis=1)
    return first_above
