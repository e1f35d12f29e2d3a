"""A person says whether the answer is right, takes it back, and others may only look."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    STORY,
    click_row,
    finished_run,
    search,
    share,
    wait_until_done,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

JACKET = "A jacket costs 80 dollars. It is 25 percent off today. How much does it cost now?"


def answered_run(page: "Page", reference: str = "") -> str:
    """A search that came to an answer."""
    page.wait_for_selector(".tw-summary")
    page.click("#tw-more button")
    page.fill("#tw-reference textarea, #tw-reference input", reference)
    search(page, STORY, nodes=120)
    wait_until_done(page)
    assert page.evaluate("treewright.run.answer") is not None
    return str(page.evaluate("treewright.run.id"))


def press(page: "Page", title: str) -> None:
    # A page that was just opened asks for the grades as well.
    with page.expect_response(
        lambda answer: answer.url.endswith("/grades") and answer.request.method == "POST"
    ) as answer:
        page.click(f".tw-judge [title='{title}']")
    assert answer.value.status == 201


def wait_for_grade(page: "Page", text: str) -> None:
    page.wait_for_function(
        "text => (document.querySelector('.tw-grade')?.innerText ?? '') === text", arg=text
    )


def test_an_answer_that_nobody_graded_says_so_and_why(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = answered_run(page)
    wait_for_grade(page, "not graded")
    assert "no reference answer" in str(page.get_attribute(".tw-grade", "title"))
    about = page.locator(".tw-run[aria-current=true] .tw-run-about")
    assert "not graded" in about.inner_text()
    assert "no reference answer" in str(about.get_attribute("title"))
    # Without a mouse to hover with, the menu of the row says it.
    page.focus(".tw-run[aria-current=true]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tw-menu >> text=there is no reference answer to compare with")
    page.keyboard.press("Escape")
    page.click(".tw-run-facts .tw-link")
    chosen = page.locator(".tw-answers tr:has-text('chosen')")
    page.wait_for_selector(".tw-answers tr:has-text('chosen'):has-text('not graded')")
    assert page.evaluate("treewright.run.answer") in chosen.inner_text()
    assert page.is_visible("dialog >> text=Not graded: there is no reference answer")
    page.keyboard.press("Escape")
    press(page, "This answer is right")
    wait_for_grade(page, "✓ right, by you")
    assert page.evaluate("treewright.run.id") == run


def test_a_problem_that_says_what_is_right_needs_no_reference(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, "Solve x + 2 = 5", nodes=60)
    right = page.evaluate("treewright.run.answer.replace('x = ', '') === '3'")
    wait_for_grade(page, "✓ right" if right else "✕ wrong")
    page.click(".tw-grade")
    page.wait_for_selector(".tw-message >> text=Checked with the problem itself")
    press(page, "This answer is wrong")
    wait_for_grade(page, "✕ wrong, by you")


def test_the_owner_has_the_last_word_and_may_take_it_back(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    answered_run(page)
    wait_for_grade(page, "not graded")
    press(page, "This answer is wrong")
    wait_for_grade(page, "✕ wrong, by you")
    page.reload()
    wait_for_grade(page, "✕ wrong, by you")
    pressed = "[...document.querySelectorAll('.tw-judge button')].map((b) => b.ariaPressed)"
    assert page.evaluate(pressed) == ["false", "true"]
    press(page, "This answer is right")
    wait_for_grade(page, "✓ right, by you")
    press(page, "This answer is right")
    wait_for_grade(page, "not graded")
    assert page.evaluate(pressed) == ["false", "false"]


def test_others_see_it_and_cannot_change_it(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    answered_run(page)
    press(page, "This answer is right")
    reader = open_page(live_server, share(page))
    wait_for_grade(reader, "✓ right, by a person")
    assert not reader.is_visible(".tw-judge")
    press(page, "This answer is wrong")
    reader.reload()
    wait_for_grade(reader, "✕ wrong, by a person")


def test_a_reference_that_cannot_be_read_is_said_where_it_is_typed(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    answered_run(page, reference="\\frac{24}{1")
    said = page.inner_text(".tw-form-error")
    assert "The reference answer cannot be read (a { is never closed)" in said
    wait_for_grade(page, "cannot tell")
    page.click(".tw-grade")
    page.wait_for_selector(".tw-message >> text=The reference answer cannot be read")


def test_a_grade_that_was_not_saved_is_not_shown(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    answered_run(page)
    body = '{"error": {"code": "storage_full", "message": "the disk is full", "hint": ""}}'
    page.route("**/grades", lambda route: route.fulfill(status=507, body=body))
    page.click(".tw-judge [title='This answer is right']")
    page.wait_for_selector("text=The grade was not saved: The disk is full")
    assert page.inner_text(".tw-answer").startswith("Answer")
    assert page.inner_text(".tw-grade") == "not graded"


def test_a_story_in_words_that_the_model_hardly_knows_gets_a_doubtful_answer(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    search(page, JACKET, nodes=60)
    page.wait_for_selector(".tw-form-error >> text=Few stories in such words are known to")
    wait_until_done(page)
    assert page.evaluate("treewright.run.answer") is not None
    wait_for_grade(page, "doubtful")
    assert "few stories in such words" in str(page.get_attribute(".tw-grade", "title"))
    page.reload()
    wait_for_grade(page, "doubtful")
    press(page, "This answer is right")
    wait_for_grade(page, "✓ right, by you")


def test_an_answer_that_the_verifiers_doubt_is_called_doubtful(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, STORY, nodes=100, strategy="chain_of_thought")
    answered = page.evaluate("treewright.run.best_node")
    click_row(page, answered)
    page.keyboard.press("3")
    wait_for_grade(page, "not graded")
    page.keyboard.press("1")
    wait_for_grade(page, "doubtful")
    reader = open_page(live_server, share(page))
    wait_for_grade(reader, "doubtful")
    page.wait_for_selector(".tw-run[aria-current=true] .tw-run-about >> text=doubtful")
    page.click(".tw-grade")
    page.wait_for_selector(".tw-message >> text=at 0.00 of 1, rather wrong than right")
    press(page, "This answer is right")
    wait_for_grade(page, "✓ right, by you")


SAID = """({node, answer}) => {
    treewright.receive({seq: treewright.model.seq + 1, kind: 'answered', node, answer});
    const asks = document.querySelector('.tw-judge .tw-dim').checkVisibility();
    return [document.querySelector('.tw-grade')?.innerText ?? '', asks];
}"""
GRADES = """() => {
    window.seen = [];
    const note = () => window.seen.push([
        document.querySelector('.tw-answer b')?.innerText ?? '',
        document.querySelector('.tw-grade')?.innerText ?? '',
    ]);
    new MutationObserver(note).observe(document.querySelector('.tw-run-second'),
        {childList: true, subtree: true, characterData: true, attributes: true});
}"""


def test_a_verdict_holds_for_its_answer_while_the_search_goes_on(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, STORY, nodes=60)
    answer = page.evaluate("treewright.run.answer")
    press(page, "This answer is right")
    wait_for_grade(page, "✓ right, by you")
    page.evaluate(GRADES)
    size = page.evaluate("treewright.model.size")
    page.click(".tw-go-on")
    page.wait_for_function(
        f"treewright.status === 'finished' && treewright.model.size > {size} && treewright.settled"
    )
    seen = page.evaluate("window.seen")
    assert {grade for given, grade in seen if given == answer} == {"✓ right, by you"}
    # The same answer by another step; another answer, which nobody judged; and the first again.
    held = ["✓ right, by you", False]
    assert page.evaluate(SAID, {"node": 3, "answer": answer}) == held
    assert page.evaluate(SAID, {"node": 4, "answer": "1000"}) == ["", True]
    assert page.evaluate(SAID, {"node": 3, "answer": answer}) == held
