"""Diverse verifier tree search: several subtrees side by side, each followed greedily."""

from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.growth import settle
from backend.search.node import Node
from backend.search.strategies.steps import StepSettings, add_steps, open_nodes
from backend.search.strategy import StrategySettings
from backend.search.tree import SearchTree
from backend.search.weighing import Candidate, Weighing
from backend.search.work import Call, Outcome, Work, WorkKind

SUBTREE = "subtree"
_BEST: Final = "Of the steps that were sampled together, the one with the largest value is kept."


class DvtsSettings(StepSettings):
    """Settings of diverse verifier tree search."""

    trees: int = Field(
        4, ge=1, le=256, title="Subtrees", description="How many start at the problem."
    )
    children: int = Field(
        4, ge=1, le=64, title="Children per step",
        description="How many next steps are sampled at the end of each subtree's path.",
    )  # fmt: skip


class Dvts:
    """Every subtree keeps only its best next step, whatever the others have found.

    So no subtree can crowd the others out, as a few good beginnings do in beam search. Open in
    the tree is the end of each subtree's path.
    """

    name: ClassVar[str] = "dvts"
    title: ClassVar[str] = "Diverse verifier tree search"
    summary: ClassVar[str] = (
        "Starts several subtrees and follows in each the step that the verifier values most: more "
        "different solutions than beam search finds."
    )
    source: ClassVar[str] = "Beeching et al. 2024 (Scaling test-time compute with open models)"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = DvtsSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, DvtsSettings)
        self.settings: StepSettings = settings
        self._trees = settings.trees
        self._children = settings.children

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The first steps of subtrees that are still to start, then the next step of each."""
        works: list[Work] = []
        while len(works) < capacity and tree.asks.get((tree.start, SUBTREE), 0) < self._trees:
            works.append(tree.ask(tree.start, self._call(SUBTREE)))
        ends = [node.id for node in open_nodes(tree) if node.id != tree.start]
        room = max(0, capacity - len(works))
        return works + [tree.ask(node_id, self._call("")) for node_id in ends[:room]]

    def _call(self, purpose: str) -> Call:
        settings = self.settings
        return Call(
            WorkKind.EXPAND,
            self._children,
            settings.temperature,
            settings.max_step_tokens,
            purpose=purpose,
        )

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """The best of the steps that came together is left open, the others are closed."""
        later = isinstance(event, ev.Closed | ev.Asked | ev.Told | ev.StatusChanged)
        return later and node in _newest(tree)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """The steps that came with it, best first."""
        ranked = sorted(_newest(tree), key=_rank, reverse=True)
        if node not in ranked:
            return None
        return Weighing("best", _BEST, [
            Candidate(other.id, {"value": other.value, "rank": place}, other.value or 0.0,
                      not other.pruned, place == 1)
            for place, other in enumerate(ranked, 1)
        ])  # fmt: skip

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the steps and keep the best that is new; the others stay as leaves."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        new = [tree.nodes[i] for i in add_steps(tree, work, outcome, self.settings)]
        best = max(new, key=_rank, default=None)
        for node in new:
            if node is not best and node.expandable:
                tree.record(ev.Closed(node.id))


def _newest(tree: SearchTree) -> Iterator[Node]:
    """The steps that came last. What came with them, but was there before, stays as it was."""
    return takewhile(lambda node: node.id in tree.came, reversed(tree.nodes))


def _rank(node: Node) -> tuple[float, int]:
    return node.value or 0.0, -node.id
