"""Every word of the page stands in `static/locales`, in every language, and nowhere else."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.models.embedded.problems import KINDS
from backend.reasoning.patterns import Pattern
from backend.runs.menu import EXAMPLES, strategies

STATIC = Path(__file__).parents[2] / "static"
SOURCES = sorted((STATIC / "js").rglob("*.js"))
LANGUAGES = sorted(path.stem for path in (STATIC / "locales").glob("*.json"))
OTHERS = [language for language in LANGUAGES if language != "en"]

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?P<text>(?:[^"\\\n]|\\.)*)"'
    r"|(?<=[=(,:\[?&|!]) ?/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"
    r"|(?P<mark>[`{}])",
    re.DOTALL,
)
PIECE = re.compile(r"(?P<text>(?:[^`\\$]|\\.|\$(?!\{))*)(?P<end>`|\$\{)", re.DOTALL)
KEY = re.compile(r"[a-z]\w*\.[a-z]\w*")
WORDS = re.compile(r"\b[A-Z][a-z]+|[a-z] [a-z]")
LABELLED = re.compile(r'(?:title|"aria-label"|placeholder): "[a-z]|\{\}, "[a-z]{2,}"')

# The same in every language: names, keys of the keyboard, what is said to Plotly, classes, and
# "Answer:", which the models and the server know an answer by.
NO_WORDS = re.compile(
    r"Treewright|Markdown|LaTeX|GraphML"
    r"|(?:Arrow\w+|Enter|Escape|Esc|Tab|Home|End|PgUp|PgDn|Ctrl|Z| )+"
    r"|(?:middle|bottom) (?:right|center)|(?:tw-[\w-]+ ?)+"
    r'|<(?:iframe src=|span style="color:)|Answer: '
)
FIELDS = ('{}, "problem"', '{}, "answer"')


def read(path: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads((STATIC / "locales" / path).read_text("utf-8"))
    return words


def literals(source: str) -> Iterator[str]:
    """The strings of a module, and the texts of its templates around what is filled in."""
    open_templates: list[int] = []  # of each, the braces that are open in what is filled in
    at = 0
    while found := TOKEN.search(source, at):
        at, mark = found.end(), found["mark"]
        if found["text"] is not None:
            yield found["text"]
        elif mark == "{" and open_templates:
            open_templates[-1] += 1
        elif mark == "}" and open_templates and open_templates[-1]:
            open_templates[-1] -= 1
        elif mark == "`" or (mark == "}" and open_templates):
            piece = PIECE.match(source, at)
            assert piece, "a template has no end"
            yield piece["text"]
            at = piece.end()
            if piece["end"] == "${" and mark == "`":
                open_templates.append(0)
            elif piece["end"] == "`" and mark == "}":
                open_templates.pop()


def holes(text: str | dict[str, str]) -> set[str]:
    forms = [text] if isinstance(text, str) else text.values()
    return {hole for form in forms for hole in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_words_with_the_same_holes(language: str) -> None:
    english, own = read("en.json"), read(f"{language}.json")
    assert list(own) == list(english), "in the same order, to be read side by side"
    assert [key for key in english if holes(english[key]) != holes(own[key])] == []
    for said, translated in read(f"server/{language}.json").items():
        assert holes(said) == holes(translated), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_known(language: str) -> None:
    forms = [set(text) for text in read(f"{language}.json").values() if isinstance(text, dict)]
    assert all("other" in form and form <= {"zero", "one", "two", "few", "many", "other"}
               for form in forms)  # fmt: skip


def test_every_key_that_is_used_exists_and_every_key_is_used() -> None:
    used = {text for path in SOURCES for text in literals(path.read_text()) if KEY.fullmatch(text)}
    known = set(read("en.json"))
    strangers = {"treewright.form", "treewright.hints", "treewright.language", "treewright.theme"}
    assert used - strangers - known == set()
    assert known - used == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.name))
def test_modules_hold_no_words_of_their_own(path: Path) -> None:
    source = path.read_text()
    told = [text for text in literals(source) if WORDS.search(text)]
    assert [text for text in told if not NO_WORDS.fullmatch(text.rstrip('"'))] == []
    labels = [found[0] for found in LABELLED.finditer(source)]
    assert [label for label in labels if label not in FIELDS] == []


def texts_of_the_server() -> Iterator[str]:
    """What the API says to people, as far as that is known beforehand."""
    yield from (example.title for example in EXAMPLES)
    yield from (pattern.value for pattern in Pattern)
    yield from (kind.name for kind in KINDS.values())
    for strategy in strategies():
        yield from (strategy.title, strategy.summary, *strategy.needs_actions)
        definitions = strategy.settings.get("$defs", {})
        for name, schema in strategy.settings["properties"].items():
            kind = definitions.get(schema.get("$ref", "").split("/")[-1], {})
            title = schema.get("title") or kind.get("title")
            yield from filter(None, (name, title, schema.get("description"), *kind.get("enum", ())))


@pytest.mark.parametrize("language", OTHERS)
def test_strategies_and_their_settings_are_translated(language: str) -> None:
    known = read(f"server/{language}.json")
    said = {text.replace("_", " ") for text in texts_of_the_server()}
    assert sorted(said - set(known)) == []


RUNS = Path(__file__).parents[2] / "backend" / "runs"
ERRORS = {"InvalidRequest", "NotFound", "Conflict", "Forbidden", "Unavailable"}
# About fields of requests that the page fills in by itself, or does not send.
SCRIPTS_ONLY = re.compile(
    r"UUID|cursor|limit must|`|GET /api|ids go from|the run has no node|no event|the rating"
    r"|use -1|seconds must|label id|request id|expires_in|there is no role|name each once|budget"
    r"|^{}$|for example|use one of|this is neither"
)


def errors_of(path: Path) -> Iterator[str]:
    """Messages and hints of the errors that a module raises, with {} for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", None) not in ERRORS:
            continue
        hints = [keyword.value for keyword in node.keywords if keyword.arg == "hint"]
        for text in (*node.args, *hints):
            if isinstance(text, ast.JoinedStr):
                parts = (getattr(part, "value", "") for part in text.values)
                yield "".join(part if isinstance(part, str) else "{}" for part in parts)
            elif isinstance(text, ast.Constant):
                yield str(text.value)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", sorted(RUNS.glob("*.py")), ids=lambda path: str(path.name))
def test_errors_that_people_see_are_translated(path: Path, language: str) -> None:
    known = {re.sub(r"\{\w+\}", "{}", text) for text in read(f"server/{language}.json")}
    told = {text for text in errors_of(path) if not SCRIPTS_ONLY.search(text)}
    assert sorted(told - known) == []
