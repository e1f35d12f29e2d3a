"""Two runs side by side: how to get there, what is selected, what an address brings back."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import STORY, finished_run
from tests.browser.test_phone import PHONE, fits

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

EQUATION = "4x + 18 = 7x + 39. Find x"
START = """async (requests) => {
    const json = (response) => response.json();
    const post = {method: 'POST', headers: {'content-type': 'application/json'}};
    const start = (run) => fetch('/api/runs', {...post, body: JSON.stringify(run)}).then(json);
    const runs = await Promise.all(requests.map(start));
    for (const {id} of runs) await fetch(`/api/runs/${id}/events`).then((end) => end.text());
    return runs.map(({id}) => id);
}"""
COURSES = """() => document.querySelector('.tw-course .tw-curve').data
    .filter((trace) => trace.mode === 'markers').map((trace) => trace.x.length)"""
SHOWN = "treewright.pair.map(({model}) => model.size)"
SELECTED = "treewright.pair.map(({selected}) => selected)"
TEXTS = """treewright.pair.map(({model, selected}) =>
    model.path(selected).map((id) => model.nodes[id].text))"""


def runs(page: "Page", *changes: dict[str, Any]) -> list[str]:
    """Runs of the same equation with these fields changed, each searched to its end; their ids."""
    page.wait_for_function("window.treewright !== undefined")
    base = {
        "problem": EQUATION, "reference_answer": "-7", "seed": 1, "strategy": "beam_search",
        "budget": {"generated_tokens": 1500, "nodes": 60},
    }  # fmt: skip
    ids: list[str] = page.evaluate(START, [{**base, **change} for change in changes])
    return ids


def show(page: "Page", server: str, pair: list[str]) -> None:
    page.goto(f"{server}/?compare={','.join(pair)}")
    wait_for_both(page)


def wait_for_both(page: "Page") -> None:
    page.wait_for_function(
        "window.treewright?.pair?.every(({model, drawn}) => model.size > 1 && drawn > 0)"
    )


def select_first_step(page: "Page", letter: str) -> None:
    page.focus(f".tw-side-{letter} .tw-plot")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")


def test_the_same_problem_is_searched_again_and_compared(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    first = finished_run(page, EQUATION, nodes=60)
    page.click(".tw-compare-with")
    page.get_by_label("Strategy", exact=True).last.select_option("beam_search")
    page.click(".tw-search-again")
    wait_for_both(page)
    one, other = page.evaluate("treewright.pair.map(({run}) => run)")
    assert page.url.endswith(f"?compare={first},{other['id']}")
    assert other["strategy"] == "beam_search"
    for same in ("problem", "reference_answer", "generator", "verifiers", "seed", "budget"):
        assert one[same] == other[same]
    page.wait_for_function("treewright.pair[1].run.status === 'finished'")
    page.wait_for_selector("text=/paths to the answers (part at step|are the same)/")
    page.wait_for_function(f"({COURSES})().every((answers) => answers > 0)")
    assert not page.is_visible(".tw-compare-note")
    assert not page.is_visible("#tw-search")
    sizes = page.evaluate("treewright.pair.map(({sizes}) => sizes)")
    assert sizes[0] == sizes[1], "marks are sized alike in both"


def test_what_is_selected_in_one_is_selected_in_the_other(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    show(page, live_server, runs(page, {}, {}))
    select_first_step(page, "b")
    assert page.evaluate(SELECTED)[1] is not None
    ours, theirs = page.evaluate(TEXTS)
    assert ours == theirs
    assert len(ours) == 2
    assert page.locator(".tw-side-step .tw-card-text").all_inner_texts() == [ours[1]] * 2
    selected = page.evaluate(SELECTED)
    assert page.url.endswith(f"&node={selected[0]},{selected[1]}")
    page.reload()
    wait_for_both(page)
    page.wait_for_function(f"JSON.stringify({SELECTED}) === '{str(selected).replace(' ', '')}'")


def test_a_path_that_is_in_one_tree_only(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    show(page, live_server, runs(page, {}, {"problem": "Find x such that 3(x - 1) = 42."}))
    page.wait_for_selector("text=the two runs have different problems")
    page.wait_for_selector("text=The two runs searched different problems.")
    select_first_step(page, "a")
    assert page.evaluate(SELECTED)[1] is None
    page.wait_for_selector(".tw-side-b >> text=This path is not in this tree.")
    assert re.search(r"&node=\d+,$", page.url)


def test_escape_leaves_and_back_comes_back(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    pair = runs(page, {}, {"strategy": "best_of_n"})
    show(page, live_server, pair)
    page.keyboard.press("Escape")
    page.wait_for_function("id => treewright.run?.id === id", arg=pair[0])
    assert page.url.endswith(f"?run={pair[0]}")
    assert page.is_visible("#tw-search")
    page.go_back()
    wait_for_both(page)
    assert not page.is_visible("#tw-search")
    page.go_forward()
    page.wait_for_function("id => treewright.run?.id === id", arg=pair[0])


def test_the_selected_step_comes_along_and_back(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    first, _ = runs(page, {}, {"strategy": "best_of_n"})
    page.goto(f"{live_server}/?run={first}&node=2")
    page.wait_for_function("window.treewright?.selected === 2")
    page.click(".tw-compare-with")
    page.click(".tw-choices .tw-run >> nth=0")
    wait_for_both(page)
    page.wait_for_function(f"{SELECTED}[0] === 2")
    page.keyboard.press("Escape")
    page.wait_for_function("id => treewright.run?.id === id", arg=first)
    page.wait_for_function("treewright.selected === 2")


def test_two_are_picked_from_the_list(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    runs(page, {}, {"strategy": "best_of_n"})
    page.reload()
    page.wait_for_selector(".tw-run >> nth=1")
    assert page.locator(".tw-run-list [role=checkbox]").count() == 0
    page.click("text=Compare two")
    page.wait_for_selector("text=Choose two: 0 of 2")
    boxes = page.locator(".tw-run-list [role=checkbox]")
    # Of the same problem: told apart by strategy and answer.
    newest = [boxes.nth(k).inner_text() for k in range(2)]
    assert sorted("Best of N" in text for text in newest) == [False, True]
    assert all("Answer -7" in text for text in newest)
    boxes.nth(0).click()
    page.wait_for_selector("text=Choose two: 1 of 2")
    assert boxes.nth(0).get_attribute("aria-checked") == "true"
    boxes.nth(0).click()
    page.wait_for_selector("text=Choose two: 0 of 2")
    boxes.nth(0).click()
    boxes.nth(1).click()
    wait_for_both(page)
    assert boxes.count() == 0


def test_picking_is_done_and_undone_by_the_keyboard(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    first, _ = runs(page, {}, {"strategy": "best_of_n"})
    page.goto(f"{live_server}/?run={first}&node=1")
    page.wait_for_function("window.treewright?.selected === 1")
    page.wait_for_selector(".tw-run >> nth=1")
    page.focus(".tw-pick-two")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.wait_for_selector("text=Choose two: 1 of 2")
    page.keyboard.press("Escape")
    page.wait_for_selector(".tw-picking", state="hidden")
    focused = "document.activeElement.className"
    assert page.evaluate(focused) == "tw-pick-two"
    assert page.evaluate("treewright.selected") == 1, "Escape was for the picking"
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    wait_for_both(page)


def test_what_to_do_with_a_search_covers_nothing_about_it(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    # What is said of it takes two lines.
    runs(page, {"problem": f"{EQUATION}, {'which is to be found ' * 9}", "strategy": "mcts"})
    page.reload()
    page.hover(".tw-run >> nth=0")
    inside = """() => {
        const row = document.querySelector('.tw-run-row');
        const more = row.querySelector('.tw-run-more').getBoundingClientRect();
        return ['.tw-run-text', '.tw-run-about'].map((part) => {
            const range = document.createRange();
            const element = row.querySelector(part);
            range.selectNodeContents(element);
            const box = element.getBoundingClientRect();
            return [...range.getClientRects()].some(({ right, top, bottom }) =>
                Math.min(right, box.right) > more.left && bottom > more.top && top < more.bottom);
        });
    }"""
    assert page.evaluate(inside) == [False, False]


def test_strategies_are_told_apart_on_what_both_have_searched(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    pair = runs(page, {"strategy": "dvts"}, {"strategy": "stepwise_best_of_n"})
    show(page, live_server, pair)
    page.wait_for_selector("text=n = 1 problem, same models and budget")
    assert page.locator(".tw-standings tbody tr").count() == 2
    show(page, live_server, [pair[0], pair[0]])
    page.wait_for_selector("text=Both runs are by the same strategy.")
    page.wait_for_selector("text=This is the same run twice")


def test_a_persons_verdict_fills_the_mark_of_the_answer(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    # The strategy makes up its mind early, and goes on.
    changed = {"reference_answer": None, "strategy": "best_of_n", "problem": STORY}
    pair = runs(page, changed, changed)
    fills = """() => document.querySelector('.tw-course .tw-curve').data
        .filter((trace) => trace.mode === 'markers').map(({ marker }) => marker.color)"""
    show(page, live_server, pair)
    page.wait_for_function(f"({COURSES})().every((answers) => answers > 0)")
    ungraded, _ = page.evaluate(fills)
    grades = f"{live_server}/api/runs/{pair[0]}/grades"
    for item in page.request.get(f"{live_server}/api/runs/{pair[0]}/answers").json()["items"]:
        page.request.post(grades, data={"answer": item["answer"], "correct": True})
    page.reload()
    wait_for_both(page)
    page.wait_for_function(f"({COURSES})().every((answers) => answers > 0)")
    right, other = page.evaluate(fills)
    ours = page.evaluate(
        "getComputedStyle(document.querySelector('.tw-curve')).getPropertyValue('--tw-run-a')"
    )
    assert set(right) == {ours.strip()} != set(ungraded) == set(other)


def test_a_run_that_does_not_exist_is_named_and_the_other_is_shown(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    (run,) = runs(page, {})
    page.goto(f"{live_server}/?compare=no-such-run,{run}")
    page.wait_for_selector(".tw-side-a >> text=There is no run 'no-such-run'")
    page.wait_for_function("treewright.pair[1].model.size > 1")
    page.click("text=Another run…")
    page.wait_for_selector("dialog >> text=The same problem, by another strategy")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "compare=" in page.url, "Escape was for the dialog"


def test_what_a_model_wrote_is_no_markup(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    pair = runs(page, {}, {"strategy": "best_of_n"})

    def bad_answer(route: "Route") -> None:
        point = {"seq": 1, "generated_tokens": 9, "node": 1, "value": 0.5, "correct": None}
        route.fulfill(json={"items": [{**point, "answer": "<a href='javascript:x'>$7$</a>"}]})

    page.route("**/course", bad_answer)
    page.goto("about:blank")  # the first request after interception is switched on can slip past it
    show(page, live_server, pair)
    page.wait_for_function(f"({COURSES})().join() === '1,1'")
    texts = page.evaluate("document.querySelector('.tw-course .tw-curve').data.map((t) => t.text)")
    shown = [text[0] for text in texts if text and "javascript" in text[0]]
    assert len(shown) == 2
    assert all("<a" not in text and "$" not in text for text in shown)


def test_it_fits_on_a_phone(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **PHONE)
    pair = runs(page, {}, {"strategy": "best_of_n"})
    show(page, live_server, pair)
    page.wait_for_selector("text=/paths to the answers/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    fits(page)
    boxes = page.evaluate(
        "[...document.querySelectorAll('.tw-side')].map((side) => side.getBoundingClientRect())"
        ".map(({left, right, top}) => [left, right, top])"
    )
    assert boxes[0][:2] == boxes[1][:2]
    assert boxes[1][2] > boxes[0][2]
    page.tap("text=Another run…")
    page.wait_for_selector(".tw-choices .tw-run")
    fits(page)
