"""Engine cost: nodes per CPU-second, bytes per node, calls in flight and wasted.

Run `python -m benchmarks.engine [--json]`. The kernel part is timed with an instant scripted model,
4 children, depth 8 and random scores; events are recorded and drained as in a real run.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.search.strategies.mcts import Mcts, MctsSettings
from backend.search.tree import SearchTree
from backend.search.work import Work
from benchmarks.scripted import DelayedGenerator, InstantVerifier, instant_outcome
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.sqlite.store import SqliteRunStore

SIZES = (1_000, 10_000, 50_000)
DEPTH = 8
IN_FLIGHT = 8
CALLS = 2_000
MODEL_SECONDS = 0.05


@dataclass(frozen=True)
class KernelFigures:
    """One row: a tree grown to `nodes`."""

    nodes: int
    nodes_per_cpu_second: float
    marginal_nodes_per_cpu_second: float
    bytes_per_node: float


@dataclass(frozen=True)
class FlightFigures:
    """One run through executor and store."""

    store: str
    reproducible: bool
    calls: int
    nodes: int
    mean_in_flight: float
    idle_share: float
    wasted: int


def grow(tree: SearchTree, strategy: Mcts, nodes: int, in_flight: int) -> float:
    """Grow a tree to a number of nodes; the CPU-seconds that ask, tell and drain took."""
    spent = 0.0
    queue: list[Work] = []
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


async def measure_flight(store: RunStore, reproducible: bool) -> FlightFigures:
    """One MCTS run with a 50 ms model; how full the in-flight limit was from start to end."""
    generator = DelayedGenerator(MODEL_SECONDS, DEPTH)
    limits = ExecutorLimits(in_flight=IN_FLIGHT, reproducible=reproducible)
    service = RunService(store, ModelCatalog((generator,), (InstantVerifier(),)), limits)
    started = time.monotonic()
    run = await service.start(
        RunRequest("benchmark", settings={"by_action": False}, budget={"calls": CALLS}, seed=1)
    )
    done = await service.settled(run.id)
    seconds = time.monotonic() - started
    told = sum(event.kind == "told" for event in await store.events(run.id))
    await service.close()
    await store.close()
    return FlightFigures(
        store=type(store).__name__,
        reproducible=reproducible,
        calls=generator.calls,
        nodes=int(done.usage["nodes"]),
        mean_in_flight=generator.call_seconds / seconds,
        idle_share=1 - generator.call_seconds / seconds / IN_FLIGHT,
        wasted=generator.calls - told,
    )


def measure_flights() -> list[FlightFigures]:
    """With and without a disk, in the order asked and as they arrive."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            asyncio.run(measure_flight(make(), reproducible))
            for reproducible in (True, False)
            for make in (
                InMemoryRunStore,
                lambda: SqliteRunStore.open(Path(folder) / f"{time.monotonic_ns()}.db"),
            )
        ]


def table(rows: Sequence[KernelFigures | FlightFigures], title: str) -> Table:
    """The rows as a table for the terminal."""
    made = Table(title=title)
    for name in asdict(rows[0]):
        made.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        made.add_row(*(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in astuple(row)))
    return made


def main() -> None:
    """Print the tables, or JSON with --json."""
    kernel, flight = measure_kernel(), measure_flights()
    if "--json" in sys.argv:
        figures = {"kernel": [asdict(r) for r in kernel], "flight": [asdict(r) for r in flight]}
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    console = Console()
    console.print(table(kernel, "MCTS with an instant model, 4 children, depth 8"))
    console.print(table(flight, f"{MODEL_SECONDS * 1000:.0f} ms model, {IN_FLIGHT} in flight"))


if __name__ == "__main__":
    main()
