"""The votes for each answer, counted while the tree grows."""

from enum import StrEnum
from typing import Final

from backend.search.node import Node
from backend.search.work import ProposedStep

# An answer that nobody scored is still an answer, but loses to any that was scored.
_UNSCORED: Final = -1.0


class Choice(StrEnum):
    """Which answer becomes the run's: that of the path valued most (Cobbe et al. 2021), of most
    paths (Wang et al. 2023, self-consistency), or of the paths whose values sum to most (Li et
    al. 2023; "best-of-N weighted" in Snell et al. 2024, section 5.1).
    """

    MAX = "max"
    MAJORITY = "majority"
    WEIGHTED = "weighted"


class Vote:
    """What speaks for one answer: how many paths, the sum of their values, the best of them."""

    __slots__ = ("best", "count", "top", "weight")

    def __init__(self) -> None:
        self.count = 0
        self.weight = 0.0
        self.best = -1
        self.top = 2 * _UNSCORED

    def support(self, choice: Choice) -> float:
        """How much speaks for the answer by this rule."""
        match choice:
            case Choice.MAX:
                return self.top
            case Choice.MAJORITY:
                return self.count
            case Choice.WEIGHTED:
                return self.weight


class Ballot:
    """All answers of a tree. Two ends of paths with the same `answer_key` vote for the same."""

    __slots__ = ("_votes", "agreed")

    def __init__(self) -> None:
        self._votes: dict[str, Vote] = {}
        self.agreed = 0
        """The most paths that agree on an answer."""

    def __len__(self) -> int:
        return len(self._votes)

    def add(self, node: Node, worth: float | None, times: int = 1) -> None:
        """Count a path that ends at `node` and is worth so much; without an answer it has none."""
        key = vote_key(node)
        if key is None:
            return
        vote = self._votes.get(key)
        if vote is None:
            vote = self._votes[key] = Vote()
        value = _UNSCORED if worth is None else worth
        vote.count += times
        vote.weight += times * max(0.0, value)
        if value > vote.top:
            vote.best, vote.top = node.id, value
        self.agreed = max(self.agreed, vote.count)

    def clear(self) -> None:
        """Forget all votes."""
        self._votes.clear()
        self.agreed = 0

    def of(self, node: Node) -> Vote | None:
        """What speaks for a node's answer; None if it has none, or does not count."""
        key = vote_key(node)
        return None if key is None else self._votes.get(key)

    def ranked(self, choice: Choice) -> list[Vote]:
        """What speaks for each answer, the one that wins first; of equals the older one."""
        return sorted(self._votes.values(), key=lambda vote: -vote.support(choice))

    def winner(self, choice: Choice) -> Vote | None:
        """What speaks for the answer that wins; the older answer where two are level."""
        return max(self._votes.values(), key=lambda vote: vote.support(choice), default=None)


def vote_key(end: Node | ProposedStep) -> str | None:
    """What the end of a path votes for; None if it gives no answer."""
    return end.answer if end.answer_key is None else end.answer_key
