"""The path of somebody who has never seen the page, from a problem to a shared tree."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    click_step,
    finished_run,
    search,
    settle,
    wait_for_steps,
    wait_until_done,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_search_click_label_reload_share(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    search(page)
    wait_for_steps(page, 5)
    wait_until_done(page)
    click_step(page, 3)
    text = page.evaluate("treewright.model.nodes[3].text")
    card = page.locator(".tw-card.tw-selected")
    assert card.locator(".tw-card-text").inner_text().strip() == text.strip()
    with page.expect_response("**/nodes/3/labels") as answer:
        page.keyboard.press("3")
    assert answer.value.status == 201
    page.wait_for_selector(".tw-selected .tw-card-label >> text=Good")

    page.reload()
    wait_for_steps(page, 5)
    assert page.evaluate("[treewright.selected, treewright.model.nodes[3].label]") == [3, 1]
    shared = open_page(live_server, _share(page))
    _is_same_tree_to_read_only(page, shared)


def _share(page: "Page") -> str:
    page.click(".tw-share")
    url = page.input_value(".tw-share-url")
    page.keyboard.press("Escape")
    return "/" + url.split("/", 3)[3]


def _is_same_tree_to_read_only(page: "Page", shared: "Page") -> None:
    wait_for_steps(shared, 5)
    texts = "treewright.model.nodes.map((node) => [node.text, node.label])"
    assert shared.evaluate(texts) == page.evaluate(texts)
    assert shared.is_visible("text=Shared tree, read-only")
    for hidden in ("#tw-search", ".tw-label", ".tw-share", "text=Pause", "text=Stop"):
        assert not shared.is_visible(hidden), f"{hidden} is offered to a reader"
    settle(shared)
    click_step(shared, 2)
    shared.keyboard.press("1")
    shared.wait_for_timeout(300)
    assert shared.evaluate("treewright.model.nodes[2].label") is None


def test_dead_link_says_so(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, "/t/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    page.wait_for_selector("text=This link is unknown, expired or revoked.")


def test_example_fills_the_form(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.click("#tw-example input")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#tw-problem textarea').value.length > 5")


@pytest.mark.parametrize(("problem", "tokens"), [("", "4000"), ("1 + 1", "-5")])
def test_invalid_input_is_explained(
    live_server: str, open_page: Opener, problem: str, tokens: str
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", problem)
    page.fill("#tw-tokens input", tokens)
    page.click("#tw-search")
    error = page.wait_for_selector(".tw-form-error[role=alert]")
    assert error is not None
    assert len(error.inner_text()) > 10
    assert page.evaluate("treewright.run") is None
    page.fill("#tw-problem textarea", "1 + 1")
    page.fill("#tw-tokens input", "50")
    page.click("#tw-search")
    wait_for_steps(page, 1)
    assert not page.is_visible(".tw-form-error")


def test_back_leads_to_the_run_before(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    first = finished_run(page, "1 + 2", 6)
    second = finished_run(page, "2 + 3", 6)
    assert first != second
    page.go_back()
    page.wait_for_function("id => treewright.run?.id === id", arg=first)
    page.click(f".tw-run >> text={'2 + 3'}")
    page.wait_for_function("id => treewright.run?.id === id", arg=second)
