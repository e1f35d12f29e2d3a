"""Small records to store: the same shape everywhere, with what a test cares about changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.port import RunStore
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    RunPatch,
    RunRecord,
    ShareRecord,
)

START = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)


def minute(number: int) -> datetime:
    """A time that many minutes after the start of the tests' world."""
    return START + timedelta(minutes=number)


def a_run(run_id: str = "run-1", **changed: Any) -> RunRecord:
    """A run with every field set to something that could get lost."""
    fields: dict[str, Any] = {
        "problem": "How many primes are below 30?",
        "strategy": "mcts",
        "status": "running",
        "created_at": START,
        "seed": 7,
        "settings": {"c_puct": 1.5, "nested": {"list": [1, None, True]}},
        "generator": "qwen",
        "verifiers": ("prm", "orm"),
        "budget": {"nodes": 40, "seconds": 2.5},
        "usage": {"calls": 0},
        "reference_answer": "10",
        "tags": ("primes", "to do"),
        "from_run": "run-0",
        "from_node": 3,
    }
    return RunRecord(run_id, **{**fields, **changed})


def a_node(node_id: int = 0, **changed: Any) -> NodeRecord:
    """A node with every field set."""
    fields: dict[str, Any] = {
        "parent": None if node_id == 0 else 0,
        "action": "step",
        "text": f"step {node_id}",
        "value": 0.25,
        "visits": 3,
        "prior": 0.5,
        "mean_logprob": -0.125,
        "tokens": 12,
        "scores": {"prm": 0.75, "orm": None},
        "terminal": False,
        "answer": None,
        "corrects": None,
        "origin": "model",
        "model": "qwen",
        "temperature": 0.8,
        "samples": 1,
        "pruned": False,
        "label": None,
        "patterns": ("self_refinement", "method_reuse"),
        "flagged": True,
        "estimate": 0.7,
    }
    return NodeRecord(node_id, **{**fields, **changed})


def an_event(seq: int = 1, run_id: str = "run-1", **changed: Any) -> EventRecord:
    """An event that adds the node with the number before it."""
    fields: dict[str, Any] = {
        "kind": "node_added",
        "payload": {"node": seq - 1, "text": f"step {seq - 1}", "scores": {"prm": 0.75}},
        "at": minute(seq),
    }
    return EventRecord(run_id, seq, **{**fields, **changed})


def a_patch(**changed: Any) -> RunPatch:
    """The changed fields of a run that goes on."""
    fields: dict[str, Any] = {
        "status": "running",
        "usage": {"calls": 1},
        "budget": {"nodes": 40, "seconds": 2.5},
        "reason": None,
        "answer": None,
        "correct": None,
        "best_node": None,
        "answer_value": None,
    }
    return RunPatch(**{**fields, **changed})


def a_label(
    label_id: str = "label-1", node_id: int = 0, run_id: str = "run-1", **changed: Any
) -> LabelRecord:
    """A person's judgement with every field set."""
    fields: dict[str, Any] = {
        "rating": 1,
        "at": START,
        "author": "ada",
        "comment": "sound",
        "seconds": 3.5,
        "visible": {"value": True},
    }
    return LabelRecord(label_id, run_id, node_id, **{**fields, **changed})


def a_share(share_id: str = "share-1", run_id: str = "run-1", **changed: Any) -> ShareRecord:
    """A link with a token hash of its own."""
    fields: dict[str, Any] = {
        "token_hash": f"hash of {share_id}",
        "role": "view",
        "created_at": START,
        "expires_at": minute(60),
        "snapshot_seq": 4,
    }
    return ShareRecord(share_id, run_id, **{**fields, **changed})


async def grow(store: RunStore, run_id: str, seq: int, label: LabelRecord | None = None) -> None:
    """Append event `seq` and the node it adds."""
    await store.append(run_id, [an_event(seq, run_id)], [a_node(seq - 1)], a_patch(), label)


async def a_labelled_run(store: RunStore, run_id: str = "run-1") -> None:
    """Store a run with three nodes, two labels and a share."""
    await store.create_run(a_run(run_id))
    await grow(store, run_id, 1)
    await grow(store, run_id, 2, a_label(f"first of {run_id}", 0, run_id))
    second = a_label(f"second of {run_id}", 1, run_id, rating=-1, at=minute(1))
    await grow(store, run_id, 3, second)
    await store.create_share(a_share(f"share of {run_id}", run_id))
