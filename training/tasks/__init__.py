"""The tasks the embedded models are trained on: fresh problems, reference traces, checkers.

Imports without torch, so the app and the tests use it for example problems and for checking.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from training.tasks.core import Step, TraceStyle, Verdict
from training.tasks.family import Family, Problem
from training.tasks.game24_family import GAME24
from training.tasks.linear_family import LINEAR
from training.tasks.word_family import WORD

# Any: families of different problem types stand side by side; each gets only its own problems.
FAMILIES: MappingProxyType[str, Family[Any]] = MappingProxyType(
    {family.name: family for family in (GAME24, WORD, LINEAR)}
)

__all__ = ["FAMILIES", "Family", "Problem", "Step", "TraceStyle", "Verdict", "family_of"]


def family_of(problem: Problem) -> Family[Any]:
    """The family a problem belongs to."""
    return FAMILIES[problem.family]
