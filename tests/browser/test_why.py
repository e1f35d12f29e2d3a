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


def chosen_of_several(page: "Page") -> tuple[int, dict[str, Any]]:
    """The last step that was chosen where another could have been, and how it was."""
    for node in reversed(page.evaluate(ASKED)):
        found = choice(page, node)
        if sum(one["open"] for one in found["candidates"]) > 1:
            return node, found
    raise AssertionError("No step of this run was chosen among several.")


def test_why_a_step_was_chosen_and_what_it_led_to(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    finished_run(page, nodes=60)
    end = page.evaluate("treewright.at")
    node, found = chosen_of_several(page)
    click_row(page, node)
    page.click(".tw-why summary")
    page.wait_for_selector(".tw-why .tw-own")
    row = page.inner_text(".tw-why .tw-own")
    own = next(one for one in found["candidates"] if one["node"] == node)
    assert own["chosen"]
    assert found["made"]
    numbers = [own["terms"]["Q"], own["terms"]["P"], own["terms"]["U"], own["score"]]
    for number in numbers:
        assert f"{number:.2f}" in row
    assert page.locator(".tw-why tbody tr").count() == len(found["candidates"])
    see_plain_words(page, found, own)
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
    see_weakest(page, path)
    points.nth(1).click()
    assert page.evaluate("treewright.selected") == path[1]
    see_what_is_new(page)


def see_weakest(page: "Page", path: list[int]) -> None:
    """The chart leads to the step that a verifier trusts least, and tells values from scores."""
    scores = page.evaluate(
        "ids => ids.map((id) => Object.values(treewright.model.nodes[id].scores ?? {}))", path
    )
    lowest = {step: min(given) for step, given in zip(path, scores, strict=True) if given}
    assert page.locator(".tw-values-score").count() == len(lowest)
    link = page.locator(".tw-values-lowest")
    assert f"{min(lowest.values()):.2f}" in link.inner_text()
    link.click()
    assert lowest[page.evaluate("treewright.selected")] == min(lowest.values())
    page.click(".tw-values-about summary")
    told = page.locator(".tw-values-about p").all_inner_texts()
    assert [one.split(":")[0] for one in told] == ["Value", "Score"]
    page.click(".tw-values-about summary")


def see_plain_words(page: "Page", found: dict[str, Any], own: dict[str, Any]) -> None:
    """The sentence is about the step that was chosen; what could not be chosen comes last."""
    plain = page.inner_text(".tw-why-plain")
    assert f"Step #{own['node']} " in plain
    assert f"{own['score']:.2f}" in plain
    # What could not be chosen comes last, and says why.
    shut = [one for one in found["candidates"] if not one["open"]]
    rows = page.locator(".tw-why tbody tr").all_inner_texts()
    assert all(one["shut"] for one in shut)
    assert [f"#{one['node']}" in "".join(rows[-len(shut) :]) for one in shut] == [True] * len(shut)
    assert page.locator(".tw-why-shut").count() == len(shut)


def candidate(node: int, value: float, bonus: float, **more: Any) -> dict[str, Any]:
    terms = {"Q": value, "P": more.pop("prior", 0.5), "n": more.pop("n", 1), "v": 0, "U": bonus}
    one = {"node": node, "terms": terms, "score": value + bonus, "open": True, "chosen": False}
    return {**one, "shut": None, **more}


SUMS = [
    ([(1, 0.9, 0.5), (2, 0.8, 0.4)], "both its value Q and its bonus U"),
    ([(1, 0.9, 0.3), (2, 0.4, 0.5)], "its value, Q = 0.90, is the highest"),
    ([(1, 0.5, 0.9, {"n": 0}), (2, 0.6, 0.4)], "number 2, but it has been tried least"),
    ([(1, 0.5, 0.9, {"prior": 0.8}), (2, 0.6, 0.4)], "for the most likely (P = 0.80)"),
    ([(1, 0.5, 0.9), (2, 0.6, 0.4)], "number 2, but its bonus U is the largest"),
    ([(1, 0.5, 0.5), (2, 0.6, 0.3), (3, 0.2, 0.7)], "Q = 0.50, is number 2 and its bonus U number"),
    ([(1, 0.5, 0.5), (2, 0.5, 0.5)], "and so has one other: of equals the oldest is taken"),
    ([(1, 0.5, 0.5)], "Step #1 is the only one that can be chosen."),
]


@pytest.mark.parametrize(("steps", "sentence"), SUMS, ids=[words for _, words in SUMS])
def test_the_plain_sentence_is_true_of_the_numbers(
    modules: "Page", steps: list[Any], sentence: str
) -> None:
    candidates = [candidate(*one[:3], **(one[3] if len(one) > 3 else {})) for one in steps]
    candidates[0]["chosen"] = True
    shut = candidate(9, 0.99, 0.99, open=False, shut="pruned")
    script = """async ([choice, node]) => {
      const { plainly } = await import('http://modules.test/js/why-words.js');
      return plainly(choice, node);
    }"""
    choice = {"rule": "puct", "candidates": [*candidates, shut]}
    told = modules.evaluate(script, [choice, 1])
    assert len(told) == 1
    assert sentence in told[0]
    assert modules.evaluate(script, [choice, 9]) == [*told, "Step #9 cannot be chosen: pruned."]
    if len(steps) > 1 and candidates[1]["score"] < candidates[0]["score"]:
        assert "Step #2 is number 2 of" in modules.evaluate(script, [choice, 2])[1]


def test_ranks_are_counted_among_what_could_be_chosen(modules: "Page") -> None:
    ranked = [(4, False, False), (7, True, True), (5, True, True), (6, True, False)]
    candidates = [
        {"node": node, "terms": {"value": 0.5, "rank": rank}, "score": 0.5, "open": is_open,
         "chosen": chosen, "shut": None if is_open else "pruned"}
        for rank, (node, is_open, chosen) in enumerate(ranked, 1)
    ]  # fmt: skip
    script = """async (candidates) => {
      const { plainly } = await import('http://modules.test/js/why-words.js');
      return [7, 6, 4].map((node) => plainly({ rule: 'beam', candidates }, node).join());
    }"""
    assert modules.evaluate(script, candidates) == [
        "Step #7 ranks number 1 of 3, and is among the 2 that are kept.",
        "Step #6 ranks number 3 of 3, and only 2 are kept.",
        "Step #4 cannot be chosen: pruned.",
    ]


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
