"""Proofs of stories that ask for their end: from the answer back to a number that the story tells.

Every step that leads to the answer is undone, the last one first. What else goes into a step is
worked out afresh from the story, so that a slip there shows as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from training.tasks.word_types import FOUND, Node, Operand, Proof, Slot, Sum

_INVERSE = {"+": "-", "-": "+", "*": "/", "/": "*"}


def rewound(nodes: Sequence[Node]) -> Proof | None:
    """The proof of a story's last number; None where a percentage or the like bars the way back.

    `nodes`: the steps in solving order. The number that the way back ends at is told by the story.
    """
    return _Rewinder(nodes).proof()


@dataclass(slots=True)
class _Rewinder:
    """The steps of a story, and the sums of its proof so far."""

    nodes: Sequence[Node]
    sums: list[Sum] = field(default_factory=list)

    def proof(self) -> Proof | None:
        now, index = FOUND, len(self.nodes) - 1
        while True:
            node = self.nodes[index]
            if node.op not in _INVERSE:
                return None
            left, right = self._maker(node.a, index), self._maker(node.b, index)
            back_left = self._goes_back_left(node, left, right)
            maker, told = (left, node.a) if back_left else (right, node.b)
            other = self._aside(node.b, right) if back_left else self._aside(node.a, left)
            now = self._undo(node.op, now, other, back_left)
            if maker is None:
                return Proof(told, tuple(self.sums))
            index = maker

    def _maker(self, value: int, before: int) -> int | None:
        """Index of the step that a number comes from; None where the story tells it."""
        return next((i for i in reversed(range(before)) if self.nodes[i].result == value), None)

    def _goes_back_left(self, node: Node, left: int | None, right: int | None) -> bool:
        """Whether the way back leads to the first number of a step, not to the second.

        It follows the longer chain of steps, not through a percentage, and does not divide by a
        larger number than it must.
        """
        ways = [self._length(left), self._length(right)]
        if ways[0] != ways[1]:
            return ways[0] > ways[1]
        return node.op != "*" or node.a >= node.b

    def _length(self, index: int | None) -> int:
        """Steps to undo from one on: 0 for a told number, -1 where not even the first can be."""
        if index is None:
            return 0
        node = self.nodes[index]
        if node.op not in _INVERSE:
            return -1
        makers = (self._maker(node.a, index), self._maker(node.b, index))
        return 1 + max(self._length(maker) for maker in makers)

    def _aside(self, value: int, maker: int | None) -> Operand:
        """A number that goes into a step: told, or worked out by sums of its own."""
        if maker is None:
            return value
        node = self.nodes[maker]
        left = self._aside(node.a, self._maker(node.a, maker))
        right = self._aside(node.b, self._maker(node.b, maker))
        return self._add((left, node.op, right))

    def _undo(self, op: str, now: Slot, other: Operand, back_left: bool) -> Slot:
        """The sum that finds one number of a step from its result and the other number."""
        if back_left or op in "+*":
            return self._add((now, _INVERSE[op], other))
        return self._add((other, op, now))

    def _add(self, each: Sum) -> Slot:
        if each in self.sums:
            return Slot(self.sums.index(each) + 1)
        self.sums.append(each)
        return Slot(len(self.sums))
