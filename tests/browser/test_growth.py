"""While the tree grows, what people look at stays where it is."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_step, finished_run, grow, settle

pytestmark = pytest.mark.browser

ROW_AT_THE_EDGE = """() => {
    const edge = document.querySelector('.tw-outline .tw-scroller').getBoundingClientRect();
    return document.elementFromPoint(edge.left + 40, edge.top + 8)?.closest('.tw-row') != null;
}"""


def test_zoom_and_selection_stay(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_step(page, 2)
    spot = page.evaluate("treewright.pixel(2)")
    page.mouse.move(spot["x"] + 20, spot["y"] + 5)
    page.mouse.wheel(0, -240)
    settle(page)
    before = page.evaluate("({spot: treewright.pixel(2), view: treewright.view})")
    size = page.evaluate("treewright.model.size")
    grow(page, 120)
    after = page.evaluate("({spot: treewright.pixel(2), view: treewright.view})")
    assert page.evaluate("treewright.model.size") == size + 120
    assert page.evaluate("treewright.selected") == 2
    for axis in ("x", "y"):
        assert after["spot"][axis] == pytest.approx(before["spot"][axis], abs=1)
        span = [view[axis][1] - view[axis][0] for view in (before["view"], after["view"])]
        assert span[1] == pytest.approx(span[0])
    ring = page.locator(".tw-ring").bounding_box()
    assert ring is not None
    assert ring["x"] + ring["width"] / 2 == pytest.approx(after["spot"]["x"], abs=2)


def test_outline_keeps_its_place(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    grow(page, 200, pause=0)
    page.evaluate("document.querySelector('.tw-outline .tw-scroller').scrollTop = 900")
    # The rows follow the scrolling in the browser's next frame.
    page.wait_for_function(ROW_AT_THE_EDGE)
    tops = """() => [...document.querySelectorAll('.tw-row')]
        .map((row) => [Math.round(row.getBoundingClientRect().top), row.dataset.id])
        .sort((a, b) => a[0] - b[0])"""
    edge = page.locator(".tw-outline .tw-scroller").bounding_box()
    assert edge is not None
    before = page.evaluate(tops)
    first = next(row for row in before if row[0] + 28 > edge["y"] + 1)
    grow(page, 60)
    assert first in page.evaluate(tops)


def test_large_tree_draws_a_part_and_says_so(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    grow(page, 1500, pause=0)
    last = page.evaluate("treewright.model.size") - 1
    # The problem is no step.
    page.wait_for_function(f"/\\d of {last:,} steps drawn/.test(document.body.innerText)")
    page.locator(".tw-rows").focus()
    page.keyboard.press("End")
    chosen = page.evaluate("treewright.selected")
    settle(page)
    assert page.evaluate("id => treewright.pixel(id)", chosen) is not None
    assert 0 < chosen <= last
    rows = page.locator(".tw-row").count()
    assert rows < 60, f"{rows} rows are in the document"


def test_thinking_is_visible(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    seq = page.evaluate("treewright.model.seq")
    asked = {"seq": seq + 1, "kind": "asked", "work": "w-test", "node": 1, "n": 1, "seed": 1}
    page.evaluate("event => treewright.receive(event)", asked)
    page.wait_for_selector(".tw-pulse")
    told = {"seq": seq + 2, "kind": "told", "work": "w-test", "node": 1, "failure": None}
    page.evaluate("event => treewright.receive(event)", told)
    page.wait_for_selector(".tw-pulse", state="detached")
