"""Engine cost: nodes per CPU-second, bytes per node, calls in flight and wasted.

Run `python -m benchmarks.engine [--json]`. The kernel part is timed with an instant scripted model,
4 children, depth 8 and random scores; events are recorded and drained as in a real run.
"""

import gc
import json
import sys
import time
import tracemalloc
from dataclasses import asdict, dataclass

from backend.search.strategies.mcts import Mcts, MctsSettings
from backend.search.tree import SearchTree
from benchmarks.scripted import instant_outcome

SIZES = (1_000, 10_000, 50_000)
DEPTH = 8


@dataclass(frozen=True)
class KernelFigures:
    """One row: a tree grown to `nodes`."""

    nodes: int
    nodes_per_cpu_second: float
    marginal_nodes_per_cpu_second: float
    bytes_per_node: float


def grow(tree: SearchTree, strategy: Mcts, nodes: int, in_flight: int) -> float:
    """Grow a tree to a number of nodes; the CPU-seconds that ask, tell and drain took."""
    spent = 0.0
    queue = []
    while len(tree) < nodes:
        started = time.process_time()
        queue.extend(strategy.ask(tree, in_flight - len(queue)))
        spent += time.process_time() - started
        if not queue:
            break
        outcomes = [(work, instant_outcome(tree, work, DEPTH)) for work in queue]
        queue = []
        started = time.process_time()
        for work, outcome in outcomes:
            strategy.tell(tree, work, outcome)
            tree.drain()
        spent += time.process_time() - started
    return spent


def measure_kernel(in_flight: int = 8) -> list[KernelFigures]:
    """Rates at each size, cumulative and since the size before."""
    rows = []
    strategy = Mcts(MctsSettings(by_action=False))
    tree = SearchTree.plant("benchmark", seed=1)
    total, last_nodes, last_total = 0.0, 0, 0.0
    for size in SIZES:
        total += grow(tree, strategy, size, in_flight)
        marginal = (len(tree) - last_nodes) / max(1e-9, total - last_total)
        rows.append((len(tree), len(tree) / total, marginal))
        last_nodes, last_total = len(tree), total
    return [KernelFigures(n, rate, marginal, bytes_per_node(n)) for n, rate, marginal in rows]


def bytes_per_node(nodes: int) -> float:
    """Memory that a tree of this size holds on to, by tracemalloc."""
    gc.collect()
    tracemalloc.start()
    strategy = Mcts(MctsSettings(by_action=False))
    tree = SearchTree.plant("benchmark", seed=1)
    grow(tree, strategy, nodes, 8)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(tree)


def main() -> None:
    """Print the table, or JSON with --json."""
    rows = measure_kernel()
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"kernel": [asdict(row) for row in rows]}, indent=2) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
