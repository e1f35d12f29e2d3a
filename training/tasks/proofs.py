"""Proofs: the number that was found is put into the problem, and what comes out is compared.

To put a number in is easier than to find it, for a person as for a small model, and its sums are
others than those that led to it. So a proof sees mistakes that nobody saw on the way.
"""

from __future__ import annotations

import random
import re

from training.tasks.arithmetic import slip
from training.tasks.claims import HOLDS, WRONG

_FOUND = re.compile(r"With (?:x = )?(-?[0-9]{1,9}): ")
_NUMBER = re.compile(r"[0-9]{1,9}")
BELOW_ZERO = "below 0"
_FALSE_VERDICT = 0.35
# Larger sums than these a model of tables is not to practise.
_LARGEST = 300


def proof(found: str, worked: str, due: str, holds: bool) -> str:
    """The text of a check: `found` put in gives what is `worked` out, and `due` is what should."""
    return f"With {found}: {worked}. It should be {due}: {HOLDS if holds else WRONG}"


def disproof(found: str, worked: str) -> str:
    """The text of a check whose sums, `worked` out so far, cannot be gone on with."""
    return f"With {found}: {worked}: {WRONG}"


def proved_number(text: str) -> int | None:
    """The number that a proof puts in; None where the text is no proof."""
    found = _FOUND.match(text)
    return int(found[1]) if found else None


def has_small_sums(text: str) -> bool:
    """Whether a proof has no number that its sums were not made for."""
    return all(int(found[0]) <= _LARGEST for found in _NUMBER.finditer(text))


def spoiled(rng: random.Random, text: str) -> str:
    """A true proof made false: by another number than is due somewhere, or by its verdict."""
    start, mark, rest = text.partition(": ")
    numbers = list(_NUMBER.finditer(rest))
    if rng.random() < _FALSE_VERDICT or not numbers:
        worked, _, verdict = text.rpartition(": ")
        return f"{worked}: {WRONG if verdict == HOLDS else HOLDS}"
    chosen = rng.choice(numbers)
    other = slip(rng, int(chosen[0]))
    return f"{start}{mark}{rest[: chosen.start()]}{other}{rest[chosen.end() :]}"
