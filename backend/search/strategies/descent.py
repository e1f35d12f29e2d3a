"""Going down the tree to a leaf and growing there: what the MCTS strategies share."""

import math
import sys
from collections.abc import Iterator

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.growth import add_chain, consider_answer
from backend.search.node import Node
from backend.search.selection import Formulas, select
from backend.search.strategy import PooledSettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import ProposedStep, Work

ROLLOUT = "rollout"
_ALL = 20
"""After so many doublings more may be under way than any run allows."""


class DescentSettings(PooledSettings):
    """Settings of searches that select a leaf, expand it and try again when all is done."""

    children: int = Field(
        4, ge=1, le=32, title="Children per expansion",
        description="How many next steps are proposed when a node is expanded.",
    )  # fmt: skip
    exploration: float = Field(
        1.0, ge=0, le=100, title="Exploration",
        description="How strongly rarely visited steps are preferred.",
    )  # fmt: skip
    patience: int = Field(
        6, ge=0, le=1024, title="Patience",
        description="Two expansions may be under way at once when so many have come back, four "
        "when twice as many have, then eight, and so on: choices that wait for the outcome of "
        "others are wiser. 0: as many at once as the run allows.",
    )  # fmt: skip
    max_depth: int = Field(
        16, ge=1, le=256, title="Longest path", description="In steps below the problem."
    )
    max_expansions: int = Field(
        3, ge=1, le=64, title="Tries per node",
        description="How often a node may be expanded again once everything below it is done.",
    )  # fmt: skip
    coverage: float = Field(
        0.8, ge=0, le=1, title="Known well enough",
        description="A node whose steps have together so much of the model's own probability is "
        "expanded again last: more samples would be the same steps. 1: no difference.",
    )  # fmt: skip
    max_step_tokens: int = Field(96, ge=1, le=4096, title="Longest step (tokens)")


def trusted(tree: SearchTree, patience: int) -> int:
    """How many calls more may be under way: few while the tree knows little.

    Sent out together, they go side by side where they should follow one another: with 8 at once a
    search of 24 expansions is nearly breadth-first (docs/experiments.md).
    """
    if not patience:
        return sys.maxsize
    in_flight = len(tree.pending)
    doublings = (tree.next_work - in_flight) // patience
    return (1 << min(_ALL, doublings)) - in_flight


def descend(tree: SearchTree, formulas: Formulas, exploration: float) -> Node | None:
    """Walk down from the root to a node that may be expanded; None if there is none now."""
    node = tree.root
    if not node.available:
        return None
    while not node.expandable:
        child = select(tree.nodes, node, formulas(node, exploration))
        assert child is not None, "an available node has something to expand below it"
        node = child
    return node


def grow_steps(
    tree: SearchTree, work: Work, chains: tuple[tuple[ProposedStep, ...], ...], how: Aggregate,
    max_depth: int, choose: Choice,
) -> Iterator[Node]:  # fmt: skip
    """Add proposed next steps, and give out each new one before the next is added.

    A step that only a closed solution had taken so far is searched from now on. An answer that is
    proposed again has one vote more: it may be the run's by that.
    """
    before = len(tree)
    trunk = Path.to(tree, work.node)
    for chain in chains:
        for node_id in add_chain(tree, trunk, chain, how, work.purpose):
            node = tree.nodes[node_id]
            if node_id >= before:
                before = node_id + 1
                if node.expandable and node.depth >= max_depth:
                    tree.record(ev.Closed(node_id))
                yield node
                continue
            if node.terminal:
                consider_answer(tree, node_id, choose)
            closed = not (node.expandable or node.terminal or node.expansions)
            if closed and node.depth < max_depth:
                tree.record(ev.Reopened(node_id))


def reopen_end(tree: SearchTree, end: Node, max_depth: int) -> None:
    """Let a search go on where a solution was cut off."""
    if not end.terminal and end.depth < max_depth:
        tree.record(ev.Reopened(end.id))


def tries(tree: SearchTree, node: Node) -> int:
    """How often a node was expanded: what was asked there without the rollouts."""
    return node.expansions - tree.asks.get((node.id, ROLLOUT), 0)


def well_known(tree: SearchTree, node: Node, settings: DescentSettings) -> bool:
    """Whether the steps below a node have together `coverage` of the model's probability.

    P(step) = exp(sum of its tokens' log-probabilities at temperature 1); a step whose tokens tell
    none (a person's, a server's without log-probabilities) counts as 0.
    """
    if settings.coverage >= 1:
        return False
    children = map(tree.nodes.__getitem__, node.children)
    shares = (math.exp(c.mean_logprob * c.tokens) for c in children if c.mean_logprob is not None)
    return sum(shares) >= settings.coverage


def try_again(tree: SearchTree, node_id: int, settings: DescentSettings) -> None:
    """Let the deepest exhausted ancestor be expanded again, up to `max_expansions` times: one whose
    steps are not known well enough, or, before the search ends for want of those, any.
    """
    again: Node | None = None
    for node in tree.ancestors(node_id):
        if node.available:
            return
        if node.exhausted and not node.pruned and tries(tree, node) < settings.max_expansions:
            if not well_known(tree, node, settings):
                again = node
                break
            again = again or node
        if node.id == tree.start:
            break
    if again is not None:
        tree.record(ev.Reopened(again.id))
