"""A tree in a frame of another page: the tree only, for whom the operator lets."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener, running_application
from tests.browser.explorer import finished_run, share

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.browser

AROUND = ".tw-runbar, #tw-side, .tw-outline, .tw-reading, .tw-time, .tw-tabs, .tw-peek"


def put_into_an_article(page: "Page", article: str, code: str) -> "Frame":
    """The frame of an article at that address (which nobody serves)."""
    page.route(article, lambda route: route.fulfill(body=code, content_type="text/html"))
    page.goto(article)
    frame = page.query_selector("iframe")
    assert frame is not None
    content = frame.content_frame()
    assert content is not None
    return content


def test_a_shared_tree_in_an_article(live_server: str, open_page: Opener) -> None:
    owner = open_page(live_server)
    finished_run(owner)
    owner.click(".tw-share")
    owner.click(".tw-make-link")
    owner.click("summary:has-text('Embed it')")
    code = owner.input_value(".tw-share-frame")
    link = owner.input_value(".tw-share-url")
    reader = open_page(live_server)
    frame = put_into_an_article(reader, f"{live_server}/article", code)
    frame.wait_for_function("window.treewright?.model.size > 1 && treewright.drawn > 0")
    assert frame.locator(AROUND).filter(visible=True).count() == 0
    box = frame.locator(".tw-plot-box").bounding_box()
    assert box is not None
    assert box["width"] > 1300
    assert box["height"] > 300
    assert frame.is_visible("[aria-label='Zoom in']")
    assert frame.is_visible(".tw-legend")
    # Looking is all: keys that label, flag or prune do nothing.
    frame.click("[aria-label='Zoom in']")
    reader.keyboard.press("ArrowDown")
    frame.wait_for_function("treewright.selected === 0")
    # A finger has no tooltip: what is selected can be read.
    problem = frame.evaluate("treewright.model.nodes[0].text")
    assert problem in frame.inner_text(".tw-peek")
    requests: list[str] = []
    reader.on("request", lambda request: requests.append(request.method))
    for key in "3", "m", "x", "g", "e", "/":
        reader.keyboard.press(key)
    assert set(requests) <= {"GET"}
    assert frame.locator("dialog").count() == 0
    with reader.expect_popup() as opened:
        frame.click("text=Open in Treewright")
    whole = opened.value
    whole.wait_for_function("window.treewright?.model.size > 1")
    assert whole.is_visible(".tw-reading")
    assert "embed" not in whole.url
    assert frame.evaluate("location.hash").removeprefix("#") in link


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """A site that serves this folder; its name makes it another one than 127.0.0.1."""
    serving = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=folder)
    )
    thread = Thread(target=serving.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{serving.server_port}"
    finally:
        serving.shutdown()
        thread.join()
        serving.server_close()


def test_other_sites_frame_only_what_and_where_the_operator_lets(
    live_server: str, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    with another_site(articles) as site:
        monkeypatch.setenv("TREEWRIGHT_FRAME_ANCESTORS", site)
        with running_application(tmp_path) as lenient:
            owner = open_page(lenient)
            run = finished_run(owner, nodes=6)
            framed = {
                "shown": f"{lenient}/?run={run}&embed=1",
                "whole": f"{lenient}/?run={run}",
                "foreign": f"{live_server}/?embed=1",
            }
            for name, source in framed.items():
                (articles / f"{name}.html").write_text(f"<iframe src='{source}'></iframe>")
            page = owner.context.new_page()
            page.goto(f"{site}/shown.html")
            tree = page.frame_locator("iframe")
            tree.locator(".tw-open-whole").wait_for()
            for name in ("whole", "foreign"):
                with page.expect_event("console", lambda said: "frame-ancestors" in said.text):
                    page.goto(f"{site}/{name}.html")


def test_what_a_link_is_worth_is_told_in_the_frame(live_server: str, open_page: Opener) -> None:
    owner = open_page(live_server)
    finished_run(owner, nodes=6)
    path = share(owner)
    owner.evaluate(
        """async (run) => {
        const { items } = await fetch(`/api/runs/${run}/shares`).then((answer) => answer.json());
        await fetch(`/api/shares/${items[0].id}`, { method: 'DELETE' }); }""",
        owner.evaluate("treewright.run.id"),
    )
    reader = open_page(live_server, f"{path}?embed=1")
    reader.wait_for_selector("text=This link is unknown, expired or revoked.")
