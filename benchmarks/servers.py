"""How busy concurrent searches keep vLLM: wall time against the servers' busy time.

Run `python -m benchmarks.servers PROFILE [--searches 8] [--tokens 3000] [--strategy mcts] [--json]`
beside `treewright models start PROFILE`. The first generator and the first verifier of the profile
are used. A server is busy while it has a request that it has not answered; its gauge of running
requests would not do, as a request that is done within one step of the engine is never seen there.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import httpx2

from app.parts import make_service, open_models
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
_COUNTER: Final = re.compile(r"^vllm:(\w+)(?:\{.*\})?[ \t]+([0-9.eE+-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """`at_once`: requests that it had while it was busy, mean."""

    busy_seconds: float
    at_once: float
    requests: int
    prefix_hit_rate: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all searches together. `either`: seconds in which at least one server was busy."""

    searches: int
    wall_seconds: float
    generated_tokens: int
    generator: ServerFigures
    verifier: ServerFigures
    either_busy_seconds: float
    wall_over_busy: float


def metrics(url: str) -> dict[str, float]:
    """A server's counters and gauges, summed over engines."""
    found: dict[str, float] = {}
    for name, count in _COUNTER.findall(httpx2.get(f"{url}/metrics", timeout=30).text):
        found[name] = found.get(name, 0.0) + float(count)
    return found


class Watch:
    """Notes from when to when servers had something to do, by port."""

    def __init__(self) -> None:
        self.spans: dict[int, list[tuple[float, float]]] = {}
        self._send = httpx2.AsyncHTTPTransport.handle_async_request

    def begin(self) -> None:
        """Look at every request that this process sends from now on."""

        async def send(
            transport: httpx2.AsyncHTTPTransport, request: httpx2.Request
        ) -> httpx2.Response:
            # vLLM's answer begins when the work is done: nothing is streamed.
            begun = time.monotonic()
            try:
                return await self._send(transport, request)
            finally:
                spans = self.spans.setdefault(request.url.port or 80, [])
                spans.append((begun, time.monotonic()))

        setattr(httpx2.AsyncHTTPTransport, "handle_async_request", send)  # noqa: B010

    def of(self, url: str) -> list[tuple[float, float]]:
        """The spans of the server at `url`."""
        return self.spans.get(httpx2.URL(url).port or 80, [])


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds in at least one of the spans."""
    seconds, until = 0.0, 0.0
    for begun, ended in sorted(spans):
        seconds += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return seconds


def server_figures(url: str, before: Mapping[str, float], watch: Watch) -> ServerFigures:
    """What the server at `url` had to do, and what its cache saved since `before`."""
    spans = watch.of(url)
    after = metrics(url)
    hits, asked = (
        after.get(name, 0.0) - before.get(name, 0.0)
        for name in ("prefix_cache_hits_total", "prefix_cache_queries_total")
    )
    busy = covered(spans)
    at_once = sum(ended - begun for begun, ended in spans) / busy if busy else 0.0
    return ServerFigures(busy, at_once, len(spans), hits / asked if asked else None)


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
    urls = generator.url, verifier.url
    before = [metrics(url) for url in urls]
    watch = Watch()
    watch.begin()
    begun = time.monotonic()
    tokens = await asyncio.gather(*(search(service, request) for request in requests))
    wall = time.monotonic() - begun
    writes, judges = (
        server_figures(url, old, watch) for url, old in zip(urls, before, strict=True)
    )
    either = covered([span for spans in watch.spans.values() for span in spans])
    await service.close()
    close()
    return Figures(asked.searches, wall, sum(tokens), writes, judges, either, wall / either)


def show(figures: Figures) -> str:
    """The figures as a table."""
    rows = [
        f"{figures.searches} searches, {figures.generated_tokens:,} tokens in "
        f"{figures.wall_seconds:.1f} s",
    ]
    for name, server in (("generator", figures.generator), ("verifier", figures.verifier)):
        hits = "–" if server.prefix_hit_rate is None else f"{server.prefix_hit_rate:.0%}"
        rows.append(
            f"{name:10} busy {server.busy_seconds:6.1f} s, {server.requests:,} requests, "
            f"{server.at_once:.1f} at once, prefix cache {hits}"
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
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = asyncio.run(measure(Settings(profile=asked.profile), asked))
    sys.stdout.write((json.dumps(asdict(figures)) if asked.json else show(figures)) + "\n")


if __name__ == "__main__":
    main()
