"""Flags: steps to look at again, seen everywhere, found by a filter, and no judgement."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    click_row,
    click_step,
    finished_run,
    search,
    settle,
    share,
    wait_for_steps,
    wait_until_done,
)
from tests.browser.test_modules import run as run_modules
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_time import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser

FLAGGED = "treewright.model.nodes.filter((node) => node.flagged).map((node) => node.id)"
IS_FLAGGED = "([id, flagged]) => treewright.model.nodes[id].flagged === flagged"
# Of each flag in the drawing six points of its outline; the last one is a gap.
DRAWN = """() => document.querySelector('.tw-plot').data.filter((trace) => trace.fill === 'toself')
    .map((trace) => trace.x.filter((x) => x === null).length)"""
BLOCKS = "document.querySelector('.tw-blocks').toDataURL()"
BUTTON = ".tw-reading .tw-flag"


def flag(page: "Page", step: int, flagged: bool = True) -> None:
    """Selects the step in the outline and presses the key."""
    click_row(page, step)
    page.keyboard.press("m")
    page.wait_for_function(IS_FLAGGED, arg=[step, flagged])
    settle(page)


def stored(page: "Page") -> list[dict[str, Any]]:
    script = "fetch(`/api/runs/${treewright.run.id}/tree`).then((r) => r.json())"
    nodes: list[dict[str, Any]] = page.evaluate(script)["nodes"]
    return nodes


def row_says(page: "Page", step: int) -> str:
    return page.locator(f"#tw-row-{step} .tw-row-label").inner_text()


def test_a_flag_by_key_is_seen_in_every_pane_and_judges_nothing(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    before = stored(page)
    click_step(page, 2)
    assert page.get_attribute(BUTTON, "aria-pressed") == "false"
    page.keyboard.press("v")
    settle(page)
    plain = page.evaluate(BLOCKS)
    page.keyboard.press("v")
    flag(page, 2)
    page.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    page.wait_for_selector(".tw-card[data-id='2'] .tw-card-flag:visible")
    assert page.locator(".tw-card-flag:visible").count() == 1
    page.wait_for_selector("#tw-row-2 .tw-row-flag svg")
    assert row_says(page, 2) == "flagged"
    assert page.locator(".tw-row-flag svg").count() == 1
    assert page.evaluate(DRAWN) == [1, 1]
    spot = page.evaluate("treewright.pixel(2)")
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_selector(".tw-tooltip:visible >> text=flagged")
    page.keyboard.press("v")
    settle(page)
    assert page.evaluate(BLOCKS) != plain
    assert stored(page) == [{**node, "flagged": node["id"] == 2} for node in before]


def test_a_flag_by_button_is_taken_back_by_undo_and_stays_when_the_page_is_loaded_again(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    assert not page.is_visible(BUTTON), "there is nothing to flag"
    click_row(page, 0)
    assert page.is_disabled(BUTTON), "the problem is no step"
    page.keyboard.press("m")
    page.wait_for_selector(".tw-message >> text=The problem cannot be flagged.")
    for step in (1, 3):
        click_row(page, step)
        page.click(BUTTON)
        page.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".tw-message >> text=Undone: step 3 is not flagged any more.")
    page.wait_for_function(IS_FLAGGED, arg=[3, False])
    page.click(BUTTON)
    page.wait_for_function(IS_FLAGGED, arg=[3, True])
    page.click(BUTTON)
    page.wait_for_function(IS_FLAGGED, arg=[3, False])
    page.keyboard.press("Control+z")
    page.wait_for_selector(".tw-message >> text=Undone: step 3 is flagged again.")
    page.reload()
    wait_until_done(page)
    assert page.evaluate(FLAGGED) == [1, 3]
    assert page.evaluate(DRAWN) == [2, 2]


def test_pressed_twice_at_once_the_key_takes_the_flag_back(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_row(page, 2)
    sent: list[Any] = []

    def note(request: "Request") -> None:
        if request.url.endswith("/flag"):
            sent.append(request.post_data_json)

    page.on("request", note)
    with page.expect_response(lambda r: r.request.post_data_json == {"flagged": False}):
        page.evaluate("""() => {
          const press = () => document.body.dispatchEvent(
            new KeyboardEvent('keydown', {key: 'm', bubbles: true}));
          press();
          press();
        }""")
    assert sent == [{"flagged": True}, {"flagged": False}]
    assert not any(node["flagged"] for node in stored(page))
    page.wait_for_function(IS_FLAGGED, arg=[2, False])


def test_a_refused_flag_is_not_shown(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    body = json.dumps({"error": {"code": "busy", "message": "the disk is full", "hint": ""}})
    page.route("**/flag", lambda route: route.fulfill(status=503, body=body))
    finished_run(page)
    click_row(page, 2)
    page.keyboard.press("m")
    page.wait_for_selector("text=The flag was not saved: The disk is full")
    assert page.evaluate(FLAGGED) == []
    page.unroute("**/flag")
    page.keyboard.press("Control+z")
    page.wait_for_selector("text=There is nothing to undo.")
    flag(page, 2)


def test_the_outline_keeps_what_is_flagged(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    # Near the root: rows that cannot be seen are not there.
    below = page.evaluate("treewright.model.nodes.findLast((node) => node.parent === 1).id")
    flag(page, 1)
    flag(page, below)
    page.select_option(".tw-only", "flagged")
    page.wait_for_selector(".tw-matches >> text=2 of 2 matches")
    settle(page)
    rows = page.evaluate("""[...document.querySelectorAll('.tw-row:not(.tw-way)')]
        .map((row) => Number(row.dataset.id)).sort((a, b) => a - b)""")
    assert rows == [1, below]
    flag(page, below, False)
    page.wait_for_selector(".tw-matches >> text=1 match")


def test_other_tabs_and_guests_see_flags_and_guests_set_none(
    live_server: str, open_page: Opener
) -> None:
    owner = open_page(live_server)
    search(owner, nodes=2000)
    wait_for_steps(owner, 8)
    owner.get_by_role("button", name="Pause").click()
    owner.wait_for_function("treewright.status === 'paused'")
    settle(owner)
    flag(owner, 1)
    guest = open_page(live_server, share(owner))
    tab = owner.context.new_page()
    tab.goto(owner.url)
    for other in (tab, guest):
        other.wait_for_function("window.treewright?.connection === 'live'")
        other.wait_for_function(IS_FLAGGED, arg=[1, True])
    flag(owner, 2)
    for other in (tab, guest):
        other.wait_for_function(IS_FLAGGED, arg=[2, True])
    click_row(guest, 2)
    guest.wait_for_selector(".tw-card[data-id='2'] .tw-card-flag:visible")
    assert guest.locator(BUTTON).count() == 0
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.method))
    guest.keyboard.press("m")
    guest.keyboard.press("j")
    guest.wait_for_function("treewright.selected !== 2")
    assert guest.evaluate(FLAGGED) == [1, 2]
    assert "POST" not in asked
    owner.get_by_role("button", name="Stop").click()


def test_the_time_of_a_run_knows_its_flags(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    flag(page, 1)
    page.wait_for_function("treewright.connection === 'ended'")
    at = page.evaluate("treewright.at")
    page.wait_for_selector(".tw-time-mark[data-kind=flag][title='Step 1 flagged']")
    go_to(page, at - 1)
    page.wait_for_function(IS_FLAGGED, arg=[1, False])
    assert page.is_disabled(BUTTON)
    page.keyboard.press("m")
    page.wait_for_selector(".tw-message >> text=This is the run as it was.")
    page.keyboard.press("l")
    page.wait_for_function(IS_FLAGGED, arg=[1, True])


def test_a_phone_flags_by_the_button_above_the_path(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    run = finished_run(page)
    page.goto(f"{live_server}/?run={run}&node=2")
    wait_until_done(page)
    page.click(".tw-peek")
    page.tap(BUTTON)
    page.wait_for_selector(f"{BUTTON}[aria-pressed=true]")
    page.wait_for_selector(".tw-card.tw-selected .tw-card-flag:visible")
    fits(page)
    page.get_by_role("tab", name="Tree").click()
    page.wait_for_selector(".tw-peek .tw-flag-mark")


def test_flagged_steps_of_a_large_tree_are_drawn(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      grown(3000, 5).forEach((event) => model.apply(event));
      const choose = () => chooseVisible(model, {most: 100, visits: 0, value: null},
        alwaysKept(model, null)).shown;
      const id = model.nodes.findLast((node) => !choose()[node.id]).id;
      const of = (flagged) => {
        model.apply({seq: model.seq + 1, kind: 'flagged', node: id, flagged});
        return [model.nodes[id].flagged, choose()[id], FILTERS.flagged.passes(model.nodes[id])];
      };
      return [of(true), of(false)];
    """
    assert run_modules(modules, script) == [[True, 1, True], [False, 0, False]]
