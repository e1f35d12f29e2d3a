"""Comments: why a step is labelled as it is, kept and exported with the label."""

import json

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, share

pytestmark = pytest.mark.browser

WHY = "<img src=x onerror='window.pwned=1'> 13 - 7 is 6, not 5"
SAID = ".tw-selected .tw-comment"


def test_a_comment_is_kept_with_its_label(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    click_row(page, 2)
    page.keyboard.press("c")
    page.wait_for_selector("text=The step has no label to comment on.")
    page.keyboard.press("1")
    page.click(".tw-selected .tw-write-comment")
    page.fill("dialog .tw-step-text", WHY)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog", state="detached")
    assert page.inner_text(SAID) == WHY
    page.reload()
    page.wait_for_selector(SAID)
    assert page.inner_text(SAID) == WHY
    assert page.evaluate("window.pwned") is None
    lines = page.evaluate(
        f"fetch('/api/runs/{run}/export?format=labels').then((answer) => answer.text())"
    )
    assert [json.loads(line)["comment"] for line in lines.splitlines()] == [WHY]
    reader = open_page(live_server)
    reader.goto(f"{live_server}{share(page)}")
    reader.wait_for_function("window.treewright?.model.size > 2")
    click_row(reader, 2)
    reader.wait_for_selector(SAID)
    assert reader.locator(".tw-write-comment").count() == 0


def test_another_label_is_not_what_was_commented_on(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_row(page, 2)
    page.keyboard.press("1")
    page.wait_for_selector(".tw-selected .tw-write-comment")
    page.keyboard.press("c")
    page.fill("dialog .tw-step-text", "the sum is wrong")
    page.click(".tw-save-comment")
    page.wait_for_selector(SAID)
    page.keyboard.press("3")
    page.wait_for_selector(SAID, state="hidden")
    page.keyboard.press("c")
    assert page.input_value("dialog .tw-step-text") == ""


def test_one_escape_does_not_throw_a_comment_away(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_row(page, 2)
    page.keyboard.press("2")
    page.wait_for_selector(".tw-selected .tw-write-comment")
    for closes in ("Escape", "beside"):
        page.keyboard.press("c")
        page.keyboard.type("leads nowhere")
        if closes == "Escape":
            page.keyboard.press("Escape")
        else:
            page.mouse.click(5, 5)
        page.wait_for_selector("dialog .tw-trouble >> text=not saved yet: Ctrl+Enter saves it")
        assert page.input_value("dialog .tw-step-text") == "leads nowhere"
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("e")
    page.wait_for_selector("dialog .tw-add-step")
    page.keyboard.type("A step")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog .tw-trouble >> text=not saved yet")


def test_a_comment_that_is_not_saved_is_not_lost(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_row(page, 2)
    page.keyboard.press("2")
    page.wait_for_selector(".tw-selected .tw-write-comment")
    page.keyboard.press("c")
    page.fill("dialog .tw-step-text", "leads nowhere")
    page.route("**/labels", lambda route: route.abort())
    page.click(".tw-save-comment")
    page.wait_for_selector("dialog .tw-trouble >> text=The server does not answer")
    assert page.input_value("dialog .tw-step-text") == "leads nowhere"
    page.unroute("**/labels")
    page.click(".tw-save-comment")
    page.wait_for_selector(SAID)
