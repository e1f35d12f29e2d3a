"""What a reader learns of a step: why the search chose it, the values on its way, what is new."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, grow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# The steps that the search went on from, below the first ones.
ASKED = """async () => {
  const text = await (await fetch(`/api/runs/${treewright.run.id}/events`)).text();
  const lines = text.split('\\n').filter((line) => line.startsWith('data:'));
  const events = lines.map((line) => JSON.parse(line.slice(5)));
  return events.filter(({kind, node}) => kind === 'asked' && node > 1).map(({node}) => node);
}"""


def choice(page: "Page", node: int) -> dict[str, Any]:
    script = """node => fetch(`/api/runs/${treewright.run.id}/nodes/${node}/choice`)
      .then((answer) => answer.json())"""
    found: dict[str, Any] = page.evaluate(script, node)
    return found


def test_why_a_step_was_chosen_and_what_it_led_to(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    end = page.evaluate("treewright.at")
    node = page.evaluate(ASKED)[-1]
    click_row(page, node)
    page.click(".tw-why summary")
    page.wait_for_selector(".tw-why .tw-own")
    row = page.inner_text(".tw-why .tw-own")
    found = choice(page, node)
    own = next(one for one in found["candidates"] if one["node"] == node)
    assert own["chosen"]
    assert found["made"]
    numbers = [own["terms"]["Q"], own["terms"]["P"], own["terms"]["U"], own["score"]]
    for number in numbers:
        assert f"{number:.2f}" in row
    assert page.locator(".tw-why tbody tr").count() == len(found["candidates"])
    filled = page.inner_text(".tw-why-formula p:nth-child(2)")
    assert f"{own['terms']['Q']:.2f} + " in filled
    assert f"= {own['score']:.2f}" in filled.replace("\xa0", " ")
    # There, the panel says the same of a tree that is as it was.
    page.click(".tw-why-moment")
    page.wait_for_function("seq => treewright.at === seq", arg=found["seq"] + 1)
    assert page.evaluate("id => treewright.model.nodes[id].visits", node) == own["terms"]["n"]
    page.wait_for_function("treewright.settled")
    assert row == page.inner_text(".tw-why .tw-own")
    page.keyboard.press("l")
    page.wait_for_function("seq => treewright.at === seq", arg=end)
    # The values on the way: a point leads to its step.
    path = page.evaluate("id => treewright.model.path(id)", node)
    points = page.locator(".tw-values circle")
    assert points.count() == len(path)
    points.nth(1).click()
    assert page.evaluate("treewright.selected") == path[1]
    see_what_is_new(page)


def see_what_is_new(page: "Page") -> None:
    """What came just now is marked, in the outline and in the drawing; in the past nothing is."""
    page.wait_for_function("!document.querySelector('.tw-new')")
    grow(page, 1, pause=0)
    new = page.evaluate("treewright.model.size") - 1
    page.locator(".tw-rows").focus()
    page.keyboard.press("End")
    page.wait_for_selector(f"#tw-row-{new}.tw-new")
    assert page.locator(".tw-overlay .tw-new").count() == 1
    page.locator(".tw-slider").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("!document.querySelector('.tw-new')")
