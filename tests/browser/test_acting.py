"""Acting on a tree: a step written better beside itself, and the last change taken back."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_step, finished_run, settle, wait_until_done

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LABEL = "id => treewright.model.nodes[id].label"
PRUNED = "id => treewright.model.nodes[id].pruned"
BELOW = "treewright.model.nodes.find((n) => n.parent > 0 && n.action === 'solve').id"


def said(page: "Page", text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('.tw-message').innerText.includes(text)", arg=text
    )


def edit(page: "Page", step: int) -> int:
    """Adds “ (by hand)” to a step; the id of what comes of it."""
    click_step(page, step)
    page.keyboard.press("i")
    page.wait_for_selector(f"dialog[aria-label='Edit step #{step}']")
    text = page.evaluate("id => treewright.model.nodes[id].text", step)
    assert page.input_value(".tw-step-text") == text
    assert page.input_value(".tw-dialog .tw-select") == "solve"
    page.click(".tw-add-step")
    page.wait_for_selector(f"dialog >> text=Step {step} says that already")
    page.fill(".tw-step-text", f"{text} (by hand)")
    with page.expect_response("**/children") as answer:
        page.keyboard.press("Control+Enter")
    (own,) = answer.value.json()["items"]
    page.wait_for_function("id => treewright.selected === id", arg=own["id"])
    return int(own["id"])


def test_an_edited_step_shows_what_was_changed(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    step = page.evaluate(BELOW)
    own = edit(page, step)
    nodes = page.evaluate("ids => ids.map((id) => treewright.model.nodes[id])", [step, own])
    assert nodes[0]["parent"] == nodes[1]["parent"]
    assert (nodes[1]["corrects"], nodes[1]["origin"]) == (step, "person")
    card = page.locator(".tw-card.tw-selected")
    assert card.locator("ins").inner_text().strip() == "(by hand)"
    assert card.locator("del").count() == 0
    assert card.locator(".tw-by").inner_text() == "by a person"
    click_step(page, 0)
    assert page.is_disabled(".tw-act >> text=Edit")


def test_the_last_change_is_taken_back_first(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    step = page.evaluate(BELOW)
    own = edit(page, step)
    page.keyboard.press("3")
    page.wait_for_function(f"({LABEL})({own}) === 1")
    click_step(page, step)
    page.keyboard.press("x")
    page.wait_for_function(PRUNED, arg=step)
    said(page, "are out of the search.")

    page.keyboard.press("Control+z")
    said(page, f"Undone: step {step} is in the search again.")
    page.wait_for_function(f"!({PRUNED})({step})")
    page.keyboard.press("Control+z")
    said(page, f"Undone: the label of step {own} is cleared again.")
    page.keyboard.press("Control+z")
    said(page, f"Undone: step #{own} is pruned: what was added stays in the tree")
    page.wait_for_function(PRUNED, arg=own)
    page.keyboard.press("Control+z")
    said(page, "There is nothing to undo.")
    stored = page.evaluate(f"fetch('/api/runs/{run}/tree').then((r) => r.json())")["nodes"]
    assert [stored[own]["label"], stored[own]["pruned"], stored[step]["pruned"]] == [
        None, True, False,
    ]  # fmt: skip


def test_what_cannot_be_undone_stays_to_be_undone(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    page.click(".tw-judge [title='This answer is wrong']")
    page.wait_for_selector(".tw-judge [aria-pressed=true]")
    page.route("**/grades", lambda route: route.abort())
    page.keyboard.press("Control+z")
    said(page, "Nothing was undone: The server does not answer.")
    page.unroute("**/grades")
    page.keyboard.press("Control+z")
    said(page, "Undone: your grade of")
    page.wait_for_selector(".tw-judge [aria-pressed=true]", state="detached")


ON_TOP = """selector => {
    const element = document.querySelector(selector);
    const { left, top, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


def search_more_briefly(page: "Page", nodes: int) -> None:
    """Searches as the form says, but for the limit on nodes, which is folded away."""
    assert not page.is_visible("#tw-nodes input")
    page.click("#tw-more > button")
    page.wait_for_selector("#tw-nodes input", state="visible")
    page.fill("#tw-nodes input", str(nodes))
    page.set_viewport_size({"width": 1280, "height": 500})
    assert page.evaluate(ON_TOP, "#tw-search"), "Search is in sight, however much is open"
    page.click("#tw-search")


def test_a_new_search_begins_at_an_edited_step(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    own = edit(page, page.evaluate(BELOW))
    path = page.evaluate("id => treewright.model.path(id)", own)
    page.keyboard.press("r")
    page.wait_for_selector(f".tw-form-from >> text=up to #{own}")
    assert page.evaluate("document.activeElement.className") == "tw-form-from"
    assert page.evaluate("treewright.run.problem") in page.inner_text(".tw-form-from")
    top, first = (page.locator(one).bounding_box() for one in (".tw-form-from", "#tw-example"))
    assert top is not None
    assert first is not None
    assert top["y"] < first["y"], "it is said above the form"
    page.click(".tw-form-from >> text=Cancel")
    page.wait_for_selector(".tw-form-from", state="detached")
    assert page.evaluate("document.activeElement.className") == "tw-rows"
    page.set_viewport_size({"width": 1280, "height": 500})
    page.evaluate("document.querySelector('#tw-side').scrollTo(0, 1e6)")
    assert page.evaluate("document.querySelector('#tw-side').scrollTop") > 100
    page.keyboard.press("r")
    page.wait_for_selector(f".tw-form-from >> text=up to #{own}")
    page.wait_for_function(f"({ON_TOP})('.tw-form-from b')")
    page.wait_for_function(
        "document.querySelector('#tw-problem textarea').value === treewright.run.problem"
    )
    search_more_briefly(page, 30)
    page.wait_for_function("run => treewright.run && treewright.run.id !== run", arg=run)
    wait_until_done(page)
    nodes = page.evaluate("treewright.model.nodes")
    begun = nodes[1 : len(path)]
    assert [node["parent"] for node in begun] == list(range(len(begun)))
    assert begun[-1]["text"].endswith("(by hand)")
    assert [node["origin"] for node in begun] == ["model"] * (len(begun) - 1) + ["person"]
    assert all(len(node["children"]) == 1 for node in nodes[: len(begun)])
    assert len(nodes) > len(path) + 1
    leads_back(page, run, own)
    page.keyboard.press("r")
    page.wait_for_selector(f".tw-form-from >> text=up to #{own}")
    page.locator("#tw-problem textarea").press_sequentially("!")
    page.wait_for_selector(".tw-form-from", state="detached")


def leads_back(page: "Page", run: str, step: int) -> None:
    """The open search says that it began with a step of another, and leads there."""
    assert f"from step {step} of another" in page.inner_text(".tw-run[aria-current=true]")
    page.click(".tw-run-facts .tw-link")
    page.click(f"text=the steps up to {step} of another search")
    page.wait_for_function("run => window.treewright?.run?.id === run", arg=run)
    page.wait_for_function(f"treewright.selected === {step}")


def test_a_step_added_to_an_ended_search_stands_where_it_can_be_seen(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=40)
    edit(page, page.evaluate(BELOW))
    settle(page)
    where = "treewright.model.nodes.map((node) => treewright.pixel(node.id))"
    added = page.evaluate(where)
    page.keyboard.press("f")
    settle(page)
    assert page.evaluate(where) == added
