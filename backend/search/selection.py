"""Selection formulas: which child to follow."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar, Final

from backend.search.node import Node

PUCT_BASE: Final = 19652.0
# Where nothing at all is known about a child or its parent, take the middle of [0, 1].
_UNKNOWN: Final = 0.5


class Selection(StrEnum):
    """The names of the formulas."""

    PUCT = "puct"
    UCT = "uct"


class Formula(ABC):
    """A formula at one parent: what it makes of each child. The largest Q + U is followed."""

    __slots__ = ("_fallback", "total", "weight")
    text: ClassVar[str]
    """Of `N` and `V` (the parent's visits and those in flight), `c`, and of each child's `Q`, `P`,
    `n` and `v`.
    """

    def __init__(self, parent: Node, exploration: float) -> None:
        self.total = parent.visits + parent.virtual
        self.weight = exploration
        """c, as it is at this parent."""
        self._fallback = parent.value_sum / parent.visits if parent.visits else _UNKNOWN

    def value(self, child: Node) -> float:
        """Q: the mean of what was backed up; before that the estimate."""
        if child.visits:
            return child.value_sum / child.visits
        return self._fallback if child.estimate is None else child.estimate

    def prior(self, child: Node) -> float | None:
        """P; None where the formula has none."""
        return None

    @abstractmethod
    def bonus(self, child: Node) -> float:
        """U: what speaks for a child that was rarely visited."""


# (the parent, exploration) -> the formula there
Formulas = Callable[[Node, float], Formula]


class Puct(Formula):
    """Q + c(N)·P·√N / (1 + n) (Silver et al. 2018, AlphaZero), with one added to N.

    c(N) = exploration + ln((N + 19652) / 19652). N and n count what is in flight. P is the model's
    own probability of the thought action, uniform where unknown. A child without visits has its
    verifier estimate as Q.
    """

    __slots__ = ("_scale", "_uniform")
    text: ClassVar[str] = "Q + c·P·√(N + V + 1) / (1 + n + v)"

    def __init__(self, parent: Node, exploration: float) -> None:
        super().__init__(parent, exploration)
        self.weight += math.log((self.total + PUCT_BASE + 1) / PUCT_BASE)
        self._scale = self.weight * math.sqrt(self.total + 1)
        self._uniform = 1.0 / max(1, len(parent.children))

    def prior(self, child: Node) -> float:
        """P."""
        return self._uniform if child.prior is None else child.prior

    def bonus(self, child: Node) -> float:
        """U."""
        prior = self._uniform if child.prior is None else child.prior
        return self._scale * prior / (1 + child.visits + child.virtual)


class Uct(Formula):
    """Q + exploration·√(ln(N + 1) / (n + 1)), N and n counting what is in flight.

    UCT (Kocsis and Szepesvári 2006) with one added to both counts, so that a child without visits
    is judged by its verifier estimate instead of always coming first.
    """

    __slots__ = ("_log_total",)
    text: ClassVar[str] = "Q + c·√(ln(N + V + 1) / (n + v + 1))"

    def __init__(self, parent: Node, exploration: float) -> None:
        super().__init__(parent, exploration)
        self._log_total = math.log(self.total + 1)

    def bonus(self, child: Node) -> float:
        """U."""
        return self.weight * math.sqrt(self._log_total / (child.visits + child.virtual + 1))


def select(nodes: Sequence[Node], parent: Node, formula: Formula) -> Node | None:
    """The available child with the highest Q + U; of equals the oldest. None if there is none."""
    value, bonus = formula.value, formula.bonus
    best, best_score = None, -math.inf
    for child_id in parent.children:
        child = nodes[child_id]
        if child.pruned or not (child.expandable or child.open_children):
            continue
        score = value(child) + bonus(child)
        if score > best_score:
            best, best_score = child, score
    return best


FORMULAS: Final[dict[Selection, Formulas]] = {Selection.PUCT: Puct, Selection.UCT: Uct}
