"""Self-correction in two turns: how often a second attempt mends or spoils the first (SCoRe)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training import metrics
from training.metrics import Estimate
from training.search_data import SearchedTree
from training.tasks import family_of


@dataclass(frozen=True, slots=True)
class TwoTurns:
    """Was the first answer right, and the one after a review."""

    first: bool
    second: bool


def turn_figures(turns: Sequence[TwoTurns], seed: int) -> dict[str, Estimate]:
    """The metrics of Kumar et al. 2024 (SCoRe), section 3, each a share of all the problems.

    `seed` is that of the bootstrap.
    """
    return {name: metrics.mean(values, seed) for name, values in turn_values(turns).items()}


def turn_values(turns: Sequence[TwoTurns]) -> dict[str, list[float]]:
    """What each attempt adds to the metrics: accuracy@t1, accuracy@t2, Δ(t1, t2), Δi→c and Δc→i,
    in this order. The third is the fourth less the fifth.
    """
    return {
        "turn_1": [float(each.first) for each in turns],
        "turn_2": [float(each.second) for each in turns],
        "turn_gain": [float(each.second) - float(each.first) for each in turns],
        "turn_wrong_to_right": [float(each.second > each.first) for each in turns],
        "turn_right_to_wrong": [float(each.second < each.first) for each in turns],
    }


def searched_turns(tree: SearchedTree, answer: int | None) -> TwoTurns:
    """The two turns of a finished run of the strategy `score`; `answer`: the node of its answer.

    Where the review found nothing wrong, or the second attempt came to no end, the first answer is
    that of both turns. Without any answer both are wrong.
    """
    if answer is None:
        return TwoTurns(False, False)
    ends = [node for node in tree.path(tree.nodes[answer]) if node.terminal]
    check = family_of(tree.problem).check
    first, second = (check(tree.problem, tree.lines(end)).solved for end in (ends[0], ends[-1]))
    return TwoTurns(first, second)
