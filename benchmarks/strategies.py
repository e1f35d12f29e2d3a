"""Engine cost of every strategy: nodes per CPU-second of its ask, tell and drain.

Run `python -m benchmarks.strategies [--json]`. The model is scripted and instant, as in
`benchmarks.engine`: solutions of 8 steps, random scores, 8 calls in flight. A strategy that ends
before a size is reached begins a new tree. Where the defaults are for much smaller or for wider
trees than those of the engine's benchmark, other settings are used; the rows name them.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from rich.console import Console

from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.tree import SearchTree
from benchmarks.engine import DEPTH, IN_FLIGHT, SIZES, table
from benchmarks.scripted import instant_outcome

PASSES: Final = 3
SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ab_mcts": {"max_tries": 4},
    "best_of_n": {"n": 1024},
    "self_consistency": {"n": 1024},
    "beam_search": {"width": 64},
    "stepwise_best_of_n": {"n": 64},
    "monte_carlo_labels": {"rollouts": 32},
}


@dataclass(frozen=True)
class StrategyFigures:
    """One row: medians over the passes; `largest` is the largest tree that was grown."""

    strategy: str
    settings: str
    size: int
    nodes_per_cpu_second: float
    trees: int
    largest: int


def grow(name: str, size: int) -> tuple[list[int], float]:
    """Trees of one strategy until they have so many nodes together: the nodes of each, and the
    nodes per CPU-second.
    """
    sizes: list[int] = []
    seconds = 0.0
    while sum(sizes) < size:
        tree = SearchTree.plant("benchmark", len(sizes) + 1)
        seconds += grow_tree(name, tree, size)
        sizes.append(len(tree))
    return sizes, sum(sizes) / seconds


def grow_tree(name: str, tree: SearchTree, size: int) -> float:
    """Grow one tree to a size or to its end; the CPU-seconds of ask, tell and drain."""
    strategy = make_strategy(name, SETTINGS.get(name, {}))
    seconds = 0.0
    while len(tree) < size:
        started = time.process_time()
        works = strategy.ask(tree, IN_FLIGHT)
        seconds += time.process_time() - started
        if not works:
            break
        outcomes = [(work, instant_outcome(tree, work, DEPTH)) for work in works]
        started = time.process_time()
        for work, outcome in outcomes:
            strategy.tell(tree, work, outcome)
            tree.drain()
        seconds += time.process_time() - started
    return seconds


def figures(name: str, size: int) -> StrategyFigures:
    """The row of one strategy and size."""
    passes = [grow(name, size) for _ in range(PASSES)]
    settings = ", ".join(f"{key}={value}" for key, value in SETTINGS.get(name, {}).items())
    sizes = passes[0][0]
    rate = median(rate for _, rate in passes)
    return StrategyFigures(name, settings, size, rate, len(sizes), max(sizes))


def main() -> None:
    """Print the table, or JSON with --json."""
    rows = [figures(name, size) for name in STRATEGIES for size in SIZES]
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
        return
    title = f"Every strategy with an instant model, {DEPTH} steps, {IN_FLIGHT} in flight"
    Console().print(table(rows, title))


if __name__ == "__main__":
    main()
