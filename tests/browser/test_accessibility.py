"""What axe-core finds to be in the way of people who do not see, hear or point like most."""

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, share
from tests.browser.test_phone import PHONE
from tests.browser.test_time import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")


def check(page: "Page", look: str) -> None:
    """Fails with all serious and critical violations of the page as it is shown now."""
    answer = Axe().run(page).response
    found = [
        f"{fault['id']}: {node['target']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for fault in answer["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
    assert not found, f"{look}:\n" + "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_an_owner(live_server: str, open_page: Opener, scheme: str) -> None:
    page = open_page(live_server, color_scheme=scheme)
    page.wait_for_selector(".tw-summary")
    check(page, "nothing searched yet")
    run = finished_run(page)
    click_row(page, 3)
    page.keyboard.press("m")
    page.wait_for_selector(".tw-flag[aria-pressed=true]")
    check(page, "a step selected, and flagged")
    page.keyboard.press("v")
    page.wait_for_selector(".tw-icicle:visible")
    check(page, "icicle")
    page.click(".tw-share")
    page.click(".tw-make-link")
    page.wait_for_selector(".tw-share-url")
    check(page, "dialog: share")
    page.keyboard.press("Escape")
    page.click("summary:text('Models')")
    page.click(".tw-about-models")
    page.wait_for_selector(".tw-model-state")
    check(page, "dialog: models")
    page.keyboard.press("Escape")
    page.click(".tw-filter-button")
    check(page, "filters of the library")
    for opener in (".tw-run-more", ".tw-mark-legend-button"):
        page.locator(opener).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".tw-menu, .tw-mark-legend >> visible=true")
        check(page, opener)
        page.keyboard.press("Escape")
    go_to(page, page.evaluate("treewright.at") // 2)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("m")
    page.wait_for_selector(".tw-message.tw-shown")
    check(page, "looking back")
    page.goto(f"{live_server}/?compare={run},{run}")
    page.wait_for_function("window.treewright?.pair?.every(({drawn}) => drawn > 0)")
    page.wait_for_selector("text=Both runs are by the same strategy.")
    check(page, "two runs compared")


def test_a_shared_tree(live_server: str, open_page: Opener) -> None:
    owner = open_page(live_server)
    finished_run(owner)
    path = share(owner)
    guest = open_page(live_server, path)
    guest.wait_for_selector(".tw-card")
    check(guest, "shared tree")
    guest.goto(f"{live_server}{path}?embed=1")
    guest.wait_for_function("window.treewright?.drawn > 0")
    check(guest, "embedded tree")


def test_a_phone(live_server: str, open_page: Opener) -> None:
    phone = open_page(live_server, **PHONE)
    phone.wait_for_selector(".tw-summary")
    check(phone, "the form on a phone")
    finished_run(phone)
    check(phone, "the tree on a phone")
    for tab in ("Outline", "Reading"):
        phone.tap(f".tw-tab:text('{tab}')")
        check(phone, f"{tab} on a phone")
