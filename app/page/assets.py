"""Serves the explorer's files for the page.

The explorer's modules import each other by relative path, and a query such as `?v=…` is not
inherited by such imports. Its version is therefore a part of the path:
`/ui-static/<version>/js/main.js`.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

import static

STATIC_DIR = Path(static.__file__).parent
LOCALES_DIR = STATIC_DIR / "locales"
LOCALES_MODULE = "js/locales.js"
PLOTLY = "vendor/plotly/plotly-basic.min.js"
FOREVER = "public, max-age=31536000, immutable"
SUFFIXES = frozenset({".js", ".css", ".svg"})


@lru_cache(maxsize=1)
def static_version() -> str:
    """A short hash of every file of the explorer: a new version is a new address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_DIR.rglob("*")):
        if path.suffix in SUFFIXES or path.suffix == ".json":
            digest.update(path.relative_to(STATIC_DIR).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of one file of the explorer, such as `js/main.js`."""
    return f"/ui-static/{static_version()}/{name}"


def module_source(name: str) -> str:
    """The source of one of the explorer's modules, such as `js/main.js`.

    `js/locales.js` is made of the dictionaries in `static/locales`: not every browser that shows
    the page can import JSON, and none can do so from a file.
    """
    if name != LOCALES_MODULE:
        return (STATIC_DIR / name).read_text("utf-8")
    parts = {"PAGE": _dictionaries(LOCALES_DIR), "SERVER": _dictionaries(LOCALES_DIR / "server")}
    return "".join(
        f"export const {name} = {json.dumps(words, ensure_ascii=False)};\n"
        for name, words in parts.items()
    )


def english(key: str) -> str:
    """A text of the page, which has no plural forms."""
    return str(_dictionaries(LOCALES_DIR)["en"][key])


def in_all_languages(key: str) -> dict[str, str]:
    """A text of the page, which has no plural forms, by language."""
    return {language: str(words[key]) for language, words in _dictionaries(LOCALES_DIR).items()}


def _dictionaries(folder: Path) -> dict[str, dict[str, str | dict[str, str]]]:
    """By language. A text is one string, or one for each plural form."""
    files = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


class _ExplorerFiles(StaticFiles):
    """Static files that may be kept for ever, and only those the page needs (no Python sources)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Path(path).suffix not in SUFFIXES:
            return Response(status_code=404)
        if path == LOCALES_MODULE:
            return Response(
                module_source(path),
                media_type="text/javascript",
                headers={"cache-control": FOREVER},
            )
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["cache-control"] = FOREVER
        return response


def mount_assets(app: FastAPI) -> None:
    """Adds `/ui-static/<version>/…`.

    Not `/static`: in front of Gradio at `/`, that would hide Gradio's own files.
    """
    app.mount(f"/ui-static/{static_version()}", _ExplorerFiles(directory=STATIC_DIR))
