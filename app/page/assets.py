"""Serves the explorer's files for the page.

The explorer's modules import each other by relative path, and a query such as `?v=…` is not
inherited by such imports. Its version is therefore a part of the path:
`/ui-static/<version>/js/main.js`.
"""

import gzip
import hashlib
import json
from functools import cache, lru_cache
from pathlib import Path

from fastapi import FastAPI, Request, Response

import static

STATIC_DIR = Path(static.__file__).parent
LOCALES_DIR = STATIC_DIR / "locales"
LOCALES_MODULE = "js/locales.js"
PLOTLY = "vendor/plotly/plotly-basic.min.js"
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def static_version() -> str:
    """A short hash of every file of the explorer: a new version is a new address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_DIR.rglob("*")):
        if path.suffix in _TYPES or path.suffix == ".json":
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


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """The files that the page needs; nothing else, such as Python sources, is served."""
    files = (path for path in STATIC_DIR.rglob("*") if path.suffix in _TYPES)
    return frozenset({LOCALES_MODULE, *(path.relative_to(STATIC_DIR).as_posix() for path in files)})


def _content(name: str) -> bytes:
    return (
        module_source(name).encode() if name == LOCALES_MODULE else (STATIC_DIR / name).read_bytes()
    )


@cache
def _packed(name: str) -> bytes:
    """Packed once: every first visit asks for dozens of files."""
    return gzip.compress(_content(name), 6, mtime=0)


async def _asset(name: str, request: Request) -> Response:
    if name not in _names():
        return Response(status_code=404)
    headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
    packs = "gzip" in request.headers.get("accept-encoding", "")
    if packs:
        headers["content-encoding"] = "gzip"
    content = _packed(name) if packs else _content(name)
    return Response(content, media_type=_TYPES[Path(name).suffix], headers=headers)


def mount_assets(app: FastAPI) -> None:
    """Adds `/ui-static/<version>/…`.

    Not `/static`: in front of Gradio at `/`, that would hide Gradio's own files.
    """
    address = f"/ui-static/{static_version()}/{{name:path}}"
    app.add_api_route(address, _asset, methods=["GET", "HEAD"], include_in_schema=False)
