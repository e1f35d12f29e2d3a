"""What a strategy is: settings, and three questions about a tree."""

from enum import StrEnum
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from backend.search.aggregate import Aggregate
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import Outcome, Work


class StrategySettings(BaseModel):
    """Base of every strategy's settings: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stop_at_agreement: int = Field(
        0, ge=0, le=100_000, title="Stop when solutions agree",
        description="End the search once so many solutions have the same answer; 0: never.",
    )  # fmt: skip
    stop_at_value: float = Field(
        1.0, ge=0, le=1, title="Stop above value",
        description="End the search once an answer is valued above this; 1: never.",
    )  # fmt: skip


def path_value(default: Aggregate) -> Any:
    """The setting that says how paths are valued, for a strategy's own default: V(s) serves where
    unfinished paths are compared, the lowest step where whole solutions are.
    """
    description = "How the step scores of a path become its value."
    return Field(default, title="Path value", description=description)


class ValuedSettings(StrategySettings):
    """Settings of strategies that value paths by verifiers."""

    aggregate: Aggregate = path_value(Aggregate.MIN)
    temperature: float = Field(0.8, ge=0, le=2, title="Temperature")


class JudgedSettings(ValuedSettings):
    """Settings of strategies that choose among answers, by what verifiers and votes say."""

    choose: Choice = Field(
        Choice.WEIGHTED, title="Choice of the answer",
        description="The answer of the path valued most, of most paths, or of the paths whose "
        "values sum to most.",
    )  # fmt: skip


class PooledSettings(JudgedSettings):
    """Settings of strategies that can have several generators write in one tree."""

    generators: tuple[str, ...] = Field(
        (), max_length=16, title="Pool of generators",
        description="The models that write, by name; none: the run's generator alone.",
    )  # fmt: skip

    @property
    def writers(self) -> tuple[str, ...]:
        """Who writes, as `Call.model` names them; each once."""
        return tuple(dict.fromkeys(self.generators)) or ("",)


class RewardSource(StrEnum):
    """What tells whether an answer is right, for strategies that collect data: the run's reference
    answer, or the answer that most of the first solutions agree on.
    """

    REFERENCE = "reference"
    AGREEMENT = "agreement"


class DataSettings(StrategySettings):
    """Settings of strategies that collect data: by them a strategy says that its answers are to
    get rewards (ProposedStep.reward). The rewards are all that it sees of the reference answer.
    """

    reward_from: RewardSource = Field(
        RewardSource.REFERENCE, title="Right by",
        description="The run's reference answer, or, without one, the answer that most of the "
        "first solutions agree on.",
    )  # fmt: skip
    temperature: float = Field(0.8, ge=0, le=2, title="Temperature")
    max_tokens: int = Field(384, ge=1, le=32768, title="Longest solution (tokens)")


class Strategy(Protocol):
    """A way to grow a tree. It holds settings only: all it knows about a run is in the tree.

    So a run can be paused, killed, resumed elsewhere, replayed and steered by a person without
    any code of the strategy's own.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str]
    """Where it comes from: paper and section."""

    needs_actions: ClassVar[tuple[str, ...]]
    """The thought actions that it asks for by name: a generator without them cannot serve it."""

    settings_type: ClassVar[type[StrategySettings]]

    @property
    def settings(self) -> StrategySettings:
        """What it was made with."""
        ...

    def __init__(self, settings: StrategySettings) -> None: ...

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """At most `capacity` pieces of work that may run now, recorded as in flight.

        Nothing to ask while nothing is in flight means that the search is finished.
        """
        ...

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Take in what came back. Telling the same work again, or late, changes nothing."""
        ...
