"""Slips of the keyboard: what people type when nobody corrects it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from training.tasks.word_types import TELLING_WORDS

_WORD = re.compile(r"(?<![A-Za-z'])[a-z]{4,}(?![A-Za-z'])")
_FIRST = re.compile(r"(?<=[.?] )[A-Z]")
_I = re.compile(r"\bI\b")
_SLIPPED = 0.15


def slipped(rng: random.Random, text: str) -> str:
    """A text with, now and then, one or two slips; numbers stay as they are."""
    if rng.random() >= _SLIPPED:
        return text
    for slip in rng.sample(_SLIPS, rng.choice((1, 1, 2))):
        text = slip(rng, text)
    return text


def _small(rng: random.Random, text: str) -> str:
    """No capitals at the start of sentences, nor for I."""
    del rng
    text = _FIRST.sub(lambda found: found[0].lower(), text)
    return _I.sub("i", text[0].lower() + text[1:])


def _no_end(rng: random.Random, text: str) -> str:
    del rng
    return text.rstrip(".?")


def _no_comma(rng: random.Random, text: str) -> str:
    del rng
    return text.replace(",", "", 1)


def _no_apostrophe(rng: random.Random, text: str) -> str:
    del rng
    return text.replace("'", "")


def _letters(rng: random.Random, text: str) -> str:
    """One word with two letters swapped, one doubled or one left out; no number in words."""
    words = [found for found in _WORD.finditer(text) if found[0] not in TELLING_WORDS]
    if not words:
        return text
    found = rng.choice(words)
    word, at = found[0], rng.randrange(1, len(found[0]) - 1)
    wrong = rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
        )
    )
    return text[: found.start()] + wrong + text[found.end() :]


_SLIPS: tuple[Callable[[random.Random, str], str], ...] = (
    _small,
    _no_end,
    _no_comma,
    _no_apostrophe,
    _letters,
    _letters,
)
