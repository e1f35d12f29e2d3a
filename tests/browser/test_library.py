"""The list of runs: found by words, filters and tags; deleted and brought back; searched again."""

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import PROBLEM, finished_run, settle
from tests.browser.test_phone import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

START = """async (requests) => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const ids = [];
    for (const request of requests) {
        const answer = await fetch('/api/runs', { ...post, body: JSON.stringify(request) });
        if (!answer.ok) throw new Error(await answer.text());
        ids.push((await answer.json()).id);
    }
    for (const id of ids) await fetch(`/api/runs/${id}/events`).then((end) => end.text());
    return ids;
}"""
COPIED = "#tw-from [role=status]"
SMALL = {"problem": PROBLEM, "budget": {"nodes": 6}, "seed": 3}


def listed(page: "Page") -> int:
    return page.locator(".tw-run").count()


def deleted_run(page: "Page") -> str:
    """A search that was deleted elsewhere; its id."""
    (run,) = page.evaluate(START, [SMALL])
    page.evaluate("id => fetch(`/api/runs/${id}`, { method: 'DELETE' })", run)
    return str(run)


def choose(page: "Page", runs: int, **filters: str) -> None:
    """Sets these filters and waits until so many runs are listed."""
    for title, value in filters.items():
        with page.expect_response("**/api/runs?**"):
            page.select_option(f".tw-filters select[aria-label={title}]", value)
    page.wait_for_function("n => document.querySelectorAll('.tw-run').length === n", arg=runs)


def in_sight(page: "Page", selector: str) -> bool:
    """Whether an element lies within the window."""
    box, window = page.locator(selector).bounding_box(), page.viewport_size
    return box is not None and window is not None and box["y"] + box["height"] <= window["height"]


def test_runs_are_found_and_tagged(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    tag = uuid.uuid4().hex[:12]
    wanted = [{"strategy": name, "seed": k} for name in ("mcts", "best_of_n") for k in range(17)]
    runs = page.evaluate(START, [{**SMALL, "tags": [tag], **one} for one in wanted])
    page.reload()
    page.wait_for_selector(".tw-run")
    page.click(".tw-filter-button")
    page.wait_for_selector(f".tw-filters option[value='{tag}']", state="attached")
    choose(page, 30, Tag=tag)
    assert in_sight(page, ".tw-run >> nth=4"), "the list is below the choices, not below the fold"
    page.click(".tw-more-runs")
    choose(page, 34)
    assert not page.is_visible(".tw-more-runs")
    choose(page, 17, Strategy="best_of_n")
    assert page.inner_text(".tw-filter-button") == "Filter · 2"
    choose(page, 17, Order="oldest")
    settle(page)
    page.click(".tw-run >> nth=0")
    page.wait_for_function("id => treewright.run?.id === id", arg=runs[17])
    page.click(".tw-run-menu")
    page.click("text=Tags…")
    page.fill(".tw-tag-input", f"  Other  {tag}, and one more")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tw-tags >> text=and one more")
    page.click(f"[aria-label='Remove the tag {tag}']")
    page.wait_for_selector(f".tw-tags >> text=other {tag}")
    page.keyboard.press("Escape")
    choose(page, 16)
    page.click("text=Clear")
    page.fill(".tw-find", "no problem is like this")
    page.wait_for_selector("text=No search is like that.")


def test_a_deleted_run_is_gone_until_it_is_brought_back(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    (run,) = page.evaluate(START, [SMALL])
    page.goto(f"{live_server}/?run={run}")
    page.wait_for_selector(".tw-run[aria-current=true]")
    page.hover(".tw-run[aria-current=true]")
    page.click(".tw-run-row:has([aria-current=true]) .tw-run-more")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The search was deleted.")
    page.wait_for_selector(".tw-run[aria-current=true]", state="detached")
    assert page.evaluate("[treewright.run, location.search]") == [None, ""]
    status = page.evaluate("id => fetch(`/api/runs/${id}`).then((r) => r.status)", run)
    assert status == 404
    page.click("text=Undo")
    page.wait_for_function("id => treewright.run?.id === id", arg=run)
    page.wait_for_selector(".tw-run[aria-current=true]")


def test_a_deleted_run_is_found_again_later(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = deleted_run(page)
    page.wait_for_selector(".tw-filter-button")
    page.click(".tw-filter-button")
    page.select_option(".tw-filters select[aria-label=Status]", "deleted")
    page.wait_for_function("document.querySelector('.tw-pick-two').hidden")
    page.click(".tw-run >> nth=0")
    page.get_by_role("menuitem", name="Restore").click()
    page.wait_for_function("id => treewright.run?.id === id", arg=run)
    page.wait_for_selector("text=The search is back.")


def test_where_all_were_deleted_they_can_be_found(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    deleted_run(page)

    def without_others(route: "Route") -> None:
        if "deleted" in route.request.url:
            route.continue_()
        else:
            route.fulfill(json={"items": [], "cursor": None})

    page.route("**/api/runs?**", without_others)
    page.reload()
    page.click(".tw-filter-button")
    assert listed(page) == 0
    page.select_option(".tw-filters select[aria-label=Status]", "deleted")
    page.wait_for_selector(".tw-run")


def test_a_search_is_done_again_with_changes(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    asked = {
        **SMALL, "reference_answer": "24", "strategy": "beam_search", "verifiers": ["symbolic"],
        "settings": {"width": 2, "temperature": 0.5}, "seed": 11,
        "budget": {"generated_tokens": 700, "nodes": 9, "calls": 50},
    }  # fmt: skip
    (run,) = page.evaluate(START, [asked])
    page.goto(f"{live_server}/?run={run}")
    page.wait_for_selector(".tw-summary")
    page.wait_for_selector(".tw-run-menu")
    page.click(".tw-run-menu")
    page.click("text=Search again with changes…")
    page.wait_for_function("document.querySelector('#tw-seed input')?.value === '11'")
    settle(page)
    page.wait_for_selector(f"{COPIED} >> text=then press Search")
    assert page.evaluate("document.activeElement.closest('#tw-problem') !== null")
    page.fill("#tw-nodes input", "7")
    page.wait_for_selector(COPIED, state="detached")
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.click("#tw-search")
    again = answer.value.json()
    before = page.evaluate("id => fetch(`/api/runs/${id}`).then((r) => r.json())", run)
    kept = ("problem", "reference_answer", "strategy", "settings", "generator", "verifiers", "seed")
    assert [again[name] for name in kept] == [before[name] for name in kept]
    assert again["budget"] == {**before["budget"], "nodes": 7}
    assert again["id"] != run


def test_a_text_with_a_problem_on_each_line_is_searched(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    name = f"text {uuid.uuid4().hex[:8]}"
    text = "".join(f"Use {k}, 7, 8 and 13 to make 24.\n" for k in (2, 3))
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-tokens input", "300")
    page.click("#tw-batch")
    page.set_input_files(
        ".tw-file", {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    page.click("text=Search them all")
    page.wait_for_selector(f"text={name}: 2 searches")
    assert listed(page) == 2


def test_a_file_of_problems_is_searched(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    name = f"batch {uuid.uuid4().hex[:8]}"
    lines = [f'{{"problem": "Use {k}, 7, 8 and 13 to make 24."}}' for k in (2, 3, 4)]
    text = "\n".join([*lines, "no JSON"])
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-tokens input", "300")
    page.click("#tw-batch")
    assert page.inner_text(".tw-file-row").split("\n") == ["Choose a file…", "No file chosen"]
    with page.expect_file_chooser():
        page.click("text=Choose a file…")
    page.set_input_files(
        ".tw-file", {"name": f"{name}.jsonl", "mimeType": "text/plain", "buffer": text.encode()}
    )
    assert page.inner_text(".tw-file-name") == f"{name}.jsonl"
    assert page.input_value("[aria-label='Name of the batch']") == name
    page.click("text=Search them all")
    page.wait_for_selector("text=3 searches were started")
    assert page.inner_text(".tw-faults").startswith("Line 4: not JSON")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"text={name}: 3 searches")
    assert listed(page) == 3


AT_THE_LIST = """() => document.activeElement.matches('.tw-runs')
    && document.querySelector('.tw-run').getBoundingClientRect().bottom <= innerHeight"""


def test_the_list_is_reached_at_once(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.evaluate(START, [SMALL])
    page.reload()
    page.wait_for_selector(".tw-run")
    page.click("#tw-more > button")
    page.click(".tw-settings summary")
    assert not in_sight(page, ".tw-run >> nth=0")
    way = page.get_by_role("button", name="Searches (")
    listed_now = page.locator(".tw-run").count()
    assert way.inner_text() in {f"Searches ({listed_now})", f"Searches ({listed_now}+)"}
    page.evaluate("document.querySelector('#tw-side').scrollTop = 150")
    way.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(AT_THE_LIST)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.tw-runs') !== null")
    # What a filter leaves is not how many there are.
    page.fill(".tw-runs .tw-find", "no problem is like this")
    page.wait_for_selector("text=No search is like that.")
    assert f"({listed_now}" in way.inner_text()


def test_on_a_phone_the_list_is_reached_from_the_tree(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page, nodes=6)
    page.get_by_role("button", name="Searches (").tap()
    page.wait_for_function(AT_THE_LIST)
    page.go_back()
    page.wait_for_selector("#tw-search", state="hidden")


def test_a_copy_is_spoken_of_until_something_else_is_looked_at(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server, **PHONE)
    run = finished_run(page, nodes=6)
    page.tap(".tw-run-menu")
    page.tap("text=Search again with changes…")
    page.wait_for_selector(COPIED)
    page.wait_for_function("document.activeElement.closest('#tw-problem') !== null")
    page.tap("#tw-search")
    page.wait_for_function("run => treewright.run?.id !== run", arg=run)
    page.tap(".tw-form-toggle")
    assert not page.is_visible(COPIED)
