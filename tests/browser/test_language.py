"""The page in Chinese: nothing is left in English, nothing is lost by the switch, and it fits."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import click_row, finished_run, search, settle, share
from tests.browser.test_accessibility import check
from tests.browser.test_phone import OUT_OF_CARD, PHONE, fits
from tests.browser.test_saved import save
from tests.browser.test_time import go_to

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CHINESE = {"locale": "zh-CN"}

# What models and people wrote, names of models, formulas, keys, the switch itself.
FOREIGN = (
    ".tw-card-text, .tw-change-text, .tw-row-words, .tw-problem, .tw-run, .tw-chip, .tw-answer b, "
    ".tw-card-answer b, .tw-answers td:first-child, .tw-why-formula, .tw-why-table, .tw-share-url, "
    ".tw-share-frame, .tw-language, .tw-boxes, .tw-model h3 > :first-child, .tw-model dd, "
    ".tw-knows li, code, kbd, .tw-about > dl:first-of-type > :first-child dd"
)
# What is written in Latin letters within Chinese as well.
LATIN = (
    "Treewright|English|treewright-.*|token|rollout|best-of-N|PUCT|MCTS|AB-MCTS|AlphaZero|Dirichlet|PRM|DVTS"
    "|PRM800K|Esc|issue|JSON|Lines|CSV|GSM8K|MATH|SVG|PNG|Markdown|LaTeX|GraphML|HTML|ReST-MCTS|SCoRe|rStar"
    "|Self-Refine|OmegaPRM|UCT"
)
SEEN = """([foreign, latin]) => {
  const known = new RegExp(`^(?:${latin})$`);
  const words = (text) => text?.match(/[A-Za-z]{2,}[\\w-]*/g) ?? [];
  const english = (text) => words(text).some((one) => !known.test(one));
  const shown = (element) => element.checkVisibility() && !element.closest(foreign);
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: parent, data } = texts.currentNode;
    const told = shown(parent) && !parent.closest('script, style') && english(data);
    if (told) found.push(data);
  }
  for (const element of document.body.querySelectorAll('*')) {
    for (const name of ['aria-label', 'placeholder', 'title']) {
      const value = element.getAttribute(name);
      if (english(value) && shown(element)) found.push(`${name}: ${value}`);
    }
  }
  return found;
}"""


def no_english(page: "Page", where: str) -> None:
    found = page.evaluate(SEEN, [FOREIGN, LATIN])
    assert not found, f"{where}: {found}"


def dialog(page: "Page", opener: str) -> None:
    """Opens a dialog, looks at it, and closes it."""
    page.click(opener)
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(500)
    no_english(page, opener)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")


def test_nothing_is_left_in_english(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **CHINESE)
    page.wait_for_selector(".tw-summary")
    page.wait_for_selector("text=题目")
    assert page.get_attribute("html", "lang") == "zh"
    no_english(page, "nothing searched yet")
    for opener in (".tw-about-strategy", "#tw-batch"):
        dialog(page, opener)
    for summary in page.locator("#tw-side summary").all():
        summary.click()
    dialog(page, ".tw-about-models")
    finished_run(page)
    no_english(page, "a finished run")
    click_row(page, 3)
    page.click(".tw-why summary")
    page.wait_for_selector(".tw-why-table")
    no_english(page, "a step selected")
    for opener in (".tw-share", ".tw-run-facts .tw-link", ".tw-for-keyboard", ".tw-compare-with"):
        dialog(page, opener)
    for menu in (".tw-export", ".tw-run-menu"):
        page.click(menu)
        no_english(page, menu)
        page.keyboard.press("Escape")
    page.click(".tw-filter-button")
    page.click(".tw-drawn")
    no_english(page, "filters")
    page.keyboard.press("Escape")
    go_to(page, page.evaluate("treewright.at") // 2)
    no_english(page, "looking back")


def test_what_the_server_refuses_is_said_in_chinese(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, "/?run=gone", **CHINESE)
    page.wait_for_selector("text=它可能已被删除")
    search(page, "谁写了《浮士德》？")
    page.wait_for_selector("text=是一个小模型，不会这类题目")
    search(page, " ")
    page.wait_for_selector("text=请输入题目，或选一个示例")


def test_two_runs_are_compared_in_chinese(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, **CHINESE)
    run = finished_run(page, nodes=6)
    page.goto(f"{live_server}/?compare={run},{run}")
    page.wait_for_function("window.treewright?.pair?.every(({drawn}) => drawn > 0)")
    page.wait_for_selector("text=两次运行用的是同一种策略")
    no_english(page, "two runs compared")


def test_the_switch_keeps_the_run_and_what_was_typed(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    run = finished_run(page)
    click_row(page, 3)
    page.fill("#tw-problem textarea", "What is 6 times 7?")
    page.fill("#tw-tokens input", "1234")
    page.locator(".tw-settings summary").first.click()
    page.locator(".tw-setting input[type=number]").first.fill("3")
    page.click(".tw-language")
    page.wait_for_selector("text=题目")
    page.wait_for_function("window.treewright?.selected === 3")
    assert page.evaluate("treewright.run.id") == run
    page.wait_for_function("document.querySelector('#tw-tokens input').value === '1234'")
    assert page.input_value("#tw-problem textarea") == "What is 6 times 7?"
    assert page.locator(".tw-setting input[type=number]").first.input_value() == "3"
    # The choice is kept, and what was typed is there once.
    page.goto(live_server)
    page.wait_for_selector("text=题目")
    assert page.input_value("#tw-problem textarea") == ""
    page.click(".tw-language")
    page.wait_for_selector("text=Type a problem or pick an example")


def test_the_address_says_it_first_and_links_keep_it(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server, "/?lang=zh")
    page.wait_for_selector("text=题目")
    finished_run(page, nodes=6)
    path = share(page)
    assert path.endswith("?lang=zh")
    guest = open_page(live_server, path)
    guest.wait_for_selector("text=分享的树，只读")
    assert "lang=zh" in guest.url
    frame = open_page(live_server, f"{path}&embed=1")
    frame.wait_for_selector("text=在 Treewright 中打开")
    with frame.context.expect_page() as opened:
        frame.click(".tw-open-whole")
    whole = opened.value
    whole.wait_for_selector("text=分享的树，只读")
    page.click(".tw-language")
    page.wait_for_selector("text=Finished")
    assert "lang=en" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(live_server: str, open_page: Opener, scheme: str) -> None:
    page = open_page(live_server, color_scheme=scheme, **CHINESE)
    finished_run(page, nodes=6)
    click_row(page, 1)
    check(page, "in Chinese")


def test_a_phone(live_server: str, open_page: Opener) -> None:
    phone = open_page(live_server, **PHONE, **CHINESE)
    phone.wait_for_selector(".tw-summary")
    phone.wait_for_selector("text=题目")
    fits(phone)
    finished_run(phone)
    fits(phone)
    assert phone.evaluate(OUT_OF_CARD) == []
    no_english(phone, "the tree on a phone")
    for tab in ("大纲", "阅读"):
        phone.tap(f".tw-tab:text('{tab}')")
        settle(phone)
        fits(phone)
        no_english(phone, tab)
    phone.tap(".tw-run-menu")
    phone.get_by_role("menuitem", name="English").tap()
    phone.wait_for_selector(".tw-status:text('Finished')")


def test_a_saved_run_has_both_languages(
    live_server: str, open_page: Opener, tmp_path: "Path"
) -> None:
    page = open_page(live_server, **CHINESE)
    finished_run(page, nodes=6)
    saved = save(page, "网页", tmp_path)
    alone = open_page("file://", str(saved), **CHINESE)
    alone.wait_for_selector("text=保存的副本，只读")
    no_english(alone, "a saved run")
    alone.click(".tw-language")
    alone.wait_for_selector("text=Saved copy, read-only")
