"""Mutual consistency: does a solution's head lead to the same answer again? (rStar, section 3.3)

Part of each candidate's tail is hidden, and the generator finishes from what is left. Nothing of
this becomes part of the tree but a score at the candidate's end.
"""

from collections import Counter
from math import ceil
from typing import Final

from backend.search import events as ev
from backend.search.growth import give_answer
from backend.search.node import Node
from backend.search.tree import SearchTree
from backend.search.votes import vote_key
from backend.search.work import Call, Outcome, Work

DISCRIMINATE = "discriminate"
CONSISTENCY = "consistency"
# How much of a solution is left to see; at least its first step, if it has more than one.
_HEADS: Final = (0.2, 0.3, 0.4, 0.5)
_ENOUGH: Final = 0.5 - 1e-9


def candidates(tree: SearchTree, most: int) -> list[Node]:
    """The ends of the solutions that are checked: those valued most. None if all are of one mind:
    there is nothing to decide.
    """
    if len(tree.votes) < 2:
        return []
    ends = [node for i in tree.terminals if tree.votes.of(node := tree.nodes[i]) is not None]
    alive = [end for end in ends if not any(node.pruned for node in tree.ancestors(end.id))]
    alive.sort(key=lambda end: (-(end.estimate or 0.0), end.id))
    return alive[:most]


def heads(tree: SearchTree, end: Node) -> Counter[int]:
    """The nodes of a path from which the generator is to finish it, each with how many of the
    masks end there.
    """
    path = tree.path(end.id)
    if tree.start in path:  # given steps are never masked
        path = path[path.index(tree.start) :]
    steps = len(path) - 1
    return Counter(path[min(ceil(part * steps), steps - 1)] for part in _HEADS)


def ask_checks(tree: SearchTree, ends: list[Node], call: Call, capacity: int) -> list[Work]:
    """Calls at heads that were not asked yet; candidates with the same head share one."""
    return [tree.ask(head, call) for head in _unasked(tree, ends)[: max(0, capacity)]]


def take_check(tree: SearchTree, ends: list[Node], work: Work, outcome: Outcome) -> None:
    """Raise the score of each candidate with this head by the share of answers like its own; once
    the last check is in, choose the answer.
    """
    found = Counter(vote_key(chain[-1]) for chain in outcome.chains if chain)
    for end in ends:
        masks = heads(tree, end)
        if work.node in masks:
            agreed = masks[work.node] / len(_HEADS) * found[vote_key(end)] / work.n
            score = min(1.0, _consistency(end) + agreed)
            tree.record(ev.Scored(end.id, CONSISTENCY, score, end.estimate))
    if not tree.pending and not _unasked(tree, ends):
        choose_consistent(tree, ends)


def _unasked(tree: SearchTree, ends: list[Node]) -> list[int]:
    all_heads = dict.fromkeys(head for end in ends for head in heads(tree, end))
    return [head for head in all_heads if (head, DISCRIMINATE) not in tree.asks]


def choose_consistent(tree: SearchTree, ends: list[Node]) -> None:
    """Make the run's the answer with the most confidence and the most survivors.

    A candidate survives if half of what came of its heads agrees with it. Confidence: an answer's
    share of the survivors; survival: the share of its candidates that survived. Where none did,
    the answer stays what it was.
    """
    everyone: Counter[str | None] = Counter()
    survivors: Counter[str | None] = Counter()
    best: dict[str | None, int] = {}
    for end in ends:
        key = vote_key(end)
        everyone[key] += end.samples
        if _consistency(end) >= _ENOUGH:
            survivors[key] += end.samples
            best.setdefault(key, end.id)
    if survivors:
        total = survivors.total()
        winner = max(best, key=lambda key: survivors[key] / total + survivors[key] / everyone[key])
        give_answer(tree, best[winner])


def _consistency(end: Node) -> float:
    return end.scores.get(CONSISTENCY) or 0.0
