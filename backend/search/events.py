"""Every change a tree can undergo, as data: the storage log, the live feed and the replay."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from backend.search.errors import BrokenLog


class NodeAdded(NamedTuple):
    """A new node. `estimate` is its value before any backup; None where nothing is known."""

    node: int
    parent: int | None
    action: str
    text: str
    tokens: int
    mean_logprob: float | None
    prior: float | None
    scores: dict[str, float | None]
    estimate: float | None
    model: str
    temperature: float | None
    terminal: bool
    answer: str | None
    corrects: int | None
    origin: str
    answer_key: str | None = None
    reward: float | None = None
    purpose: str = ""
    patterns: tuple[str, ...] = ()


class Merged(NamedTuple):
    """The same step was proposed again below the same parent."""

    node: int
    prior: float | None
    tokens: int
    purpose: str = ""


class Asked(NamedTuple):
    """Work went out: model calls are in flight at `node` until its Told."""

    work: int
    kind_of_work: str
    node: int
    n: int
    seed: int
    temperature: float
    max_tokens: int
    by_action: bool
    purpose: str = ""
    actions: tuple[str, ...] | None = None
    model: str = ""


class Told(NamedTuple):
    """Work came back; `failure` is None or the reason why it brought nothing."""

    work: int
    node: int
    failure: str | None
    generated_tokens: int
    prompt_tokens: int
    calls: int


class BackedUp(NamedTuple):
    """`value` counts once in the mean of `node` and of each of its ancestors."""

    node: int
    value: float


class Reopened(NamedTuple):
    """The node may be expanded again."""

    node: int


class Closed(NamedTuple):
    """The node will not be expanded (any more)."""

    node: int


class Scored(NamedTuple):
    """A verifier's score (None: could not be had) that arrived after the node was added."""

    node: int
    verifier: str
    score: float | None
    estimate: float | None


class Labelled(NamedTuple):
    """A person's judgement: -1, 0, 1, or None to clear it.

    It pins the node's value (backend/search/pins.py). `value` and `visits` say what comes of that,
    so that nobody who follows the log needs to know what the node would be without.
    """

    node: int
    rating: int | None
    author: str
    value: float | None = None
    visits: int | None = None


class Pruned(NamedTuple):
    """The subtree left the search (True) or came back (False)."""

    node: int
    pruned: bool


class Flagged(NamedTuple):
    """A person wants the step looked at again (True), or no longer (False).

    It says nothing about right or wrong, and no strategy looks at it: labels are what judges.
    """

    node: int
    flagged: bool


class Requested(NamedTuple):
    """A person wrote a step at `node` (`n` 0), or had the generator propose `n` more there.

    What came of it follows, as after Told. `request` is the id that the person's client gave it,
    so that the same request again can be told apart.
    """

    request: str
    node: int
    n: int
    generated_tokens: int
    prompt_tokens: int
    calls: int


class Answered(NamedTuple):
    """This terminal node is now the run's answer; None: no node is."""

    node: int | None
    answer: str | None


class Graded(NamedTuple):
    """An answer is right, is wrong, or nobody can tell and `why`; None by a person takes back what
    a person said. `by`: "check" or "person".

    A fact about the run that is no part of the tree: no strategy may see what is right.
    """

    answer: str
    correct: bool | None
    by: str
    why: str = ""
    author: str = ""


class Summarized(NamedTuple):
    """`model` put the path to `node` in plain words, asked by a person's `request`.

    A fact for readers that is no part of the tree: what it cost stands here, and is not added to
    the run's usage, since its budget limits the search, which must not end sooner for being read.
    """

    request: str
    node: int
    text: str
    model: str
    generated_tokens: int
    prompt_tokens: int
    calls: int


class StatusChanged(NamedTuple):
    """The run as a whole changed its status."""

    status: str
    reason: str | None


Event = (
    NodeAdded
    | Merged
    | Asked
    | Told
    | BackedUp
    | Reopened
    | Closed
    | Scored
    | Labelled
    | Pruned
    | Flagged
    | Requested
    | Answered
    | Graded
    | Summarized
    | StatusChanged
)

KIND_OF: Final[Mapping[type[Event], str]] = {
    NodeAdded: "node_added",
    Merged: "merged",
    Asked: "asked",
    Told: "told",
    BackedUp: "backed_up",
    Reopened: "reopened",
    Closed: "closed",
    Scored: "scored",
    Labelled: "labelled",
    Pruned: "pruned",
    Flagged: "flagged",
    Requested: "requested",
    Answered: "answered",
    Graded: "graded",
    Summarized: "summarized",
    StatusChanged: "status",
}
_TYPE_OF: Final = {kind: event_type for event_type, kind in KIND_OF.items()}


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """The event's kind and its fields, ready for JSON."""
    return KIND_OF[type(event)], event._asdict()


def decode(kind: str, fields: Mapping[str, Any]) -> Event:
    """The event again. BrokenLog for an unknown kind or wrong fields."""
    event_type = _TYPE_OF.get(kind)
    if event_type is None:
        raise BrokenLog(f"unknown event kind {kind!r}: was it written by a newer version?")
    try:
        return event_type(**fields)
    except TypeError as error:
        raise BrokenLog(f"event {kind!r} has other fields than expected: {error}") from error
