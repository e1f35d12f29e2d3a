"""Sharing: links that end when the owner wants, are listed, and can be revoked."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import MODULES, Opener
from tests.browser.explorer import click_row, finished_run, share

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DAY = 24 * 3600
OF_NO_RUN = "{ run: { id: 'none' }, past: null }"


def make_link(page: "Page", works_for: str) -> str:
    """In the open dialog; returns the link's path."""
    page.get_by_label("It works for").select_option(label=works_for)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.click(".tw-make-link")
    path: str = "/" + answer.value.json()["url"].split("/", 3)[3]
    page.wait_for_function(
        "path => document.querySelector('.tw-share-url')?.value.endsWith(path)", arg=path
    )
    return path


def links(page: "Page") -> list[dict[str, Any]]:
    run = page.evaluate("treewright.run.id")
    script = "run => fetch(`/api/runs/${run}/shares`).then((r) => r.json())"
    found: list[dict[str, Any]] = page.evaluate(script, run)["items"]
    return found


def seconds(link: dict[str, Any]) -> float:
    made, until = (datetime.fromisoformat(link[key]) for key in ("created_at", "expires_at"))
    return (until - made).total_seconds()


def test_a_link_works_for_as_long_as_the_owner_wants(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.click(".tw-share")
    assert links(page) == [], "looking at the dialog makes no link"
    for works_for in ("a day", "a week", "30 days", "ten years"):
        make_link(page, works_for)
    page.wait_for_function("document.querySelectorAll('.tw-links li').length === 4")
    assert [seconds(link) / DAY for link in links(page)] == [3650, 30, 7, 1]


def test_a_link_to_this_machine_itself_is_said_to_lead_nowhere_else(
    live_server: str, open_page: Opener, modules: "Page"
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.click(".tw-share")
    said = page.inner_text(".tw-dialog")
    assert "works only on this machine: 127.0.0.1 leads" in said
    assert "TREEWRIGHT_OWNER_TOKEN=… treewright serve --host 0.0.0.0" in said
    assert "Anyone with a link" not in said
    chinese = open_page(live_server, f"{page.url.removeprefix(live_server)}&lang=zh")
    chinese.wait_for_function("window.treewright?.model?.size > 1")
    chinese.click(".tw-share")
    chinese.wait_for_selector("dialog >> text=链接只在这台机器上有效：127.0.0.1")
    # That page has a name which others may know.
    modules.evaluate("document.body.className = 'tw-explorer'")
    modules.evaluate(f"import('{MODULES}/js/share.js').then(({{ share }}) => share({OF_NO_RUN}))")
    modules.wait_for_selector("dialog >> text=Anyone with a link can see the tree")
    assert modules.locator(".tw-share-here").count() == 0


def test_a_copied_address_of_a_shared_tree_is_a_link_too(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    reader = open_page(live_server, share(page))
    reader.wait_for_function("window.treewright?.model.size > 2")
    click_row(reader, 2)
    reader.wait_for_function("location.search.includes('node=2')")
    other = open_page(live_server, reader.evaluate("location.href").removeprefix(live_server))
    other.wait_for_function("window.treewright?.selected === 2")
    (link,) = links(page)
    page.evaluate("id => fetch(`/api/shares/${id}`, {method: 'DELETE'})", link["id"])
    late = open_page(live_server, reader.evaluate("location.href").removeprefix(live_server))
    late.wait_for_selector("text=This link is unknown, expired or revoked.")


def test_links_are_listed_and_revoked(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.click(".tw-share")
    kept, revoked = make_link(page, "a week"), make_link(page, "a day")
    page.keyboard.press("Escape")
    page.click(".tw-share")
    page.wait_for_selector(".tw-links li >> nth=1")
    assert not page.is_visible(".tw-share-url"), "an address is shown only once"
    newest = links(page)[0]["id"]
    page.click(f"[data-link='{newest}'] .tw-revoke")
    page.wait_for_selector(f"[data-link='{newest}']", state="detached")
    assert page.locator(".tw-links li").count() == 1
    assert [link["revoked_at"] is None for link in links(page)] == [False, True]
    reader = open_page(live_server, revoked)
    reader.wait_for_selector("text=This link is unknown, expired or revoked.")
    reader = open_page(live_server, kept)
    reader.wait_for_function("window.treewright?.model.size > 1")


def test_a_revoked_link_is_no_longer_offered(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.click(".tw-share")
    make_link(page, "30 days")
    page.click("text=Revoke")
    page.wait_for_selector(".tw-share-url", state="detached")
    page.wait_for_selector("text=Links that work", state="hidden")


def test_what_fails_is_said_in_the_dialog(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    body = json.dumps(
        {"error": {"code": "storage_full", "message": "the disk is full", "hint": ""}}
    )
    # Early: the first request after interception is switched on can slip past it.
    page.route("**/shares", lambda route: route.fulfill(status=507, body=body))
    finished_run(page, nodes=6)
    page.click(".tw-share")
    page.click(".tw-make-link")
    page.wait_for_selector("dialog >> text=The disk is full")
    page.unroute("**/shares")
    make_link(page, "a day")
    assert not page.is_visible("text=The disk is full")


@pytest.mark.parametrize(
    ("locale", "words"), [("en-GB", "Opening the shared tree…"), ("zh-CN", "正在打开分享的推理树…")]
)
def test_a_shared_tree_says_at_once_what_is_coming(
    live_server: str, open_page: Opener, locale: str, words: str
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    reader = open_page(live_server, "/healthz", locale=locale)
    # As on a line so slow that no script has come yet.
    reader.route("**/*.js*", lambda route: route.abort())
    reader.goto(live_server + share(page), wait_until="commit")
    # Committed is the answer, of which nothing may have been read yet.
    root = "document.documentElement"
    shown = f"pseudo => {root} && getComputedStyle({root}, pseudo).content"
    reader.wait_for_function(f"({shown})('::before') === '\"Treewright\"'")
    assert reader.evaluate(shown, "::after") == f'"{words}"'
    reader.unroute("**/*.js*")
    reader.reload()
    reader.wait_for_function("window.treewright?.model.size > 1")
    assert reader.evaluate(shown, "::after") == "none"
