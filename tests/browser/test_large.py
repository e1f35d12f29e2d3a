"""Trees too large to draw: folds, thresholds, the icicle and the outline's search."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import STORY, click_step, finished_run, grow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DRAWN = """() => treewright.model.nodes.map(({id}) => id).filter((id) => treewright.pixel(id))"""
# The mark of the fold at a node stands under the number -1 - node.
FOLDED = (
    """() => treewright.model.nodes.map(({id}) => id).filter((id) => treewright.pixel(-1 - id))"""
)
BEST = "treewright.model.bestPath()"


def drawn(page: "Page") -> list[int]:
    page.wait_for_function("treewright.settled")
    ids: list[int] = page.evaluate(DRAWN)
    return ids


def shown_rows(page: "Page") -> list[dict[str, Any]]:
    """The rows of the outline, from top to bottom."""
    script = """() => [...document.querySelectorAll('.tw-row')].map((row) => ({
        id: Number(row.dataset.id), match: !row.matches('.tw-way'), text: row.innerText,
        top: row.getBoundingClientRect().top})).sort((a, b) => a.top - b.top)"""
    rows: list[dict[str, Any]] = page.evaluate(script)
    return rows


WAYS_TO_ANSWERS = """treewright.model.nodes.filter(({answer}) => answer !== null)
    .flatMap(({id}) => treewright.model.path(id))"""
# A step's row, within what is shown of the outline.
IN_VIEW = """id => {
    const box = document.getElementById(`tw-row-${id}`)?.getBoundingClientRect();
    const shown = document.querySelector('.tw-outline .tw-scroller')?.getBoundingClientRect();
    return box && box.top >= shown.top - 1 && box.bottom <= shown.bottom + 1;
}"""


def test_what_is_folded_opens_and_folds_again(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    grow(page, 1500, pause=0)
    before = drawn(page)
    assert len(before) <= 330
    folded = page.evaluate(FOLDED)
    parent = max(folded, key=lambda id: page.evaluate("id => treewright.pixel(-1 - id).y", id))
    spot = page.evaluate("id => treewright.pixel(-1 - id)", parent)
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_selector(f".tw-tooltip >> text=folded below #{parent}")
    page.mouse.click(spot["x"], spot["y"])
    opened = set(drawn(page)) - set(before)
    assert opened
    assert {page.evaluate("id => treewright.model.nodes[id].parent", id) for id in opened} == {
        parent
    }
    assert f"open={parent}" in page.url
    click_step(page, parent)
    for _ in range(page.evaluate("id => treewright.model.nodes[id].children.length", parent)):
        page.keyboard.press("o")
        if "open=" not in page.url:
            break
    assert "open=" not in page.url, "with nothing left to open the key folds again"
    assert opened.isdisjoint(drawn(page))


def test_thresholds_leave_out_the_rest(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    grow(page, 400, pause=0)
    page.click(".tw-drawn")
    page.get_by_label("Visited at least").fill("9")
    page.keyboard.press("Tab")
    few = drawn(page)
    visits = page.evaluate("ids => ids.map((id) => treewright.model.nodes[id].visits)", few)
    assert set(page.evaluate(BEST)) <= set(few)
    always = page.evaluate(BEST) + page.evaluate(WAYS_TO_ANSWERS)
    assert all(count >= 9 or id in always for id, count in zip(few, visits, strict=True))
    page.get_by_label("How many at most").fill("99999")
    page.keyboard.press("Tab")
    assert page.get_by_label("How many at most").input_value() == "600", "what can be drawn"
    assert "visits=9&most=600" in page.url
    page.click("button:text-is('Reset')")
    assert len(drawn(page)) > len(few)
    assert "visits" not in page.url
    page.keyboard.press("Escape")
    assert not page.is_visible(".tw-thresholds")


def test_the_icicle_selects_zooms_and_comes_back(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    page.keyboard.press("v")
    page.wait_for_function("treewright.settled")
    assert len(drawn(page)) == page.evaluate("treewright.model.size")
    child = page.evaluate("treewright.model.nodes.find((n) => n.depth === 1 && n.children.length)")
    click_step(page, child["id"])
    spot = page.evaluate("id => treewright.pixel(id)", child["id"])
    page.mouse.dblclick(spot["x"], spot["y"])
    page.wait_for_function("treewright.settled")
    others = [id for id in page.evaluate("treewright.model.nodes[0].children") if id != child["id"]]
    assert set(others).isdisjoint(drawn(page)), "only the subtree, and the way to it"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("treewright.settled")
    assert page.evaluate("id => treewright.pixel(id)", page.evaluate("treewright.selected"))
    page.keyboard.press("f")
    assert len(drawn(page)) == page.evaluate("treewright.model.size")
    with page.expect_response("**/nodes/*/labels"):
        page.keyboard.press("3")
    page.reload()
    page.wait_for_function("window.treewright?.model.size > 1 && treewright.drawn > 0")
    assert page.is_visible(".tw-icicle")
    page.get_by_role("button", name="Show the most visited steps").click()
    assert not page.is_visible(".tw-icicle")
    assert "picture" not in page.url


def test_steps_are_found(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, STORY, nodes=60)
    answers = page.evaluate(
        "treewright.model.nodes.filter((n) => n.answer !== null).map((n) => n.id)"
    )
    page.keyboard.press("/")
    page.keyboard.type("answer")
    page.locator(".tw-only").select_option("answers")
    # What was chosen to be looked for is shown: the first of it is selected.
    page.wait_for_function(
        "/^1 of \\d+ match/.test(document.querySelector('.tw-matches').innerText)"
    )
    rows = shown_rows(page)
    assert [row["id"] for row in rows if row["match"]]
    assert {row["id"] for row in rows if row["match"]} <= set(answers)
    parents = set(page.evaluate("ids => ids.flatMap((id) => treewright.model.path(id))", answers))
    assert {row["id"] for row in rows} <= parents, "matches, and the way to them"
    page.locator(".tw-rows").focus()
    first = page.evaluate("treewright.selected")
    page.keyboard.press("n")
    page.keyboard.press("N")
    assert page.evaluate("treewright.selected") == first
    assert first in answers
    assert page.inner_text(".tw-matches .tw-count").startswith("1 of ")
    assert "find=answer" in page.url
    assert "only=answers" in page.url
    page.keyboard.press("N")
    last = page.evaluate("treewright.selected")
    page.reload()
    page.wait_for_function(IN_VIEW, arg=last)
    page.evaluate("id => document.getElementById(`tw-row-${id}`).click()", last)
    page.keyboard.press("n")
    page.wait_for_function(
        "document.querySelector('.tw-matches .tw-count')?.innerText.startsWith('1 of ')"
    )
    with page.expect_response("**/grades/answers"):
        page.locator(".tw-only").select_option("wrong")
    page.wait_for_function("document.querySelector('.tw-matches').innerText.startsWith('0 match')")
    page.click("[aria-label='Show all steps']")
    assert len(shown_rows(page)) > 1


def test_the_outline_by_typing(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    grow(page, 40, pause=0)
    page.locator(".tw-rows").focus()
    page.keyboard.press("Home")
    # All at once: words are begun anew after a pause, and a busy machine makes pauses.
    page.evaluate(
        """(text) => [...text].forEach((key) =>
        document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))""",
        "step 4",
    )
    chosen = page.evaluate("treewright.model.nodes[treewright.selected].text")
    assert chosen.startswith("step 4")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    child = page.evaluate("treewright.selected")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("*")
    assert page.locator("#tw-row-0").get_attribute("aria-expanded") == "true"
    row = page.locator(f"#tw-row-{child}")
    siblings = page.evaluate("treewright.model.nodes[0].children.length")
    assert row.get_attribute("aria-setsize") == str(siblings)
    assert row.get_attribute("aria-posinset") == "1"


def test_escape_leaves_the_search_of_the_outline_and_keeps_it(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    page.keyboard.press("/")
    page.keyboard.type("=")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tw-matches >> text=/1 of/")
    page.keyboard.press("Escape")
    first = page.evaluate("treewright.selected")
    page.keyboard.press("n")
    page.wait_for_selector(".tw-matches >> text=/2 of/")
    assert page.evaluate("treewright.selected") != first
    assert page.input_value(".tw-outline .tw-find") == "="
