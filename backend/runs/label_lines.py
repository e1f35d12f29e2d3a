"""People's judgements as lines of data to train a PRM on, or to compare people with each other.

`labels` has every judgement that stands, once. `prm800k` has labelled paths in the format of
PRM800K (Lightman et al. 2023, "Let's Verify Step by Step", openai/prm800k), which reads them
together with what else could have been said at each step.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from backend.runs.exports import Line
from backend.runs.view import TreeView
from storage.records import LabelRecord, NodeRecord

_Rated = Mapping[int, LabelRecord]


class LabelFormat(StrEnum):
    """What to write people's judgements as."""

    LABELS = "labels"
    """A line for each judgement that stands: the problem, the steps before, the step, its rating
    (-1 bad, 0 neutral, 1 good), and who judged it.
    """

    PRM800K = "prm800k"
    """A line for each labelled path of each person, with the labelled siblings of its steps. A
    rating that two paths share is in both lines.
    """


def label_lines(view: TreeView, labels: Sequence[LabelRecord], wanted: LabelFormat) -> list[Line]:
    """The lines of one format. Of several judgements of one step by one person the last one
    stands; one that was cleared is no judgement. `labels`: oldest first.
    """
    by_author: dict[str, dict[int, LabelRecord]] = {}
    for label in labels:
        if label.node_id < len(view.nodes):
            by_author.setdefault(label.author, {})[label.node_id] = label
    lines: list[Line] = []
    for author, rated in sorted(by_author.items()):
        standing = {node: label for node, label in rated.items() if label.rating is not None}
        lines += _WRITERS[wanted](view, author, standing)
    return lines


def _labels(view: TreeView, author: str, rated: _Rated) -> Iterator[Line]:
    for node_id, label in sorted(rated.items()):
        *before, node = view.path(node_id)
        yield {
            "problem": view.nodes[0].text,
            "steps": [_step(step) for step in before],
            "step": _step(node),
            "rating": label.rating,
            "flagged": node.flagged,
            "comment": label.comment,
            "author": author,
            "at": label.at.isoformat(),
            "seconds": label.seconds,
            "origin": node.origin,
            "run": view.run.id,
            "node": node_id,
        }


def _prm800k(view: TreeView, author: str, rated: _Rated) -> Iterator[Line]:
    for end in _ends(view, rated):
        path = view.path(end)
        ratings = [rated[node.id].rating for node in path if node.id in rated]
        known = [label.seconds for node in path if (label := rated.get(node.id))]
        seconds = [spent for spent in known if spent is not None]
        finished = "solution" if path[-1].terminal else None
        yield {
            "labeler": author,
            "timestamp": rated[end].at.isoformat(),
            "generation": None,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": {
                "problem": view.nodes[0].text,
                "ground_truth_solution": None,
                "ground_truth_answer": view.run.reference_answer,
            },
            "label": {
                "steps": [_choice(view, node, rated) for node in path],
                "total_time": _milliseconds(seconds),
                "finish_reason": "found_error" if -1 in ratings else finished,
            },
        }


def _milliseconds(seconds: Sequence[float]) -> int | None:
    """All of it; None where nothing is known, or where clients said more than there can be."""
    spent = 1000 * sum(seconds)
    return round(spent) if seconds and math.isfinite(spent) else None


def _choice(view: TreeView, node: NodeRecord, rated: _Rated) -> Line:
    """The step that the path takes, among the labelled ones that stand beside it."""
    siblings = {other for other in rated if view.nodes[other].parent == node.parent}
    beside = [view.nodes[other] for other in sorted(siblings | {node.id})]
    models = [other for other in beside if other.origin == "model"]
    by_person = None if node in models else _completion(node, rated)
    return {
        "completions": [_completion(other, rated) for other in models],
        "human_completion": by_person,
        "chosen_completion": None if by_person else models.index(node),
    }


def _completion(node: NodeRecord, rated: _Rated) -> Line:
    label = rated.get(node.id)
    return {
        "text": node.text,
        "rating": None if label is None else label.rating,
        "flagged": node.flagged,
    }


def _ends(view: TreeView, rated: _Rated) -> list[int]:
    """Where labelled paths end: at labelled steps with no labelled one below, and of those that
    stand beside each other at the best one (of equals the oldest).
    """
    inner = {step.id for node in rated for step in view.path(node)[:-1]}
    best: dict[int | None, int] = {}
    for node in sorted(rated.keys() - inner):
        parent = view.nodes[node].parent
        held = best.get(parent)
        if held is None or (rated[node].rating or 0) > (rated[held].rating or 0):
            best[parent] = node
    return sorted(best.values())


def _step(node: NodeRecord) -> Line:
    return {"action": node.action, "text": node.text}


_WRITERS: Final[dict[LabelFormat, Callable[[TreeView, str, _Rated], Iterator[Line]]]] = {
    LabelFormat.LABELS: _labels,
    LabelFormat.PRM800K: _prm800k,
}
