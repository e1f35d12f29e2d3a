"""The path of somebody who has never seen the page, from a problem to a shared tree."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import (
    PROBLEM,
    SEARCH_TO_THE_END,
    SEED,
    STORY,
    click_step,
    finished_run,
    search,
    settle,
    share,
    wait_for_steps,
    wait_until_done,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def test_search_click_label_reload_share(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    search(page)
    wait_for_steps(page, 5)
    wait_until_done(page)
    click_step(page, 3)
    text = page.evaluate("treewright.model.nodes[3].text")
    card = page.locator(".tw-card.tw-selected")
    assert card.locator(".tw-card-text").inner_text().strip() == text.strip()
    shown = page.evaluate(
        "[...document.querySelectorAll('.tw-card')].map((card) => [Number(card.dataset.id), "
        "[...card.querySelectorAll('[data-pattern]')].map((tag) => tag.dataset.pattern)])"
    )
    known = page.evaluate("treewright.model.nodes.map((node) => node.patterns)")
    assert all(patterns == known[step] for step, patterns in shown)
    assert any(patterns for _, patterns in shown), "the kinds of reasoning are on the cards"
    with page.expect_response("**/nodes/3/labels") as answer:
        page.keyboard.press("3")
    assert answer.value.status == 201
    page.wait_for_selector(".tw-selected .tw-card-label >> text=Good")

    page.reload()
    wait_for_steps(page, 5)
    assert page.evaluate("[treewright.selected, treewright.model.nodes[3].label]") == [3, 1]
    shared = open_page(live_server, share(page))
    _is_same_tree_to_read_only(page, shared)


def _is_same_tree_to_read_only(page: "Page", shared: "Page") -> None:
    wait_for_steps(shared, 5)
    texts = "treewright.model.nodes.map((node) => [node.text, node.label])"
    assert shared.evaluate(texts) == page.evaluate(texts)
    assert shared.is_visible("text=Shared tree, read-only")
    for hidden in ("#tw-search", ".tw-label", ".tw-share", "text=Pause", "text=Stop"):
        assert not shared.is_visible(hidden), f"{hidden} is offered to a reader"
    settle(shared)
    click_step(shared, 2)
    sent: list[str] = []
    shared.on("request", lambda request: sent.append(request.method))
    shared.keyboard.press("1")
    shared.wait_for_function("treewright.settled")
    assert "POST" not in sent
    assert shared.evaluate("treewright.model.nodes[2].label") is None


def test_a_second_tab_sees_a_paused_search_go_on(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    search(page, nodes=3000)
    page.click("text=Pause")
    page.wait_for_function("treewright.status === 'paused'")
    other = open_page(live_server, page.evaluate("location.pathname + location.search"))
    other.wait_for_function("window.treewright?.status === 'paused'")
    paused_at = other.evaluate("treewright.model.size")
    page.click("text=Resume")
    other.wait_for_function(f"treewright.model.size > {paused_at}")
    page.get_by_role("button", name="Stop").click()
    other.wait_for_function("treewright.status === 'stopped'")


def test_dead_link_says_so(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, "/t/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    page.wait_for_selector("text=This link is unknown, expired or revoked.")


def _pick_an_example(page: "Page") -> "Locator":
    """Picks the first example; returns the input of its reference answer."""
    page.wait_for_selector(".tw-summary")
    page.click("#tw-example input")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#tw-problem textarea').value.length > 5")
    page.click("#tw-more button")
    reference = page.locator("#tw-reference").locator("input, textarea")
    assert reference.input_value()
    return reference


def _wait_for_own_problem(page: "Page") -> None:
    page.wait_for_function("document.querySelector('#tw-example input').value.startsWith('Your')")


def test_example_fills_the_form(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    reference = _pick_an_example(page)
    # An edited problem is the person's own: the example's answer must not grade it.
    page.locator("#tw-problem textarea").press_sequentially("!")
    _wait_for_own_problem(page)
    assert reference.input_value() == ""


def test_a_pasted_problem_is_not_graded_by_the_example(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    reference = _pick_an_example(page)
    page.wait_for_selector(f"#tw-graded >> text={reference.input_value()}")
    # As a paste, a drop or dictation does it: the text changes, and no key was pressed.
    page.click("#tw-problem textarea")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(PROBLEM)
    _wait_for_own_problem(page)
    assert reference.input_value() == ""
    page.wait_for_selector("#tw-graded p", state="detached")
    assert page.input_value("#tw-problem textarea") == PROBLEM


def test_a_reference_answer_does_not_grade_the_next_problem(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.click("#tw-more button")
    reference = page.locator("#tw-reference").locator("input, textarea")
    reference.fill("24")
    search(page, nodes=20)
    page.wait_for_function("treewright.run?.reference_answer === '24'")
    assert reference.input_value() == "24", "for the same problem once more"
    page.fill("#tw-problem textarea", "Solve 3x = 63 for x.")
    page.wait_for_selector("#tw-graded p", state="detached")
    assert reference.input_value() == ""
    # What is typed for the new problem stays while that is edited.
    reference.fill("21")
    page.locator("#tw-problem textarea").press_sequentially(" Show all steps.")
    page.wait_for_selector("#tw-graded >> text=21")
    assert reference.input_value() == "21"


GRADED = {"problem": STORY, "reference_answer": "27", "seed": SEED, "budget": {"nodes": 8}}


def _search_again(page: "Page", live_server: str) -> "Locator":
    """Fills the form from a run that was graded; returns the input of its reference answer."""
    page.wait_for_selector(".tw-summary")
    run = page.evaluate(SEARCH_TO_THE_END, GRADED)
    page.goto(f"{live_server}/?run={run}")
    wait_until_done(page)
    page.wait_for_selector(".tw-summary")
    page.click(".tw-run-menu")
    page.click("text=Search again with changes…")
    page.wait_for_selector("#tw-graded >> text=27")
    reference = page.locator("#tw-reference").locator("input, textarea")
    assert reference.input_value() == "27"
    return reference


def test_a_copied_reference_answer_does_not_grade_another_problem(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    reference = _search_again(page, live_server)
    page.fill("#tw-problem textarea", STORY.replace("3 bags", "4 bags"))
    page.wait_for_selector("#tw-graded p", state="detached")
    assert reference.input_value() == ""


def test_a_reference_answer_does_not_grade_another_problem_in_another_language(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    _search_again(page, live_server)
    with page.expect_navigation():
        page.click(".tw-language")
    page.wait_for_selector("#tw-graded >> text=27")
    page.fill("#tw-problem textarea", STORY.replace("3 bags", "4 bags"))
    # At once: before Gradio has told of the change.
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.click("#tw-search")
    assert answer.value.json()["reference_answer"] is None


def test_a_look_at_the_examples_keeps_an_own_problem(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", PROBLEM)
    page.click("#tw-example input")
    page.wait_for_selector("#tw-example [role=option]")
    page.keyboard.press("Escape")
    page.click("#tw-more button")
    reference = page.locator("#tw-reference").locator("input, textarea")
    reference.fill("7")
    page.wait_for_selector("#tw-graded >> text=7")
    assert page.input_value("#tw-problem textarea") == PROBLEM


def test_a_typed_reference_answer_outlives_the_example(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    reference = _pick_an_example(page)
    reference.fill("7")
    page.locator("#tw-problem textarea").press_sequentially("!")
    _wait_for_own_problem(page)
    assert reference.input_value() == "7"


@pytest.mark.parametrize(
    ("problem", "tokens", "said"),
    [
        ("", "4000", "problem is empty"),
        ("What is the capital of France?", "4000", "games of 24"),
        ("Make 24 from 1, 2, 3 and 4.", "-5", "Token budget must be above 0"),
    ],
)
def test_invalid_input_is_explained(
    live_server: str, open_page: Opener, problem: str, tokens: str, said: str
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.fill("#tw-problem textarea", problem)
    page.fill("#tw-tokens input", tokens)
    page.click("#tw-search")
    error = page.wait_for_selector(".tw-form-error[role=alert]")
    assert error is not None
    assert said in error.inner_text()
    assert page.evaluate("treewright.run") is None
    page.fill("#tw-problem textarea", "Make 24 from 1, 2, 3 and 4.")
    page.fill("#tw-tokens input", "50")
    page.click("#tw-search")
    wait_for_steps(page, 1)
    assert not page.is_visible(".tw-form-error")


def test_a_wrong_setting_is_named_as_in_the_form(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.click(".tw-settings summary")
    page.get_by_label("Children per expansion").fill("0")
    page.fill("#tw-problem textarea", PROBLEM)
    page.click("#tw-search")
    error = page.wait_for_selector(".tw-form-error[role=alert]")
    assert error is not None
    said = error.inner_text()
    assert said.startswith("Children per expansion must be at least 1.")
    assert "children:" not in said
    assert "/api" not in said


def test_back_leads_to_the_run_before(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    first = finished_run(page, "Make 24 from 1, 2, 3 and 4.", 6)
    second = finished_run(page, "Make 24 from 2, 2, 6 and 8.", 6)
    assert first != second
    page.go_back()
    page.wait_for_function("id => treewright.run?.id === id", arg=first)
    page.click(".tw-run >> text=2, 2, 6 and 8")
    page.wait_for_function("id => treewright.run?.id === id", arg=second)


def test_a_problem_of_ones_own_comes_with_what_the_model_knows(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector("#tw-knows .tw-knows")
    generator = page.evaluate("fetch('/api/models').then((r) => r.json())")["generators"][0]
    said = page.inner_text("#tw-knows summary")
    assert generator["name"] in said
    assert len(generator["knows"]) == 3
    assert all(kind["name"] in said for kind in generator["knows"])
    page.click("#tw-knows summary")
    example = generator["knows"][0]["example"]
    page.get_by_role("button", name=example).click()
    assert page.input_value("#tw-problem textarea") == example
    _pick_an_example(page)
    page.wait_for_selector("#tw-knows .tw-knows", state="detached")


def test_a_question_that_the_model_does_not_know_is_refused_with_what_it_knows(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    search(page, "Which year did the first railway in France open?")
    refusal = page.locator(".tw-form-error")
    generator = page.evaluate("fetch('/api/models').then((r) => r.json())")["generators"][0]
    assert refusal.locator("b").inner_text().endswith("does not know problems of this kind")
    assert page.evaluate("treewright.run") is None
    examples = refusal.locator("li").all_inner_texts()
    assert examples == [kind["example"] for kind in generator["knows"]]
    refusal.locator("li >> nth=0").get_by_role("button").click()
    page.click("#tw-search")
    page.wait_for_function("treewright.run !== null")
    assert page.evaluate("treewright.run.problem") == examples[0]


def test_a_refusal_says_that_the_tree_in_sight_is_of_before(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=8)
    search(page, "Solve y^2 = 16")
    refusal = page.locator(".tw-form-error")
    refusal.wait_for()
    assert "linear equations in whole numbers" in refusal.locator("b").inner_text()
    assert refusal.locator("p").inner_text().endswith(f"of the search before: {PROBLEM}")
    # Another tree is looked at: nothing of that is so any more.
    finished_run(page, "Solve 3x = 63 for x.", nodes=8)
    refusal.wait_for(state="detached")


def test_an_equation_is_solved_in_its_own_letter(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, "Solve 3y + 4 = 19 for y", nodes=30)
    texts = page.evaluate("treewright.model.nodes.slice(1).map((node) => node.text)")
    assert any("y = 5" in text for text in texts)
    assert not any("x" in text.replace("Expand", "").replace("expand", "") for text in texts)
    page.wait_for_selector(".tw-grade >> text=right")


def test_no_limit_on_tokens_is_said(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    assert not page.is_visible("#tw-limits")
    page.fill("#tw-tokens input", "")
    page.wait_for_selector("#tw-limits >> text=No limit on tokens")
    page.fill("#tw-tokens input", "500")
    page.wait_for_selector("#tw-limits p", state="detached")


CONTRAST = """selector => {
    const element = document.querySelector(selector);
    const bytes = (colour) => {
        const context = document.createElement('canvas').getContext('2d');
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const light = (colour) => bytes(colour).map((byte) => byte / 255)
        .map((x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
        .reduce((sum, x, k) => sum + x * [0.2126, 0.7152, 0.0722][k], 0.05);
    const over = light(getComputedStyle(element).backgroundColor);
    const ratio = (pseudo) => {
        const own = light(getComputedStyle(element, pseudo).color);
        return Math.max(own, over) / Math.min(own, over);
    };
    return [ratio('::placeholder'), ratio(null)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_placeholders_are_no_typed_text_and_can_be_read(
    live_server: str, open_page: Opener, scheme: str
) -> None:
    page = open_page(live_server, color_scheme=scheme)
    finished_run(page, nodes=2)
    for selector in ("#tw-problem textarea", ".tw-runs .tw-find", ".tw-outline .tw-find"):
        placeholder, typed = page.evaluate(CONTRAST, selector)
        assert 4.5 <= placeholder < 0.6 * typed, selector
