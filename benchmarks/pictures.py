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
GAME = "Make 24 using 11, 4, 3 and 3."
EQUATION = "Given 7 * (x + 4) - 1 = 36 + 2 * (x + 8), find x."
DONE = "['finished', 'stopped'].includes(window.treewright?.status)"
SETTLED = "treewright.drawn > 0 && treewright.settled"
START = """
async (body) => {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch('/api/runs', { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).id;
}
"""
THEME = "[aria-label='Switch between light and dark']"
# The most visited step of the best path that says better what another one said.
CORRECTED = """
() => {
  const { model } = treewright;
  const revised = model.nodes.filter((node) => node.corrects !== null);
  const best = revised.filter((node) => model.bestPath().includes(node.id));
  return (best[0] ?? revised.sort((a, b) => b.visits - a.visits)[0]).id;
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
    page.wait_for_selector(".tw-summary")
    others = [_searched(page, url, each["problem"], "best_of_n") for each in _examples(page)[3:6]]
    game = _searched(page, url, GAME, "mcts", reference="11 + 4 + 3 * 3")
    sampled = _searched(page, url, GAME, "best_of_n", reference="11 + 4 + 3 * 3")
    _live(page, url, folder)
    _game(page, url, game, folder)
    page.goto(f"{url}/?compare={game},{sampled}")
    page.wait_for_function("treewright.pair?.every((side) => side.drawn > 0)")
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
    tokens: int = 3000,
) -> str:  # fmt: skip
    """A finished search; its id."""
    body = {"problem": problem, "strategy": strategy, "seed": 1,
            "budget": {"generated_tokens": tokens}, "reference_answer": reference}  # fmt: skip
    run: str = page.evaluate(START, body)
    page.goto(f"{url}/?run={run}")
    page.wait_for_function(DONE)
    page.wait_for_function(SETTLED)
    return run


def _live(page: "Page", url: str, folder: Path) -> None:
    body = {"problem": "Use 4, 7, 8 and 13 to make 24.", "strategy": "mcts", "seed": 7}
    run = page.evaluate(START, {**body, "budget": {"nodes": 400}})
    page.goto(f"{url}/?run={run}")
    page.wait_for_function("window.treewright?.model.size > 150 && treewright.drawn > 0")
    _shoot(page, folder, "live")
    page.wait_for_function(DONE)


def _game(page: "Page", url: str, run: str, folder: Path) -> None:
    """A correction, why it was chosen, and the past, dark."""
    page.goto(f"{url}/?run={run}")
    page.wait_for_function(SETTLED)
    step = page.evaluate(CORRECTED)
    page.goto(f"{url}/?run={run}&node={step}")
    page.wait_for_function(SETTLED)
    page.keyboard.press("3")
    page.wait_for_function("id => treewright.model.nodes[id].label === 1", arg=step)
    page.wait_for_function(SETTLED)
    _shoot(page, folder, "search")
    page.click(".tw-why > summary")
    page.wait_for_selector(".tw-why table")
    _shoot(page, folder, "why")
    page.click(THEME)
    half = page.evaluate("Math.round(treewright.model.seq * 0.55)")
    page.goto(f"{url}/?run={run}&at={half}")
    page.wait_for_function("treewright.at > 0 && treewright.settled")
    _shoot(page, folder, "past")
    page.click(THEME)


def _large(page: "Page", url: str, folder: Path) -> None:
    body = {"problem": EQUATION, "strategy": "mcts", "seed": 1, "budget": {"nodes": LARGE_STEPS}}
    run = page.evaluate(START, body)
    page.goto(f"{url}/?run={run}&picture=icicle")
    page.wait_for_function(DONE, timeout=600_000)
    page.reload()
    page.wait_for_function(SETTLED)
    _shoot(page, folder, "large")


def _shoot(page: "Page", folder: Path, name: str) -> None:
    # Once more after the last paint: what is written in the tree comes a frame later.
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    page.screenshot(path=folder / f"{name}.png")
    Console().print(folder / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
