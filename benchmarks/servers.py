"""How busy concurrent searches keep vLLM: wall time against the servers' own busy time.

Run `python -m benchmarks.servers PROFILE [--searches 8] [--tokens 3000] [--strategy mcts] [--json]`
beside `treewright models start PROFILE`. The first generator and the first verifier of the profile
are used. A server is busy while its metrics say that it works on a request; they are asked
`--polls` times a second, so its busy time is an estimate from that many looks.
"""

import argparse
import asyncio
import json
import re
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Final

import httpx2

from app.main import make_service, open_models
from app.settings import Settings
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore

PROBLEMS: Final = (
    "Make 24 from 2, 3, 5 and 10.",
    "Solve 3(x + 2) - 4 = 2x + 17.",
    "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are left?",
    "Make 24 from 4, 7, 8 and 13.",
)
_COUNTER: Final = re.compile(r"^vllm:(\w+)(?:\{.*\})?[ \t]+([0-9.eE+]+)", re.MULTILINE)
_RUNNING: Final = "num_requests_running"


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """Seconds and shares of the searches' time; `running`: requests at once while busy, mean."""

    busy_seconds: float
    running: float
    prefix_hit_rate: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all searches together. `either`: seconds in which at least one server was busy."""

    searches: int
    looks: int
    wall_seconds: float
    generated_tokens: int
    generator: ServerFigures
    verifier: ServerFigures
    either_busy_seconds: float
    wall_over_busy: float


def metrics(client: httpx2.Client) -> dict[str, float]:
    """A server's counters and gauges, summed over engines."""
    found: dict[str, float] = {}
    for name, count in _COUNTER.findall(client.get("/metrics").text):
        found[name] = found.get(name, 0.0) + float(count)
    return found


class Watcher:
    """Looks at both servers again and again, in a thread of its own."""

    def __init__(self, urls: tuple[str, str], polls: float) -> None:
        self._clients = [httpx2.Client(base_url=url, timeout=10) for url in urls]
        self._pause = 1 / polls
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.looks: list[tuple[float, float]] = []
        self.before = [metrics(client) for client in self._clients]

    def _watch(self) -> None:
        while not self._stop.wait(self._pause):
            generator, verifier = (metrics(client).get(_RUNNING, 0.0) for client in self._clients)
            self.looks.append((generator, verifier))

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.after = [metrics(client) for client in self._clients]
        for client in self._clients:
            client.close()

    def server(self, place: int, wall: float) -> ServerFigures:
        """The generator (0) or the verifier (1), over `wall` seconds."""
        running = [look[place] for look in self.looks if look[place] > 0]
        hits, asked = (
            self.after[place].get(name, 0.0) - self.before[place].get(name, 0.0)
            for name in ("prefix_cache_hits_total", "prefix_cache_queries_total")
        )
        return ServerFigures(
            wall * len(running) / len(self.looks),
            sum(running) / len(running) if running else 0.0,
            hits / asked if asked else None,
        )


async def search(service: RunService, request: RunRequest) -> int:
    """One search to its end; its generated tokens. RuntimeError when it did not finish."""
    run = await service.start(request)
    await service.settled(run.id)
    ended = await service.get(run.id)
    if ended.status != "finished":
        raise RuntimeError(f"a search ended {ended.status}: {ended.reason}")
    return int(ended.usage["generated_tokens"])


async def measure(settings: Settings, asked: argparse.Namespace) -> Figures:
    """Run the searches, all at once, and look at the servers meanwhile."""
    generator, verifier = settings.served_generators[0], settings.served_verifiers[0]
    catalog, close = open_models(settings)
    service = make_service(InMemoryRunStore(), catalog, settings)
    requests = [
        RunRequest(
            problem=PROBLEMS[seed % len(PROBLEMS)],
            strategy=asked.strategy,
            budget={"generated_tokens": asked.tokens},
            seed=seed,
        )
        for seed in range(asked.searches)
    ]
    # What is asked once per server (its capabilities) is no part of a search.
    await service.models.try_out()
    with Watcher((generator.url, verifier.url), asked.polls) as watcher:
        begun = time.monotonic()
        tokens = await asyncio.gather(*(search(service, request) for request in requests))
        wall = time.monotonic() - begun
    await service.close()
    close()
    either = wall * sum(any(look) for look in watcher.looks) / len(watcher.looks)
    return Figures(
        asked.searches,
        len(watcher.looks),
        wall,
        sum(tokens),
        watcher.server(0, wall),
        watcher.server(1, wall),
        either,
        wall / either,
    )


def show(figures: Figures) -> str:
    """The figures as a table."""
    rows = [
        f"{figures.searches} searches, {figures.generated_tokens:,} tokens in "
        f"{figures.wall_seconds:.1f} s; {figures.looks} looks",
    ]
    for name, server in (("generator", figures.generator), ("verifier", figures.verifier)):
        hits = "–" if server.prefix_hit_rate is None else f"{server.prefix_hit_rate:.0%}"
        rows.append(
            f"{name:10} busy {server.busy_seconds:6.1f} s, {server.running:5.1f} requests at once, "
            f"prefix cache {hits}"
        )
    rows.append(f"wall time / time in which a server was busy: {figures.wall_over_busy:.2f}")
    return "\n".join(rows)


def main() -> None:
    """Entry point of `python -m benchmarks.servers`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.servers", description=__doc__)
    parser.add_argument("profile")
    parser.add_argument("--searches", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--strategy", default="mcts")
    parser.add_argument("--polls", type=float, default=20.0, help="looks per second")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = asyncio.run(measure(Settings(profile=asked.profile), asked))
    sys.stdout.write((json.dumps(asdict(figures)) if asked.json else show(figures)) + "\n")


if __name__ == "__main__":
    main()
