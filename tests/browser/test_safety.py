"""Text from models and people is shown as text; trouble with the server is visible."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_step, finished_run, rewrite_runs, settle

pytestmark = pytest.mark.browser

HOSTILE = [
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=2</script>",
    "[link](javascript:window.pwned=3)",
    "${window.pwned=4} {{constructor.constructor('window.pwned=5')()}}",
    '<a href="javascript:window.pwned=6">x</a> $\\href{javascript:window.pwned=7}{x}$ &lt;b&gt;',
]


def test_hostile_texts_are_shown_as_text(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    # The embedded models refuse such a problem; other generators take any text.
    rewrite_runs(page, {"problem": " ".join(HOSTILE)})
    finished_run(page, nodes=4)
    add = """texts => texts.forEach((text, k) => treewright.receive({
        seq: treewright.model.seq + 1, kind: 'node_added', node: treewright.model.size, parent: 0,
        action: text, text, estimate: 0.5, tokens: 1, scores: {[text]: 0.5}, model: text,
        terminal: true, answer: text}))"""
    first = page.evaluate("treewright.model.size")
    page.evaluate(add, HOSTILE)
    settle(page)
    for place, text in enumerate(HOSTILE):
        click_step(page, first + place)
        shown = page.locator(".tw-card.tw-selected .tw-card-text").inner_text()
        assert shown == text
    page.mouse.move(5, 5)
    spot = page.evaluate("id => treewright.pixel(id)", first)
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_selector(".tw-tooltip:not([hidden])")
    page.reload()
    page.wait_for_selector(".tw-problem")
    settle(page)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img[src=x], a[href^=javascript]').length") == 0


def test_lost_connection_is_visible_and_mends(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=6)
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
