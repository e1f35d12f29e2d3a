"""How stories are worded: the pairs of neighbouring words that the training's own stories have.

A small model that has met every word of a story, but never in such sentences, writes nonsense
about it. Pairs tell the two apart: of a story like those it was trained on nearly all are known.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from zlib import crc32

from training.tasks.word_family import WORD

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[.?!]")
_STORIES = 20_000
# What is rarer is about an invented name or thing.
_LEAST = 5


def word_places(text: str) -> list[tuple[int, int]]:
    """Where the words, numbers and ends of sentences of a text stand: word n ends pair n."""
    return [match.span() for match in _TOKEN.finditer(text.lower())]


def pairs(text: str) -> list[int]:
    """A number for each pair of neighbours in a text, the same for the same two words; all whole
    numbers are one word.
    """
    found = (match.group() for match in _TOKEN.finditer(text.lower()))
    words = [".", *("0" if word.isdigit() else word for word in found)]
    return [crc32(f"{a} {b}".encode()) for a, b in zip(words, words[1:], strict=False)]


def known_pairs(seed: int, stories: int = _STORIES) -> list[int]:
    """The pairs that so many stories of the training have, in order."""
    rng = random.Random(f"wording-{seed}")
    count: Counter[int] = Counter()
    for _ in range(stories):
        count.update(set(pairs(WORD.make_problem(rng).prompt)))
    return sorted(pair for pair, times in count.items() if times >= _LEAST)
