"""The pool of wrong rollouts of OmegaPRM, and the binary searches that are under way in it."""

import math
from bisect import insort
from collections import defaultdict
from heapq import heappop, heappush
from typing import Final, NamedTuple

from backend.search import events as ev
from backend.search.strategies.rollouts import MONTE_CARLO, ROLLOUT
from backend.search.tree import SearchTree

PRIORITY: Final = "priority"
"""The name under which the end of a rollout says that it was searched, and with which Q(s, r)."""


class Priority(NamedTuple):
    """Q(s, r) = α^(1 − MC(s)) · β^(words(r) / L) and U(s) = c · √ΣN / (1 + N(s)) (Luo et al. 2024,
    section 3.3); N(s) counts the searches that began at s.
    """

    alpha: float
    beta: float
    length: int
    exploration: float

    def of_rollout(self, monte_carlo: float, words: int) -> float:
        """Q(s, r), in (0, 1]."""
        return float(self.alpha ** (1 - monte_carlo) * self.beta ** (words / self.length))

    def of_state(self, visits: int, total: int) -> float:
        """U(s)."""
        return self.exploration * math.sqrt(total) / (1 + visits)


class _Rollout(NamedTuple):
    """A wrong rollout from a state; in a list of them the one with the highest Q comes first."""

    minus_q: float
    end: int
    state: int


class WrongRollouts:
    """What has been worked out from a tree so far: all of it can be worked out again.

    The states that equally many searches began at have the same U, so that the best of them is
    the one with the best Q, however large the tree: a heap for each N(s), which is at most k.
    """

    def __init__(self, priority: Priority) -> None:
        self._priority = priority
        self._read = 0
        self._searches = 0
        self._visits: defaultdict[int, int] = defaultdict(int)
        self._waiting: dict[int, list[_Rollout]] = {}
        self._heaps: defaultdict[int, list[_Rollout]] = defaultdict(list)
        self._under_way: list[_Rollout] = []

    def catch_up(self, tree: SearchTree) -> None:
        """Read the rollouts that are new in the tree."""
        new: defaultdict[int, list[_Rollout]] = defaultdict(list)
        for end in tree.terminals[self._read :]:
            rollout = self._wrong(tree, end)
            if rollout is None:
                continue
            if PRIORITY in tree.nodes[end].scores:
                self._count(rollout)
            else:
                new[rollout.state].append(rollout)
        self._read = len(tree.terminals)
        for state, rollouts in new.items():
            self._waiting[state] = sorted(rollouts, reverse=True)
            self._offer(state)

    def next_probe(self, tree: SearchTree, most: int) -> int | None:
        """The state to roll out from next, for a search under way, else for a new one; at most
        `most` searches are begun. None if there is none now.
        """
        for rollout in list(self._under_way):
            probe = middle(tree, rollout.state, rollout.end)
            if probe is None:
                self._under_way.remove(rollout)
            elif (probe, ROLLOUT) not in tree.asks:
                return probe
        while self._searches < most and (best := self._best()) is not None:
            probe = middle(tree, best.state, best.end)
            if probe is not None:
                self._count(best)
                end = tree.nodes[best.end]
                tree.record(ev.Scored(end.id, PRIORITY, -best.minus_q, end.estimate))
            self._offer(best.state)
            if probe is not None and (probe, ROLLOUT) not in tree.asks:
                return probe
        return None

    def _wrong(self, tree: SearchTree, end_id: int) -> _Rollout | None:
        """The rollout that ends here, if it is wrong though others from its state are right."""
        end = tree.nodes[end_id]
        if end.reward != 0 or end.source is None:
            return None
        state = tree.nodes[end.source]
        share = state.scores.get(MONTE_CARLO)
        if share is None or not 0 < share < 1:
            return None
        steps = tree.path(end_id)[state.depth + 1 :]
        words = sum(len(tree.nodes[step].text.split()) for step in steps)
        return _Rollout(-self._priority.of_rollout(share, words), end_id, state.id)

    def _count(self, rollout: _Rollout) -> None:
        self._searches += 1
        self._visits[rollout.state] += 1
        insort(self._under_way, rollout)

    def _offer(self, state: int) -> None:
        """Put the best rollout of a state that is left where states are compared."""
        if self._waiting[state]:
            heappush(self._heaps[self._visits[state]], self._waiting[state].pop())

    def _best(self) -> _Rollout | None:
        """Take out the rollout with the highest Q + U."""
        tops = [(visits, heap[0]) for visits, heap in self._heaps.items() if heap]
        if not tops:
            return None
        visits, _ = max(tops, key=lambda top: (self._score(*top), -top[1].end))
        return heappop(self._heaps[visits])

    def _score(self, visits: int, rollout: _Rollout) -> float:
        return self._priority.of_state(visits, self._searches) - rollout.minus_q


def middle(tree: SearchTree, state: int, end: int) -> int | None:
    """The step in the middle of where the first mistake of a wrong rollout can still be, to be
    measured next; None once it is found: the first step from which no rollout ends right.
    """
    path = tree.path(end)
    right, wrong = tree.nodes[state].depth, len(path) - 1
    while wrong - right > 1:
        between = (right + wrong) // 2
        scores = tree.nodes[path[between]].scores
        if MONTE_CARLO not in scores:
            return path[between]
        share = scores[MONTE_CARLO]
        if share is None:
            return None
        if share > 0:
            right = between
        else:
            wrong = between
    return None
