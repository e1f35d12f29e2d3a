"""Best-of-N: sample whole solutions, keep the one that the verifier values most."""

from typing import ClassVar

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.growth import add_chain, back_up, consider_answer, settle
from backend.search.strategy import StrategySettings
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Outcome, Work, WorkKind


class BestOfNSettings(StrategySettings):
    """Settings of best-of-N."""

    n: int = Field(16, ge=1, le=4096, title="Solutions", description="How many are sampled.")
    per_call: int = Field(
        4, ge=1, le=256, title="Solutions per call", description="How many one model call samples."
    )
    aggregate: Aggregate = Field(
        Aggregate.MIN, title="Path value",
        description="How the step scores of a solution become its value.",
    )  # fmt: skip
    temperature: float = Field(0.8, ge=0, le=2, title="Temperature")
    max_tokens: int = Field(256, ge=1, le=32768, title="Longest solution (tokens)")


class BestOfN:
    """Parallel whole solutions, merged where they begin alike, chosen by the verifier."""

    name: ClassVar[str] = "best_of_n"
    title: ClassVar[str] = "Best of N"
    summary: ClassVar[str] = (
        "Samples N whole solutions and keeps the one whose steps the verifier values most."
    )
    source: ClassVar[str] = "Cobbe et al. 2021; Lightman et al. 2023 (Let's Verify Step by Step)"
    settings_type: ClassVar[type[StrategySettings]] = BestOfNSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, BestOfNSettings)
        self.settings = settings

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The next groups of solutions, until N are asked for. Groups cut the same way every
        time, so how many were asked already is the root's count of expansions.
        """
        n, per_call = self.settings.n, self.settings.per_call
        works: list[Work] = []
        while len(works) < capacity and tree.root.expansions * per_call < n:
            size = min(per_call, n - tree.root.expansions * per_call)
            works.append(
                tree.ask(
                    WorkKind.COMPLETE,
                    ROOT,
                    size,
                    temperature=self.settings.temperature,
                    max_tokens=self.settings.max_tokens,
                )  # fmt: skip
            )
        return works

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add each solution as a path, and back up its value from where it ends."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        trunk = Path.to(tree, work.node)
        for chain in outcome.chains:
            ids = add_chain(tree, trunk, chain, self.settings.aggregate)
            for node_id in ids:
                if tree.nodes[node_id].expandable:
                    tree.record(ev.Closed(node_id))
            if ids:
                end = tree.nodes[ids[-1]]
                back_up(tree, end.id, end.estimate)
                if end.terminal:
                    consider_answer(tree, end.id)
