"""Hints of a first visit: one at a time, once, and for whoever can act on them."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, share

pytestmark = pytest.mark.browser


def test_a_newcomer_is_shown_around_once(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    hint = page.locator(".tw-hint-box")
    page.wait_for_selector("[data-hint=search]")
    finished_run(page, nodes=6)
    page.wait_for_selector("[data-hint=tree]")
    assert hint.count() == 1
    click_row(page, 2)
    page.wait_for_selector("[data-hint=judge]")
    assert hint.count() == 1
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    hint.wait_for(state="detached")
    page.reload()
    page.wait_for_function("window.treewright?.model.size > 1")
    click_row(page, 1)
    page.goto(live_server)
    page.wait_for_selector(".tw-summary")
    assert hint.count() == 0


def test_readers_get_no_hints(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    path = share(page)
    for address in path, f"{path}?embed=1":
        guest = open_page(live_server, address)
        guest.wait_for_function("window.treewright?.drawn > 0 && treewright.model.size > 1")
        assert guest.locator(".tw-hint-box").count() == 0


def test_an_example_is_offered_only_while_there_is_no_problem(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector("[data-hint=search]")
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", "Solve 3x = 63 for x.")
    page.wait_for_selector("[data-hint=search]", state="detached")
    page.fill("#tw-problem textarea", "")
    page.wait_for_selector("[data-hint=search]")
