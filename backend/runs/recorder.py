"""From the kernel's events and nodes to storage records, and back."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from backend.search.events import Event, decode, encode
from backend.search.node import Node
from backend.search.tree import SearchTree
from storage.records import EventRecord, NodeRecord


def event_records(run_id: str, first_seq: int, events: Sequence[Event]) -> list[EventRecord]:
    """Events as records, numbered from `first_seq`, stamped with the present time."""
    now = datetime.now(UTC)
    records = []
    for offset, event in enumerate(events):
        kind, payload = encode(event)
        records.append(EventRecord(run_id, first_seq + offset, kind, payload, now))
    return records


def replay_records(records: Iterable[EventRecord], seed: int) -> SearchTree:
    """The tree that stored events made. BrokenLog where they do not follow on."""
    return SearchTree.replay(map(decoded, records), seed)


def decoded(record: EventRecord) -> Event:
    """The kernel's event. BrokenLog where it makes no sense."""
    return decode(record.kind, record.payload)


def node_record(node: Node) -> NodeRecord:
    """A node as it is now."""
    return NodeRecord(
        id=node.id,
        parent=node.parent,
        action=node.action,
        text=node.text,
        value=node.value,
        visits=node.visits,
        prior=node.prior,
        mean_logprob=node.mean_logprob,
        tokens=node.tokens,
        scores=dict(node.scores),
        terminal=node.terminal,
        answer=node.answer,
        corrects=node.corrects,
        origin=node.origin,
        model=node.model,
        temperature=node.temperature,
        samples=node.samples,
        pruned=node.pruned,
        label=node.label,
        patterns=tuple(node.patterns),
        flagged=node.flagged,
        estimate=node.estimate,
    )
