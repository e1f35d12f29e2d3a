"""How the explorer says things: holes, plural forms, lists, and the words of the server."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def said(page: "Page", language: str, script: str) -> Any:
    """What a script comes to that has the words in scope, on a page in this language."""
    page.goto(f"{MODULES}/?lang={language}")
    module = f"const {{ t, pieces, listed, said }} = await import('{MODULES}/js/words.js');"
    return page.evaluate(f"async () => {{ {module} return {script}; }}")


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 visit", "1,234 visits"),
        ("zh", "访问 1 次", "访问 1,234 次"),
        ("xx", "1 visit", "1,234 visits"),
    ],
)
def test_a_count_chooses_the_form(modules: "Page", language: str, one: str, many: str) -> None:
    script = "[1, 1234].map((count) => t('step.visits', { count }))"
    assert said(modules, language, script) == [one, many]


def test_what_is_filled_in_is_not_read_again(modules: "Page") -> None:
    script = "t('grade.by', { grade: '{by} $& $1', by: '{grade}' })"
    assert said(modules, "en", script) == "{by} $& $1, {grade}"
    script = "pieces('run.answer', { answer: document.createElement('b') }).map(String)"
    assert said(modules, "zh", script) == ["答案 ", "[object HTMLElement]", ""]


def test_the_server_is_translated_where_it_is_known(modules: "Page") -> None:
    texts = {
        "solve": "求解",
        "budget used up: generated tokens": "预算用完：生成 token",
        "16 solutions agree on an answer": "16 个解答答案一致",
        "a strategy of my own (really)": "a strategy of my own (really)",
        "constructor": "constructor",
    }
    script = f"{list(texts)}.map((text) => said(text))"
    assert said(modules, "zh", script) == list(texts.values())
    assert said(modules, "en", script) == list(texts)


def test_lists_end_with_and(modules: "Page") -> None:
    assert said(modules, "en", "listed(['a', 'b', 'c'])") == "a, b and c"
    assert said(modules, "zh", "listed(['a', 'b', 'c'])") == "a、b和c"
