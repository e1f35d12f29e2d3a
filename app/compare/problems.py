"""The problems of a comparison: out of a file, or held out from the embedded models' training."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.runs.problems import ANSWER_FIELDS, Fault, FileKind
from backend.runs.problems import read_problems as read_any
from training.tasks import FAMILIES, Family, TraceStyle


@dataclass(frozen=True, slots=True)
class GradedProblem:
    """A problem with the answer that grades it; strategies never see the answer."""

    id: str
    problem: str
    reference_answer: str


def read_problems(path: Path) -> tuple[list[GradedProblem], list[str]]:
    """The problems of a file, and what is wrong with each line that holds none that can be graded,
    or one whose answer cannot be read.

    OSError when the file cannot be read.
    """
    kind = FileKind.CSV if path.suffix.lower() == ".csv" else FileKind.JSONL
    found, faults = read_any(path.read_text("utf-8", "replace"), kind)
    problems = []
    for each in found:
        if each.reference_answer is None:
            how = f"give it as {' or '.join(ANSWER_FIELDS)}"
            faults.append(Fault(each.line, f"no answer to grade by: {how}"))
        else:
            problems.append(GradedProblem(each.id, each.problem, each.reference_answer))
    return problems, [str(fault) for fault in sorted(faults)]


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
