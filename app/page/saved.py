"""A run saved as one HTML file: the explorer with the run inside, to be read without a server.

The page must work from file://, where modules cannot be loaded and nothing can be asked for. So
the explorer's modules are joined into one script, and the answers of the API that it asks for lie
in the page (`SAVED` in static/js/api.js). Its policy lets these very scripts run, and nothing else
be loaded.
"""

import base64
import hashlib
import html
import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from app.page.assets import PLOTLY, STATIC_DIR, module_source
from app.page.mount import STYLES
from backend.api.schemas import RunOut

_ENTRY: Final = "js/saved.js"
_KATEX: Final = "vendor/katex/katex.min.js"
_IMPORT: Final = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";$', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE
)
_LEFT_OVER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_PAGE: Final = """<!doctype html>
<html lang="en" class="tw-shared">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="{icon}">
<style>{styles}</style>
</head>
<body>
<div id="tw-page" class="tw-saved"><div id="tw-main"><div id="tw-explorer">
<div class="tw-host" data-run="{run}"></div>
</div></div></div>
<script type="application/json" id="tw-saved">{answers}</script>
{scripts}
</body>
</html>
"""


def saved_page(run: RunOut, answers: dict[str, Any]) -> str:
    """The page of a run. `answers`: what the API says, by path."""
    # Inside <script> only "<" can end it or begin a comment.
    said = json.dumps(answers, ensure_ascii=False).replace("<", "\\u003c")
    scripts = [_library(STATIC_DIR / PLOTLY), joined_modules(_ENTRY)]
    if "$" in said or "\\\\" in said:  # a dollar or a backslash: there may be formulas
        scripts.insert(0, _library(STATIC_DIR / _KATEX))
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return _PAGE.format(
        policy=f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'",
        title=html.escape(f"{' '.join(run.problem.split())[:80]} · Treewright"),
        icon="data:image/svg+xml;base64," + _base64((STATIC_DIR / "icon.svg").read_bytes()),
        styles="\n".join((STATIC_DIR / name).read_text("utf-8") for name in STYLES),
        run=html.escape(run.id),
        answers=said,
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


@lru_cache(maxsize=4)
def joined_modules(entry: str) -> str:
    """A module and all that it imports as one script, each module a function of those before it.

    ValueError for modules that import each other in a circle, or in a way that is not known here.
    """
    parts: dict[str, str] = {}
    _join(entry, parts, ())
    return '"use strict";\n' + "\n".join(parts.values())


def _join(name: str, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"modules import each other: {' → '.join((*above, name))}")
    if name in parts:
        return
    source = module_source(name)

    def bound(match: re.Match[str]) -> str:
        other = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
        _join(other, parts, (*above, name))
        return f"const {{ {match[1].replace(' as ', ': ')} }} = {_variable(other)};"

    exported = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(bound, source))
    left_over = _LEFT_OVER.search(body)
    if left_over is not None:
        raise ValueError(f"{name}: {left_over[0]!r} cannot be joined; write it like its neighbours")
    parts[name] = f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name)


@lru_cache(maxsize=4)
def _library(path: Path) -> str:
    return path.read_text("utf-8")


@lru_cache(maxsize=4)
def _digest(text: str) -> str:
    return _base64(hashlib.sha256(text.encode()).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
