"""What single steps gained or lost, by Monte-Carlo labels: advantages, critical steps, pairs.

Setlur et al. 2024 (RL on Incorrect Synthetic Data), section 5: the advantage of a step is
MC(after the step) − MC(before it). The functions read a tree and change nothing.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from backend.search.node import Node
from backend.search.strategies.rollouts import MONTE_CARLO
from backend.search.tree import ROOT, SearchTree

CRITICAL: Final = 0.5


class StepPair(NamedTuple):
    """Two steps (node ids) after the same prefix, for per-step DPO: `worse` is the first worst
    step of a wrong chain.
    """

    prefix: int
    better: int
    worse: int


def advantages(tree: SearchTree) -> dict[int, float]:
    """The advantage of each step, in [-1, 1]; only where it and the step before are labelled."""
    found = {}
    for node in tree.nodes[1:]:
        assert node.parent is not None
        after, before = _label(node), _label(tree.nodes[node.parent])
        if after is not None and before is not None:
            found[node.id] = after - before
    return found


def critical_steps(gained: Mapping[int, float], at_least: float = CRITICAL) -> list[int]:
    """The steps that decide whether a chain ends right: those whose advantage is far from 0."""
    return [step for step, advantage in gained.items() if abs(advantage) >= at_least]


def step_pairs(tree: SearchTree) -> list[StepPair]:
    """For each wrong chain its first worst step, beside the best step from the same prefix, if
    that is better; once for chains that share it.
    """
    gained, values = advantages(tree), _values(tree)
    pairs: dict[int, StepPair] = {}
    for end in tree.terminals:
        if tree.nodes[end].reward != 0:
            continue
        lost = [step for step in tree.path(end) if gained.get(step, 0.0) < 0]
        worse = min(lost, key=lambda step: (gained[step], step), default=ROOT)
        prefix = tree.nodes[worse].parent
        if prefix is None or worse in pairs:
            continue
        others = [step for step in tree.nodes[prefix].children if step != worse]
        better = max(others, key=lambda step: (values[step], -step), default=worse)
        if values[better] > values[worse]:
            pairs[worse] = StepPair(prefix, better, worse)
    return list(pairs.values())


def _values(tree: SearchTree) -> list[float]:
    """MC of every step: its label, else the share of right ones among the answers below it, as
    often as each was given; -1 where neither is known.
    """
    right, judged = [0.0] * len(tree), [0] * len(tree)
    values = [-1.0] * len(tree)
    for node in reversed(tree.nodes):
        if node.reward is not None:
            right[node.id], judged[node.id] = node.reward * node.samples, node.samples
        label = _label(node)
        if label is not None:
            values[node.id] = label
        elif judged[node.id]:
            values[node.id] = right[node.id] / judged[node.id]
        if node.parent is not None:
            right[node.parent] += right[node.id]
            judged[node.parent] += judged[node.id]
    return values


def _label(node: Node) -> float | None:
    return node.scores.get(MONTE_CARLO)
