"""Going through the time of a run: each moment is the tree as it was; the present is not lost."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import STORY, click_row, finished_run, settle, share

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


TREE = """treewright.model.nodes.map((node) => ({
    id: node.id, visits: node.visits, label: node.label,
    value: node.value === null ? null : Math.round(node.value * 1e6), samples: node.samples}))"""
AS_STORED = """async ([run, seq]) => {
  const answer = await fetch(`/api/runs/${run}/tree?at=${seq}`);
  const { nodes, run: record } = await answer.json();
  return [nodes.map((node) => ({
    id: node.id, visits: node.visits, label: node.label,
    value: node.value === null ? null : Math.round(node.value * 1e6), samples: node.samples})),
    record.answer, record.usage.generated_tokens, record.status];
}"""
# A run of 3,000 steps with two pauses in it: a long one at work, and one while nothing was done.
HISTORY = """async () => {
  const js = document.querySelector('link[href*="js/main.js"]').href.replace('main.js', '');
  const { History } = await import(`${js}time/history.js`);
  const history = new History();
  const start = Date.parse('2026-01-01T00:00:00Z');
  let [seq, now] = [0, start];
  const push = (wait, event) => history.push(
    {seq: seq += 1, at: new Date(now += 1000 * wait).toISOString(), ...event});
  push(0, {kind: 'node_added', node: 0, parent: null});
  push(0, {kind: 'asked', work: 0, node: 0});
  push(20, {kind: 'told', work: 0, node: 0, generated_tokens: 5});
  push(3600, {kind: 'labelled', node: 0, rating: 1});
  for (let node = 1; node <= 3000; node += 1) {
    push(0, {kind: 'node_added', node, parent: node >> 1});
    push(0, {kind: 'backed_up', node, value: (node % 7) / 6});
  }
  history.push({seq: 3, kind: 'told'});
  const look = ({model}) => JSON.stringify(model.nodes);
  const late = look(history.moment(6000));
  const early = look(history.moment(700));
  const steps = [];
  let moment = null;
  for (const at of [10, 700, 6000, 5000, 700]) moment = history.moment(at, moment);
  steps.push(look(moment) === early, look(history.moment(6000, moment)) === late);
  const marks = history.marks.map((mark) => [mark.seq, mark.kind]);
  const kept = [...history.kept.keys()];
  return {seconds: history.seconds.slice(1, 5), at: [0, 19, 20, 99].map((s) => history.seqAt(s)),
    steps, marks, kept};
}"""

ARRIVES = """event => treewright.receive({kind: 'node_added', parent: 0, action: 'solve',
  text: 'new', estimate: 0.5, tokens: 3, scores: {}, ...event})"""
# A model call of a minute.
SLOW_CALL = """() => {
  let seq = treewright.at;
  const now = Date.now();
  const at = (seconds) => new Date(now + 1000 * seconds).toISOString();
  const call = {work: 'w-slow', node: 1, n: 1, failure: null};
  treewright.receive({seq: seq += 1, kind: 'asked', at: at(0), ...call});
  treewright.receive({seq: seq += 1, kind: 'told', at: at(60), ...call});
}"""


def go_to(page: "Page", seq: int) -> None:
    """Moves the slider, as a drag does."""
    page.evaluate(
        """seq => { const slider = document.querySelector('.tw-slider');
        slider.value = seq; slider.dispatchEvent(new Event('input')); }""",
        seq,
    )
    page.wait_for_function("seq => treewright.at === seq", arg=seq)


def as_shown(page: "Page") -> list[Any]:
    shown: list[Any] = page.evaluate(
        f"[{TREE}, treewright.run.answer, treewright.run.usage.generated_tokens, treewright.status]"
    )
    return shown


def test_every_moment_is_the_run_as_it_was(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page, STORY, nodes=60)
    end = page.evaluate("treewright.at")
    page.wait_for_selector(".tw-time-mark[data-kind=answer] .tw-answer-unknown")
    present = page.evaluate("[1, 2, 3].map((id) => treewright.pixel(id))")
    for seq in (end // 2, 3, end - 1, end // 3):
        go_to(page, seq)
        assert as_shown(page) == page.evaluate(AS_STORED, [run, seq]), f"event {seq}"
    settle(page)
    assert page.evaluate("[1, 2, 3].map((id) => treewright.pixel(id))") == present
    size = page.evaluate("treewright.model.size")
    assert page.inner_text(".tw-outline .tw-count") == f"{size - 1} steps"
    assert page.locator(".tw-label-bar button:enabled:visible").count() == 0
    # A reload, and whoever gets the address or a link, sees the same moment.
    page.wait_for_url(re.compile(rf"at={end // 3}\b"))
    page.reload()
    page.wait_for_function("seq => window.treewright?.at === seq", arg=end // 3)
    guest = open_page(live_server, share(page))
    guest.wait_for_function("seq => window.treewright?.at === seq", arg=end // 3)
    assert as_shown(guest) == as_shown(page)
    assert page.evaluate(HISTORY) == {
        "seconds": [0, 20, 21, 21],
        "at": [2, 2, 3, 6004],
        "steps": [True, True],
        "marks": [[4, "label"]],
        "kept": [2000, 4000, 6000],
    }


def test_a_long_run_has_its_marks_before_its_log_is_there(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=60)
    end = page.evaluate("treewright.at")
    page.request.post(f"{live_server}/api/runs/{run}/nodes/1/flag", data={"flagged": True})

    def pretend_it_is_long(route: "Route") -> None:
        body = route.fetch().json()
        route.fulfill(json={**body, "seq": 50_000})

    logs: list[str] = []
    page.route("**/tree/columns", pretend_it_is_long)
    page.on("request", lambda request: logs.append(request.url))
    page.reload()
    page.wait_for_selector(".tw-time-mark[data-kind=answer]")
    flagged = page.locator(".tw-time-mark[data-kind=flag]")
    assert flagged.get_attribute("data-seq") == str(end + 1)
    assert not [url for url in logs if "/socket?after=0" in url or "/events?after=0" in url]


def test_keys_go_through_time_and_back_to_the_present(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    end = page.evaluate("treewright.at")
    size = page.evaluate("treewright.model.size")
    page.evaluate("document.activeElement.blur()")
    page.locator(".tw-slider").focus()
    page.keyboard.press("Home")
    page.wait_for_function("treewright.at === 1 && treewright.model.size === 1")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("treewright.at === 5")
    assert "event 5 of" in str(page.get_attribute(".tw-slider", "aria-valuetext"))
    page.keyboard.press("PageUp")
    page.wait_for_function("treewright.at > 5")
    marked = page.evaluate("treewright.at")
    assert page.locator(f".tw-time-mark[data-seq='{marked}']").count() == 1
    # What arrives meanwhile waits in the present.
    page.evaluate(ARRIVES, {"seq": end + 1, "node": size})
    assert page.evaluate("treewright.at") == marked
    page.wait_for_function("end => document.querySelector('.tw-slider').max == end", arg=end + 1)
    page.keyboard.press("End")
    page.wait_for_function("seq => treewright.at === seq", arg=end + 1)
    assert page.evaluate("treewright.model.size") == size + 1
    assert page.locator(".tw-past").count() == 0
    # From the present, play starts at the beginning, goes as fast as it went, and ends at the end.
    page.evaluate(SLOW_CALL)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("p")
    page.wait_for_function("seq => treewright.playing && treewright.at === seq", arg=end + 2)
    page.locator(".tw-speed").select_option("64")
    page.wait_for_function("seq => treewright.at === seq && !treewright.playing", arg=end + 3)
    # A change is refused in the past, and says how to come back.
    page.keyboard.press("j")
    go_to(page, end)
    page.keyboard.press("3")
    page.wait_for_selector(".tw-message:has-text('as it was')")
    page.keyboard.press("l")
    page.wait_for_function("seq => treewright.at === seq", arg=end + 3)


def test_the_best_path_of_every_moment_is_drawn(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=120)
    page.click(".tw-drawn")
    page.get_by_label("How many at most").fill("20")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    end = page.evaluate("treewright.at")
    elsewhere = 0
    present = set(page.evaluate("treewright.model.bestPath()"))
    for part in range(1, 10):
        go_to(page, end * part // 10)
        page.wait_for_function("treewright.settled")
        best = page.evaluate("treewright.model.bestPath()")
        elsewhere += not present.issuperset(best)
        assert page.evaluate("ids => ids.filter((id) => !treewright.pixel(id))", best) == []
    assert elsewhere, "at no moment was another path the best: nothing was tested"


def test_the_marks_are_explained_without_a_mouse(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, STORY, nodes=60)
    click_row(page, 2)
    page.keyboard.press("3")
    page.wait_for_selector(".tw-time-mark[data-kind=label]")
    legend = page.locator(".tw-mark-legend")
    assert not legend.is_visible()
    page.get_by_role("button", name="What the marks on the time bar mean").focus()
    page.keyboard.press("Enter")
    legend.wait_for()
    said = legend.locator("li").all_inner_texts()
    assert len(said) == 8
    (good,) = (text for text in said if "labelled the step good" in text)
    assert " ".join(good.split()) == "A person labelled the step good 1"
    told = str(page.get_attribute(".tw-time-marks", "aria-label"))
    assert "A person labelled the step good: 1" in told
    marked = page.locator(".tw-time-mark[data-kind=correction]").count() > 0
    assert ("corrects an earlier one" in told) == marked
    page.keyboard.press("Escape")
    legend.wait_for(state="hidden")
    assert page.evaluate("treewright.selected") == 2
