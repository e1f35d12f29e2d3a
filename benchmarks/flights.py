"""How busy every strategy keeps a model that takes 50 ms a call.

Run `python -m benchmarks.flights [--json]`. Two runs each through executor and store in memory, at
most 8 calls in flight: one takes replies in the order asked, as reproducible searches do, where
what is quick waits for what is slow (an expansion by thought action takes two calls, a rollout
one); the other takes them as they arrive. A call may ask for several samples, which a server of
models computes together. Where the defaults are for so small a tree that it cannot fill the limit,
wider settings are used; the rows name them.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console

from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.search.strategies.registry import STRATEGIES
from benchmarks.engine import DEPTH, IN_FLIGHT, MODEL_SECONDS, table
from benchmarks.scripted import DelayedGenerator, InstantVerifier
from storage.memory import InMemoryRunStore

CALLS: Final = 1_600
SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "mcts": {"patience": 0},
    "rest_mcts": {"patience": 0},
    "beam_search": {"width": 64},
    "dvts": {"trees": 64},
    "lookahead": {"width": 64},
    "stepwise_best_of_n": {"n": 64},
    "best_of_n": {"n": 4096},
    "self_consistency": {"n": 4096},
    "sequential_revision": {"chains": 64, "revisions": 16},
    "monte_carlo_labels": {"solutions": 64},
    "omega_prm": {"searches": 1024},
    "rstar": {"rollouts": 64},
}


@dataclass(frozen=True)
class StrategyFlight:
    """One strategy. `samples`: in flight on average, from start to end, in the order asked; `idle`:
    shares of the limit, in the order asked and as they arrive.
    """

    strategy: str
    settings: str
    calls: int
    samples: float
    idle: float
    idle_arriving: float


@dataclass(frozen=True)
class Flight:
    """One run: calls and samples in flight on average."""

    made: int
    calls: float
    samples: float


async def fly(name: str, reproducible: bool) -> Flight:
    """One run of a strategy. RuntimeError if it fails or wastes a call."""
    generator = DelayedGenerator(MODEL_SECONDS, DEPTH)
    store = InMemoryRunStore()
    catalog = ModelCatalog((generator,), (InstantVerifier(),))
    limits = ExecutorLimits(in_flight=IN_FLIGHT, reproducible=reproducible)
    service = RunService(store, catalog, limits)
    settings = SETTINGS.get(name, {})
    started = time.monotonic()
    run = await service.start(
        RunRequest("benchmark", name, settings, {"calls": float(CALLS)}, "1", seed=1)
    )
    done = await service.settled(run.id)
    seconds = time.monotonic() - started
    kinds = [event.kind for event in await store.events(run.id)]
    await service.close()
    if done.status != "finished" or kinds.count("asked") != kinds.count("told"):
        raise RuntimeError(f"{name} {done.status}: {done.reason}; {Counter(kinds)}")
    busy = generator.call_seconds / seconds
    return Flight(generator.calls, busy, generator.sample_seconds / seconds)


def measure(name: str) -> StrategyFlight:
    """The row of one strategy."""
    in_order, arriving = (asyncio.run(fly(name, reproducible)) for reproducible in (True, False))
    settings = ", ".join(f"{key}={value}" for key, value in SETTINGS.get(name, {}).items())
    idle = [1 - flight.calls / IN_FLIGHT for flight in (in_order, arriving)]
    return StrategyFlight(name, settings, in_order.made, in_order.samples, *idle)


def main() -> None:
    """Print the table, or JSON with --json."""
    rows = [measure(name) for name in STRATEGIES]
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
        return
    title = f"Every strategy, {MODEL_SECONDS * 1000:.0f} ms model, {IN_FLIGHT} in flight"
    Console().print(table(rows, title))


if __name__ == "__main__":
    main()
