"""Sampled traces as the stages hand them on: JSON lines, one record each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class JudgedTrace:
    """A trace with the checker's label for each line and what became of it.

    `value`: per line, whether the trace that was sampled from there ended right; None where it was
    cut, so that nobody knows. `rights`: per line, what it should say, None where that is not known;
    empty where it is for no line.
    """

    prompt: str
    lines: list[str]
    correct: list[bool]
    value: list[bool | None]
    rights: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OwnAttempt:
    """Lines the model wrote itself, their labels, and what should follow them.

    `kind`: after a mistake the "repair" (the check that finds it, the correction and the rest);
    after a right step the check that has it "confirmed"; after a finished attempt the review, which
    "holds" or finds it "wrong". `correct` and `hopeful` are the checker's labels of the context.
    """

    kind: str
    prompt: str
    context: list[str]
    correct: list[bool]
    hopeful: list[bool]
    continuation: list[str]


Record = TypeVar("Record", JudgedTrace, OwnAttempt)


def write(path: Path, records: Iterable[JudgedTrace | OwnAttempt]) -> None:
    """Write records; the file appears only when it is complete."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(asdict(record)) + "\n")
    os.replace(partial, path)


def read(kind: type[Record], paths: Iterable[Path]) -> list[Record]:
    """Read the records of a kind from several files, in their order."""
    return [
        kind(**json.loads(line))
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
