"""What strategies share that grow paths step by step, level after level."""

from collections.abc import Iterator

from pydantic import Field

from backend.search.aggregate import Aggregate
from backend.search.growth import take_end
from backend.search.node import Node
from backend.search.strategies.descent import grow_steps
from backend.search.strategy import JudgedSettings, path_value
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Outcome, Work


class StepSettings(JudgedSettings):
    """Settings of strategies that sample step by step."""

    aggregate: Aggregate = path_value(Aggregate.VALUE)
    max_depth: int = Field(
        16, ge=1, le=256, title="Longest path", description="In steps below the problem."
    )
    max_step_tokens: int = Field(96, ge=1, le=4096, title="Longest step (tokens)")


def add_steps(tree: SearchTree, work: Work, outcome: Outcome, settings: StepSettings) -> list[int]:
    """Add the steps that came back, and back up their values; the ids of those that are new."""
    new: list[int] = []
    how = settings.aggregate, settings.max_depth, settings.choose
    for node in grow_steps(tree, work, outcome.chains, *how):
        take_end(tree, node, settings)
        new.append(node.id)
    return new


def open_nodes(tree: SearchTree) -> Iterator[Node]:
    """The nodes that may be expanded now, without a walk over all the others."""
    stack = [iter([ROOT])]
    while stack:
        node_id = next(stack[-1], None)
        if node_id is None:
            stack.pop()
            continue
        node = tree.nodes[node_id]
        if not node.available:
            continue
        if node.expandable:
            yield node
        if node.open_children:
            stack.append(iter(node.children))
