"""Who may do what: links read one run, the owner does everything, other sites nothing."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from backend.api.middleware import Guard
from tests.api.conftest import OWNER_TOKEN, Serving, make_app
from tests.api.test_runs import error, events, finished

SIGNED_IN = {"Authorization": f"Bearer {OWNER_TOKEN}"}
OPEN_TO_ALL = {"/api/strategies", "/api/models", "/api/examples", "/healthz", "/readyz"}
READERS = {
    "/api/runs/{run_id}", "/api/runs/{run_id}/tree", "/api/runs/{run_id}/events",
    "/api/runs/{run_id}/export", "/api/runs/{run_id}/labels", "/api/runs/{run_id}/course",
    "/api/runs/{run_id}/answers", "/api/runs/{run_id}/nodes/{node_id}/choice",
    "/api/runs/{run_id}/grades", "/api/runs/{run_id}/summaries",
    "/api/runs/{run_id}/tree/columns", "/api/runs/{run_id}/tree/texts",
    "/api/runs/{run_id}/grades/answers", "/api/runs/{run_id}/votes",
    "/api/runs/{run_id}/marks", "/api/runs/{run_id}/exports",
}  # fmt: skip


def api_routes() -> Iterator[tuple[str, str]]:
    """(method, path) of every API route, out of the route table itself."""
    for path, methods in make_app().openapi()["paths"].items():
        for method in methods:
            yield method.upper(), path


@pytest.fixture
def owner(guarded_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=guarded_url, headers=SIGNED_IN, timeout=20) as client:
        yield client


@pytest.fixture
def stranger(guarded_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=guarded_url, timeout=20) as client:
        yield client


@pytest.fixture
def shared(owner: httpx2.Client) -> tuple[dict[str, Any], str]:
    """A finished run and the token of a link to it."""
    run = finished(owner)
    link = owner.post(f"/api/runs/{run['id']}/shares", json={}).json()
    return run, link["url"].rsplit("/", 1)[1]


def test_there_are_routes_to_test() -> None:
    assert len(list(api_routes())) >= 18
    assert all(not isinstance(route, APIRoute) or route.path for route in make_app().routes)


@pytest.mark.parametrize(("method", "path"), list(api_routes()))
def test_a_stranger_gets_the_menu_only(
    stranger: httpx2.Client, shared: tuple[dict[str, Any], str], method: str, path: str
) -> None:
    url = path.format(run_id=shared[0]["id"], node_id=1, share_id="x")
    response = stranger.request(method, url, json={} if method == "POST" else None)
    if path in OPEN_TO_ALL:
        assert response.status_code == 200
    else:
        error(response, 401, "not_signed_in")


@pytest.mark.parametrize(("method", "path"), list(api_routes()))
def test_a_link_reads_its_run_only(
    stranger: httpx2.Client, shared: tuple[dict[str, Any], str], method: str, path: str
) -> None:
    run, token = shared
    bearer = {"Authorization": f"Bearer {token}"}
    url = path.format(run_id=run["id"], node_id=1, share_id="x")
    response = stranger.request(method, url, json={} if method == "POST" else None, headers=bearer)
    if path in OPEN_TO_ALL or (method == "GET" and path in READERS):
        assert response.status_code == 200
    else:
        error(response, 403, "read_only")


def test_a_link_opens_no_other_run(
    owner: httpx2.Client, stranger: httpx2.Client, shared: tuple[dict[str, Any], str]
) -> None:
    other = finished(owner)
    bearer = {"Authorization": f"Bearer {shared[1]}"}
    for path in READERS:
        url = path.format(run_id=other["id"], node_id=1)
        error(stranger.get(url, headers=bearer), 404, "unknown_link")


@pytest.mark.parametrize("token", ["wrong", "a" * 500, "%00", "…"])
def test_a_wrong_token_is_told_so(
    stranger: httpx2.Client, shared: tuple[dict[str, Any], str], token: str
) -> None:
    bearer = {b"Authorization": f"Bearer {token}".encode()}
    error(stranger.get(f"/api/runs/{shared[0]['id']}", headers=bearer), 404, "unknown_link")
    error(stranger.get(f"/t/{token}"), 404, "unknown_link")


def test_a_link_becomes_a_cookie_and_a_clean_address(
    owner: httpx2.Client, guarded_url: str, shared: tuple[dict[str, Any], str]
) -> None:
    run, token = shared
    with httpx2.Client(base_url=guarded_url, timeout=20) as browser:
        opened = browser.get(f"/t/{token}")
        assert opened.status_code == 303
        assert opened.headers["location"] == f"/?run={run['id']}&view=shared#{token}"
        moment = browser.get(f"/t/{token}", params={"at": "12"}).headers["location"]
        assert moment == f"/?run={run['id']}&at=12&view=shared#{token}"
        spoken = browser.get(f"/t/{token}", params={"lang": "zh-Hans"}).headers["location"]
        assert spoken.endswith(f"&view=shared&lang=zh-Hans#{token}")
        strange = browser.get(f"/t/{token}", params={"lang": "zh&run=2"}).headers["location"]
        assert strange.endswith(f"&view=shared#{token}")
        foreign = browser.get(f"/t/{token}", params={"at": "1&node=2"}).headers["location"]
        assert foreign == opened.headers["location"]
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert opened.headers["referrer-policy"] == "no-referrer"
        url, shared_view = f"/api/runs/{run['id']}", {"X-Treewright-View": "shared"}
        assert browser.get(f"{url}/tree", headers=shared_view).status_code == 200
        assert browser.get(f"{url}/tree").status_code == 200
        denied = browser.post(f"{url}/nodes/1/labels", json={"rating": 1}, headers=shared_view)
        error(denied, 403, "read_only")
        denied = browser.post(f"{url}/nodes/1/flag", json={"flagged": True}, headers=shared_view)
        error(denied, 403, "read_only")
        share = owner.get(f"{url}/shares").json()["items"][0]
        assert owner.delete(f"/api/shares/{share['id']}").status_code == 204
        error(browser.get(f"{url}/tree", headers=shared_view), 404, "unknown_link")
        assert browser.get(f"/t/{token}", headers={"accept": "text/html"}).status_code == 303
        error(browser.get(f"/t/{token}"), 404, "unknown_link")


def test_a_snapshot_stays_as_it_was(owner: httpx2.Client, stranger: httpx2.Client) -> None:
    run = finished(owner)
    url = f"/api/runs/{run['id']}"
    link = owner.post(f"{url}/shares", json={"snapshot": True}).json()
    assert link["snapshot_seq"] == run["seq"]
    owner.post(f"{url}/nodes/1/labels", json={"rating": -1})
    owner.post(f"{url}/nodes/1/flag", json={"flagged": True})
    bearer = {"Authorization": f"Bearer {link['url'].rsplit('/', 1)[1]}"}
    tree = stranger.get(f"{url}/tree", headers=bearer).json()
    assert (tree["seq"], tree["nodes"][1]["label"]) == (run["seq"], None)
    assert not tree["nodes"][1]["flagged"]
    columns = stranger.get(f"{url}/tree/columns", headers=bearer).json()
    assert (columns["seq"], columns["columns"]["label"][1]) == (run["seq"], None)
    seen = events(stranger, run["id"], headers=bearer)
    assert seen[-2][1]["seq"] == run["seq"]
    assert owner.get(f"{url}/tree").json()["nodes"][1]["label"] == -1


def test_other_sites_cannot_write(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/nodes/1/labels"
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        error(api.post(url, json={"rating": 1}, headers=headers), 403, "cross_site")
    own = {"Origin": str(api.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert api.post(url, json={"rating": 1}, headers=own).status_code == 201


def test_foreign_host_names_are_refused() -> None:
    app = make_app()
    app.add_middleware(Guard, max_body=1000, hosts=["127.0.0.1", "localhost"])
    with Serving(app) as url:
        assert httpx2.get(f"{url}/healthz").status_code == 200
        local = httpx2.get(f"{url}/healthz", headers={"Host": "LOCALHOST:1"})
        assert local.status_code == 200
        error(httpx2.get(f"{url}/healthz", headers={"Host": "evil.example"}), 400, "foreign_host")


def test_only_the_embedded_page_may_stand_in_frames_of_others() -> None:
    app = FastAPI()
    app.add_middleware(Guard, max_body=1000, framers="'self' https://slides.example")
    with Serving(app) as url:
        embedded = httpx2.get(f"{url}/?run=r&embed=1").headers
        assert "frame-ancestors 'self' https://slides.example;" in policy(embedded)
        assert "x-frame-options" not in embedded
        for whole in ("/", "/?embed=10", "/?xembed=1", "/healthz?embed=1"):
            headers = httpx2.get(url + whole).headers
            assert "frame-ancestors 'self';" in policy(headers), whole
            assert headers["x-frame-options"] == "SAMEORIGIN", whole


def policy(headers: httpx2.Headers) -> str:
    return str(headers["content-security-policy"])


def test_an_embedded_link_works_inside_the_page_of_another_site(
    guarded_url: str, shared: tuple[dict[str, Any], str]
) -> None:
    run, token = shared
    with httpx2.Client(base_url=guarded_url, timeout=20) as browser:
        opened = browser.get(f"/t/{token}", params={"embed": "1", "at": "3"})
        where = f"/?run={run['id']}&at=3&view=shared&embed=1#{token}"
        assert opened.headers["location"] == where
        assert "samesite=lax" in opened.headers["set-cookie"].lower(), "http: no secure cookies"


def test_gradios_file_routes_are_closed(api: httpx2.Client) -> None:
    for path in ("upload", "file=/etc/passwd", "proxy=http://127.0.0.1/"):
        error(api.get(f"/gradio_api/{path}"), 404, "not_found")


def test_every_answer_carries_security_headers(api: httpx2.Client) -> None:
    headers = api.get("/healthz").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
