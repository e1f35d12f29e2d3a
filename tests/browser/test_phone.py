"""On a phone: one column, nothing wider than the screen, targets for fingers."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    STORY,
    click_row,
    finished_run,
    rewrite_runs,
    search,
    searched_run,
    settle,
    share,
    wait_until_done,
)
from tests.browser.test_time import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL = """() => [...document.querySelectorAll('button, input, textarea, select, [role=treeitem]')]
    .filter((element) => element.checkVisibility() && element.type !== 'checkbox')
    .map((element) => [element.className + element.id, element.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 40)"""
WIDTH = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
OUTSIDE = """() => [...document.querySelectorAll('.tw-explorer *, #tw-side *')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !element.closest('svg, .tw-chip-list, .tw-table-box'))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.className)"""

OUT_OF_CARD = """() => {
    const card = document.querySelector('.tw-runbar');
    const box = card.getBoundingClientRect();
    return [...card.querySelectorAll('*')]
        .filter((element) => element.checkVisibility())
        .filter((element) => {
            const { right, bottom } = element.getBoundingClientRect();
            const cut = element.scrollWidth > element.clientWidth;
            return right > box.right || bottom > box.bottom
                || (cut && element.matches('.tw-run-facts'));
        })
        .map((element) => element.className);
}"""


def fits(page: "Page") -> None:
    assert page.evaluate(WIDTH) == [390, 390]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL) == []


def test_a_search_that_can_go_on_fits_and_compares_from_its_menu(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page)
    rewrite_runs(page, {"status": "stopped"})
    page.reload()
    page.wait_for_selector("text=Resume")
    settle(page)
    fits(page)
    assert not page.is_visible(".tw-compare-with")
    page.tap(".tw-run-menu")
    page.tap("text=Compare…")
    page.wait_for_selector("dialog[open]")


def test_everything_fits(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    page.wait_for_selector(".tw-summary")
    fits(page)
    search(page)
    wait_until_done(page)
    assert not page.is_visible("#tw-search")
    fits(page)
    assert page.evaluate(OUT_OF_CARD) == []
    spot = page.evaluate("treewright.pixel(1)")
    page.touchscreen.tap(spot["x"], spot["y"])
    page.wait_for_function("treewright.selected === 1")
    page.tap(".tw-peek")
    assert page.is_visible(".tw-card.tw-selected")
    with page.expect_response("**/nodes/*/labels") as answer:
        page.tap(".tw-label[data-rating='1']")
    assert answer.value.status == 201
    fits(page)
    page.tap("text=Outline")
    settle(page)
    assert page.is_visible(".tw-row")
    fits(page)
    page.tap(".tw-form-toggle")
    assert page.is_visible("#tw-search")
    fits(page)


def test_a_shared_tree_fits_and_offers_nothing_that_is_not_there(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server, **PHONE)
    search(page)
    wait_until_done(page)
    shared = open_page(live_server, share(page), **PHONE)
    shared.wait_for_function("window.treewright?.model.size > 1")
    settle(shared)
    fits(shared)
    assert shared.evaluate(OUT_OF_CARD) == []
    assert shared.is_visible("text=Shared tree, read-only")
    assert not shared.is_visible("text=New search")


def test_the_share_dialog_fits(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    search(page)
    wait_until_done(page)
    page.tap(".tw-share")
    page.tap(".tw-make-link")
    page.wait_for_selector(".tw-links .tw-revoke")
    fits(page)


def test_the_step_that_is_judged_is_in_view(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page)
    deep = page.evaluate(
        "treewright.model.nodes.reduce((a, b) => (b.depth > a.depth ? b : a), {depth: -1}).id"
    )
    page.get_by_role("tab", name="Outline").tap()
    page.evaluate("document.querySelector('.tw-reading .tw-scroller').scrollTop = 0")
    click_row(page, deep)
    page.get_by_role("tab", name="Reading").tap()
    card = page.locator(".tw-card.tw-selected")
    pane = page.locator(".tw-reading .tw-scroller").bounding_box()
    box = card.bounding_box()
    assert pane is not None
    assert box is not None
    assert pane["y"] <= box["y"] + 1
    assert box["y"] + min(box["height"], 40) <= pane["y"] + pane["height"] + 1


def test_back_leads_from_the_form_to_the_run(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    search(page)
    wait_until_done(page)
    page.tap(".tw-form-toggle")
    assert page.is_visible("#tw-search")
    page.go_back()
    page.wait_for_selector("#tw-search", state="hidden")
    assert page.evaluate("treewright.model.size") > 1
    page.tap(".tw-form-toggle")
    page.tap(".tw-form-toggle")
    page.wait_for_selector("#tw-search", state="hidden")


def test_back_leads_from_run_to_run_and_not_to_the_form_between(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server, **PHONE)
    first = searched_run(page, nodes=6)
    page.tap(".tw-form-toggle")
    second = searched_run(page, nodes=6)
    assert second != first
    page.go_back()
    page.wait_for_function("id => treewright.run?.id === id", arg=first)
    assert not page.is_visible("#tw-search")
    page.tap(".tw-form-toggle")
    assert page.is_visible("#tw-search")
    # The run behind the form, picked from the list, is where Back would lead.
    page.tap(".tw-run[aria-current=true]")
    page.wait_for_selector("#tw-search", state="hidden")
    page.go_forward()
    page.wait_for_selector("#tw-search")
    page.reload()
    page.wait_for_function("id => window.treewright?.run?.id === id", arg=first)
    assert page.is_visible("#tw-search")


@pytest.mark.parametrize("width", [800, 1100, 1440])
def test_no_page_scrolls(live_server: str, open_page: Opener, width: int) -> None:
    page = open_page(live_server, viewport={"width": width, "height": 900})
    page.wait_for_function("window.treewright !== undefined")
    root = "document.documentElement"
    size = page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
    assert size == [width, 900]


def test_a_budget_is_doubled_from_the_bar(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page, nodes=12)
    fits(page)
    page.tap(".tw-go-on")
    page.wait_for_function("treewright.model.size >= 25 && treewright.status === 'finished'")


ONE_ROW = """() => {
    const shown = [...document.querySelectorAll('.tw-run-buttons > *')]
        .filter((button) => button.checkVisibility());
    return new Set(shown.map((button) => Math.round(button.getBoundingClientRect().top))).size;
}"""


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_a_change_is_taken_back_without_keys(
    live_server: str, open_page: Opener, locale: str
) -> None:
    page = open_page(live_server, **PHONE, locale=locale)
    finished_run(page)
    assert not page.is_visible(".tw-undo"), "nothing was changed yet"
    page.get_by_role("tab").nth(1).tap()
    click_row(page, 2)
    page.get_by_role("tab").nth(2).tap()
    page.tap(".tw-label[data-rating='1']")
    page.wait_for_selector(".tw-undo")
    fits(page)
    assert page.evaluate(OUT_OF_CARD) == []
    assert page.evaluate(ONE_ROW) == 1
    assert page.is_visible(".tw-go-on")
    page.tap(".tw-undo")
    page.wait_for_function("treewright.model.nodes[2].label === null")
    page.wait_for_selector(".tw-undo", state="hidden")
    page.tap(".tw-run-menu")
    assert page.get_by_role("menuitem").count() >= 8, "what has no button is in the menu"


def test_the_caption_of_a_replay_stays_on_the_screen(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page)
    page.evaluate(
        """() => treewright.receive({seq: treewright.model.seq + 1, kind: 'told', node: 1, work: 1,
            at: new Date().toISOString(), failure: 'the model server did not answer '.repeat(6)})"""
    )
    end = page.evaluate("treewright.at")
    page.evaluate(
        """() => treewright.receive({seq: treewright.model.seq + 1, kind: 'reopened', node: 1,
            at: new Date().toISOString()})"""
    )
    go_to(page, end)
    page.wait_for_selector(".tw-time-what >> text=nothing came at #1")
    box = page.locator(".tw-time-what").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390 - 8
    assert box["width"] > 250, "it has a line of its own"
    fits(page)


def test_what_not_graded_means_is_told_to_fingers(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page, STORY, nodes=60)
    assert page.inner_text(".tw-grade") == "not graded"
    page.tap(".tw-grade")
    page.wait_for_selector(".tw-message >> text=there is no reference answer to compare with")
    fits(page)
    assert page.evaluate(OUT_OF_CARD) == []
