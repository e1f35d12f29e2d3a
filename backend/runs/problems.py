"""Problem files: text, or JSON lines or CSV with the field names of GSM8K, MATH or our runs."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from backend.reasoning.latex import boxed
from backend.runs.request import reference_warning

PROBLEM_FIELDS: Final = ("problem", "question", "prompt")
ANSWER_FIELDS: Final = ("reference_answer", "answer", "final_answer", "target")
_GSM8K: Final = re.compile(r"####\s*(.+?)\s*$")


class FileKind(StrEnum):
    """How the problems of a file are written down. `TEXT`: one a line, without answers."""

    JSONL = "jsonl"
    CSV = "csv"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """A problem of a file: the line it is (or ends) on, its id, or else that line, and the answer
    that grades it, if there is one.
    """

    line: int
    id: str
    problem: str
    reference_answer: str | None


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with a line."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def read_problems(text: str, kind: FileKind) -> tuple[list[ListedProblem], list[Fault]]:
    """The problems of a file, and what is wrong with each line that holds none, or one whose answer
    cannot be read.
    """
    problems, faults = [], []
    for line, fields in _READERS[kind](text.removeprefix("\ufeff")):
        if isinstance(fields, str):
            faults.append(Fault(line, fields))
            continue
        problem = _text(fields, PROBLEM_FIELDS)
        if problem is None:
            faults.append(Fault(line, f"no problem: give it as {' or '.join(PROBLEM_FIELDS)}"))
            continue
        found = ListedProblem(line, _text(fields, ("id",)) or str(line), problem, _answer(fields))
        problems.append(found)
        warning = reference_warning(found.reference_answer)
        if warning is not None:
            faults.append(Fault(line, warning))
    return problems, faults


_Lines = Iterator[tuple[int, Mapping[str, Any] | str]]


def _json_lines(text: str) -> _Lines:
    """The fields of each line, or what is wrong with it."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            yield number, f"not JSON ({error.msg} at column {error.colno})"
            continue
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON ({error})"
            continue
        yield number, fields if isinstance(fields, dict) else "not a JSON object"


def _csv_rows(text: str) -> _Lines:
    """The same of a table with the names of its columns in the first row."""
    rows = csv.reader(io.StringIO(text, newline=""))
    names: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, f"not CSV ({error})"
            continue
        if not any(cell.strip() for cell in row):
            continue
        if names is None:
            names = [name.strip().lower() for name in row]
            continue
        yield rows.line_num, dict(zip(names, row, strict=False))


def _text_lines(text: str) -> _Lines:
    """Each line that is not empty as a problem."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, {PROBLEM_FIELDS[0]: line}


_READERS: Final = {
    FileKind.JSONL: _json_lines,
    FileKind.CSV: _csv_rows,
    FileKind.TEXT: _text_lines,
}


def _answer(fields: Mapping[str, Any]) -> str | None:
    """The final answer: after #### in a GSM8K solution, in the last \\boxed{} in one of MATH."""
    given = _text(fields, ANSWER_FIELDS)
    solution = given if given is not None else _text(fields, ("solution",))
    if solution is None:
        return None
    marked = _GSM8K.search(solution)
    if marked is not None:
        return marked[1].replace(",", "")
    box = boxed(solution)
    return given if box is None else box


def _text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next(_texts(fields, names), None)


def _texts(fields: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        if text := str(value).strip():
            yield text
