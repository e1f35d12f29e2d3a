"""A person's label pins a step's value: the search takes the person's word for the verifiers'."""

from collections.abc import Sequence
from typing import Final

from backend.search.node import Node

VALUE_OF: Final = {-1: 0.0, 0: 0.5, 1: 1.0}
"""The value that each rating pins."""


class _Pinned:
    """The value a node is pinned to, and what it would be without.

    `lent`: 1 if the node had no visit when it was labelled, and the label stands for one.
    """

    __slots__ = ("estimate", "lent", "square_sum", "value", "value_sum")

    def __init__(self, node: Node) -> None:
        self.value = 0.0
        self.estimate = node.estimate
        self.value_sum = node.value_sum
        self.square_sum = node.square_sum
        self.lent = 0 if node.visits else 1


class Pins:
    """The labelled nodes of a tree.

    A pinned node is worth the pinned value in every of its visits, for itself and for all its
    ancestors, whatever was or will be backed up through it. Without any visit it is given one, so
    that the search sees the label at once. Clearing the label brings back what it would be now had
    it never been labelled.
    """

    __slots__ = ("_nodes", "_pinned")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._pinned: dict[int, _Pinned] = {}

    def __bool__(self) -> bool:
        return bool(self._pinned)

    def outlook(self, node: Node, rating: int | None) -> tuple[float | None, int]:
        """The value and the visits that the node would have with this label."""
        pinned = self._pinned.get(node.id)
        if rating is not None:
            return VALUE_OF[rating], node.visits if pinned else node.visits or 1
        if pinned is None:
            return node.value, node.visits
        visits = node.visits - pinned.lent
        return pinned.value_sum / visits if visits else pinned.estimate, visits

    def label(self, node: Node, rating: int | None) -> list[int]:
        """Pin the node's value by a rating, or let go of it (None); the ids of what changed."""
        visits, value_sum, square_sum = node.visits, node.value_sum, node.square_sum
        node.label = rating
        if rating is not None:
            self._pin(node, VALUE_OF[rating])
        elif node.id in self._pinned:
            self._unpin(node)
        return self.pass_on(
            node,
            node.visits - visits,
            node.value_sum - value_sum,
            node.square_sum - square_sum,
        )

    def pass_on(
        self, node: Node, visits: int, value_sum: float, square_sum: float
    ) -> list[int]:  # fmt: skip
        """Let the ancestors know what changed at a node; above a pinned one, only its visits
        count, above a pruned one, nothing. The ids of what changed, its own first.
        """
        changed = [node.id]
        while node.parent is not None and not node.pruned:
            node = self._nodes[node.parent]
            node.visits += visits
            pinned = self._pinned.get(node.id)
            if pinned is not None:
                pinned.value_sum += value_sum
                pinned.square_sum += square_sum
                value_sum = pinned.value * visits
                square_sum = pinned.value * value_sum
            # Sums and differences round: what is 0 must not come out a little below it.
            node.value_sum = max(0.0, node.value_sum + value_sum) if node.visits else 0.0
            node.square_sum = max(0.0, node.square_sum + square_sum) if node.visits else 0.0
            changed.append(node.id)
        return changed

    def through(self, node: Node, value: float, square: float) -> float:
        """What counts of a value (and its square) that is backed up through a pinned node."""
        pinned = self._pinned[node.id]
        pinned.value_sum += value
        pinned.square_sum += square
        return pinned.value

    def estimate(self, node: Node, estimate: float | None) -> None:
        """Take a value that the verifiers give the node later, to be seen once it is not pinned.

        The pinned value itself is no news: a score that leaves the estimate as it is brings it.
        """
        pinned = self._pinned.get(node.id)
        if pinned is None:
            node.estimate = estimate
        elif estimate != pinned.value:
            pinned.estimate = estimate

    def refute(self, node: Node) -> bool:
        """Whether a step that the node builds on is labelled bad and was not corrected since. A
        label of its own outweighs that.
        """
        if node.label is not None or not self._pinned:
            return False
        corrected = len(self._nodes)
        step: Node | None = node
        while step is not None:
            if step.label == -1 and step.id < corrected:
                return True
            if step.corrects is not None:
                corrected = min(corrected, step.corrects)
            step = None if step.parent is None else self._nodes[step.parent]
        return False

    def _pin(self, node: Node, value: float) -> None:
        pinned = self._pinned.get(node.id)
        if pinned is None:
            pinned = self._pinned[node.id] = _Pinned(node)
            node.visits += pinned.lent
        pinned.value = node.estimate = value
        node.value_sum = value * node.visits
        node.square_sum = value * value * node.visits

    def _unpin(self, node: Node) -> None:
        pinned = self._pinned.pop(node.id)
        node.visits -= pinned.lent
        node.estimate = pinned.estimate
        node.value_sum = pinned.value_sum
        node.square_sum = pinned.square_sum
