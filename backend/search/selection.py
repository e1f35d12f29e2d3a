"""Selection formulas: which child to follow."""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from backend.search.node import Node

PUCT_BASE: Final = 19652.0
# Where nothing at all is known about a child or its parent, take the middle of [0, 1].
_UNKNOWN: Final = 0.5

# (all nodes of the tree by id, the parent, exploration) -> the child to follow
Formula = Callable[[Sequence[Node], Node, float], Node | None]


class Selection(StrEnum):
    """The names of the formulas."""

    PUCT = "puct"
    UCT = "uct"


def mean_value(node: Node, fallback: float) -> float:
    """Q: the mean of what was backed up; before that the estimate."""
    if node.visits:
        return node.value_sum / node.visits
    return fallback if node.estimate is None else node.estimate


def select_puct(nodes: Sequence[Node], parent: Node, exploration: float) -> Node | None:
    """The available child with the highest Q + c(N)·P·√N / (1 + n).

    c(N) = exploration + ln((N + 19652 + 1) / 19652) (Silver et al. 2018, AlphaZero). P is the
    model's own probability of the thought action, uniform where unknown. A child without visits
    has its verifier estimate as Q. Ties go to the older child; None if no child is available.
    """
    total = parent.visits + parent.virtual
    scale = (exploration + math.log((total + PUCT_BASE + 1) / PUCT_BASE)) * math.sqrt(total + 1)
    fallback = parent.value_sum / parent.visits if parent.visits else _UNKNOWN
    uniform = 1.0 / max(1, len(parent.children))
    best, best_score = None, -math.inf
    for child_id in parent.children:
        child = nodes[child_id]
        if child.pruned or not (child.expandable or child.open_children):
            continue
        visits, virtual = child.visits, child.virtual
        if visits:
            value = child.value_sum / visits
        else:
            value = fallback if child.estimate is None else child.estimate
        prior = uniform if child.prior is None else child.prior
        score = value + scale * prior / (1 + visits + virtual)
        if score > best_score:
            best, best_score = child, score
    return best


def select_uct(nodes: Sequence[Node], parent: Node, exploration: float) -> Node | None:
    """The available child with the highest Q + exploration·√(ln(N + 1) / (n + 1)).

    UCT (Kocsis and Szepesvári 2006) with one added to both counts, so that a child without
    visits is judged by its verifier estimate instead of always coming first.
    """
    log_total = math.log(parent.visits + parent.virtual + 1)
    fallback = parent.value_sum / parent.visits if parent.visits else _UNKNOWN
    best, best_score = None, -math.inf
    for child_id in parent.children:
        child = nodes[child_id]
        if not child.available:
            continue
        count = child.visits + child.virtual + 1
        score = mean_value(child, fallback) + exploration * math.sqrt(log_total / count)
        if score > best_score:
            best, best_score = child, score
    return best


FORMULAS: Final[dict[Selection, Formula]] = {
    Selection.PUCT: select_puct,
    Selection.UCT: select_uct,
}
