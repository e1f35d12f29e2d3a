"""Steering from the page: prune and restore, steps of one's own, proposals, by button and key."""

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
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NODE = "id => treewright.model.nodes[id]"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def node(page: "Page", step: int) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(NODE, step)
    return found


def inner_step(page: "Page") -> int:
    """A step below the problem that others can follow."""
    script = "treewright.model.nodes.find((n) => n.parent === 0 && n.children.length).id"
    return int(page.evaluate(script))


def test_prune_and_restore_by_key_and_button(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    step = inner_step(page)
    click_step(page, step)
    with page.expect_response("**/prune") as answer:
        page.keyboard.press("x")
    assert answer.value.status == 200
    page.wait_for_function("id => treewright.model.nodes[id].pruned", arg=step)
    page.wait_for_selector(f"text=Step {step} and all below it are out of the search.")
    child = node(page, step)["children"][0]
    page.wait_for_selector(f"#tw-row-{child}.tw-pruned", state="attached")
    page.evaluate("id => document.querySelector(`#tw-row-${id}`).click()", child)
    page.wait_for_selector(f".tw-card.tw-pruned[data-id='{child}'] .tw-out >> text=pruned")
    page.click(".tw-why summary")
    page.wait_for_selector(f".tw-why-out >> text=since step #{step} above it is pruned")
    assert page.is_disabled(".tw-act >> text=Propose 4")
    page.click(f"text=Restore #{step}")
    page.wait_for_function("id => !treewright.model.nodes[id].pruned", arg=step)
    page.wait_for_selector(f".tw-card.tw-selected[data-id='{child}']:not(.tw-pruned)")
    page.wait_for_selector(".tw-why-out", state="detached")
    assert not page.is_visible(".tw-card .tw-out")
    stored = page.evaluate(f"fetch('/api/runs/{run}/tree').then((r) => r.json())")
    assert not any(one["pruned"] for one in stored["nodes"])


ALL_BY_ONE_CHILD = """treewright.model.nodes.findIndex(({parent, visits, estimate, children}) =>
    parent !== null && visits > 0 && estimate !== null && children.length === 1
    && treewright.model.nodes[children[0]].visits === visits)"""


def test_what_was_expected_of_a_step_stands_again_once_its_visits_count_no_more(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=60)
    page.reload()
    page.wait_for_function("window.treewright?.model.size > 20")
    step = int(page.evaluate(ALL_BY_ONE_CHILD))
    assert step > 0
    click_row(page, node(page, step)["children"][0])
    page.keyboard.press("x")
    page.wait_for_function("id => treewright.model.nodes[id].visits === 0", arg=step)
    stored = page.evaluate(f"fetch('/api/runs/{run}/tree').then((r) => r.json())")["nodes"]
    assert stored[step]["visits"] == 0
    assert node(page, step)["value"] == pytest.approx(stored[step]["value"])


def test_a_step_of_ones_own(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    step = inner_step(page)
    click_step(page, step)
    page.keyboard.press("e")
    page.wait_for_selector("dialog[open] .tw-step-text")
    page.click(".tw-add-step")
    page.wait_for_selector("dialog >> text=The step is empty")
    hostile = "<img src=x onerror='window.pwned=1'> 13 - 7 = 6, gxe1"
    page.keyboard.press("Tab")
    page.fill(".tw-step-text", hostile)
    with page.expect_response("**/children") as answer:
        page.keyboard.press("Control+Enter")
    (own,) = answer.value.json()["items"]
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_function("id => treewright.selected === id", arg=own["id"])
    card = page.locator(".tw-card.tw-selected")
    assert card.locator(".tw-card-text").inner_text() == hostile
    assert card.locator(".tw-by").inner_text() == "by a person"
    assert page.evaluate("window.pwned") is None
    added = node(page, own["id"])
    assert (added["origin"], added["parent"]) == ("person", step)
    assert added["value"] is not None
    see_caution(page, added)


def see_caution(page: "Page", added: dict[str, Any]) -> None:
    """A person's step of a low score comes with a caution, until the person has judged it."""
    assert min(added["scores"].values()) < 0.5, "no model writes such a step"
    caution = page.locator(".tw-card.tw-selected .tw-caution")
    assert "can be wrong about yours" in caution.inner_text()
    with page.expect_response("**/nodes/*/labels"):
        page.keyboard.press("3")
    caution.wait_for(state="hidden")


def test_an_own_answer_ends_its_path(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_step(page, 0)
    page.keyboard.press("e")
    page.wait_for_selector(".tw-step-text")
    assert "answer ends the path" in page.inner_text(".tw-dialog")
    page.select_option(".tw-dialog .tw-select", "answer")
    assert page.input_value(".tw-step-text") == "Answer: "
    page.fill(".tw-step-text", "Answer: 24")
    page.click(".tw-add-step")
    page.wait_for_selector(".tw-card.tw-selected .tw-card-text >> text=Answer: 24")
    assert page.locator(".tw-card.tw-selected .tw-card-answer").count() == 0, "said once"
    assert page.is_disabled(".tw-act >> text=Propose 4")
    page.keyboard.press("g")
    page.wait_for_selector("text=This step gives the answer: nothing can follow it.")


def test_proposals_and_resume(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    search(page, nodes=2000)
    wait_for_steps(page, 10)
    page.get_by_role("button", name="Stop").click()
    page.wait_for_function("treewright.status === 'stopped'")
    settle(page)
    before = page.evaluate("treewright.model.size")
    click_step(page, inner_step(page))
    with page.expect_response("**/children") as answer:
        page.keyboard.press("g")
    items = answer.value.json()["items"]
    assert 1 <= len(items) <= 4
    fresh = [one["id"] for one in items if one["id"] >= before]
    page.wait_for_function("size => treewright.model.size === size", arg=before + len(fresh))
    page.wait_for_selector("text=Press Resume to go on searching with it.")
    page.wait_for_selector(".tw-pulse", state="detached")
    page.get_by_role("button", name="Resume").click()
    page.wait_for_function("size => treewright.model.size > size", arg=before + len(fresh))


def test_steering_while_the_search_runs(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    search(page, nodes=3000)
    wait_for_steps(page, 10)
    click_row(page, 1)
    page.wait_for_function("treewright.selected === 1")
    with page.expect_response("**/prune"):
        page.keyboard.press("x")
    page.wait_for_function("treewright.model.nodes[1].pruned")
    click_row(page, 0)
    with page.expect_response("**/children") as answer:
        page.keyboard.press("g")
    last = answer.value.json()["items"][-1]["id"]
    page.wait_for_function("id => treewright.model.size > id", arg=last)
    # It may have ended by itself meanwhile; the tests after this one want the machine.
    page.request.post(f"{live_server}/api/runs/{page.evaluate('treewright.run.id')}/stop")


def test_what_is_refused_is_said_and_nothing_changes(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    body = json.dumps({"error": {"code": "full", "message": "the disk is full", "hint": "Wait."}})
    # Early: the first request after interception is switched on can slip past it.
    for path in ("**/prune", "**/children"):
        page.route(path, lambda route: route.fulfill(status=507, body=body))
    finished_run(page)
    step = inner_step(page)
    click_step(page, step)
    page.keyboard.press("x")
    page.wait_for_selector("text=Nothing was changed: The disk is full")
    assert not node(page, step)["pruned"]
    page.keyboard.press("g")
    page.wait_for_selector("text=Nothing was proposed: The disk is full")
    page.keyboard.press("e")
    page.fill(".tw-step-text", "7 - 4 = 3")
    page.click(".tw-add-step")
    page.wait_for_selector("dialog >> text=The disk is full Wait.")
    assert page.input_value(".tw-step-text") == "7 - 4 = 3", "what was typed is kept"


def test_a_request_without_an_answer_is_sent_again_under_its_id(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    sent: list[str] = []

    def lose_the_first(route: Any) -> None:
        sent.append(route.request.post_data_json["id"])
        if len(sent) == 1:
            route.fetch()  # the server does it, but its answer gets lost
            route.abort()
        else:
            route.continue_()

    page.route("**/children", lose_the_first)
    finished_run(page)
    click_step(page, inner_step(page))
    before = page.evaluate("treewright.model.size")
    page.keyboard.press("g")
    page.wait_for_selector("text=Nothing was proposed: The server does not answer.")
    with page.expect_response("**/children") as answer:
        page.keyboard.press("g")
    assert sent[0] == sent[1]
    came = {one["id"] for one in answer.value.json()["items"]}
    page.wait_for_function("id => treewright.model.size > id", arg=max(came))
    assert page.evaluate("treewright.model.size") <= before + 4
    with page.expect_response("**/children"):
        page.keyboard.press("g")
    assert sent[2] != sent[0]


def test_a_label_shows_in_the_values_above(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    step = inner_step(page)
    values = (
        "treewright.model.path(treewright.selected).map((id) => treewright.model.nodes[id].value)"
    )
    click_step(page, step)
    before = page.evaluate(values)
    page.keyboard.press("1")
    page.wait_for_function("treewright.model.nodes[treewright.selected].value === 0")
    assert page.evaluate(values)[0] < before[0]
    page.wait_for_selector(".tw-card.tw-selected .tw-card-value >> text=0.00")
    page.keyboard.press("Control+z")
    page.wait_for_function("treewright.model.nodes[treewright.selected].value > 0")
    assert page.evaluate(values) == pytest.approx(before)


def test_the_key_sheet_tells_the_keys(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.keyboard.press("g")
    page.wait_for_selector("text=Select a step first.")
    page.keyboard.press("?")
    sheet = page.locator("dialog .tw-keys").inner_text()
    for words in (
        "propose 4 more",
        "write a step",
        "prune, or restore",
        "edit the step",
        "undo the last change",
    ):
        assert words in sheet
    page.keyboard.press("Escape")
    reader = open_page(live_server, share(page))
    reader.wait_for_function("window.treewright?.model.size > 1")
    for hidden in ("text=Propose 4", ".tw-steer-more", ".tw-act"):
        assert not reader.is_visible(hidden)
    reader.keyboard.press("j")
    for key in ("g", "e", "x"):
        reader.keyboard.press(key)
    assert not reader.is_visible("dialog")
    reader.keyboard.press("?")
    assert "propose" not in reader.locator("dialog .tw-keys").inner_text()


def test_it_fits_on_a_phone(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page)
    spot = page.evaluate("treewright.pixel(1)")
    page.touchscreen.tap(spot["x"], spot["y"])
    page.wait_for_function("treewright.selected === 1")
    page.tap(".tw-peek")
    assert not page.is_visible(".tw-act"), "there is room to read"
    room = page.locator(".tw-reading .tw-scroller").bounding_box()
    assert room is not None
    assert room["height"] > 300
    page.focus(".tw-steer-more")
    page.keyboard.press("Enter")
    assert page.get_attribute(".tw-steer-more", "aria-expanded") == "true"
    heights = "[...document.querySelectorAll('.tw-act')].map((e) => e.getBoundingClientRect())"
    for box in page.evaluate(f"{heights}.map((b) => [b.left, b.right, b.height])"):
        assert box[0] >= 0
        assert box[1] <= 390
        assert box[2] >= 40
    page.tap(".tw-steer-more")
    assert not page.is_visible(".tw-act")
    page.tap(".tw-steer-more")
    page.tap(".tw-act >> text=Write")
    page.wait_for_selector(".tw-step-text")
    dialog = page.locator("dialog").bounding_box()
    assert dialog is not None
    assert dialog["x"] >= 0
    assert dialog["x"] + dialog["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_judging_and_steering_take_a_row_each(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    click_step(page, 1)
    assert not page.is_visible(".tw-steer-more")
    script = "[...document.querySelectorAll('.tw-act')].map((e) => e.getBoundingClientRect().top)"
    assert len(set(page.evaluate(script))) == 1
