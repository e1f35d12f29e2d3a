"""What a search pays with the embedded models: strategies at equal cost on held-out problems.

Run `python -m benchmarks.search [--problems 100] [--seeds 1 2] [--json]`. Every problem is solved
by one greedy solution, by best-of-N, and by MCTS with as many generated tokens as best-of-N used on
the same problem. The exact checkers of `training.tasks` judge the answers. Intervals are 95 %
bootstrap intervals over problems; "gain" is paired with best-of-N.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.main import make_service, open_models
from app.settings import Settings
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.records import NodeRecord
from training import metrics
from training.tasks import FAMILIES, Problem, family_of

GREEDY = {"n": 1, "per_call": 1, "temperature": 0.0}
ROOM = {"generated_tokens": 100_000.0, "seconds": 600.0}


@dataclass(frozen=True, slots=True)
class Contender:
    """A strategy with settings, as it stands in the table."""

    name: str
    strategy: str
    settings: Mapping[str, Any]


CONTENDERS = (
    Contender("MCTS, value model", "mcts", {"aggregate": "value"}),
    Contender("MCTS, PRM minimum", "mcts", {"aggregate": "min"}),
)


@dataclass(frozen=True, slots=True)
class Solved:
    """One problem solved by one strategy: was the answer right, and what it cost."""

    right: bool
    tokens: int


async def solve(
    service: RunService, problem: Problem, contender: Contender, tokens: float | None, seed: int
) -> Solved:
    """One search, judged by the exact checker."""
    budget = ROOM if tokens is None else {"generated_tokens": tokens, "seconds": 600.0}
    run = await service.start(
        RunRequest(problem.prompt, contender.strategy, contender.settings, budget=budget, seed=seed)
    )
    await service.settled(run.id)
    view = await service.tree(run.id)
    lines = _best_path(view.nodes, view.run.best_node) if view.run.answer is not None else []
    right = family_of(problem).check(problem, lines).solved
    await service.delete(run.id)
    return Solved(right, int(view.run.usage["generated_tokens"]))


def _best_path(nodes: tuple[NodeRecord, ...], leaf: int | None) -> list[str]:
    by_id = {node.id: node for node in nodes}
    lines: list[str] = []
    node = by_id.get(leaf) if leaf is not None else None
    while node is not None and node.parent is not None:
        lines.append(f"<{node.action}> {node.text}")
        node = by_id.get(node.parent)
    return lines[::-1]


async def compare(service: RunService, problem: Problem, n: int, seed: int) -> dict[str, Solved]:
    """All contenders on one problem; MCTS gets the tokens that best-of-N used."""
    best = Contender("best of N", "best_of_n", {"n": n, "per_call": 8})
    found = {
        "greedy": await solve(service, problem, Contender("", "best_of_n", GREEDY), None, seed),
        best.name: await solve(service, problem, best, None, seed),
    }
    for contender in CONTENDERS:
        tokens = float(found[best.name].tokens)
        found[contender.name] = await solve(service, problem, contender, tokens, seed)
    return found


def summarize(results: list[dict[str, Solved]]) -> dict[str, dict[str, object]]:
    """Accuracy, gain over best-of-N and mean tokens, by contender."""
    table: dict[str, dict[str, object]] = {}
    for name in results[0]:
        right = [float(each[name].right) for each in results]
        gains = [float(each[name].right) - float(each["best of N"].right) for each in results]
        table[name] = {
            "accuracy": metrics.mean(right, 1).as_list(),
            "gain_over_best_of_n": metrics.mean(gains, 1).as_list(),
            "tokens": round(sum(each[name].tokens for each in results) / len(results)),
        }
    return table


async def measure(count: int, seeds: list[int], n: int) -> dict[str, object]:
    """The tables of all families."""
    settings = Settings()
    catalog, close_models = open_models(settings)
    service = make_service(InMemoryRunStore(), catalog, settings)
    tables: dict[str, object] = {}
    try:
        for name, family in FAMILIES.items():
            results = [
                await compare(service, problem, n, seed)
                for seed in seeds
                for problem in family.held_out_problems(count, seed)
            ]
            tables[name] = summarize(results)
            sys.stderr.write(f"{name}: {len(results)} problems done\n")
    finally:
        await service.close()
        close_models()
    return {"problems_per_family": count, "seeds": seeds, "n": n, "families": tables}


def main() -> None:
    """Entry point of `python -m benchmarks.search`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--problems", type=int, default=100, help="per family and seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--n", type=int, default=16, help="solutions of best-of-N")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = asyncio.run(measure(options.problems, options.seeds, options.n))
    sys.stdout.write(json.dumps(result, indent=1) + "\n" if options.json else _table(result))


def _table(result: dict[str, object]) -> str:
    families = result["families"]
    assert isinstance(families, dict)
    lines = []
    for family, table in families.items():
        lines.append(family)
        for name, row in table.items():
            value, low, high = row["accuracy"]
            gain, worst, best = row["gain_over_best_of_n"]
            lines.append(
                f"  {name:20} {value:6.3f} [{low:.3f}, {high:.3f}]  gain {gain:+.3f} "
                f"[{worst:+.3f}, {best:+.3f}]  {row['tokens']} tokens"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
