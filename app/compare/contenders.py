"""Who takes part in a comparison: strategies with settings, as written on the command line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

_UNTIL_BUDGET: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {name: {"n": 4096, "per_call": 1} for name in ("best_of_n", "self_consistency")}
)
"""Settings with which a strategy spends the whole budget instead of a number of samples, and in
pieces so small that it is not cut short before it."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A strategy and the settings it runs with. `label` is how it was written."""

    label: str
    strategy: str
    settings: Mapping[str, Any]


def read_entrant(text: str) -> Entrant:
    """Reads "mcts" or "beam_search:width=8,aggregate=last"; a list as "generators=one+other".

    ValueError for anything else.
    """
    strategy, settings = read_strategy(text)
    return Entrant(text.strip(), strategy, {**_UNTIL_BUDGET.get(strategy, {}), **settings})


def read_strategy(text: str) -> tuple[str, dict[str, Any]]:
    """A strategy's name and the settings written behind it. ValueError for anything else."""
    strategy, colon, rest = text.strip().partition(":")
    settings = {}
    for part in filter(None, rest.split(",")) if colon else ():
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ValueError(f"{text!r}: write settings as name=value, not {part!r}")
        settings[name.strip()] = _value(value.strip())
    return strategy, settings


def _value(text: str) -> Any:
    """A number, true or false where it is one; words joined by + as a list; else the word."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text.split("+") if "+" in text else text
