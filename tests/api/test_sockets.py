"""The events of a run over a WebSocket: the same as the stream's, for the same readers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from backend.api.middleware import Guard
from tests.api.conftest import OWNER_TOKEN, Serving, make_app
from tests.api.test_runs import SMALL, events, finished, start

ENDLESS = {"nodes": 5000}


@pytest.fixture
def owner(guarded_url: str) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {OWNER_TOKEN}"}
    with httpx2.Client(base_url=guarded_url, headers=headers, timeout=20) as client:
        yield client


@contextmanager
def socket(
    api: httpx2.Client, run_id: str, after: object = 0, **headers: str
) -> Iterator[ClientConnection]:
    url = str(api.base_url).replace("http", "ws", 1).rstrip("/")
    address = f"{url}/api/runs/{run_id}/socket?after={after}"
    with connect(address, additional_headers=headers, open_timeout=20) as connection:
        yield connection


def heard(connection: ClientConnection) -> tuple[list[dict[str, Any]], str]:
    """All events until the end, and how it ended."""
    found: list[dict[str, Any]] = []
    for message in connection:
        said = json.loads(message)
        if isinstance(said, dict):
            return found, said["end"]
        found += said
    raise AssertionError("the socket closed without an end")


def refused(api: httpx2.Client, run_id: str, after: object = 0, **headers: str) -> bool:
    with pytest.raises(InvalidStatus) as caught, socket(api, run_id, after, **headers):
        pass
    return caught.value.response.status_code == 403


def test_it_says_what_the_stream_says(api: httpx2.Client) -> None:
    run = start(api)
    with socket(api, run["id"]) as live:
        found, end = heard(live)
    assert end == "finished"
    assert found == [data for _, data in events(api, run["id"])[:-1]]
    with socket(api, run["id"], found[-4]["seq"]) as resumed:
        assert heard(resumed) == (found[-3:], "finished")


@pytest.mark.parametrize("after", ["-1", "x"])
def test_what_cannot_be_asked_is_refused(api: httpx2.Client, after: str) -> None:
    assert refused(api, finished(api)["id"], after)
    assert refused(api, "nosuchrun")


def test_only_those_may_listen_who_may_read(owner: httpx2.Client) -> None:
    run, other = finished(owner), finished(owner)
    assert refused(owner, run["id"])
    assert refused(owner, run["id"], Authorization="Bearer of nothing")
    with socket(owner, run["id"], Authorization=f"Bearer {OWNER_TOKEN}") as mine:
        assert heard(mine)[1] == "finished"
    link = owner.post(f"/api/runs/{run['id']}/shares", json={"snapshot": True}).json()
    bearer = f"Bearer {link['url'].rsplit('/', 1)[1]}"
    owner.post(f"/api/runs/{run['id']}/nodes/1/labels", json={"rating": -1})
    with socket(owner, run["id"], Authorization=bearer) as theirs:
        assert heard(theirs)[0][-1]["seq"] == run["seq"]
    assert refused(owner, other["id"], Authorization=bearer)


def test_other_sites_cannot_listen(api: httpx2.Client) -> None:
    """A browser lets any page open a socket anywhere, and sends the cookies along."""
    run = finished(api)
    assert refused(api, run["id"], Origin="https://evil.example")
    assert refused(api, run["id"], **{"Sec-Fetch-Site": "cross-site"})
    with socket(api, run["id"], Origin=str(api.base_url).rstrip("/")) as own:
        assert heard(own)[1] == "finished"


def test_foreign_host_names_are_refused() -> None:
    app = make_app()
    app.add_middleware(Guard, max_body=1000, hosts=["localhost"])
    with Serving(app) as url, httpx2.Client(base_url=url) as api:
        assert refused(api, "any")
        api.base_url = url.replace("127.0.0.1", "localhost")
        run = api.post("/api/runs", json=SMALL).json()
        with socket(api, run["id"]) as allowed:
            assert heard(allowed)[1] == "finished"


def test_it_ends_when_the_run_is_deleted(api: httpx2.Client) -> None:
    run = start(api, budget=ENDLESS)
    with socket(api, run["id"]) as watching:
        watching.recv(20)
        api.delete(f"/api/runs/{run['id']}")
        assert heard(watching)[1] in {"gone", "stopped", "finished"}


def test_whatever_is_said_on_it_changes_nothing(api: httpx2.Client) -> None:
    run = start(api, budget=ENDLESS)
    with socket(api, run["id"]) as watching:
        watching.send("label 1 good")
        watching.send(b"\x00\xff")
        watching.recv(20)
    api.post(f"/api/runs/{run['id']}/stop")
    with socket(api, run["id"]) as again:
        found, end = heard(again)
        assert end in {"stopped", "finished"}, "it went on as if nothing had been said"
        assert not [event for event in found if event["kind"] == "labelled"]
        with pytest.raises(ConnectionClosed):
            again.recv(20)
