"""Text from models and people is shown as text; trouble with the server is visible."""

import json
from pathlib import Path

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_step, finished_run, rewrite_runs, settle
from tests.browser.test_tabs import NO_SOCKETS

pytestmark = pytest.mark.browser

TEXTS = Path(__file__).parents[1] / "assets" / "hostile_texts.json"
HOSTILE: list[str] = json.loads(TEXTS.read_text("utf-8"))
# What would be there if a text had become markup, or TeX had made a link, a picture or a style.
FOREIGN = """[...document.querySelectorAll(
  '.tw-explorer :is(script, iframe, object, embed, img, a[href^="javascript"], a[href^="data"],'
  + ' form, base, meta, link, video, audio, template, math [style*="fixed"], math [href])')]
  .map((element) => element.outerHTML)"""
HANDLERS = """[...document.querySelectorAll('.tw-explorer *')].filter((element) =>
  [...element.attributes].some((one) => one.name.startsWith('on'))).length"""


def test_hostile_texts_are_shown_as_text(live_server: str, open_page: Opener) -> None:
    """Every field that models and people fill, in every pane, with every payload."""
    assert len(HOSTILE) >= 60
    page = open_page(live_server)
    # The embedded models refuse such a problem; other generators take any text.
    rewrite_runs(page, {"problem": " ".join(HOSTILE)})
    finished_run(page, nodes=4)
    add = """texts => texts.forEach((text, k) => treewright.receive({
        seq: treewright.model.seq + 1, kind: 'node_added', node: treewright.model.size,
        parent: k ? treewright.model.size - 1 : 0, action: text, text, estimate: 0.5, tokens: 1,
        scores: {[text]: 0.5}, model: text, terminal: true, answer: text, patterns: [text],
        corrects: k ? treewright.model.size - 1 : null}))"""
    first = page.evaluate("treewright.model.size")
    page.evaluate(add, HOSTILE)
    settle(page)
    click_step(page, first)
    for _ in HOSTILE[1:]:
        page.keyboard.press("ArrowDown")
    page.wait_for_function("id => treewright.selected === id", arg=first + len(HOSTILE) - 1)
    page.wait_for_selector("math")
    shown = page.locator(".tw-card-text").all_inner_texts()[-len(HOSTILE) :]
    for text, said in zip(HOSTILE, shown, strict=True):
        assert said == text or "$" in text or "\\" in text, "only mathematics may look different"
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate(HANDLERS) == 0
    spot = page.evaluate("id => treewright.pixel(id)", first)
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_selector(".tw-tooltip:not([hidden])")
    page.reload()
    page.wait_for_selector(".tw-problem")
    settle(page)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(FOREIGN) == []


def test_lost_connection_is_visible_and_mends(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=6)
    page.add_init_script(NO_SOCKETS)
    page.route("**/events?*", lambda route: route.abort())
    page.goto("about:blank")  # the first request after interception is switched on can slip past it
    page.goto(f"{live_server}/?run={run}")
    page.wait_for_selector("text=Reconnecting…")
    page.unroute("**/events?*")
    page.wait_for_function("treewright.connection === 'ended'")
    assert not page.is_visible("text=Reconnecting…")


def test_unknown_run_is_explained(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, "/?run=no-such-run")
    page.wait_for_function("window.treewright?.connection === 'lost'")
    assert page.locator(".tw-empty h2").inner_text()
    assert page.is_visible("#tw-search")
