"""Frozen records that cross the storage boundary: plain values, no SQLAlchemy, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

Json: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One search over one problem: what was asked for, and how far it came.

    `budget` and `usage` share the keys generated_tokens, prompt_tokens, calls, nodes, seconds;
    a missing budget key means no limit. `status` is one of queued, running, paused, finished,
    stopped, failed. `seq` is the sequence number of the run's last stored event (0: none yet).
    `answer_value`: what the verifiers make of the best solution that gives the answer, 0 to 1; None
    where they said nothing. `tags` are a person's words for it, sorted, each once. `from_run` and
    `from_node`: the node of another run with whose path it began; that run may be gone. `caution`:
    why its answer deserves doubt whatever the verifiers say of it, for people.
    """

    id: str
    problem: str
    strategy: str
    status: str
    created_at: datetime
    seed: int
    settings: Json = field(default_factory=dict)
    generator: str = ""
    verifiers: tuple[str, ...] = ()
    budget: Json = field(default_factory=dict)
    usage: Json = field(default_factory=dict)
    reference_answer: str | None = None
    reason: str | None = None
    answer: str | None = None
    correct: bool | None = None
    best_node: int | None = None
    seq: int = 0
    tags: tuple[str, ...] = ()
    from_run: str | None = None
    from_node: int | None = None
    answer_value: float | None = None
    caution: str | None = None


@dataclass(frozen=True, slots=True)
class RunPatch:
    """The fields of a run that change while it grows; written together with its events."""

    status: str
    usage: Json
    budget: Json
    reason: str | None
    answer: str | None
    correct: bool | None
    best_node: int | None
    answer_value: float | None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One change to a tree. `seq` counts from 1 without gaps within a run."""

    run_id: str
    seq: int
    kind: str
    payload: Json
    at: datetime


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node as it is now: the projection of the events that queries and exports read.

    `scores` maps verifier name to a number in [0, 1], or None where a score could not be had.
    `patterns`: the kinds of reasoning that it shows.
    `value` is None while nothing is known; `estimate` is what it is, or was, before any visit (None
    also for visited nodes stored before this was kept).
    `label` is the person's rating -1, 0, 1 or None.
    `flagged`: a person wants it looked at again, which is no judgement.
    """

    id: int
    parent: int | None
    action: str
    text: str
    value: float | None
    visits: int
    prior: float | None
    mean_logprob: float | None
    tokens: int
    scores: Mapping[str, float | None]
    terminal: bool
    answer: str | None
    corrects: int | None
    origin: str
    model: str
    temperature: float | None
    samples: int
    pruned: bool
    label: int | None
    patterns: tuple[str, ...] = ()
    flagged: bool = False
    estimate: float | None = None


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """One judgement by a person about one step. Append-only: a change of mind is another label.

    `id` is made by the client (a UUID) and is the idempotency key: storing it twice stores it once.
    `rating` is -1 bad, 0 neutral, 1 good, None cleared. `seconds` is how long the judgement took,
    `visible` what the person could see meanwhile (for example {"value": true}).
    """

    id: str
    run_id: str
    node_id: int
    rating: int | None
    at: datetime
    author: str = ""
    comment: str = ""
    seconds: float | None = None
    visible: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """A link to one run. Only the SHA-256 of its token is stored; the token itself is shown once.

    `snapshot_seq` fixes the tree at that event; None means the link follows the live tree.
    """

    id: str
    run_id: str
    token_hash: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    snapshot_seq: int | None = None
    revoked_at: datetime | None = None


class Outcome(StrEnum):
    """What came of a run: an answer that is right, wrong, or nobody can tell; or no answer."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    NONE = "none"

    @classmethod
    def of(cls, run: RunRecord) -> "Outcome":
        """The outcome of this run, so far."""
        if run.answer is None:
            return cls.NONE
        return {True: cls.RIGHT, False: cls.WRONG, None: cls.UNKNOWN}[run.correct]


class Sort(StrEnum):
    """Which runs come first: by time, those that cost the most, or those whose answer is valued
    least (the rest after them). Ties: the newest first.
    """

    NEWEST = "newest"
    OLDEST = "oldest"
    TOKENS = "tokens"
    NODES = "nodes"
    LEAST_SURE = "least_sure"


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs to list, and in which order; what is None does not matter.

    `text`: a part of the problem or of the answer, whatever its case. `labelled`: whether a label
    by a person stands on one of its steps. `tag`: one of its tags. `deleted`: those in the bin,
    in place of all others.
    """

    text: str | None = None
    strategy: str | None = None
    status: str | None = None
    outcome: Outcome | None = None
    labelled: bool | None = None
    tag: str | None = None
    sort: Sort = Sort.NEWEST
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag in use: how many runs have it, and how many of those are queued or running."""

    tag: str
    runs: int
    active: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing; `cursor` fetches the next one, None at the end."""

    items: tuple[T, ...]
    cursor: str | None
