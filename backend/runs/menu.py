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


# Held out from training. Some come out right with one strategy and wrong with the other.
EXAMPLES: tuple[Example, ...] = (
    Example(
        "Game of 24: 7, 11, 4, 7", "Get 24 using the numbers 7, 11, 4 and 7.", "7 * 4 - 11 + 7"
    ),
    Example("Game of 24: 11, 4, 3, 3", "Make 24 using 11, 4, 3 and 3.", "11 + 4 + 3 * 3"),
    Example(
        "Game of 24, a hard one", "How can you make 24 from 10, 5, 2 and 3?", "(10 + 2) * (5 - 3)"
    ),
    Example(
        "Change at the shop",
        "Mia pays 6 dollars each for 4 beads and 8 dollars each for 8 shells. Mia pays with 100 "
        "dollars. How much change is given?",
        "12",
    ),
    Example(
        "Bags of marbles",
        "Tom has 13 marbles and Ivy has 2 times as many. They put them together. Then the number "
        "of marbles grows to 4 times as many. Then Tom gives away 54 marbles. Ivy lives at number "
        "3. Then Tom loses half of the marbles. Tom packs the marbles into bags of 3. How many "
        "bags are there in the end?",
        "17",
    ),
    Example(
        "Crates of beads",
        "Sam owns 3 crates. Each of them holds 12 beads. Then half of the beads are sold. After "
        "that, Sam buys 35 more beads. Then 13 beads are lost. Then 30 percent of the beads get "
        "lost. How many beads are there now?",
        "28",
    ),
)
