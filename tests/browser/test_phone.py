"""On a phone: one column, nothing wider than the screen, targets for fingers."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import search, settle, wait_until_done

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
    .filter((element) => element.checkVisibility() && !element.closest('svg, .tw-chip-list'))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.className)"""


def fits(page: "Page") -> None:
    assert page.evaluate(WIDTH) == [390, 390]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL) == []


def test_everything_fits(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    page.wait_for_selector(".tw-summary")
    fits(page)
    search(page)
    wait_until_done(page)
    assert not page.is_visible("#tw-search")
    fits(page)
    spot = page.evaluate("treewright.pixel(1)")
    page.touchscreen.tap(spot["x"], spot["y"])
    page.wait_for_function("treewright.selected === 1")
    page.tap(".tw-peek")
    assert page.is_visible(".tw-card.tw-selected")
    with page.expect_response("**/labels") as answer:
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


@pytest.mark.parametrize("width", [800, 1100, 1440])
def test_no_page_scrolls(live_server: str, open_page: Opener, width: int) -> None:
    page = open_page(live_server, viewport={"width": width, "height": 900})
    page.wait_for_function("window.treewright !== undefined")
    root = "document.documentElement"
    size = page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
    assert size == [width, 900]
