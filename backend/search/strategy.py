"""What a strategy is: settings, and three questions about a tree."""

from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work


class StrategySettings(BaseModel):
    """Base of every strategy's settings: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
