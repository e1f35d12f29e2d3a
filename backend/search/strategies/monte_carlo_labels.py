"""Monte-Carlo labels: for every step of sampled solutions, how many rollouts from it end right."""

from itertools import islice
from typing import ClassVar

from pydantic import Field

from backend.search.strategies.rollouts import ROLLOUT, ask_rollouts, close, take_rollouts
from backend.search.strategies.steps import open_nodes
from backend.search.strategy import DataSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work


class MonteCarloSettings(DataSettings):
    """Settings of Monte-Carlo labels."""

    solutions: int = Field(
        4, ge=1, le=256, title="Solutions", description="How many have their steps labelled."
    )
    rollouts: int = Field(
        8, ge=1, le=256, title="Rollouts per step",
        description="How many solutions go on from each step. Steps that solutions share are "
        "labelled once.",
    )  # fmt: skip


class MonteCarloLabels:
    """Whole solutions, and then rollouts from each of their steps.

    What is open in the tree are the steps that still need their rollouts.
    """

    name: ClassVar[str] = "monte_carlo_labels"
    title: ClassVar[str] = "Monte-Carlo step labels"
    summary: ClassVar[str] = (
        "Labels the steps of a few solutions without people: how often does the model get it right "
        "when it goes on from here? Needs a reference answer."
    )
    source: ClassVar[str] = "Wang et al. 2024 (Math-Shepherd), section 3.3"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = MonteCarloSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, MonteCarloSettings)
        self.settings = settings

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The solutions, and once they are there, rollouts from the next steps."""
        settings = self.settings
        nodes = list(islice(open_nodes(tree), max(0, capacity)))
        sizes = [
            settings.solutions if node.id == tree.start else settings.rollouts for node in nodes
        ]
        return [ask_rollouts(tree, node, n, settings) for node, n in zip(nodes, sizes, strict=True)]

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the solutions or rollouts, and label the step that they go on from."""
        if work.id not in tree.pending:
            return
        added = take_rollouts(tree, work, outcome)
        if work.purpose == ROLLOUT:
            for node in added:
                close(tree, node)
