"""ReST-MCTS*: MCTS whose leaves are valued by a value model and a short greedy look ahead."""

from typing import ClassVar

from pydantic import Field

from backend.search.aggregate import Aggregate, Path
from backend.search.events import Event
from backend.search.growth import add_closed, back_up, consider_answer, settle, take_end
from backend.search.node import Node
from backend.search.selection import Selection, Uct
from backend.search.strategies.descent import (
    ROLLOUT,
    DescentSettings,
    descend,
    grow_steps,
    tries,
    trusted,
    try_again,
)
from backend.search.strategy import StrategySettings, path_value
from backend.search.tree import SearchTree
from backend.search.weighing import Weighing, goes_through, weigh_children
from backend.search.work import Call, Outcome, ProposedStep, Work, WorkKind


class RestMctsSettings(DescentSettings):
    """Settings of ReST-MCTS*; the defaults are the paper's, but for the longest path."""

    children: int = Field(
        3, ge=1, le=32, title="Children per expansion",
        description="How many next steps are proposed when a node is expanded.",
    )  # fmt: skip
    exploration: float = Field(
        0.99, ge=0, le=100, title="Exploration",
        description="How strongly rarely visited steps are preferred (0.7·√2 in the paper).",
    )  # fmt: skip
    alpha: float = Field(
        0.5, ge=0, le=1, title="Weight of the rollout",
        description="A step's value is (1 - this) of its own and this of the best value on the "
        "rollout.",
    )  # fmt: skip
    rollout_steps: int = Field(
        3, ge=1, le=64, title="Steps of a rollout",
        description="How far ahead the value of a step looks along its greedy rollout.",
    )  # fmt: skip
    aggregate: Aggregate = path_value(Aggregate.VALUE)
    stop_at_value: float = Field(
        0.9, ge=0, le=1, title="Stop above value",
        description="End the search once an answer is valued above this; 1: never.",
    )  # fmt: skip


class RestMcts:
    """Expand the leaf that UCT leads to, look ahead from its best new step, back up what was seen.

    A rollout's steps are part of the tree, and the value that it gives its leaf is backed up from
    its first step. So the value of every node is the mean of its children's weighted by their
    visits, as in the paper, the first steps of rollouts among them.
    """

    name: ClassVar[str] = "rest_mcts"
    title: ClassVar[str] = "ReST-MCTS*"
    summary: ClassVar[str] = (
        "Tries a few next steps at the most promising place, looks a few steps ahead from the best "
        "of them, and stops at an answer that is valued highly enough."
    )
    source: ClassVar[str] = (
        "Zhang et al. 2024 (ReST-MCTS*: LLM Self-Training via Process Reward Guided Tree Search)"
    )
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = RestMctsSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, RestMctsSettings)
        self.settings = settings
        longest = settings.max_step_tokens
        self._expansions = [
            Call(WorkKind.EXPAND, settings.children, settings.temperature, longest, model=model)
            for model in settings.writers
        ]
        self._rollouts = [
            Call(
                WorkKind.COMPLETE, 1, 0.0, settings.rollout_steps * longest, purpose=ROLLOUT,
                model=model,
            )
            for model in settings.writers
        ]  # fmt: skip

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Expansions of the leaves that selection leads to, each followed by one rollout."""
        works: list[Work] = []
        room = min(capacity, trusted(tree, self.settings.patience))
        while len(works) < room:
            leaf = descend(tree, Uct, self.settings.exploration)
            if leaf is None:
                break
            calls = self._rollouts if _is_next_for_rollout(tree, leaf) else self._expansions
            works.append(tree.ask(leaf.id, calls[leaf.id % len(calls)]))
        return works

    def decides(self, tree: SearchTree, event: Event, node: Node) -> bool:
        """Work that goes out at the node or below it was led there."""
        return goes_through(tree, event, node)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """The children of its parent by UCT."""
        assert node.parent is not None
        parent = tree.nodes[node.parent]
        return weigh_children(tree, parent, Uct(parent, self.settings.exploration), Selection.UCT)

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the proposed steps; or the rollout, and back up the value that it gives its leaf."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        if work.purpose == ROLLOUT:
            chain = outcome.chains[0] if outcome.chains else ()
            self._take_rollout(tree, tree.nodes[work.node], chain)
        else:
            self._expand(tree, work, outcome)
        try_again(tree, work.node, self.settings)

    def _expand(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        settings = self.settings
        how = settings.aggregate, settings.max_depth, settings.choose
        for node in grow_steps(tree, work, outcome.chains, *how):
            if node.terminal:
                take_end(tree, node, settings)

    def _take_rollout(self, tree: SearchTree, leaf: Node, chain: tuple[ProposedStep, ...]) -> None:
        """V(leaf) becomes (1 - alpha)·V(leaf) + alpha·(the best V within the first steps).

        What the model wrote beyond those is in the tree too: it is paid for, and may be an answer.
        """
        settings = self.settings
        ids = add_closed(tree, Path.to(tree, leaf.id), chain, settings.aggregate, ROLLOUT)
        ahead = [tree.nodes[node_id].estimate for node_id in ids[: settings.rollout_steps]]
        best = max((value for value in ahead if value is not None), default=leaf.estimate)
        own = best if leaf.estimate is None else leaf.estimate
        if own is not None and best is not None:
            value = (1 - settings.alpha) * own + settings.alpha * best
            back_up(tree, ids[0] if ids else leaf.id, value)
        if ids and tree.nodes[ids[-1]].terminal:
            consider_answer(tree, ids[-1], settings.choose)


def _is_next_for_rollout(tree: SearchTree, leaf: Node) -> bool:
    """Whether this leaf is the best new step of an expansion that has had no rollout yet."""
    if leaf.parent is None or leaf.id == tree.start or (leaf.id, ROLLOUT) in tree.asks:
        return False
    parent = tree.nodes[leaf.parent]
    had = sum((child, ROLLOUT) in tree.asks for child in parent.children)
    return had < tries(tree, parent)
