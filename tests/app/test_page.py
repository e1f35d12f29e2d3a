"""The page without a browser: what it serves, and that nothing in it runs on the server."""

import asyncio
import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.page.assets import PLOTLY, module_source, static_url
from app.page.layout import build_page
from app.page.mount import mount_page
from app.page.options import PageOptions


@pytest.fixture(scope="module")
def client() -> TestClient:
    async def mounted() -> FastAPI:
        return mount_page(FastAPI())

    # Within an event loop: outside of one, Gradio makes one and never closes it.
    return TestClient(asyncio.run(mounted()))


async def test_no_handler_runs_on_the_server() -> None:
    page = build_page(PageOptions())
    assert page.fns
    assert all(function.fn is None for function in page.fns.values())


def test_the_page_names_no_other_server(client: TestClient) -> None:
    page = client.get("/").text
    assert static_url("js/main.js") in page
    loaded = re.findall(r'(?:src|href)="(https?:[^"]+)"', page)
    assert [url for url in loaded if "testserver" not in url] == []


@pytest.mark.parametrize("query", ["?run=x&view=shared", "?run=x&embed=1"])
@pytest.mark.parametrize("accepted", ["identity", "gzip, br"])
def test_a_shared_tree_says_in_its_first_bytes_what_is_coming(
    client: TestClient, query: str, accepted: str
) -> None:
    answer = client.get(f"/{query}", headers={"accept-encoding": accepted})
    head = answer.text.partition("<head>")[2]
    assert head.startswith("<style>")
    assert "Opening the shared tree…" in head
    assert "正在打开分享的推理树…" in head
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "data-opening" not in client.get("/?run=x").text


@pytest.mark.parametrize(
    "name",
    ["js/main.js", "js/locales.js", "css/page.css", "css/panes.css", "icon.svg", PLOTLY],
)
def test_files_of_the_explorer_are_kept_for_ever(client: TestClient, name: str) -> None:
    answer = client.get(static_url(name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["__init__.py", "../pyproject.toml", "js/absent.js", ""])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(static_url(name)).status_code == 404


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
@pytest.mark.parametrize("name", ["js/locales.js", PLOTLY])
def test_files_of_the_explorer_are_packed_for_whoever_can_unpack_them(
    client: TestClient, name: str, accepted: str, encoding: str | None
) -> None:
    answer = client.get(static_url(name), headers={"accept-encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == module_source(name)
