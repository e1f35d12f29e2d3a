"""Problem files: JSON lines with the field names of GSM8K, MATH or our own runs."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.reasoning.latex import boxed
from backend.runs.request import reference_warning
from training.tasks import FAMILIES, Family, TraceStyle

_PROBLEM: Final = ("problem", "question", "prompt")
_ANSWER: Final = ("reference_answer", "answer", "final_answer", "target")
_GSM8K: Final = re.compile(r"####\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class GradedProblem:
    """A problem with the answer that grades it; strategies never see the answer."""

    id: str
    problem: str
    reference_answer: str


def read_problems(path: Path) -> tuple[list[GradedProblem], list[str]]:
    """The problems of a file, and what is wrong with each line that holds none, or one whose answer
    cannot be read.

    OSError when the file cannot be read.
    """
    problems, faults = [], []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            problem = _read(line, number)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        problems.append(problem)
        warning = reference_warning(problem.reference_answer)
        if warning is not None:
            faults.append(f"line {number}: {warning}")
    return problems, faults


def held_out(family: str, count: int, seed: int) -> list[GradedProblem]:
    """Problems of an embedded task that the embedded models were not trained on."""
    tasks = FAMILIES[family]
    found = tasks.held_out_problems(count, seed)
    return [
        GradedProblem(f"{family}-{seed}-{i}", each.prompt, _solution(tasks, each))
        for i, each in enumerate(found)
    ]


def _solution(family: Family[Any], problem: Any) -> str:
    """The answer at the end of a faultless solution."""
    style = TraceStyle(mistake=0.0, check=0.0, plan=0.0)
    steps = family.reference_trace(random.Random(0), problem, style)
    return steps[-1].text.removeprefix("Answer:").strip().rstrip(".")


def _read(line: str, number: int) -> GradedProblem:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    problem = _text(fields, _PROBLEM)
    if problem is None:
        raise ValueError(f"no problem: give it as {' or '.join(_PROBLEM)}")
    answer = _answer(fields)
    if answer is None:
        raise ValueError(f"no answer to grade by: give it as {' or '.join(_ANSWER)}")
    return GradedProblem(str(fields.get("id", number)), problem, answer)


def _answer(fields: dict[str, Any]) -> str | None:
    """The final answer: after #### in a GSM8K solution, in the last \\boxed{} in one of MATH."""
    given = _text(fields, _ANSWER)
    solution = given if given is not None else _text(fields, ("solution",))
    if solution is None:
        return None
    marked = _GSM8K.search(solution)
    if marked is not None:
        return marked[1].replace(",", "")
    box = boxed(solution)
    return given if box is None else box


def _text(fields: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next(_texts(fields, names), None)


def _texts(fields: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        if text := str(value).strip():
            yield text
