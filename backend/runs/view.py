"""A run and its tree as they were at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.runs.grades import Grades
from backend.runs.recorder import node_record, replay_records
from backend.search.growth import answer_value, best_leaf
from backend.search.tree import ROOT
from storage.records import EventRecord, NodeRecord, RunRecord


@dataclass(frozen=True, slots=True)
class TreeView:
    """A tree at one moment: `seq` is the last event that it contains."""

    run: RunRecord
    nodes: tuple[NodeRecord, ...]
    seq: int

    def path(self, node_id: int) -> list[NodeRecord]:
        """The steps down to a node, the first one first, without the problem."""
        steps = []
        node = self.nodes[node_id]
        while node.parent is not None:
            steps.append(node)
            node = self.nodes[node.parent]
        return steps[::-1]


def view_at(run: RunRecord, events: Sequence[EventRecord]) -> TreeView:
    """The run and its tree after these events, the first of the run's log; at least one."""
    tree = replay_records(events, run.seed)
    answer = None if tree.answer_node is None else tree.node(tree.answer_node).answer
    best = best_leaf(tree)
    used = tree.usage
    elapsed = (events[-1].at - events[0].at).total_seconds()
    then = replace(
        run,
        status=tree.status,
        reason=tree.reason,
        usage={
            "generated_tokens": used.generated_tokens,
            "prompt_tokens": used.prompt_tokens,
            "calls": used.calls,
            "nodes": len(tree) - 1,
            # Pauses are no search time, so it cannot be more than the run has used in all.
            "seconds": min(elapsed, run.usage.get("seconds", elapsed)),
        },
        answer=answer,
        correct=Grades(run.problem, run.reference_answer).read(events).of(answer),
        best_node=None if best == ROOT else best,
        answer_value=answer_value(tree),
        seq=events[-1].seq,
    )
    return TreeView(then, tuple(node_record(node) for node in tree.nodes), events[-1].seq)
