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
_FALSE_VERDICT = 0.3
_BENT = 0.6
_END = re.compile(r"(-?[0-9]+)\. It is (-?[0-9]+) and should be (-?[0-9]+): that is wrong\.")
# Larger sums than these a model of tables is not to practise.
_LARGEST = 300


def proof(found: str, worked: str, comes_out: int, due: int) -> str:
    """The text of a check: with `found` put in, as it is `worked` out, one number comes out, and
    another is due.

    Both are said once more side by side, where it is easy to see whether they are equal.
    """
    verdict = HOLDS if comes_out == due else WRONG
    return f"With {found}: {worked}. It is {comes_out} and should be {due}: {verdict}"


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
    """A true proof made false: by its verdict, by a sum that is bent to the number that is due, or
    by another number than is due somewhere.
    """
    start, mark, rest = text.partition(": ")
    numbers = list(_NUMBER.finditer(rest))
    if rng.random() < _FALSE_VERDICT or not numbers:
        worked, _, verdict = text.rpartition(": ")
        return f"{worked}: {WRONG if verdict == HOLDS else HOLDS}"
    if rng.random() < _BENT and (bent := _bent(text)) != text:
        return bent
    chosen = rng.choice(numbers)
    other = slip(rng, int(chosen[0]))
    return f"{start}{mark}{rest[: chosen.start()]}{other}{rest[chosen.end() :]}"


def _bent(text: str) -> str:
    """A proof that says wrong, with its last sum bent so that it seems to hold; else unchanged.

    Whoever expects a proof to hold makes this mistake.
    """
    found = _END.search(text)
    if found is None:
        return text
    last, comes_out, due = found.groups()
    meant = due if last == comes_out else comes_out
    return f"{text[: found.start()]}{meant}. It is {meant} and should be {meant}: {HOLDS}"
