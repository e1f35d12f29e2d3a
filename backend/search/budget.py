"""Budgets: how much a run may spend, and whether it has."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has used, in the units of its budget. `nodes` leaves the problem out."""

    generated_tokens: int = 0
    prompt_tokens: int = 0
    calls: int = 0
    nodes: int = 0
    seconds: float = 0.0

    def foreseen(self, told: int, in_flight: int) -> "Spent":
        """With the work in flight at the mean price of the `told` pieces of work that came back."""
        if not told:
            return self
        share = 1 + in_flight / told
        return Spent(
            int(self.generated_tokens * share),
            int(self.prompt_tokens * share),
            int(self.calls * share),
            int(self.nodes * share),
            self.seconds,
        )

    def as_dict(self) -> dict[str, float]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


KEYS: Final = tuple(field.name for field in fields(Spent))


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper limits; None: no limit. The first one reached ends the search.

    Work in flight when a limit is reached is finished and counted, so that no call is wasted. What
    it will cost is foreseen from what work has cost so far, so a run passes a limit by little.
    """

    generated_tokens: int | None = None
    prompt_tokens: int | None = None
    calls: int | None = None
    nodes: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, limits: Mapping[str, float]) -> "Budget":
        """From a mapping with some of the keys. ValueError for a limit that is not above 0."""
        for key, limit in limits.items():
            if key not in KEYS:
                raise ValueError(f"unknown budget {key!r}: use {', '.join(KEYS)}")
            if not limit > 0 or (key != "seconds" and limit < 1):
                raise ValueError(f"the budget {key} must be above 0, and whole but for seconds")
        whole = {key: int(limit) for key, limit in limits.items() if key != "seconds"}
        return cls(**whole, seconds=limits.get("seconds"))

    def exhausted_by(self, spent: Spent) -> str | None:
        """The first limit that is reached, None while there is room."""
        for key in KEYS:
            limit = getattr(self, key)
            if limit is not None and getattr(spent, key) >= limit:
                return key
        return None

    def as_dict(self) -> dict[str, float]:
        """The limits that are set, by name."""
        limits = {key: getattr(self, key) for key in KEYS}
        return {key: limit for key, limit in limits.items() if limit is not None}
