"""From the scores of single steps to the value of a whole path: one place for every strategy."""

import math
from collections.abc import Sequence
from enum import StrEnum

from backend.search.tree import SearchTree
from backend.search.work import ProposedStep


class Aggregate(StrEnum):
    """How step scores become a path's value (Lightman et al. 2023 use the product; Wang et al.
    2024, Math-Shepherd, the minimum; Snell et al. 2024 the last step).
    """

    MIN = "min"
    PRODUCT = "product"
    LAST = "last"
    MEAN = "mean"


def aggregate(scores: Sequence[float], how: Aggregate) -> float | None:
    """One value in [0, 1] for step scores in [0, 1]; None for no scores."""
    if not scores:
        return None
    match how:
        case Aggregate.MIN:
            return min(scores)
        case Aggregate.PRODUCT:
            return math.prod(scores)
        case Aggregate.LAST:
            return scores[-1]
        case Aggregate.MEAN:
            return sum(scores) / len(scores)


def step_score(scores: dict[str, float | None]) -> float | None:
    """The mean over the verifiers that scored the step; None if none did."""
    given = [score for score in scores.values() if score is not None]
    return sum(given) / len(given) if given else None


def standing_path(tree: SearchTree, node_id: int) -> list[int]:
    """The path to a node without the root and without the steps that a later one corrected.

    A correction takes the place of the step it revises, and what was built on that step in
    between falls with it.
    """
    standing: list[int] = []
    corrects_of = tree.nodes
    for step in tree.path(node_id)[1:]:
        revised = corrects_of[step].corrects
        if revised is not None:
            while standing and standing[-1] >= revised:
                standing.pop()
        standing.append(step)
    return standing


def estimate(
    tree: SearchTree, parent_id: int, step: ProposedStep, corrects: int | None, how: Aggregate
) -> float | None:
    """The value of a path that ends with a new step below `parent_id`, from its step scores."""
    path = standing_path(tree, parent_id)
    if corrects is not None:
        # Ids grow along a path, so this drops the corrected step and all that came after it.
        path = [node_id for node_id in path if node_id < corrects]
    scores = [score for i in path if (score := step_score(tree.nodes[i].scores)) is not None]
    own = step_score(step.scores)
    if own is None:
        return None
    return aggregate([*scores, own], how)
