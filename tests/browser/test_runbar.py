"""The bar above the tree says what the API says: the answer, its grade, and what the run cost."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    click_row,
    finished_run,
    rewrite_runs,
    searched_run,
    wait_until_done,
)

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser

ANSWER = "document.querySelector('.tw-answer').innerText.trim()"
STATUS = """status => {
    const seq = treewright.model.seq + 1;
    treewright.receive({seq, kind: 'status', status, reason: null});
    return document.querySelector('.tw-answer').innerText.trim();
}"""


def test_a_run_without_an_answer_says_so_once_it_is_over(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=2)
    # A live model may answer even in two steps; the page is to see a run that did not.
    rewrite_runs(page, {"answer": None})
    page.reload()
    page.wait_for_selector(".tw-answer > *")
    assert page.evaluate("treewright.run.answer") is None
    assert page.evaluate(ANSWER) == "No answer found"
    shown = {status: page.evaluate(STATUS, status) for status in ("running", "paused", "stopped")}
    assert shown == {
        "running": "No answer yet", "paused": "No answer yet", "stopped": "No answer found"
    }  # fmt: skip


def test_an_answer_is_shown_at_once(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=2)
    answered = """() => {
        const seq = treewright.model.seq + 1;
        treewright.receive({seq, kind: 'answered', node: 1, answer: '42'});
        return document.querySelector('.tw-answer').innerText.trim();
    }"""
    assert page.evaluate(answered) == "Answer 42"


@pytest.mark.parametrize(
    ("correct", "grade"), [(True, "✓ right"), (False, "✕ wrong"), (None, "cannot tell")]
)
def test_the_grade(live_server: str, open_page: Opener, correct: bool | None, grade: str) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=2)
    rewrite_runs(page, {"answer": "12", "correct": correct, "reference_answer": "banana"})
    page.reload()
    page.wait_for_selector(".tw-grade")
    assert page.inner_text(".tw-grade") == grade
    assert page.evaluate(ANSWER).startswith("Answer 12")


def test_the_time_used_does_not_go_back_at_the_end(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=2)
    told = page.evaluate("treewright.seconds")
    page.evaluate(STATUS, "running")
    page.wait_for_function("told => treewright.seconds > told + 0.2", arg=told)
    page.evaluate(STATUS, "finished")
    assert page.evaluate("treewright.seconds") > told + 0.2


def test_steps_are_counted_as_the_api_counts_them(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    stored = page.evaluate("id => fetch(`/api/runs/${id}`).then((r) => r.json())", run)
    steps = stored["usage"]["nodes"]
    assert page.evaluate("treewright.model.size") == steps + 1
    assert page.inner_text("[data-cost=nodes] b") == str(steps)
    assert page.inner_text(".tw-outline .tw-count") == f"{steps} steps"


def test_resume_is_there_once_somebody_changed_the_tree_and_says_if_nothing_is_left(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.click("#tw-strategy input")
    page.click("#tw-strategy [role=option] >> text=Chain of thought")
    searched_run(page, nodes=200)
    assert page.evaluate("treewright.run.reason") == "nothing left to search"
    assert not page.is_visible("button:text-is('Resume')"), "nobody gave it anything to go on with"
    size = page.evaluate("treewright.model.size")
    click_row(page, 1)
    page.keyboard.press("e")
    page.fill(".tw-step-text", "A step that leads nowhere.")
    page.click(".tw-add-step")
    page.wait_for_selector("text=Press Resume to go on searching with it.")
    page.click("button:text-is('Resume')")
    page.wait_for_selector(".tw-message >> text=nothing to resume")
    assert "nothing left to search" in page.inner_text(".tw-message")
    assert page.evaluate("treewright.model.size") == size + 1


def test_a_search_that_used_its_budget_up_is_given_as_much_again(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=12)
    assert not page.is_visible("button:text-is('Resume')")
    budget = 12
    # A last solution may have gone beyond the budget, and so far that twice as much is no more.
    for _ in range(3):
        size = page.evaluate("treewright.model.size")
        budget *= 1 + max(1, (size - 1) // budget)
        page.click(f".tw-go-on[title*='at most {budget} steps']")
        grown = f"treewright.model.size > {size} && treewright.status === 'finished'"
        page.wait_for_function(grown)


def test_a_late_reply_does_not_bring_back_an_older_answer(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=20)

    def overtaken(route: "Route") -> None:
        reply = route.fetch()
        old = {**reply.json(), "seq": 1, "answer": "an older answer"}
        route.fulfill(response=reply, json=old)

    page.route("**/resume", overtaken)
    page.evaluate(
        "new MutationObserver(() => { window.seen = (window.seen ?? '') + "
        "document.querySelector('.tw-runbar').innerText; })"
        ".observe(document.querySelector('.tw-runbar'), {childList: true, subtree: true, "
        "characterData: true})"
    )
    size = page.evaluate("treewright.model.size")
    page.click("button:text-is('Search on')")
    page.wait_for_function("size => treewright.model.size > size", arg=size)
    wait_until_done(page)
    seen = page.evaluate("window.seen")
    assert "Answer" in seen
    assert "older" not in seen
