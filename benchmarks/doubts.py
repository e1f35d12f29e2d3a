"""What "doubtful" is worth: how many wrong answers are called so, and how many right ones.

Run `python -m benchmarks.doubts [--problems 100] [--seed 1] [--tokens 2000] [--json]`. The embedded
models search held-out problems of their tasks by MCTS, and the stories in visitors.jsonl, whose
writer had not seen the training's. An answer is doubtful where the best solution that gives it is
valued below 0.5, or the generator has met few stories in such words; one in words that it does not
know is refused.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.compare.problems import GradedProblem, held_out, read_problems
from app.parts import make_service, open_models
from app.settings import Settings
from backend.runs.errors import RunsError
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.runs.votes import doubtful
from storage.memory import InMemoryRunStore
from training.progress import bar
from training.tasks import FAMILIES

AT_ONCE = 8
VISITORS = Path(__file__).parent / "visitors.jsonl"


@dataclass(frozen=True, slots=True)
class DoubtFigures:
    """How many problems of a group came to what."""

    group: str
    problems: int
    refused: int
    unanswered: int
    wrong: int
    wrong_doubtful: int
    right: int
    right_doubtful: int


async def outcome(service: RunService, problem: GradedProblem, tokens: int, seed: int) -> str:
    """What came of one problem: a name of a figure."""
    budget = {"generated_tokens": float(tokens)}
    request = RunRequest(
        problem.problem, "mcts", {}, budget, problem.reference_answer, seed=seed
    )  # fmt: skip
    try:
        run = await service.start(request)
    except RunsError:
        return "refused"
    done = await service.settled(run.id)
    await service.delete(run.id)
    if done.answer is None:
        return "unanswered"
    return ("right" if done.correct else "wrong") + ("_doubtful" if doubtful(done) else "")


async def measure(problems: int, tokens: int, seed: int) -> list[DoubtFigures]:
    """The figures of the visitors' stories and of every family."""
    groups = {name: held_out(name, problems, seed) for name in FAMILIES}
    groups["visitors"] = read_problems(VISITORS)[0]
    catalog, close_models = open_models(Settings())
    service = make_service(InMemoryRunStore(), catalog, Settings())
    free = asyncio.Semaphore(AT_ONCE)
    with bar("doubts", sum(map(len, groups.values())), silent=False) as advance:

        async def one(problem: GradedProblem) -> str:
            async with free:
                found = await outcome(service, problem, tokens, seed)
            advance(1)
            return found

        found = {
            name: Counter(await asyncio.gather(*map(one, each))) for name, each in groups.items()
        }
    await service.close()
    await asyncio.to_thread(close_models)
    return [figures(name, count) for name, count in found.items()]


def figures(group: str, count: Counter[str]) -> DoubtFigures:
    """The row of one group."""
    doubted = {kind: count[f"{kind}_doubtful"] for kind in ("wrong", "right")}
    return DoubtFigures(
        group,
        count.total(),
        count["refused"],
        count["unanswered"],
        count["wrong"] + doubted["wrong"],
        doubted["wrong"],
        count["right"] + doubted["right"],
        doubted["right"],
    )


def table(rows: Sequence[DoubtFigures]) -> Table:
    """The figures, for reading."""
    made = Table("group", "problems", "refused", "no answer", "wrong: doubtful", "right: doubtful")
    for row in rows:
        wrong = f"{row.wrong}: {row.wrong_doubtful}"
        right = f"{row.right}: {row.right_doubtful}"
        cells = map(str, (row.problems, row.refused, row.unanswered))
        made.add_row(row.group, *cells, wrong, right)
    return made


def main() -> None:
    """Print the table, or JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=100, help="of each family")
    parser.add_argument("--tokens", type=int, default=2000, help="budget of a search")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rows = asyncio.run(measure(wanted.problems, wanted.tokens, wanted.seed))
    if wanted.json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
