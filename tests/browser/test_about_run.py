"""What there is to say about a search: answers, cost, and how far its scores can be trusted."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import searched_run
from tests.browser.test_modules import run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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
