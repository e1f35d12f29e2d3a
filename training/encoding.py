"""From text pieces to token ids with loss marks: the one example format of both models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from training.tasks.core import END, Step, render_prompt

NO_LABEL = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: whether its tokens carry language loss, and a label at its newline."""

    text: str
    trained: bool = False
    label: bool | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One training sequence of n tokens.

    `trained[i]` says whether token i is a language-model target; `labels[i]` is 1 (good step),
    0 (bad step) or NO_LABEL and stands at the newline that ends the step; `weights[i]` scales
    that label's loss.
    """

    ids: list[int]
    trained: list[bool]
    labels: list[int]
    weights: list[float]


def encode_pieces(tokenizer: Tokenizer, pieces: Sequence[Piece]) -> Example:
    """Tokenize each piece on its own (no merge crosses a piece) and lay the marks beside it."""
    example = Example([], [], [], [])
    after_bad = False
    for piece, encoding in zip(
        pieces, tokenizer.encode_batch([piece.text for piece in pieces]), strict=True
    ):
        count = len(encoding.ids)
        example.ids.extend(encoding.ids)
        example.trained.extend([piece.trained] * count)
        label = NO_LABEL if piece.label is None else int(piece.label)
        example.labels.extend([NO_LABEL] * (count - 1) + [label])
        # Steps after a standing mistake are bad for a trivial reason: they teach less.
        weight = 0.3 if label == 0 and after_bad else 1.0
        example.weights.extend([weight] * count)
        if label != NO_LABEL:
            after_bad = label == 0
    return example


def trace_pieces(prompt: str, steps: Sequence[Step]) -> list[Piece]:
    """A reference trace as pieces: prompt, one piece per step, end mark."""
    lines = [Piece(f"{step.line}\n", trained=step.trained, label=step.good) for step in steps]
    return [Piece(render_prompt(prompt)), *lines, Piece(END, trained=True)]


def labelled_pieces(prompt: str, lines: Sequence[str], labels: Sequence[bool]) -> list[Piece]:
    """Sampled lines with checker labels as pieces, without language loss."""
    steps = [Piece(f"{line}\n", label=good) for line, good in zip(lines, labels, strict=True)]
    return [Piece(render_prompt(prompt)), *steps]
