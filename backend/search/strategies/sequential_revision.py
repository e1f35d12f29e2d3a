"""Sequential revisions: solutions one after the other, each written with those before in view."""

from typing import ClassVar

from pydantic import Field

from backend.search.growth import consider_answer
from backend.search.node import Node
from backend.search.strategies.revisions import Revising, RevisionSettings
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree


class SequentialRevisionSettings(RevisionSettings, JudgedSettings):
    """Settings of sequential revisions."""

    revisions: int = Field(
        3, ge=0, le=64, title="Revisions", description="Of the first solution of each chain."
    )
    chains: int = Field(
        4, ge=1, le=256, title="Chains", description="How many first solutions are revised."
    )


class SequentialRevision(Revising):
    """Every answer is revised, whatever its check says: the choice among all of them comes last."""

    name: ClassVar[str] = "sequential_revision"
    title: ClassVar[str] = "Sequential revisions"
    summary: ClassVar[str] = (
        "Writes a few solutions and revises each again and again, with the earlier attempts in "
        "view; chooses among all the answers."
    )
    source: ClassVar[str] = "Snell et al. 2024, section 6 (revisions)"
    settings_type: ClassVar[type[StrategySettings]] = SequentialRevisionSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, SequentialRevisionSettings)
        super().__init__(settings, settings.revisions, settings.chains)
        self._choose = settings.choose

    def take_answer(self, tree: SearchTree, answer: Node) -> None:
        """Choose among the answers of all solutions."""
        consider_answer(tree, answer.id, self._choose)

    def goes_on(self, check: Node) -> bool:
        """Always: a check that finds nothing wrong may be wrong."""
        return True
