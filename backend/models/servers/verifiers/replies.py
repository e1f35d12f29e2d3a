"""What servers answer to requests for scores, checked: from JSON to typed values."""

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from backend.models.errors import BadReply

ROUNDING = 1e-3
"""How far outside [0, 1] a probability may lie before it counts as nonsense."""

MOST_TOKENS = 2**53
"""More than any usage."""

Value = TypeVar("Value")
Row = tuple[float | None, ...]
"""Class probabilities."""


class Head(Protocol):
    """What a convention says of a classifier: how many classes, and which of them is "right"."""

    @property
    def classes(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scored(Generic[Value]):
    """One value per input, in their order, and what the server read and wrote for them."""

    values: tuple[Value, ...]
    prompt_tokens: int
    generated_tokens: int


def parse_tokens(payload: Any) -> tuple[int, ...]:
    """The ids of POST /tokenize. Errors: BadReply."""
    tokens = _field(payload, "tokens", list)
    if not all(type(token) is int and token >= 0 for token in tokens):
        raise BadReply("tokens must hold ids only")
    return tuple(tokens)


def parse_rows(payload: Any, inputs: int) -> Scored[tuple[Row, ...]]:
    """POST /pooling with task token_classify: rows of class probabilities per input.

    Errors: BadReply.
    """
    return _scored(payload, inputs, lambda item: tuple(map(_row, _field(item, "data", list))))


def parse_classes(payload: Any, inputs: int) -> Scored[Row]:
    """POST /classify: class probabilities per input. Errors: BadReply."""
    return _scored(payload, inputs, lambda item: _row(_field(item, "probs", list)))


def parse_scores(payload: Any, inputs: int) -> Scored[float | None]:
    """POST /score and /generative_scoring: one probability per input. Errors: BadReply."""
    return _scored(payload, inputs, lambda item: probability(item.get("score")))


def probability(value: Any) -> float | None:
    """A number in [0, 1]; None for null, which stands for one that could not be computed.

    Errors: BadReply for anything else.
    """
    if value is None:
        return None
    # type() and not isinstance(): true is no number. The comparison is false for NaN.
    if type(value) not in (int, float) or not -ROUNDING <= value <= 1 + ROUNDING:
        raise BadReply(
            f"{reprlib.repr(value)} is no probability: serve the model with its activation on"
        )
    return min(1.0, max(0.0, float(value)))


def column(row: Row, head: Head) -> float | None:
    """The probability of "right". Errors: BadReply when the model has another head: the number
    would be one of something else.
    """
    if len(row) != head.classes:
        raise BadReply(f"the model has {len(row)} classes: this convention has {head.classes}")
    return row[head.column]


def _scored(payload: Any, inputs: int, read: Any) -> Scored[Any]:
    data = _field(payload, "data", list)
    by_index: Mapping[int, Any] = {_field(item, "index", int): item for item in data}
    if len(data) != inputs or set(by_index) != set(range(inputs)):
        raise BadReply(f"{len(data)} results, {len(by_index)} apart, for {inputs} inputs")
    usage = _field(payload, "usage", dict)
    count = partial(_count, usage)
    values = tuple(read(by_index[i]) for i in range(inputs))
    return Scored(values, count("prompt_tokens"), count("completion_tokens"))


def _row(row: Any) -> Row:
    if not isinstance(row, Sequence) or isinstance(row, str) or not row:
        raise BadReply(f"{reprlib.repr(row)} is no row of class probabilities")
    return tuple(map(probability, row))


def _count(usage: Mapping[str, Any], key: str) -> int:
    count = usage.get(key) or 0
    if type(count) is not int or not 0 <= count <= MOST_TOKENS:
        raise BadReply(f"usage counts {reprlib.repr(count)} {key}")
    return count


def _field(payload: Any, key: str, kind: type[Any]) -> Any:
    if not isinstance(payload, dict) or type(payload.get(key)) is not kind:
        raise BadReply(f"the reply has no {key} ({kind.__name__}) where it should be")
    return payload[key]
