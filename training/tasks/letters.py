"""Equations in any letter: models and checkers read and write x, people their own letter."""

from __future__ import annotations

import re

_LONGEST = 2000
# A letter next to a number or a sign of arithmetic; in words letters stand next to letters.
_IN_FORMULA = re.compile(
    r"(?:(?<=[0-9)])\s?|(?<=[-+−–*/×·⋅=(])\s*)([A-Za-z])(?![A-Za-z])"
    r"|(?<![A-Za-z])([A-Za-z])(?=\s*[-+−–*/×·⋅=^²³])"
)


def unknowns_of(text: str) -> list[str]:
    """The letters that the formulas of a text have, as they are written there first."""
    found = (m[1] or m[2] for m in _IN_FORMULA.finditer(text[:_LONGEST]))
    return list({letter.lower(): letter for letter in reversed([*found])}.values())[::-1]


def unknown_of(text: str) -> str:
    """The one letter that the formulas of a text have; x where they have none, or more than one."""
    found = unknowns_of(text)
    return found[0] if len(found) == 1 else "x"


def in_x(text: str, unknown: str) -> str:
    """A text with x in the place of an unknown, wherever that stands alone or in a formula."""
    return text if unknown in "xX" else _renamed(text, unknown, "x")


def in_unknown(text: str, unknown: str) -> str:
    """A text about x with the unknown in its place."""
    return text if unknown in "xX" else _renamed(text, "x", unknown)


def _renamed(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![A-Za-z]){old}(?![A-Za-z])", new, text, flags=re.IGNORECASE)
