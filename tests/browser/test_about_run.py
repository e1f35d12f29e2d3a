"""What there is to say about a search: answers, cost, and how far its scores can be trusted."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import STORY, finished_run, searched_run
from tests.browser.test_modules import run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BUTTON = """[...document.querySelectorAll('.tw-answers tr')]
    .find((row) => row.textContent.includes('chosen')).querySelector('button')"""


def test_calibration_is_the_distance_of_scores_and_shares(modules: "Page") -> None:
    script = """
      const { calibration } = await import('http://modules.test/js/calibration.js');
      const judged = (score, ...good) => good.map((one) => ({ score, good: one === 1 }));
      return [calibration([]), calibration([...judged(0.9, 1, 1, 1, 0), ...judged(0.1, 0, 1)])];
    """
    nothing, found = run(modules, script)
    assert nothing is None
    assert found["n"] == 6
    assert found["error"] == pytest.approx((4 * 0.15 + 2 * 0.4) / 6)
    assert [(b["n"], round(b["score"], 3), round(b["share"], 3)) for b in found["bins"]] == [
        (2, 0.1, 0.5),
        (4, 0.9, 0.75),
    ]


def test_a_search_tells_its_answers_cost_and_calibration(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.wait_for_selector(".tw-summary")
    page.click("#tw-more button")
    page.fill("#tw-reference textarea, #tw-reference input", "(7 - 8 / 4) * 13")
    searched_run(page, nodes=60)
    answer = page.evaluate("treewright.run.answer")
    page.click(".tw-run-facts .tw-link")
    chosen = page.locator(".tw-answers tr:has-text('chosen')")
    assert answer in chosen.inner_text()
    assert "weighted vote" in page.inner_text(".tw-answer-rule")
    page.wait_for_selector(".tw-reliability figure:has-text('answers and their grades')")
    figure = page.locator(".tw-reliability figure").first
    assert "calibration error" in figure.inner_text()
    axes = figure.locator("svg text").all_text_contents()
    assert axes == ["0", "0.5", "1", "0", "0.5", "1", "mean score", "share that is right"]
    assert "treewright-generator" in page.inner_text(".tw-about-run")
    # By the form's names.
    assert page.is_visible(".tw-about-run dt:text-is('Children per expansion')")
    # An answer leads to the best of its solutions.
    chosen.locator("button").click()
    page.wait_for_selector(".tw-about-run", state="detached")
    assert page.evaluate("treewright.model.nodes[treewright.selected].answer") == answer


def test_answers_look_as_they_are_graded(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run_id = finished_run(page, STORY, nodes=60)
    chosen = ".tw-answers tr:has-text('chosen') button"

    def looks() -> tuple[str | None, str]:
        page.click(".tw-run-facts .tw-link")
        page.wait_for_selector(chosen)
        color = page.evaluate(f"getComputedStyle({BUTTON}).color")
        grade = page.get_attribute(chosen, "data-grade")
        page.keyboard.press("Escape")
        return grade, color

    seen = [looks()]
    answer = page.evaluate("treewright.run.answer")
    for correct in (True, False):
        page.request.post(
            f"{live_server}/api/runs/{run_id}/grades", data={"answer": answer, "correct": correct}
        )
        seen.append(looks())
    assert [grade for grade, _ in seen] == [None, "right", "wrong"]
    assert len({color for _, color in seen}) == 3
    marked = page.evaluate("getComputedStyle(document.body).getPropertyValue('--tw-correction')")
    assert marked.strip() not in {color for _, color in seen}


def test_menus_and_the_drawing_have_the_pages_font(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    page.click(".tw-export")
    shown = (".tw-explorer", ".tw-menu", ".tw-menu-item", ".tw-plot text", ".tw-time select")
    font = "one => getComputedStyle(document.querySelector(one)).fontFamily"
    assert len({page.evaluate(font, one) for one in shown}) == 1
