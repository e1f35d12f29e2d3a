"""What a visitor feels: time to the first step, tokens per second, memory, fair shares.

Run `python -m benchmarks.app_speed [--json]`. A real server process with the embedded models is
asked over HTTP: `--repeat` searches for the first step, one MCTS with 8 samples per expansion for
the throughput, then four different searches at once for the shares. Wall time: run it on a quiet
machine.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from tests.serving import ServerProcess

PROBLEMS = (
    "Make 24 from 2, 3, 5 and 10.",
    "Solve 3(x + 2) - 4 = 2x + 17.",
    "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are left?",
    "Make 24 from 4, 7, 8 and 13.",
)
WIDE = {"children": 8}
TOKENS = 30_000


@dataclass(frozen=True)
class SpeedFigures:
    """Seconds are wall time; `first_step` is the median from the request to the first step."""

    first_step_seconds: float
    slowest_first_step_seconds: float
    tokens_per_second: float
    steps_judged_per_second: float
    resident_megabytes: float
    together_tokens_per_second: list[float]
    smallest_share_of_even: float


def start(client: httpx2.Client, problem: str, tokens: int, seed: int) -> str:
    """Start a wide MCTS; its id."""
    body: dict[str, Any] = {"problem": problem, "strategy": "mcts", "settings": WIDE}
    body |= {"seed": seed, "budget": {"generated_tokens": tokens, "seconds": 600}}
    made = client.post("/api/runs", json=body)
    made.raise_for_status()
    return str(made.json()["id"])


def first_step(client: httpx2.Client, seed: int) -> float:
    """Seconds from asking for a search to its first step."""
    begun = time.monotonic()
    run = start(client, PROBLEMS[0], 500, seed)
    with client.stream("GET", f"/api/runs/{run}/events") as events:
        for line in events.iter_lines():
            if line.startswith("data:") and json.loads(line[5:]).get("parent") == 0:
                return time.monotonic() - begun
    raise RuntimeError(f"run {run} ended without a step")


def finish(client: httpx2.Client, run: str) -> dict[str, Any]:
    """Follow a run to its end; the run then."""
    with client.stream("GET", f"/api/runs/{run}/events") as events:
        for line in events.iter_lines():
            if line.startswith("event: end"):
                break
    ended: dict[str, Any] = client.get(f"/api/runs/{run}").json()
    return ended


def throughput(client: httpx2.Client) -> tuple[float, float]:
    """Generated tokens and judged steps per second of one search."""
    begun = time.monotonic()
    run = finish(client, start(client, PROBLEMS[0], TOKENS, 1))
    seconds = time.monotonic() - begun
    nodes = client.get(f"/api/runs/{run['id']}/tree").json()["nodes"]
    return run["usage"]["generated_tokens"] / seconds, (len(nodes) - 1) / seconds


def together(server: ServerProcess) -> list[float]:
    """Tokens per second of four searches that run at the same time."""
    rates: dict[int, float] = {}

    def one(index: int) -> None:
        with server.client() as client:
            begun = time.monotonic()
            run = finish(client, start(client, PROBLEMS[index], TOKENS // 4, index))
            rates[index] = run["usage"]["generated_tokens"] / (time.monotonic() - begun)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(PROBLEMS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [rates[index] for index in range(len(PROBLEMS))]


def measure(repeat: int) -> SpeedFigures:
    """All figures, from one server process."""
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        with server.client() as client:
            firsts = [first_step(client, seed) for seed in range(repeat)]
            tokens, judged = throughput(client)
        rates = together(server)
        resident = process.memory_info().rss / 1e6
        even = sum(rates) / len(rates)
        return SpeedFigures(
            first_step_seconds=statistics.median(firsts),
            slowest_first_step_seconds=max(firsts),
            tokens_per_second=tokens,
            steps_judged_per_second=judged,
            resident_megabytes=resident,
            together_tokens_per_second=rates,
            smallest_share_of_even=min(rates) / even,
        )


def main() -> None:
    """Entry point of `python -m benchmarks.app_speed`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_speed", description=__doc__)
    parser.add_argument("--repeat", type=int, default=10, help="searches timed to the first step")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asdict(measure(options.repeat))
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
        return
    for name, value in figures.items():
        sys.stdout.write(f"{name:32} {value}\n")


if __name__ == "__main__":
    main()
