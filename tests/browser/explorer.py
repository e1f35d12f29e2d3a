"""What the tests do with the page: start a search, wait for the tree, click steps."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SELECTED = "id => treewright.selected === id"
CLICKS = 4
CLICK_MS = 3000
PROBLEM = "Use 4, 7, 8 and 13 to make 24."
# What is right here cannot be told without a reference answer.
STORY = (
    "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are left?"
)
# Live models: the same seed writes the same tree each time.
SEED = 7


def search(page: "Page", problem: str = PROBLEM, nodes: int = 24) -> None:
    """Types a problem and starts a small search, the way a newcomer does."""
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", problem)
    if not page.is_visible("#tw-nodes input"):
        page.click("#tw-more button")
    # Gradio sets what a field says once more when it has just appeared.
    for _ in range(CLICKS):
        page.fill("#tw-nodes input", str(nodes))
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        if page.input_value("#tw-nodes input") == str(nodes):
            break
    page.fill("#tw-seed input", str(SEED))
    page.click("#tw-search")


def wait_for_steps(page: "Page", count: int) -> None:
    page.wait_for_function(f"window.treewright?.model.size >= {count} && treewright.drawn > 0")


def wait_until_done(page: "Page") -> None:
    page.wait_for_function("['finished', 'stopped'].includes(window.treewright?.status)")
    settle(page)


def settle(page: "Page") -> None:
    """Waits until all that has changed is drawn: drawing is throttled."""
    page.wait_for_function("treewright.drawn > 0 && treewright.settled")


def click_step(page: "Page", step: int) -> None:
    """A real click of a real mouse on the step's mark in the drawing.

    Again where it missed: a drawing that was under way may have moved the mark in between.
    """
    from playwright.sync_api import TimeoutError as TooLate

    for _ in range(CLICKS):
        spot = page.evaluate("id => treewright.pixel(id)", step)
        page.mouse.move(spot["x"], spot["y"])
        page.mouse.click(spot["x"], spot["y"])
        try:
            page.wait_for_function(SELECTED, arg=step, timeout=CLICK_MS)
        except TooLate:
            continue
        return
    page.wait_for_function(SELECTED, arg=step)


def click_row(page: "Page", step: int) -> None:
    """Selects a step in the outline, once its row is there: rows are drawn now and then, and only
    those that can be seen.
    """
    page.wait_for_function(
        """id => {
            const row = document.getElementById(`tw-row-${id}`);
            const list = document.querySelector('.tw-outline .tw-scroller');
            const end = list.scrollHeight - list.clientHeight;
            if (row) row.click();
            else if (list.scrollTop >= end - 1) list.scrollTop = 0;
            else list.scrollTop += list.clientHeight / 2;
            return treewright.selected === id;
        }""",
        arg=step,
    )


SEARCH_TO_THE_END = """
async (request) => {
  const answer = await fetch("/api/runs", {
    method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify(request),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { id } = await answer.json();
  const events = new EventSource(`/api/runs/${id}/events`);
  await new Promise((done) => events.addEventListener("status", ({data}) => {
    if (JSON.parse(data).status !== "running") done();
  }));
  events.close();
  return id;
}
"""
GO_TO = """
(id) => {
  history.pushState(null, "", `?run=${id}`);
  window.dispatchEvent(new PopStateEvent("popstate"));
}
"""


def finished_run(
    page: "Page", problem: str = PROBLEM, nodes: int = 24, strategy: str = "mcts"
) -> str:
    """Searches to the end and shows the run; returns its id.

    The search is asked for as scripts do, and drawn when it is done.
    """
    page.wait_for_selector(".tw-summary")
    budget = {"nodes": nodes}
    request = {"problem": problem, "seed": SEED, "budget": budget, "strategy": strategy}
    run = str(page.evaluate(SEARCH_TO_THE_END, request))
    page.evaluate(GO_TO, run)
    page.wait_for_function("id => treewright.run?.id === id", arg=run)
    wait_until_done(page)
    return run


def searched_run(page: "Page", problem: str = PROBLEM, nodes: int = 24) -> str:
    """As `finished_run`, but by the form; returns the run's id."""
    page.wait_for_selector(".tw-summary")
    before = page.evaluate("treewright.run?.id ?? null")
    search(page, problem, nodes)
    page.wait_for_function("id => treewright.run && treewright.run.id !== id", arg=before)
    wait_until_done(page)
    return str(page.evaluate("treewright.run.id"))


GROW = """
async ({steps, pause}) => {
  const { model } = treewright;
  let seq = model.seq + 1;
  for (let k = 0; k < steps; k += 1) {
    const node = model.size;
    const parent = (k * 7) % Math.max(1, node - 3);
    treewright.receive({seq: seq++, kind: 'node_added', node, parent, action: 'solve',
      text: `step ${node}`, estimate: 0.5, tokens: 3, scores: {}});
    treewright.receive({seq: seq++, kind: 'backed_up', node, value: (k % 10) / 10});
    if (pause) await new Promise((done) => setTimeout(done, pause));
  }
}
"""


def grow(page: "Page", steps: int, pause: int = 10) -> None:
    """Lets the tree grow by events of the documented kind, as a run would send them."""
    page.evaluate(GROW, {"steps": steps, "pause": pause})
    settle(page)


def share(page: "Page") -> str:
    """Make a link to the tree; returns its path."""
    page.click(".tw-share")
    page.click(".tw-make-link")
    url = page.input_value(".tw-share-url")
    page.keyboard.press("Escape")
    return "/" + url.split("/", 3)[3]


def rewrite_runs(page: "Page", change: dict[str, Any]) -> None:
    """From now on the page sees every run changed like this, as if the server said so."""
    from playwright.sync_api import Error

    def answer(route: "Route") -> None:
        try:
            body = route.fetch().json()
        except Error:
            return  # the page was left while the server answered: nobody waits for it
        body.get("run", body).update(change)
        route.fulfill(json=body)

    page.route(re.compile(r"/api/runs/[^/?]+(/tree/columns)?$"), answer)
