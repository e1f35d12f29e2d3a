"""What reading a large tree costs: opening it, going from step to step, watching it grow.

Run `python -m benchmarks.explorer [--json]`. A search of 10,000 steps with
scripted models is saved, served by a real server process, and read in a headless Chromium of
1440 x 900 (`UI_BROWSER` names another one than the first that is found). Wall time: run it on a
quiet machine. Bytes are what came over the wire, compressed, headers included.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from app.parts import DATABASE
from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from benchmarks.scripted import InstantVerifier, WordyGenerator
from storage.sqlite.store import SqliteRunStore
from tests.serving import ServerProcess

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS = 10_000
DEPTH = 12
WORDS = 55
PASSES = 5
SELECTIONS = 100
EVENTS_PER_SECOND = 50
LIVE_SECONDS = 15
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SIZE = {"width": 1440, "height": 900}

# Resolves when the drawing, the outline and the path to the answer have been painted.
FIRST_VIEW = """
(steps) => new Promise((done) => {
  const look = () => {
    const { treewright } = window;
    const there = treewright?.model.size > steps && treewright.drawn > (window.drawnBefore ?? 0)
      && document.querySelector('.tw-row-words')?.textContent
      && document.querySelectorAll('.tw-path .tw-card').length > 1;
    if (there) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    else requestAnimationFrame(look);
  };
  look();
})
"""
CLICK = """
() => {
  window.drawnBefore = treewright.drawn;
  window.clicked = performance.now();
  document.querySelector('.tw-run').click();
}
"""
# How long each key took until what it changed in the reading pane was painted.
SELECT = """
async ([key, count]) => {
  const took = [];
  const title = () => document.querySelector('.tw-reading h2').textContent;
  for (let k = 0; k < count; k += 1) {
    const before = title();
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (title() === before) throw new Error('the reading pane has not changed');
    took.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 60));
  }
  return took;
}
"""
# Events of the documented kind at an even pace; frames as the browser gives them.
GROW = """
async ([rate, seconds]) => {
  const { model } = treewright;
  const [began, drawn] = [performance.now(), treewright.drawn];
  let [seq, sent, frames, last, longest, on] = [model.seq + 1, 0, 0, began, 0, true];
  const frame = () => {
    const now = performance.now();
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    if (on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  while (performance.now() - began < 1000 * seconds) {
    for (; sent < (performance.now() - began) * rate / 1000; sent += 1) {
      const node = model.size;
      const parent = (sent * 7919) % node;
      if (sent % 2) treewright.receive({seq: seq++, kind: 'backed_up', node: node - 1, value: 0.3});
      else treewright.receive({seq: seq++, kind: 'node_added', node, parent, action: 'solve',
        text: `step ${node}`, estimate: 0.5, tokens: 3, scores: {}});
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  on = false;
  const took = (performance.now() - began) / 1000;
  const marks = document.querySelectorAll('.tw-overview :is(path, circle, text), .tw-row').length;
  return [frames / took, longest, (treewright.drawn - drawn) / took, marks];
}
"""
ICICLE = """
async () => {
  const times = {};
  const timed = async (name, act) => {
    const began = performance.now();
    const drawn = treewright.drawn;
    await act(drawn);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times[name] = performance.now() - began;
  };
  const redrawn = async (drawn) => {
    while (treewright.drawn === drawn) await new Promise((done) => setTimeout(done));
  };
  const press = (key) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  await timed('first', async (drawn) => { press('v'); await redrawn(drawn); });
  await timed('update', async (drawn) => { press('f'); await redrawn(drawn); });
  const picture = document.querySelector('.tw-icicle');
  const { left, top, width } = picture.getBoundingClientRect();
  const at = (x) =>
    ({ clientX: left + x * width, clientY: top + 50, pointerType: 'mouse', bubbles: true });
  const over = new PointerEvent('pointermove', at(0.5));
  await timed('hover', async () => picture.dispatchEvent(over));
  await timed('click', async () => picture.dispatchEvent(new MouseEvent('click', at(0.2))));
  return times;
}
"""


@dataclass(frozen=True)
class Figure:
    """One measured value, with what is wanted of it."""

    what: str
    measured: float
    unit: str
    wanted: str = ""


async def save_search(folder: Path) -> str:
    """A finished search of that many steps in a database in `folder`; its id."""
    store = SqliteRunStore.open(folder / DATABASE)
    catalog = ModelCatalog((WordyGenerator(DEPTH, WORDS),), (InstantVerifier(),))
    service = RunService(store, catalog, ExecutorLimits(in_flight=8))
    settings = {"by_action": False, "value_from": "verifier", "patience": 0}
    request = RunRequest("benchmark", settings=settings, budget={"nodes": STEPS}, seed=1)
    run = await service.settled((await service.start(request)).id)
    await service.close()
    await store.close()
    return run.id


class Wire:
    """Counts the bytes that a page receives."""

    def __init__(self, page: "Page") -> None:
        self.bytes = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


@contextmanager
def browsing() -> Iterator["Page"]:
    """A page of a real browser."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("UI_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("no Chromium on this machine: install one, or name it in UI_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def opening(page: "Page", url: str, run: str) -> list[Figure]:
    """From the click in the list of runs, and from the address, to the first view."""
    wire = Wire(page)
    clicks, visits, firsts, totals = [], [], [], []
    for _ in range(PASSES):
        page.goto(url)
        page.wait_for_selector(".tw-run")
        page.wait_for_timeout(1500)
        wire.bytes = 0
        page.evaluate(CLICK)
        clicks.append(page.evaluate(FIRST_VIEW, STEPS) - page.evaluate("clicked"))
        firsts.append(wire.bytes)
        page.wait_for_timeout(3000)
        totals.append(wire.bytes)
        page.goto(f"{url}/?run={run}")
        visits.append(page.evaluate(FIRST_VIEW, STEPS))
        page.wait_for_timeout(1500)
    median = statistics.median
    return [
        Figure(
            "from the click on a saved run to its first view", median(clicks) / 1000, "s", "2.5"
        ),
        Figure("the slowest of them", max(clicks) / 1000, "s"),
        Figure(
            "from its address (page in the cache) to its first view", median(visits) / 1000, "s"
        ),
        Figure("over the wire until then", median(firsts) / 1e6, "MB", "1"),
        Figure("over the wire with all long texts", median(totals) / 1e6, "MB"),
    ]


def selecting(page: "Page") -> list[Figure]:
    """Through the outline step by step, and down and across the tree."""
    page.keyboard.press("j")
    took = page.evaluate(SELECT, ["j", SELECTIONS])
    ninety = statistics.quantiles(took, n=10)[-1]
    return [
        Figure("from a key to the step in the reading pane", statistics.median(took), "ms", "100"),
        Figure("of ten of them the slowest", ninety, "ms"),
    ]


def growing(page: "Page", picture: str) -> list[Figure]:
    """While the tree grows from 10,000 steps on."""
    fps, longest, draws, marks = page.evaluate(GROW, [EVENTS_PER_SECOND, LIVE_SECONDS])
    return [
        Figure(f"frames while it grows, {picture}", fps, "/s", "30"),
        Figure(f"longest time without a frame, {picture}", longest, "ms"),
        Figure(f"drawings, {picture}", draws, "/s"),
        Figure(f"marks in the document, {picture}", marks, "", "1500"),
    ]


def icicles(page: "Page") -> list[Figure]:
    """The icicle, drawn, pointed at and growing."""
    figures = [Figure(f"icicle, {name}", ms, "ms") for name, ms in page.evaluate(ICICLE).items()]
    return figures + growing(page, "icicle")


def measure() -> list[Figure]:
    """All figures, from one server process and one browser."""
    with tempfile.TemporaryDirectory() as folder:
        run = asyncio.run(save_search(Path(folder)))
        with ServerProcess(Path(folder)) as server, browsing() as page:
            figures = opening(page, server.url, run)
            figures += selecting(page)
            page.keyboard.press("Escape")
            return figures + growing(page, "tree") + icicles(page)


def main() -> None:
    """Print the table, or JSON with --json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explorer", description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure()
    if options.json:
        sys.stdout.write(json.dumps([asdict(one) for one in figures], indent=1) + "\n")
        return
    table = Table("figure", "measured", "wanted", title=f"A tree of {STEPS:,} steps")
    for one in figures:
        table.add_row(
            one.what, f"{one.measured:,.2f} {one.unit}", f"{one.wanted} {one.unit}".strip()
        )
    Console().print(table)


if __name__ == "__main__":
    main()
