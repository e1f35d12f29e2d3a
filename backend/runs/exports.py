"""What a run's tree teaches, as lines of data: policy targets, step labels, preference pairs.

Each line is one JSON-ready dictionary that stands for itself: the problem and the steps so far are
in it, and a step is {"action", "text"}.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

from backend.search.advantages import advantages, step_pairs
from backend.search.node import Node
from backend.search.strategies.rollouts import MONTE_CARLO
from backend.search.tree import SearchTree

Line = dict[str, Any]


class ExportFormat(StrEnum):
    """What to read off a tree."""

    POLICY = "policy"
    """The visit distribution π after every step that was searched on (AlphaZero, Silver 2018)."""

    STEP_LABELS = "step_labels"
    """Monte-Carlo labels and advantages of the steps of every solution (Wang et al. 2024,
    Math-Shepherd, section 3; Setlur et al. 2024, section 5).
    """

    PAIRS = "pairs"
    """A better and a worse step after the same prefix, for per-step DPO (Setlur et al. 2024)."""


def export_lines(tree: SearchTree, wanted: ExportFormat) -> list[Line]:
    """The lines of one format, in the order in which the tree grew."""
    return list(_WRITERS[wanted](tree))


def holds_lines(tree: SearchTree, wanted: ExportFormat) -> bool:
    """Whether there is any line of the format: none has to be written to know."""
    return next(_WRITERS[wanted](tree), None) is not None


def _policy(tree: SearchTree) -> Iterator[Line]:
    for node in tree.nodes:
        children = [tree.nodes[child] for child in node.children]
        total = sum(child.visits for child in children)
        if not total:
            continue
        yield {
            **_prefix(tree, node),
            "visits": total,
            "value": node.value,
            "children": [
                {**_step(child), "prior": child.prior, "pi": child.visits / total}
                for child in children
            ],
        }


def _step_labels(tree: SearchTree) -> Iterator[Line]:
    gained = advantages(tree)
    for end in tree.terminals:
        steps = [tree.nodes[step] for step in tree.path(end)[1:]]
        labels = [step.scores.get(MONTE_CARLO) for step in steps]
        if all(label is None for label in labels):
            continue
        yield {
            "problem": tree.root.text,
            "steps": [_step(step) for step in steps],
            "soft": labels,
            # A step is right if the answer can still be reached from it.
            "hard": [None if label is None else label > 0 for label in labels],
            "advantage": [gained.get(step.id) for step in steps],
            "answer": tree.nodes[end].answer,
        }


def _pairs(tree: SearchTree) -> Iterator[Line]:
    for pair in step_pairs(tree):
        better, worse = tree.nodes[pair.better], tree.nodes[pair.worse]
        yield {
            **_prefix(tree, tree.nodes[pair.prefix]),
            "chosen": _step(better),
            "rejected": _step(worse),
        }


def _prefix(tree: SearchTree, node: Node) -> Line:
    return {
        "problem": tree.root.text,
        "steps": [_step(tree.nodes[step]) for step in tree.path(node.id)[1:]],
    }


def _step(node: Node) -> Line:
    return {"action": node.action, "text": node.text}


_WRITERS: Final[dict[ExportFormat, Callable[[SearchTree], Iterator[Line]]]] = {
    ExportFormat.POLICY: _policy,
    ExportFormat.STEP_LABELS: _step_labels,
    ExportFormat.PAIRS: _pairs,
}
