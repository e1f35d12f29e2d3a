"""Takes the pictures of the README and of the guide: real searches, in a real browser.

Run `python -m benchmarks.pictures [FOLDER]` (docs/images without one). The embedded models search
in a server of its own with an empty database; the same weights give the same pictures, but for
times and for the moment at which a search under way is caught.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from benchmarks.explorer import browsing
from tests.serving import ServerProcess

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path("docs/images")
LARGE_STEPS = 10_000
PHONE = {"width": 390, "height": 844}
EQUATION = "How much is x if 5(x + 9) = 65?"
GAME = "Use 4, 7, 8 and 13 to make 24."
TOKENS = 3000
MENDED = 3
"""With this seed the equation's search makes a mistake, notices it and mends it."""
DONE = "['finished', 'stopped'].includes(window.treewright?.status)"
SETTLED = "window.treewright?.model.size > 1 && treewright.drawn > 0 && treewright.settled"
START = """
async (body) => {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch('/api/runs', { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).id;
}
"""
SEEN_HINTS = """
localStorage.setItem("treewright.hints", JSON.stringify(["search", "tree", "judge"]))
"""
THEME = "[aria-label='Switch between light and dark']"
# The step that says better what another one said and gained most by it.
CONTESTED = """
async () => {
  const { run, model } = treewright;
  let most = { id: 1, open: 0 };
  for (const { id } of model.nodes.slice(1, 40)) {
    const choice = await (await fetch(`/api/runs/${run.id}/nodes/${id}/choice`)).json();
    const open = choice.candidates.filter((one) => one.open).length;
    const own = choice.candidates.find((one) => one.node === id);
    if (choice.made && own?.chosen && open > most.open) most = { id, open };
  }
  return most.id;
}
"""
"""The step that the search chose among the most."""
CORRECTED = """
() => {
  const { nodes } = treewright.model;
  const gain = ({ value, corrects }) => (value ?? 0) - (nodes[corrects].value ?? 0);
  const revised = nodes.filter((node) => node.corrects !== null);
  return revised.sort((a, b) => gain(b) - gain(a))[0].id;
}
"""


def main() -> int:
    """Take them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        ServerProcess(Path(data)) as server,
        browsing() as page,
    ):
        _take_all(page, server.url, folder)
    return 0


def _take_all(page: "Page", url: str, folder: Path) -> None:
    page.goto(url)
    page.evaluate(SEEN_HINTS)
    page.wait_for_selector(".tw-summary")
    others = [_searched(page, url, each["problem"], "best_of_n") for each in _examples(page)[3:6]]
    grown = _searched(page, url, EQUATION, "mcts", reference="4", seed=MENDED)
    sampled = _searched(page, url, EQUATION, "best_of_n", reference="4")
    _live(page, url, folder)
    _grown(page, url, grown, folder)
    page.goto(f"{url}/?compare={grown},{sampled}")
    page.wait_for_function("window.treewright?.pair?.every((side) => side.drawn > 0)")
    page.wait_for_selector(".tw-course .scatterlayer .trace", state="attached")
    _shoot(page, folder, "compare")
    _large(page, url, folder)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{url}/?run={others[0]}")
    page.wait_for_function(SETTLED)
    _shoot(page, folder, "phone")


def _examples(page: "Page") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("fetch('/api/examples').then((one) => one.json())")[
        "items"
    ]
    return found


def _searched(
    page: "Page", url: str, problem: str, strategy: str, *, reference: str | None = None,
    seed: int = 1,
) -> str:  # fmt: skip
    """A finished search; its id."""
    body = {"problem": problem, "strategy": strategy, "seed": seed,
            "budget": {"generated_tokens": TOKENS}, "reference_answer": reference}  # fmt: skip
    run: str = page.evaluate(START, body)
    page.goto(f"{url}/?run={run}")
    page.wait_for_function(DONE)
    page.wait_for_function(SETTLED)
    return run


def _live(page: "Page", url: str, folder: Path) -> None:
    body = {"problem": GAME, "strategy": "mcts", "seed": 7}
    run = page.evaluate(START, {**body, "budget": {"nodes": 400}})
    page.goto(f"{url}/?run={run}")
    page.wait_for_function("window.treewright?.model.size > 150 && treewright.drawn > 0")
    _shoot(page, folder, "live")
    page.wait_for_function(DONE)


def _grown(page: "Page", url: str, run: str, folder: Path) -> None:
    """A correction, why it was chosen, and the past, dark."""
    page.goto(f"{url}/?run={run}")
    page.wait_for_function(SETTLED)
    step = page.evaluate(CORRECTED)
    page.goto(f"{url}/?run={run}&node={step}")
    page.wait_for_function(SETTLED)
    page.click("button:has-text('Good')")
    page.wait_for_function("id => treewright.model.nodes[id].label === 1", arg=step)
    page.wait_for_function(SETTLED)
    _shoot(page, folder, "search")
    page.goto(f"{url}/?run={run}&node={page.evaluate(CONTESTED)}")
    page.wait_for_function(SETTLED)
    page.click(".tw-why > summary")
    page.wait_for_selector(".tw-why table")
    _shoot(page, folder, "why")
    page.click(THEME)
    half = page.evaluate("Math.round(treewright.model.seq * 0.55)")
    page.goto(f"{url}/?run={run}&at={half}")
    page.wait_for_function("window.treewright?.at > 0 && treewright.settled")
    _shoot(page, folder, "past")
    page.click(THEME)


def _large(page: "Page", url: str, folder: Path) -> None:
    # Whole solutions: a tree search soon has all that is right here, and goes on in the dark.
    body = {"problem": GAME, "strategy": "best_of_n", "settings": {"n": 4096}, "seed": 1,
            "budget": {"nodes": LARGE_STEPS}, "reference_answer": "(13 + 7) + (8 - 4)"}  # fmt: skip
    run = page.evaluate(START, body)
    page.goto(f"{url}/?run={run}&picture=icicle")
    page.wait_for_function(DONE, timeout=600_000)
    page.reload()
    page.wait_for_function(SETTLED)
    page.wait_for_selector(".tw-time-mark")
    _shoot(page, folder, "large")


def _shoot(page: "Page", folder: Path, name: str) -> None:
    # Once more after the last paint: what is written in the tree comes a frame later.
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    page.screenshot(path=folder / f"{name}.png")
    Console().print(folder / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
