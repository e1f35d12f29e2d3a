"""What people can choose from: strategies, models, examples."""

from dataclasses import dataclass
from typing import Any

from backend.search.strategies.registry import STRATEGIES


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy as people choose it; `settings` is a JSON schema."""

    name: str
    title: str
    summary: str
    source: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A problem that the embedded models know how to tackle."""

    title: str
    problem: str
    reference_answer: str


def strategies() -> tuple[StrategyInfo, ...]:
    """All strategies; the first is the default."""
    return tuple(
        StrategyInfo(
            kind.name, kind.title, kind.summary, kind.source, kind.settings_type.model_json_schema()
        )
        for kind in STRATEGIES.values()
    )


EXAMPLES: tuple[Example, ...] = (
    Example("Game of 24: 4, 7, 8, 13", "Use 4, 7, 8 and 13 to make 24.", "(13 - 7) * (8 - 4)"),
    Example("Game of 24: 2, 3, 5, 12", "Make 24 from 2, 3, 5 and 12.", "12 / (3 - 5 / 2)"),
    Example(
        "Apples and friends",
        "Tom has 6 boxes with 14 apples in each. Then Tom gives away 24 apples. "
        "Tom shares the apples equally among 5 friends. How many apples does each friend get?",
        "12",
    ),
    Example(
        "At the shop",
        "Mia buys 4 books at 12 dollars each and 3 cards at 5 dollars each. Mia pays with 100 "
        "dollars. How much change is given?",
        "37",
    ),
)
