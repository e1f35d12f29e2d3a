"""What a long live search does to the memory of the tab that shows it.

Run `python -m benchmarks.soak [--minutes 30] [--json]` (`make soak`). A search with a scripted
model grows by about ten steps a second; a headless Chromium shows it, and somebody goes through its
steps. Once a minute the tab's memory is measured after a collection of garbage. A tree must be
kept, so it grows; what tells a leak is a second tab that opens the grown tree anew: it holds the
same tree and has no past.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import uvicorn
from rich.console import Console
from rich.table import Table

from app.main import create_app
from app.parts import open_store
from app.settings import Settings
from backend.runs.catalog import ModelCatalog
from benchmarks.explorer import browsing
from benchmarks.scripted import InstantVerifier, WordyGenerator
from tests.serving import free_port

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

DEPTH = 12
WORDS = 55
CALL_SECONDS = 3.2
START_SECONDS = 60
SAMPLE_SECONDS = 60
KEYS = 20


@dataclass(frozen=True)
class Sample:
    """A tab at one moment. `heap`: megabytes of JavaScript's heap; `elements`: nodes of the
    document, drawn or not yet collected; `listeners`: event listeners.
    """

    minute: float
    steps: int
    heap: float
    elements: int
    listeners: int


@dataclass(frozen=True)
class Soak:
    """All samples of the tab that watched, and one of a tab that opened the grown tree."""

    watched: list[Sample]
    anew: Sample

    @property
    def heap_ratio(self) -> float:
        """How much more the tab that watched holds."""
        return self.watched[-1].heap / self.anew.heap


def serve(port: int, data: Path) -> None:
    """The application with scripted models, until it is told to leave."""
    settings = Settings(port=port, data=data)
    catalog = ModelCatalog((WordyGenerator(DEPTH, WORDS, CALL_SECONDS),), (InstantVerifier(),))
    app = create_app(settings, open_store(settings), catalog, lambda: None)
    uvicorn.run(app, port=port, log_level="warning", timeout_graceful_shutdown=2)


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """That as a process of its own; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.soak", "--serve", str(port), "--data", str(data)]
    process = subprocess.Popen(command)
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(url: str) -> None:
    """TimeoutError where the server does not come."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"no server at {url} after {START_SECONDS} s")


def start_search(url: str, minutes: float) -> str:
    """A search that lasts so long; its id."""
    body = {
        "problem": "benchmark",
        "seed": 1,
        "settings": {"by_action": False, "value_from": "verifier", "patience": 0},
        "budget": {"seconds": 60 * minutes},
    }
    started = httpx2.post(f"{url}/api/runs", json=body, timeout=30).raise_for_status()
    return str(started.json()["id"])


def sample(page: "Page", session: "CDPSession", began: float) -> Sample:
    """The tab now, without what is garbage."""
    page.wait_for_function("treewright.settled")
    session.send("HeapProfiler.collectGarbage")
    said = session.send("Performance.getMetrics")["metrics"]
    metrics: dict[str, Any] = {metric["name"]: metric["value"] for metric in said}
    return Sample(
        minute=(time.monotonic() - began) / 60,
        steps=int(page.evaluate("treewright.model.size")),
        heap=metrics["JSHeapUsedSize"] / 1e6,
        elements=int(metrics["Nodes"]),
        listeners=int(metrics["JSEventListeners"]),
    )


def watching(page: "Page") -> "CDPSession":
    """A session that measures the page."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.enable")
    return session


def soak(minutes: float) -> Soak:
    """Watch a search for that long, then open it anew."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as url, browsing() as page:
        address = f"{url}/?run={start_search(url, minutes)}"
        page.goto(address)
        page.wait_for_function("window.treewright?.connection === 'live'")
        session, began = watching(page), time.monotonic()
        samples = [sample(page, session, began)]
        while page.evaluate("treewright.status") == "running":
            read_on(page, SAMPLE_SECONDS)
            samples.append(sample(page, session, began))
        tab = page.context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(address)
        tab.wait_for_function(f"window.treewright?.model.size >= {samples[-1].steps}")
        read_on(tab, 5)
        return Soak(samples, sample(tab, watching(tab), began))


def read_on(page: "Page", seconds: float) -> None:
    """Go from step to step for so long, as a reader does."""
    for _ in range(KEYS):
        page.keyboard.press("j")
        page.wait_for_timeout(1000 * seconds / KEYS)


def table(found: Soak) -> Table:
    """The samples for the terminal."""
    made = Table(*(field.name for field in fields(Sample)), title="A tab that shows a live search")
    for one in (*found.watched, found.anew):
        made.add_row(*(f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
                       for value in asdict(one).values()))  # fmt: skip
    made.caption = f"last row: opened anew; the tab that watched holds {found.heap_ratio:.2f} times"
    return made


def main() -> None:
    """Print the table, or JSON with --json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.data)
        return
    found = soak(options.minutes)
    if options.json:
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
        return
    Console().print(table(found))


if __name__ == "__main__":
    main()
