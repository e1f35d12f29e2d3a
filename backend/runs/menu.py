"""What people can choose from: strategies, models, examples."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.models.protocols import Described, Generator, ProblemKind, Specialist, Verifier, Writer
from backend.search.strategies.registry import STRATEGIES
from backend.search.strategy import JudgedSettings, StrategySettings


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy as people choose it; `settings` is a JSON schema, `needs_actions` the thought
    actions that the generator has to know.
    """

    name: str
    title: str
    summary: str
    source: str
    needs_actions: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """A generator as people choose it: the thought actions that it knows. `writes`: it can be told
    in words what to do, such as to sum up a path. `knows`: the only kinds of problems that it
    knows; empty where it takes any.
    """

    name: str
    actions: tuple[str, ...]
    writes: bool
    knows: tuple[ProblemKind, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifierInfo:
    """A verifier as people choose it: what its scores mean, where it says so. `uncalibrated`: they
    order steps only.
    """

    name: str
    about: str
    uncalibrated: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A problem that the embedded models know how to tackle."""

    title: str
    problem: str
    reference_answer: str


@cache
def strategies() -> tuple[StrategyInfo, ...]:
    """All strategies; the first is the default."""
    return tuple(
        StrategyInfo(
            kind.name,
            kind.title,
            kind.summary,
            kind.source,
            kind.needs_actions,
            _schema(kind.settings_type),
        )
        for kind in STRATEGIES.values()
    )


def generator_info(generator: Generator) -> GeneratorInfo:
    """What a generator can do."""
    knows = generator.knows if isinstance(generator, Specialist) else ()
    return GeneratorInfo(generator.name, generator.actions, isinstance(generator, Writer), knows)


def verifier_info(verifier: Verifier) -> VerifierInfo:
    """What a verifier says of itself."""
    if isinstance(verifier, Described):
        return VerifierInfo(verifier.name, verifier.about, verifier.uncalibrated)
    return VerifierInfo(verifier.name, "", uncalibrated=False)


def _schema(settings: type[StrategySettings]) -> dict[str, Any]:
    """The settings' JSON schema: what is a strategy's own first, what all share last."""
    schema = settings.model_json_schema()
    shared = JudgedSettings.model_fields.keys()
    fields = sorted(schema["properties"].items(), key=lambda field: field[0] in shared)
    return {**schema, "properties": dict(fields)}


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
        "Groups of walkers",
        "A club has 120 children. 20 percent of them come by car. Then 16 of them come by train, "
        "and all the rest walk. The children who walk go in groups of 10. What is the number of "
        "groups?",
        "8",
    ),
    Example(
        "Beads of three people",
        "6 more beads belong to Sam than to Theo. The number of beads Theo has is 4 times that of "
        "Aroha. Aroha owns 9 beads. How many beads does Aroha need to have as many as Sam?",
        "33",
    ),
    Example(
        "Crayons, told from the end",
        "Some crayons are in the bag of Anna. Later Amelie takes 28 crayons home. Later Anna gives "
        "away 10 crayons. Then Anna gets 41 more crayons. In the end Anna has 68 crayons. How many "
        "crayons were there at the start?",
        "65",
    ),
    Example("Equation: x on both sides", "4x + 18 = 7x + 39. Find x", "-7"),
    Example("Equation with a bracket", "Find x such that 3(x - 1) = 42.", "15"),
)
