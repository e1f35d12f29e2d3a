"""What a card of the reading pane shows of a step: formulas, scores, what a correction changed."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, click_step, finished_run, settle

pytestmark = pytest.mark.browser

ADD = """(nodes) => nodes.forEach((node) => treewright.receive({
  seq: treewright.model.seq + 1, kind: 'node_added', node: treewright.model.size, parent: 0,
  action: 'solve', estimate: 0.5, tokens: 1, scores: {}, model: 'm', ...node}))"""


def test_a_card_shows_formulas_scores_and_what_a_correction_changed(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=4)
    first = page.evaluate("treewright.model.size")
    wrong = {"text": "So x = 24 apples.", "estimate": 0.2, "scores": {"prm": 0.2, "judge": 0.9}}
    better = {"text": "So x = 28 apples.", "estimate": 0.9, "scores": {"prm": 0.9, "judge": None}}
    formula = {"text": r"It is $\frac{1}{2}$ of $5 and $6.", "parent": first + 1}
    page.evaluate(ADD, [wrong, {**better, "parent": first, "corrects": first}, formula])
    settle(page)
    click_step(page, first + 2)
    cards = page.locator(".tw-card")
    page.wait_for_selector(".tw-card math mfrac")
    assert cards.nth(3).locator(".tw-card-text").inner_text().endswith("of $5 and $6.")
    assert cards.nth(1).locator(".tw-apart").is_visible()
    assert cards.nth(2).locator(".tw-apart").is_hidden()
    assert cards.nth(1).locator(".tw-scores li").all_inner_texts() == ["prm\n0.20", "judge\n0.90"]
    assert "not scored" in cards.nth(2).locator(".tw-scores").inner_text()
    change = cards.nth(2).locator(".tw-change")
    assert change.locator("del").all_inner_texts() == ["24"]
    assert change.locator("ins").all_inner_texts() == ["28"]
    assert "value 0.20 → 0.90" in change.inner_text()
    assert cards.nth(1).locator(".tw-change").count() == 0


IN_VIEW = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const pane = box('.tw-reading .tw-scroller');
  return box('.tw-card.tw-selected').top >= pane.top
    && box('.tw-why summary').bottom <= pane.bottom;
}"""


def test_the_lines_of_corrections_can_be_left_out(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page, nodes=12, strategy="sequential_revision")
    settle(page)
    dashed = "(one) => one.line?.dash === '4px,3px' && one.x.length"
    drawn = f"document.querySelector('.tw-plot').data.filter({dashed}).length"
    assert page.evaluate(drawn) >= 1
    page.click("[data-hint=tree] button")
    page.click(".tw-corrections")
    page.wait_for_function(f"treewright.settled && {drawn} === 0")
    page.wait_for_function("location.search.includes('corrections=hidden')")
    page.reload()
    page.wait_for_function(f"window.treewright?.run?.id === '{run}' && treewright.drawn > 0")
    settle(page)
    assert page.evaluate(drawn) == 0
    assert page.get_attribute(".tw-corrections", "aria-pressed") == "false"
    page.focus(".tw-corrections")
    page.keyboard.press("Enter")
    page.wait_for_function(f"treewright.settled && {drawn} >= 1")
    assert "corrections" not in page.evaluate("location.search")


def test_the_selected_step_and_why_are_in_view_at_the_end_of_a_long_path(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=4)
    first = page.evaluate("treewright.model.size")
    text = "A long step that says a good deal of what it has found out. " * 4
    page.evaluate(ADD, [{"text": text, "parent": k and first + k - 1} for k in range(20)])
    settle(page)
    # The first one comes with a hint, which takes room of its own a moment later.
    for step in (first + 19, first + 10, first + 19):
        click_row(page, step)
        settle(page)
        page.wait_for_function(IN_VIEW)
    # Somebody who scrolls away stays there.
    page.hover(".tw-path")
    page.mouse.wheel(0, -4000)
    page.wait_for_function("document.querySelector('.tw-reading .tw-scroller').scrollTop === 0")
    page.evaluate(ADD, [{"text": "one more", "parent": first + 19}])
    settle(page)
    assert page.evaluate("document.querySelector('.tw-reading .tw-scroller').scrollTop") == 0


def test_a_card_says_what_its_value_is_made_of(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=40)
    visited, fresh = page.evaluate(
        "[(n) => n.visits > 1, (n) => !n.visits && n.value !== null].map((is) =>"
        " treewright.model.nodes.find((n) => n.parent !== null && is(n)).id)"
    )
    said = page.locator(".tw-selected .tw-value-from")
    click_row(page, fresh)
    assert "expected of it" in said.inner_text()
    click_row(page, visited)
    visits = page.evaluate("id => treewright.model.nodes[id].visits", visited)
    assert f"mean of what {visits} visits found" in said.inner_text()
    page.keyboard.press("1")
    said.get_by_text("0.0, because a person labelled it Bad").wait_for()


def test_a_click_anywhere_on_a_card_selects_its_step(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page)
    second = page.locator(".tw-card").nth(1)
    second.locator(".tw-card-text").click()
    step = page.evaluate("treewright.selected")
    assert step == int(second.get_attribute("data-id") or -1)
    beside = page.evaluate("id => treewright.model.siblings(id).length", step)
    assert page.inner_text(".tw-chips-title >> nth=0").split() == ["Alternatives", str(beside)]


def test_a_card_says_its_answer_once(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=4)
    first = page.evaluate("treewright.model.size")
    end = {"action": "answer", "terminal": True, "answer": "34"}
    texts = ["Answer: 34", "The final answer is 34.", "So they have 17 + 17 left, which is 34."]
    page.evaluate(ADD, [{**end, "text": text} for text in texts])
    settle(page)
    below = page.locator(".tw-card.tw-selected .tw-card-answer")
    for k, said in enumerate(([], [], ["Answer 34"])):
        click_row(page, first + k)
        text = page.locator(".tw-card.tw-selected .tw-card-text")
        assert text.inner_text() == texts[k]
        assert below.all_inner_texts() == said
