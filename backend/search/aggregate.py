"""From the scores of single steps to the value of a whole path: one place for every strategy."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum

from backend.search.node import Node
from backend.search.pins import VALUE_OF
from backend.search.tree import SearchTree
from backend.search.work import ProposedStep


class Aggregate(StrEnum):
    """How step scores become a path's value (Lightman et al. 2023 use the product; Wang et al.
    2024, Math-Shepherd, the minimum; Snell et al. 2024 the last step). VALUE takes no step scores
    but V(s) of the last state, as AlphaZero does; the minimum where there is no value model.
    """

    MIN = "min"
    PRODUCT = "product"
    LAST = "last"
    MEAN = "mean"
    VALUE = "value"


def aggregate(scores: Sequence[float], how: Aggregate) -> float | None:
    """One value in [0, 1] for step scores in [0, 1]; None for no scores."""
    if not scores:
        return None
    match how:
        case Aggregate.MIN | Aggregate.VALUE:
            return min(scores)
        case Aggregate.PRODUCT:
            return math.prod(scores)
        case Aggregate.LAST:
            return scores[-1]
        case Aggregate.MEAN:
            return sum(scores) / len(scores)


def step_score(scores: dict[str, float | None]) -> float | None:
    """The mean over the verifiers that scored the step; None if none did."""
    if len(scores) == 1:  # the usual case, met at every step of every path
        return next(iter(scores.values()))
    given = [score for score in scores.values() if score is not None]
    return sum(given) / len(given) if given else None


class Path:
    """The way from the root to a node, with the scores of those of its steps that still stand.

    A correction takes the place of the step it revises, and what was built on that step in
    between falls with it. A person's label takes the place of the verifiers' score. One path
    serves all the steps that are tried at its end.
    """

    __slots__ = ("_labels", "_scores", "ids", "standing")

    def __init__(
        self, ids: list[int], standing: list[int], scores: list[float | None],
        labels: list[int | None],
    ) -> None:  # fmt: skip
        self.ids = ids
        self.standing = standing
        self._scores = scores
        self._labels = labels

    @classmethod
    def to(cls, tree: SearchTree, node_id: int) -> "Path":
        """The path to a node of the tree."""
        path = cls(tree.path(node_id), [], [], [])
        for step in path.ids[1:]:
            path._stand(tree.nodes[step])
        return path

    def then(self, node: Node) -> "Path":
        """The path to a child of the last node."""
        path = Path(
            [*self.ids, node.id], self.standing.copy(), self._scores.copy(), self._labels.copy()
        )
        path._stand(node)
        return path

    def estimate(self, step: ProposedStep, corrects: int | None, how: Aggregate) -> float | None:
        """The value of this path with a new step at its end, as the verifiers see it: what they
        say of the steps before it where they have nothing to say of the step. 0 where the step
        builds on one that a person labelled bad.
        """
        left = len(self.standing) if corrects is None else self._left_by(corrects)
        if -1 in self._labels[:left]:
            return 0.0
        if how is Aggregate.VALUE and step.value is not None:
            return step.value
        scores = [*self._scores[:left], step_score(step.scores)]
        return aggregate([score for score in scores if score is not None], how)

    def _stand(self, node: Node) -> None:
        if node.corrects is not None:
            left = self._left_by(node.corrects)
            del self.standing[left:], self._scores[left:], self._labels[left:]
        self.standing.append(node.id)
        self._scores.append(step_score(node.scores) if node.label is None else VALUE_OF[node.label])
        self._labels.append(node.label)

    def _left_by(self, corrects: int) -> int:
        """How many of the standing steps are left by a correction of one of them."""
        # Ids grow along a path, so the corrected step and what was built on it are at the end.
        return bisect_left(self.standing, corrects)


def standing_path(tree: SearchTree, node_id: int) -> list[int]:
    """The path to a node without the root and without the steps that a later one corrected."""
    return Path.to(tree, node_id).standing
