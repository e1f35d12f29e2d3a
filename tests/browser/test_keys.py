"""The keyboard: labels, undo, moving, and no shortcut where somebody types."""

import json

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import PROBLEM, click_step, finished_run

pytestmark = pytest.mark.browser

LABEL = "id => treewright.model.nodes[id].label"


def test_typing_is_no_shortcut(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_step(page, 2)
    page.click("#tw-problem textarea")
    page.keyboard.press("Control+a")
    page.keyboard.type("123 jk 0 f?")
    assert page.input_value("#tw-problem textarea") == "123 jk 0 f?"
    assert page.evaluate("[treewright.selected, treewright.model.nodes[2].label]") == [2, None]
    assert not page.is_visible("dialog")


def test_labels_and_undo(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    click_step(page, 1)
    for key, rating in (("1", -1), ("2", 0), ("3", 1), ("0", None), ("1", -1)):
        with page.expect_response("**/nodes/*/labels") as answer:
            page.keyboard.press(key)
        assert answer.value.status == 201
        assert page.evaluate(LABEL, 1) == rating
    with page.expect_response("**/nodes/*/labels"):
        page.keyboard.press("Control+z")
    assert page.evaluate(LABEL, 1) is None
    stored = page.evaluate(f"fetch('/api/runs/{run}/labels').then((r) => r.json())")
    assert [label["rating"] for label in stored["items"]] == [-1, 0, 1, None, -1, None]


def test_a_refused_label_is_taken_back(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    body = json.dumps({"error": {"code": "busy", "message": "the disk is full", "hint": ""}})
    # Early: the first request after interception is switched on can slip past it.
    page.route("**/labels", lambda route: route.fulfill(status=503, body=body))
    finished_run(page)
    click_step(page, 1)
    page.keyboard.press("3")
    page.wait_for_selector("text=The label was not saved: The disk is full")
    assert page.evaluate(LABEL, 1) is None


def test_moving(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    page.keyboard.press("j")
    assert page.evaluate("treewright.selected") == 0
    page.keyboard.press("ArrowDown")
    child = page.evaluate("treewright.selected")
    assert page.evaluate("id => treewright.model.nodes[id].parent", child) == 0
    page.keyboard.press("ArrowUp")
    assert page.evaluate("treewright.selected") == 0
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("treewright.selected") == 0
    assert "node=0" in page.url
    page.keyboard.press("Escape")
    assert page.evaluate("treewright.selected") is None
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("j")
    assert page.evaluate("treewright.selected") is None, "a key worked behind a dialog"


def test_outline_is_an_aria_tree(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    tree = page.get_by_role("tree", name="Steps of the tree")
    tree.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("treewright.model.nodes[treewright.selected].parent") == 0
    active = tree.get_attribute("aria-activedescendant")
    assert active is not None
    row = page.locator(f"#{active}")
    assert row.get_attribute("role") == "treeitem"
    assert row.get_attribute("aria-selected") == "true"
    assert row.get_attribute("aria-level") == "2"
    page.keyboard.press("ArrowLeft")
    if page.evaluate("treewright.selected") != 0:
        page.keyboard.press("ArrowLeft")
    rows = page.locator(".tw-row").count()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#tw-row-0").get_attribute("aria-expanded") == "false"
    assert page.locator(".tw-row").count() == 1 < rows


def test_what_is_typed_into_a_list_takes_the_place_of_the_name_there(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    text = "#tw-strategy input"
    for opens in (page.focus, page.click):
        opens(text)
        page.keyboard.type("beam")
        assert page.input_value(text) == "beam"
        options = "document.querySelectorAll('#tw-strategy [role=option]')"
        page.wait_for_function(f"{options}.length === 1")
        page.keyboard.press("Escape")
        page.focus("#tw-problem textarea")
    page.focus(text)
    page.keyboard.type("beam")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('#tw-strategy-info').textContent.includes('beam')"
    )


def test_tab_passes_the_lists_of_the_form(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    opened = "[...document.querySelectorAll('#tw-side [aria-expanded=true][role=combobox]')].length"
    focused = "document.activeElement.closest('[id^=tw-]')?.id"
    page.focus("#tw-knows summary")
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "tw-strategy"
    assert page.evaluate(opened) == 0
    for key in ("Enter", "Space", "ArrowDown", "b"):
        page.keyboard.press(key)
        page.wait_for_function(f"{opened} === 1")
        page.keyboard.press("Tab")
        assert page.evaluate(focused) != "tw-strategy"
        # Gradio answers a key after the focus has moved.
        page.wait_for_function(f"{opened} === 0")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(opened) == 0, key
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{opened} === 0")
    page.click("#tw-example input")
    page.wait_for_function(f"{opened} === 1")


def test_control_enter_starts_the_search(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", PROBLEM)
    page.keyboard.press("Control+Enter")
    page.wait_for_function("problem => treewright.run?.problem === problem", arg=PROBLEM)
