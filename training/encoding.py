"""From text pieces to token ids with loss marks: the one example format of both models."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tokenizers import Tokenizer

from training.tasks.core import END, TAGS, Step, render_prompt

NO_LABEL = -1
# Steps after a standing mistake are wrong for a trivial reason: they teach less. A model that shall
# say how often a step is right must meet them as often as they come.
AFTER_MISTAKE = 0.3
# Of the labels inside a piece: many tokens say the same, the first wrong one says the most.
_INSIDE = 0.15
_FIRST_WRONG = 0.6
_FRAYED = 0.35
_CUT = 0.15
# Words of the prompt itself, not of the marks of who speaks.
_WORD = re.compile(r"(?<![|<A-Za-z])[A-Za-z]{4,}(?![|>A-Za-z])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: whether its tokens carry language loss, and the labels at its newline.

    `correct`: is the step right. `value`: does the trace end right from here. `shares`: how
    often each thought action should follow this piece (a tag and its share, sum 1). `right`: what
    the piece should say, where that is known; then every token is labelled, as wrong from where
    the two part, so that a model learns where to look.
    """

    text: str
    trained: bool = False
    correct: bool | None = None
    value: bool | None = None
    shares: dict[str, float] | None = None
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One training sequence of n tokens.

    `trained[i]` says whether token i is a language-model target. `correct[i]` and `value[i]` are
    1, 0 or NO_LABEL and stand at the newline that ends a step, `correct` sometimes at each of its
    tokens; `weights[i]` scales their loss.
    `policy`: (position, share per tag in the order of TAGS) where the next action has a target.
    """

    ids: list[int] = field(default_factory=list)
    trained: list[bool] = field(default_factory=list)
    correct: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    policy: list[tuple[int, list[float]]] = field(default_factory=list)


def encode_pieces(
    tokenizer: Tokenizer, pieces: Sequence[Piece], after_mistake_weight: float = AFTER_MISTAKE
) -> Example:
    """Tokenize each piece on its own (no merge crosses a piece) and lay the marks beside it.

    `after_mistake_weight`: of the labels of wrong steps after another wrong one.
    """
    example = Example()
    after_mistake = False
    encodings = tokenizer.encode_batch([piece.text for piece in pieces])
    for piece, encoding in zip(pieces, encodings, strict=True):
        count = len(encoding.ids)
        example.ids.extend(encoding.ids)
        example.trained.extend([piece.trained] * count)
        silent = [NO_LABEL] * (count - 1)
        weight = after_mistake_weight if piece.correct is False and after_mistake else 1.0
        inside, weights = _inside(piece, encoding.offsets)
        example.correct.extend([*inside, _mark(piece.correct)])
        example.value.extend([*silent, _mark(piece.value)])
        example.weights.extend([*weights, weight])
        if piece.shares is not None:
            shares = [piece.shares.get(tag, 0.0) for tag in TAGS]
            example.policy.append((len(example.ids) - 1, shares))
        if piece.correct is not None:
            after_mistake = not piece.correct
    return example


def frayed(rng: random.Random, pieces: list[Piece]) -> list[Piece]:
    """The pieces with, now and then, some words of the prompt cut in two.

    So looks a word to the models that the tokenizer does not know: visitors write many. What is
    to be copied from the prompt stays whole.
    """
    if rng.random() >= _FRAYED:
        return pieces
    prompt, *rest = pieces
    said = set(_WORD.findall(" ".join(piece.text for piece in rest)))
    cuts = [0]
    for found in _WORD.finditer(prompt.text):
        if found[0] not in said and rng.random() < _CUT:
            cuts.append(found.start() + rng.randrange(2, len(found[0]) - 1))
    ends = [*cuts[1:], len(prompt.text)]
    parts = [prompt.text[start:end] for start, end in zip(cuts, ends, strict=True)]
    return [*(replace(prompt, text=part) for part in parts), *rest]


def trace_pieces(prompt: str, steps: Sequence[Step]) -> list[Piece]:
    """A reference trace as pieces: prompt, one piece per step, end mark."""
    lines = [
        Piece(f"{step.line}\n", step.trained, correct=step.correct, value=step.hopeful)
        for step in steps
    ]
    return [Piece(render_prompt(prompt)), *lines, Piece(END, trained=True)]


def judged_pieces(
    prompt: str,
    lines: Sequence[str],
    correct: Sequence[bool | None],
    value: Sequence[bool | None],
    rights: Sequence[str | None] = (),
) -> list[Piece]:
    """Lines with labels and without language loss; `rights`: what they should say, if known."""
    rights = rights or [None] * len(lines)
    steps = [
        Piece(f"{line}\n", correct=label, value=ends_right, right=right and f"{right}\n")
        for line, label, ends_right, right in zip(lines, correct, value, rights, strict=True)
    ]
    return [Piece(render_prompt(prompt)), *steps]


def _inside(piece: Piece, spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[float]]:
    """Labels and weights of all tokens of a piece but the last; `spans` are their characters."""
    count = len(spans) - 1
    if piece.right is None:
        return [NO_LABEL] * count, [1.0] * count
    same = len(os.path.commonprefix([piece.text, piece.right]))
    if piece.text == piece.right:
        return [1] * count, [_INSIDE] * count
    first = next(index for index, (_, end) in enumerate(spans) if end > same)
    labels = [int(index < first) for index in range(count)]
    return labels, [_FIRST_WRONG if index == first else _INSIDE for index in range(count)]


def _mark(label: bool | None) -> int:
    return NO_LABEL if label is None else int(label)
