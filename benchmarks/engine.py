"""Engine cost: nodes per CPU-second, bytes per node, calls in flight and wasted.

Run `python -m benchmarks.engine [--json]`. The kernel part is timed with an instant scripted model,
4 children, depth 8 and random scores; events are recorded and drained as in a real run. Each pass
grows as many nodes at every size (50 trees of 1,000, one of 50,000), size after size, so that what
else the machine does meanwhile meets all sizes alike.
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
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.search import events as ev
from backend.search.strategies.mcts import Mcts, MctsSettings, ValueSource
from backend.search.tree import SearchTree
from benchmarks.scripted import DelayedGenerator, InstantVerifier, instant_outcome
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.sqlite.store import SqliteRunStore

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SIZES = (1_000, 10_000, 50_000)
PASSES = 5
DEPTH = 8
IN_FLIGHT = 8
CALLS = 2_000
LONG = 5_000
MODEL_SECONDS = 0.05


@dataclass(frozen=True)
class KernelFigures:
    """One row: trees grown to `nodes`; rates are medians over the passes."""

    nodes: int
    passes: int
    nodes_per_cpu_second: float
    slowest_pass: float
    fastest_pass: float
    mean_depth: float
    steps_per_node: float
    steps_per_cpu_second: float
    bytes_per_node: float


@dataclass(frozen=True)
class CostFigures:
    """CPU time as a fixed cost per node and one per step of a path, the same at every size.

    `largest_deviation` is that of any pass at any size from this sum, as a share: were there a
    cost that grows with the tree itself, no two constants could fit all sizes.
    """

    microseconds_per_node: float
    microseconds_per_step: float
    largest_deviation: float


@dataclass
class Effort:
    """What growing trees took. Steps are edges of the tree."""

    nodes: int = 0
    cpu_seconds: float = 0.0
    expansions: int = 0
    descended: int = 0
    backed_up: int = 0

    @property
    def steps(self) -> int:
        """All steps along paths: an expansion passes its own four times (selection, virtual loss
        on and off, the scores so far), a backup passes its own once.
        """
        return 4 * self.descended + self.backed_up

    def count(self, tree: SearchTree, events: Sequence[ev.Event]) -> None:
        """Add what these events stand for."""
        for event in events:
            if isinstance(event, ev.Asked):
                self.expansions += 1
                self.descended += tree.nodes[event.node].depth
            elif isinstance(event, ev.BackedUp):
                self.backed_up += tree.nodes[event.node].depth


@dataclass(frozen=True)
class FlightFigures:
    """One run through executor and store. `patience`: MCTS's setting, by which a young tree is
    searched with few calls at once; 0 keeps all of them busy.
    """

    store: str
    reproducible: bool
    patience: int
    calls: int
    nodes: int
    mean_in_flight: float
    idle_share: float
    wasted: int


def grow(tree: SearchTree, nodes: int, effort: Effort) -> None:
    """Grow a tree to a number of nodes; the CPU time is that of ask, tell and drain."""
    strategy = Mcts(MctsSettings(by_action=False, patience=0, value_from=ValueSource.VERIFIER))
    while len(tree) < nodes:
        started = time.process_time()
        works = strategy.ask(tree, IN_FLIGHT)
        effort.cpu_seconds += time.process_time() - started
        if not works:
            break
        outcomes = [(work, instant_outcome(tree, work, DEPTH)) for work in works]
        drained = []
        started = time.process_time()
        for work, outcome in outcomes:
            strategy.tell(tree, work, outcome)
            drained.append(tree.drain()[1])
        effort.cpu_seconds += time.process_time() - started
        for events in drained:
            effort.count(tree, events)
    effort.nodes += len(tree)


def one_pass(size: int) -> Effort:
    """Trees of one size, as many as make up the largest size together."""
    effort = Effort()
    for seed in range(1, SIZES[-1] // size + 1):
        grow(SearchTree.plant("benchmark", seed), size, effort)
    return effort


def measure_kernel() -> tuple[list[KernelFigures], CostFigures]:
    """A row for each size, and what all of them have in common."""
    passes = [{size: one_pass(size) for size in SIZES} for _ in range(PASSES)]
    rows = [kernel_figures(size, [efforts[size] for efforts in passes]) for size in SIZES]
    return rows, cost_figures([effort for efforts in passes for effort in efforts.values()])


def cost_figures(efforts: Sequence[Effort]) -> CostFigures:
    """The least-squares fit of CPU time by nodes and steps."""
    counts = np.array([(effort.nodes, effort.steps) for effort in efforts], float)
    seconds = np.array([effort.cpu_seconds for effort in efforts])
    (node, step), *_ = np.linalg.lstsq(counts, seconds, rcond=None)
    deviation = np.abs(counts @ (node, step) / seconds - 1).max()
    return CostFigures(1e6 * node, 1e6 * step, float(deviation))


def kernel_figures(size: int, efforts: Sequence[Effort]) -> KernelFigures:
    """The row of one size. What is no time is the same in every pass."""
    first = efforts[0]
    rates = [effort.nodes / effort.cpu_seconds for effort in efforts]
    return KernelFigures(
        nodes=size,
        passes=len(efforts),
        nodes_per_cpu_second=median(rates),
        slowest_pass=min(rates),
        fastest_pass=max(rates),
        mean_depth=first.descended / first.expansions,
        steps_per_node=first.steps / first.nodes,
        steps_per_cpu_second=median(effort.steps / effort.cpu_seconds for effort in efforts),
        bytes_per_node=bytes_per_node(size),
    )


def bytes_per_node(nodes: int) -> float:
    """Memory that a tree of this size holds on to, by tracemalloc."""
    gc.collect()
    tracemalloc.start()
    tree = SearchTree.plant("benchmark", seed=1)
    grow(tree, nodes, Effort())
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(tree)


async def measure_flight(
    store: RunStore, reproducible: bool, patience: int = 0, budget: int = CALLS
) -> FlightFigures:
    """One MCTS run with a 50 ms model; how full the in-flight limit was from start to end."""
    generator = DelayedGenerator(MODEL_SECONDS, DEPTH)
    limits = ExecutorLimits(in_flight=IN_FLIGHT, reproducible=reproducible)
    service = RunService(store, ModelCatalog((generator,), (InstantVerifier(),)), limits)
    started = time.monotonic()
    settings = {"by_action": False, "value_from": "verifier", "patience": patience}
    run = await service.start(
        RunRequest("benchmark", settings=settings, budget={"calls": budget}, seed=1)
    )
    done = await service.settled(run.id)
    seconds = time.monotonic() - started
    told = sum(event.kind == "told" for event in await store.events(run.id))
    await service.close()
    await store.close()
    return FlightFigures(
        store=type(store).__name__,
        reproducible=reproducible,
        patience=patience,
        calls=generator.calls,
        nodes=int(done.usage["nodes"]),
        mean_in_flight=generator.call_seconds / seconds,
        idle_share=1 - generator.call_seconds / seconds / IN_FLIGHT,
        wasted=generator.calls - told,
    )


def measure_flights() -> list[FlightFigures]:
    """With and without a disk, in the order asked and as they arrive; then as patient as MCTS is
    by default, in a search of the same length and in a longer one.
    """
    patience = MctsSettings().patience
    patient = [
        asyncio.run(measure_flight(InMemoryRunStore(), True, patience, budget))
        for budget in (CALLS, LONG)
    ]
    with tempfile.TemporaryDirectory() as folder:
        busy = [
            asyncio.run(measure_flight(make(), reproducible))
            for reproducible in (True, False)
            for make in (
                InMemoryRunStore,
                lambda: SqliteRunStore.open(Path(folder) / f"{time.monotonic_ns()}.db"),
            )
        ]
    return busy + patient


def table(rows: Sequence["DataclassInstance"], title: str) -> Table:
    """The rows as a table for the terminal."""
    made = Table(title=title)
    for name in asdict(rows[0]):
        made.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        made.add_row(*(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in astuple(row)))
    return made


def main() -> None:
    """Print the tables, or JSON with --json."""
    (kernel, cost), flight = measure_kernel(), measure_flights()
    if "--json" in sys.argv:
        figures = {
            "kernel": [asdict(row) for row in kernel],
            "cost": asdict(cost),
            "flight": [asdict(row) for row in flight],
        }
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    console = Console()
    console.print(table(kernel, "MCTS with an instant model, 4 children, depth 8"))
    console.print(table([cost], "The same by nodes and steps of paths"))
    console.print(table(flight, f"{MODEL_SECONDS * 1000:.0f} ms model, {IN_FLIGHT} in flight"))


if __name__ == "__main__":
    main()
