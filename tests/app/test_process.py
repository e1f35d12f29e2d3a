"""The server as a process: killed in the middle of a search, told to leave with streams open."""

import json
import signal
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from websockets.sync.client import connect

from tests.serving import DidNotStart, ServerProcess

PROBLEM = {"problem": "Use 4, 7, 8 and 13 to make 24.", "seed": 5}


def watch_until(client: httpx2.Client, run_id: str, nodes: int) -> int:
    """Follow the events until this many nodes were shown; the last event's number."""
    seen = 0
    with client.stream("GET", f"/api/runs/{run_id}/events") as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line[6:])
                seen += event.get("kind") == "node_added"
                if seen >= nodes:
                    return int(event["seq"])
    raise AssertionError("the run ended too early")


def tree(client: httpx2.Client, run_id: str, **params: Any) -> dict[str, Any]:
    response = client.get(f"/api/runs/{run_id}/tree", params=params)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_kill_9_in_a_search_loses_nothing_that_was_shown(tmp_path: Path) -> None:
    body = {**PROBLEM, "budget": {"generated_tokens": 6000}}
    with ServerProcess(tmp_path) as server, server.client() as client:
        straight = client.post("/api/runs", json=body).json()
        watch_until_end(client, straight["id"])
        expected = tree(client, straight["id"])["nodes"]
        packed = client.get(f"/api/runs/{straight['id']}/tree/columns")
        assert packed.headers["content-encoding"] == "gzip"
        run = client.post("/api/runs", json=body).json()
        shown = watch_until(client, run["id"], 30)
        # Of the other run: a label is a word in the search that hears it.
        labelled = client.post(f"/api/runs/{straight['id']}/nodes/2/labels", json={"rating": -1})
        assert labelled.status_code == 201
        server.end(signal.SIGKILL)
        server.start()
        again = client.get(f"/api/runs/{run['id']}").json()
        assert again["seq"] >= shown
        watch_until_end(client, run["id"])
        done = client.get(f"/api/runs/{run['id']}").json()
        assert done["status"] == "finished"
        nodes = tree(client, run["id"])["nodes"]
        assert nodes == expected, "the killed run ends in the tree of an uninterrupted one"
        assert tree(client, straight["id"])["nodes"][2]["label"] == -1


def watch_until_end(client: httpx2.Client, run_id: str) -> None:
    with client.stream("GET", f"/api/runs/{run_id}/events") as response:
        assert "content-encoding" not in response.headers, "events are not held back to be packed"
        assert any(line.startswith("event: end") for line in response.iter_lines())


def test_sigterm_leaves_in_five_seconds_with_streams_open(tmp_path: Path) -> None:
    body = {**PROBLEM, "budget": {"nodes": 100_000}}
    with ServerProcess(tmp_path) as server, server.client() as client:
        run = client.post("/api/runs", json=body).json()
        with (
            client.stream("GET", f"/api/runs/{run['id']}/events") as one,
            client.stream("GET", f"/api/runs/{run['id']}/events") as other,
            connect(f"{server.url.replace('http', 'ws')}/api/runs/{run['id']}/socket") as watched,
        ):
            assert next(one.iter_lines())
            assert next(other.iter_lines())
            assert watched.recv(20)
            server.end(signal.SIGTERM, seconds=5)
        server.start()
        assert client.get(f"/api/runs/{run['id']}").json()["status"] in ("queued", "running")
        assert client.post(f"/api/runs/{run['id']}/stop").json()["status"] == "stopped"


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL])
def test_what_checks_answers_ends_with_the_server(tmp_path: Path, sig: signal.Signals) -> None:
    body = {**PROBLEM, "budget": {"nodes": 100_000}, "reference_answer": "\\frac{48}{2}"}
    with ServerProcess(tmp_path) as server, server.client() as client:
        assert server.process is not None
        run = client.post("/api/runs", json=body).json()
        with client.stream("GET", f"/api/runs/{run['id']}/events") as response:
            assert any(line.startswith("event: graded") for line in response.iter_lines())
            started = psutil.Process(server.process.pid).children()
            assert started
            server.end(sig, seconds=5)
        _, left = psutil.wait_procs(started, timeout=20)
        assert left == []


def test_a_second_server_on_the_same_data_refuses(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        second = ServerProcess(tmp_path)
        with pytest.raises(DidNotStart, match="another"):
            second.start()
        with server.client() as client:
            assert client.get("/readyz").status_code == 200
            check_that_gradio_is_closed(client)
            check_that_api_errors_have_one_shape(client)


def check_that_gradio_is_closed(client: httpx2.Client) -> None:
    """What Gradio opens by itself: any origin, uploads, files, foreign host names."""
    evil = {"Origin": "https://evil.example"}
    for path in ("/", "/config", "/gradio_api/info"):
        headers = client.get(path, headers=evil).headers
        assert not any(name.startswith("access-control-allow") for name in headers), path
    uploaded = client.post("/gradio_api/upload", files={"files": ("x.txt", b"x")})
    assert uploaded.status_code == 404
    assert client.get("/gradio_api/file=/etc/passwd").status_code == 404
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def check_that_api_errors_have_one_shape(client: httpx2.Client) -> None:
    """The page at / must not answer for the API."""
    for method, path in (("GET", "/api/nope"), ("POST", "/api/runs/x/y/z"), ("GET", "/api")):
        response = client.request(method, path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    refused = client.put("/api/runs", json={})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, POST")
    assert refused.json()["error"]["code"] == "method_not_allowed"
