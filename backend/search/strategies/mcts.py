"""Monte-Carlo tree search: PUCT over thought actions, with the verifier's value at expansion."""

from typing import ClassVar

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Path
from backend.search.growth import add_chain, back_up, consider_answer, settle
from backend.search.node import Node
from backend.search.selection import FORMULAS, Selection
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Call, Outcome, Work, WorkKind


class MctsSettings(JudgedSettings):
    """Settings of Monte-Carlo tree search."""

    children: int = Field(
        4, ge=1, le=32, title="Children per expansion",
        description="How many next steps are proposed when a node is expanded.",
    )  # fmt: skip
    selection: Selection = Field(
        Selection.PUCT, title="Selection", description="The formula that picks the child to follow."
    )
    exploration: float = Field(
        0.3, ge=0, le=100, title="Exploration",
        description="How strongly rarely visited steps are preferred.",
    )  # fmt: skip
    by_action: bool = Field(
        True, title="Spread over thought actions",
        description="Divide the children over thought actions by the model's own action "
        "probabilities, instead of letting every sample choose.",
    )  # fmt: skip
    patience: int = Field(
        16, ge=0, le=1024, title="Patience",
        description="A second expansion may be under way at once when so many have come back, a "
        "third when twice as many have, and so on: choices that wait for the outcome of others "
        "are wiser. 0: as many at once as the run allows.",
    )  # fmt: skip
    max_depth: int = Field(
        16, ge=1, le=256, title="Longest path", description="In steps below the problem."
    )
    max_expansions: int = Field(
        3, ge=1, le=64, title="Tries per node",
        description="How often a node may be expanded again once everything below it is done.",
    )  # fmt: skip
    max_step_tokens: int = Field(64, ge=1, le=4096, title="Longest step (tokens)")


class Mcts:
    """Select by PUCT or UCT, expand by a few proposed steps, back up the best one's value."""

    name: ClassVar[str] = "mcts"
    title: ClassVar[str] = "Monte-Carlo tree search"
    summary: ClassVar[str] = (
        "Follows the most promising steps by PUCT, tries several next steps there, and lets the "
        "verifier's scores decide where to look next."
    )
    source: ClassVar[str] = (
        "Silver et al. 2018 (AlphaZero, PUCT); Hao et al. 2023 (RAP); Guan et al. 2025 (rStar-Math)"
    )
    settings_type: ClassVar[type[StrategySettings]] = MctsSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, MctsSettings)
        self.settings = settings
        self._select_child = FORMULAS[settings.selection]
        self._call = Call(
            WorkKind.EXPAND,
            settings.children,
            settings.temperature,
            settings.max_step_tokens,
            settings.by_action,
        )

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Expansions of the leaves that selection leads to, at most `capacity`."""
        works: list[Work] = []
        if self.settings.patience:
            capacity = min(capacity, self._trusted(tree) - len(tree.pending))
        while len(works) < capacity and (leaf := self._select(tree)) is not None:
            works.append(tree.ask(leaf.id, self._call))
        return works

    def _trusted(self, tree: SearchTree) -> int:
        """How many expansions may be under way: few while the tree knows little.

        Sent out together, they go side by side where they should follow one another: with 8 at
        once a search of 24 expansions is nearly breadth-first (docs/experiments.md).
        """
        return 1 + tree.root.visits // self.settings.patience

    def _select(self, tree: SearchTree) -> Node | None:
        """Walk down from the root to a node that may be expanded; None if there is none now."""
        node = tree.root
        if not node.available:
            return None
        exploration = self.settings.exploration
        while not node.expandable:
            child = self._select_child(tree.nodes, node, exploration)
            assert child is not None, "an available node has something to expand below it"
            node = child
        return node

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the proposed steps and back up: each new answer's value, and the best open step's."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        before = len(tree)
        best_open: float | None = None
        trunk = Path.to(tree, work.node)
        for chain in outcome.chains:
            for node_id in add_chain(tree, trunk, chain, self.settings.aggregate):
                if node_id < before:
                    continue
                before = node_id + 1
                node = tree.nodes[node_id]
                if node.terminal:
                    back_up(tree, node_id, node.estimate)
                    consider_answer(tree, node_id, self.settings.choose)
                else:
                    if node.depth >= self.settings.max_depth:
                        tree.record(ev.Closed(node_id))
                    if node.estimate is not None and node.estimate > (best_open or -1.0):
                        best_open = node.estimate
        back_up(tree, work.node, best_open)
        self._reopen(tree, work.node)

    def _reopen(self, tree: SearchTree, node_id: int) -> None:
        """Let the deepest exhausted ancestor be tried again, up to `max_expansions` times."""
        for node in tree.ancestors(node_id):
            if node.available:
                return
            done = node.expansions >= self.settings.max_expansions
            if node.exhausted and not done and not node.pruned:
                tree.record(ev.Reopened(node.id))
                return
