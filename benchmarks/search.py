"""What a search pays with the embedded models: strategies at equal cost on held-out problems.

Run `python -m benchmarks.search [--problems 100] [--seeds 1 2] [--json]`. Every problem is solved
by one greedy solution, by best-of-N, and by tree searches with at most as many generated tokens as
best-of-N used on the same problem. The exact checkers of `training.tasks` judge the answers.
Intervals are 95 % bootstrap intervals over problems; "gain" is paired with best-of-N.
"""

import argparse
import asyncio
import json
import sys

from app.settings import Settings
from app.trials import Contender, Trial, search, shipped_models, trial_service
from backend.runs.service import RunService
from training import metrics
from training.tasks import FAMILIES, Problem

ROOM = 100_000.0
GREEDY = Contender("greedy", "best_of_n", {"n": 1, "per_call": 1, "temperature": 0.0})
EQUAL_COST = (
    Contender("MCTS, value model", "mcts", {"aggregate": "value"}),
    Contender("MCTS, PRM minimum", "mcts", {"aggregate": "min"}),
    Contender("beam, value model", "beam_search", {"aggregate": "value"}),
    Contender("beam, PRM minimum", "beam_search", {"aggregate": "min"}),
)


async def compare(service: RunService, problem: Problem, n: int, seed: int) -> dict[str, Trial]:
    """All contenders on one problem; tree searches get the tokens that best-of-N used."""
    best = Contender("best of N", "best_of_n", {"n": n, "per_call": 8})
    found = {each.name: await search(service, problem, each, ROOM, seed) for each in (GREEDY, best)}
    for contender in EQUAL_COST:
        tokens = float(found[best.name].tokens)
        found[contender.name] = await search(service, problem, contender, tokens, seed)
    return found


def summarize(results: list[dict[str, Trial]]) -> dict[str, dict[str, object]]:
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
    tables: dict[str, object] = {}
    async with trial_service(shipped_models(), Settings()) as service:
        for name, family in FAMILIES.items():
            results = [
                await compare(service, problem, n, seed)
                for seed in seeds
                for problem in family.held_out_problems(count, seed)
            ]
            tables[name] = summarize(results)
            sys.stderr.write(f"{name}: {len(results)} problems done\n")
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
