"""A run on its way out of the page: pictures, texts, and a page of its own that needs no server."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, rewrite_runs, settle
from tests.browser.test_safety import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


def save(page: "Page", entry: str, folder: Path) -> Path:
    """Picks an entry of the Export menu; where the file it made is."""
    page.click(".tw-export")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=entry).click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target


def test_a_run_is_saved_and_read_without_a_server(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    steps = page.evaluate("treewright.model.size")
    # A step is one line, and mathematics looks otherwise than it is written.
    plain = [text for text in HOSTILE if not set(text) & set("\n$\\")]
    hostile = " ".join([*plain, "</script><!--<script>"])
    step = page.evaluate(
        """([run, text]) => fetch(`/api/runs/${run}/nodes/1/children`, {
            method: 'POST', headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ action: 'solve', text }),
        }).then((answer) => answer.json())""",
        [run, hostile],
    )["items"][0]["id"]
    saved = save(page, "Web page", tmp_path)
    alone = open_page("file://", str(saved))
    requests: list[str] = []
    alone.on("request", lambda request: requests.append(request.url))
    alone.reload()
    alone.wait_for_selector(".tw-row")
    assert alone.evaluate("treewright.session.model.size") == steps + 1
    assert alone.is_visible("text=Saved copy, read-only")
    assert not alone.is_visible(".tw-share, .tw-run-menu, .tw-label-bar, #tw-search")
    alone.click(".tw-row >> nth=1")
    # Its past is there too.
    alone.locator(".tw-time .tw-slider").press("Home")
    alone.wait_for_selector(".tw-time:has-text('event 1 of')")
    alone.keyboard.press("l")
    alone.keyboard.press("j")
    alone.evaluate("id => treewright.session.select(id)", step)
    alone.wait_for_selector(".tw-card.tw-selected")
    assert alone.inner_text(".tw-card.tw-selected .tw-card-text") == hostile
    assert alone.evaluate("window.pwned") is None
    picture = save(alone, "SVG", tmp_path)
    assert picture.read_text("utf-8").startswith("<svg")
    outside = [url for url in requests if not url.startswith(("file:", "data:", "blob:"))]
    assert outside == []


def test_a_saved_copy_shows_flags_and_takes_none(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    page.request.post(f"{live_server}/api/runs/{run}/nodes/2/flag", data={"flagged": True})
    alone = open_page("file://", str(save(page, "Web page", tmp_path)))
    alone.wait_for_selector(".tw-row")
    alone.evaluate("treewright.session.select(2)")
    alone.wait_for_selector(".tw-card[data-id='2'] .tw-card-flag:visible")
    assert not alone.is_visible(".tw-flag")
    alone.keyboard.press("m")
    assert alone.evaluate("treewright.session.model.nodes[2].flagged")
    alone.locator(".tw-time .tw-slider").press("Home")
    alone.wait_for_selector(".tw-time:has-text('event 1 of')")
    alone.keyboard.press("l")
    alone.wait_for_selector(".tw-card[data-id='2'] .tw-card-flag:visible")


def test_a_saved_copy_shows_what_people_wrote_beside_their_labels(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    why = "</script><img src=x onerror='window.pwned=1'> 13 - 7 is 6, not 5"
    label = {"rating": -1, "comment": why}
    page.request.post(f"{live_server}/api/runs/{run}/nodes/2/labels", data=label)
    alone = open_page("file://", str(save(page, "Web page", tmp_path)))
    alone.wait_for_selector(".tw-row")
    alone.evaluate("treewright.session.select(2)")
    alone.wait_for_selector(".tw-selected .tw-comment")
    assert alone.inner_text(".tw-selected .tw-comment") == why
    assert alone.locator(".tw-write-comment").count() == 0
    assert alone.evaluate("window.pwned") is None


def test_pictures_and_texts_are_saved(live_server: str, open_page: Opener, tmp_path: Path) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    settle(page)
    assert save(page, "PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"
    step = page.evaluate("treewright.selected")
    text = save(page, "Markdown", tmp_path)
    assert text.name == f"use-4-7-8-and-13-to-make-24-{run[-6:]}.md"
    assert f"(step {step})" in text.read_text("utf-8")
    assert save(page, "GraphML", tmp_path).read_text("utf-8").startswith("<graphml")


def test_a_picture_says_what_it_shows(live_server: str, open_page: Opener, tmp_path: Path) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=60)
    answer = page.evaluate("treewright.run.answer")
    texts = texts_of(save(page, "SVG", tmp_path))
    assert "Use 4, 7, 8 and 13 to make 24." in texts
    about = next(text for text in texts if text.startswith("Monte-Carlo tree search"))
    steps = page.evaluate("treewright.model.size - 1")
    assert f" · {steps} steps · " in about
    assert answer is None or f"Answer {answer}, " in about
    assert "best path" in texts
    # A model's or a person's words are no markup here either.
    hostile = "<b>x</b> <a href='javascript:alert(1)'>y</a> &amp; $z^2$"
    rewrite_runs(page, {"problem": hostile})
    page.reload()
    page.wait_for_function("id => window.treewright?.run?.id === id", arg=run)
    settle(page)
    saved = save(page, "SVG", tmp_path)
    assert hostile in texts_of(saved)
    assert not [one for one in ElementTree.parse(saved).iter() if one.tag == f"{SVG}a"]


def test_the_title_of_a_picture_ends_inside_it(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=12)
    for letter in "Wi二":
        rewrite_runs(page, {"problem": f"{letter * 300} and more"})
        page.reload()
        page.wait_for_function("id => window.treewright?.run?.id === id", arg=run)
        settle(page)
        alone = open_page("file://", str(save(page, "SVG", tmp_path)))
        left, right, width = alone.evaluate(
            """letter => {
                const title = [...document.querySelectorAll('text')]
                    .find((one) => one.textContent.startsWith(letter));
                const { left, right } = title.getBoundingClientRect();
                return [left, right, document.documentElement.width.baseVal.value];
            }""",
            letter,
        )
        assert 0 < left < right < width, letter
        assert right - left > 0.8 * width, "and there is no less of it than fits"


def test_the_key_of_a_picture_has_the_marks_that_are_in_it_and_no_others(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=60)
    settle(page)
    marks = {
        "folded", "good", "neutral", "bad", "by a person", "flagged", "pruned", "not scored",
    }  # fmt: skip
    before = set(texts_of(save(page, "SVG", tmp_path)))
    assert {"value 0", "visits", "best path"} <= before
    assert not marks & before
    for path, data in (
        ("1/labels", {"rating": 1}),
        ("2/labels", {"rating": -1}),
        ("3/labels", {"rating": 0}),
        ("4/flag", {"flagged": True}),
        ("1/children", {"action": "solve", "text": "8 * 13 = 104"}),
        ("5/prune", {"pruned": True}),
    ):
        made = page.request.post(f"{live_server}/api/runs/{run}/nodes/{path}", data=data)
        assert made.ok, made.text()
    page.reload()
    page.wait_for_function("window.treewright?.model?.nodes[5]?.pruned")
    page.click(".tw-drawn")
    page.get_by_label("Visited at least").fill("9")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    settle(page)
    after = set(texts_of(save(page, "SVG", tmp_path)))
    assert after & marks == marks - {"not scored"}
    # Of a part of the tree, the marks of that part.
    click_row(page, 1)
    for _ in range(8):
        page.click("[aria-label='Zoom in']")
    settle(page)
    near = set(texts_of(save(page, "SVG", tmp_path)))
    assert "good" in near
    assert not {"bad", "flagged", "pruned"} & near


def test_a_picture_of_all_steps_is_saved_too(
    live_server: str, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(live_server)
    finished_run(page)
    page.keyboard.press("v")
    page.wait_for_selector(".tw-icicle:visible")
    settle(page)
    page.click(".tw-export")
    assert page.get_by_role("menuitem", name="SVG").count() == 0
    page.keyboard.press("Escape")
    assert save(page, "PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"


def texts_of(picture: Path) -> list[str]:
    """What stands in an SVG."""
    return ["".join(one.itertext()) for one in ElementTree.parse(picture).iter(f"{SVG}text")]


def off(page: "Page") -> list[str]:
    """What the open Export menu does not offer."""
    entries = page.locator(".tw-menu [aria-disabled=true] > span:first-child")
    return entries.all_inner_texts()


def test_data_that_is_not_there_is_not_offered(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=6)
    page.click(".tw-export")
    page.wait_for_selector("[role=menuitem]:has-text('Pairs')[aria-disabled=true]")
    assert off(page) == ["Labels", "PRM800K", "Step labels", "Pairs"]
    said = page.inner_text(".tw-menu")
    assert said.count("no step is labelled yet") == 2
    assert said.count("this search labelled no steps") == 2
    assert "how often each next step was tried" in said
    # By the keyboard they are reached, and do nothing.
    page.keyboard.press("End")
    focused = "document.activeElement"
    assert page.evaluate(f"{focused}.textContent").startswith("Pairs")
    assert "Monte-Carlo labels" in page.evaluate(f"{focused}.title")
    page.keyboard.press("Enter")
    assert page.is_visible(".tw-menu")
    page.keyboard.press("Escape")
    click_row(page, 1)
    # As soon as there is a label, whether or not the server has it yet.
    page.route("**/nodes/*/labels", lambda route: None)
    page.keyboard.press("3")
    page.click(".tw-export")
    page.wait_for_selector("[role=menuitem]:has-text('Pairs')[aria-disabled=true]")
    assert off(page) == ["Step labels", "Pairs"]


def test_an_open_menu_follows_what_there_is_to_save(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=6)
    page.click(".tw-export")
    page.wait_for_selector("[role=menuitem]:has-text('Pairs')[aria-disabled=true]")
    page.keyboard.press("End")
    label = {"rating": 1}
    page.request.post(f"{live_server}/api/runs/{run}/nodes/1/labels", data=label)
    # As when somebody comes back to the tab.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector("[role=menuitem]:has-text('PRM800K'):not([aria-disabled])")
    assert page.evaluate("document.activeElement.textContent").startswith("Pairs")


def test_own_labels_are_saved_as_data(live_server: str, open_page: Opener, tmp_path: Path) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=6)
    click_row(page, 1)
    with page.expect_response("**/nodes/*/labels"):
        page.keyboard.press("3")
    saved = save(page, "Labels each judged step", tmp_path)
    assert saved.name.endswith(f"-{run[-6:]}-labels.jsonl")
    line = json.loads(saved.read_text("utf-8"))
    text = page.evaluate("treewright.model.nodes[1].text")
    assert (line["rating"], line["step"]["text"]) == (1, text)
