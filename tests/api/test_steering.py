"""Steering over HTTP: prune, flags, a person's own steps, proposals; and what the events say."""

import uuid
from typing import Any

import httpx2
import pytest

from backend.search.events import decode
from tests.api.test_runs import NODE_FIELDS, error, events, finished
from tests.search.following import Follower

OWN = {"action": "solve", "text": "by hand"}


def nodes_of(api: httpx2.Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = api.get(f"/api/runs/{run['id']}/tree").json()["nodes"]
    return nodes


def test_prune_and_restore(api: httpx2.Client) -> None:
    run = finished(api, strategy="best_of_n")
    assert run["answer"]
    url = f"/api/runs/{run['id']}/nodes/{run['best_node']}/prune"
    for _ in range(2):
        pruned = api.post(url, json={"pruned": True})
        assert pruned.status_code == 200
        assert set(pruned.json()) == NODE_FIELDS
        assert pruned.json()["pruned"] is True
    assert api.get(f"/api/runs/{run['id']}").json()["best_node"] != run["best_node"]
    assert api.post(url, json={"pruned": False}).json()["pruned"] is False
    assert api.get(f"/api/runs/{run['id']}").json()["answer"] == run["answer"]


def test_flags_say_what_to_look_at_again(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/nodes/2/flag"
    before = nodes_of(api, run)
    for _ in range(2):
        flagged = api.post(url, json={"flagged": True})
        assert flagged.status_code == 200
        assert flagged.json() == {**before[2], "flagged": True}
    assert [node["id"] for node in nodes_of(api, run) if node["flagged"]] == [2]
    columns = api.get(f"/api/runs/{run['id']}/tree/columns").json()["columns"]
    assert columns["flagged"] == [node["id"] == 2 for node in before]
    assert api.get(f"/api/runs/{run['id']}/labels").json()["items"] == [], "a flag is no label"
    assert api.post(url, json={"flagged": False}).json() == before[2]
    said = [data for _, data in events(api, run["id"], params={"after": run["seq"]})][:-1]
    assert [(one["kind"], one["node"], one["flagged"]) for one in said] == [
        ("flagged", 2, True), ("flagged", 2, False),
    ]  # fmt: skip
    assert nodes_of(api, run) == before
    past = api.get(f"/api/runs/{run['id']}/tree", params={"at": said[0]["seq"]}).json()
    assert past["nodes"][2]["flagged"] is True


def test_own_steps_and_proposals(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/nodes/0/children"
    request = {**OWN, "id": str(uuid.uuid4())}
    answer = api.post(url, json=request)
    assert answer.status_code == 201
    (own,) = answer.json()["items"]
    assert set(own) == NODE_FIELDS
    assert (own["origin"], own["text"], own["parent"]) == ("person", "by hand", 0)
    assert api.post(url, json=request).json() == answer.json()
    # The id is the seed of what is proposed: with this one, two new steps.
    more = api.post(url, json={"n": 2, "id": str(uuid.UUID(int=6))}).json()["items"]
    assert [node["origin"] for node in more] == ["model", "model"]
    assert len(nodes_of(api, run)) == run["usage"]["nodes"] + 1 + 3
    mine = events(api, run["id"], params={"after": run["seq"]})
    requested = [data for _, data in mine if data.get("kind") == "requested"]
    assert [(one["node"], one["n"]) for one in requested] == [(0, 0), (0, 2)]
    assert requested[0]["request"] == request["id"]


def test_an_edited_step_stands_beside_the_one_it_corrects(api: httpx2.Client) -> None:
    run = finished(api)
    before = nodes_of(api, run)
    edited = next(node for node in before if node["parent"])
    body = {"action": edited["action"], "text": edited["text"], "corrects": edited["id"]}
    url = f"/api/runs/{run['id']}/nodes"
    same = error(api.post(f"{url}/{edited['parent']}/children", json=body), 422, "invalid_step")
    assert same["hint"] == "change something first"
    body["text"] += ", better"
    error(api.post(f"{url}/0/children", json=body), 422, "not_an_alternative")
    assert nodes_of(api, run) == before
    (own,) = api.post(f"{url}/{edited['parent']}/children", json=body).json()["items"]
    assert (own["corrects"], own["parent"]) == (edited["id"], edited["parent"])
    assert (own["origin"], own["text"]) == ("person", body["text"])
    assert own["value"] is not None


@pytest.mark.parametrize(
    ("place", "body", "status", "code"),
    [
        ("nodes/999999/children", OWN, 404, "unknown_node"),
        ("nodes/0/children", {}, 422, "invalid_request"),
        ("nodes/0/children", {**OWN, "n": 2}, 422, "invalid_request"),
        ("nodes/0/children", {"n": 0}, 422, "invalid_request"),
        ("nodes/0/children", {"n": 1000}, 422, "invalid_request"),
        ("nodes/0/children", {"n": 1.5}, 422, "invalid_request"),
        ("nodes/0/children", {**OWN, "text": ""}, 422, "invalid_step"),
        ("nodes/0/children", {**OWN, "text": "x" * 100_000}, 422, "invalid_step"),
        ("nodes/0/children", {**OWN, "text": "a\x00b"}, 422, "invalid_request"),
        ("nodes/0/children", {**OWN, "action": "dance"}, 422, "unknown_action"),
        ("nodes/0/children", {**OWN, "id": "mine"}, 422, "invalid_request"),
        ("nodes/0/children", {**OWN, "more": 1}, 422, "invalid_request"),
        ("nodes/0/children", {"n": 2, "corrects": 1}, 422, "invalid_request"),
        ("nodes/0/children", {**OWN, "corrects": 0}, 404, "unknown_node"),
        ("nodes/0/children", {**OWN, "corrects": 999999}, 404, "unknown_node"),
        ("nodes/{end}/children", OWN, 409, "terminal_node"),
        ("nodes/{pruned}/children", {"n": 2}, 409, "pruned_node"),
        ("nodes/0/prune", {"pruned": True}, 404, "unknown_node"),
        ("nodes/1/prune", {"pruned": "yes"}, 422, "invalid_request"),
        ("nodes/1/prune", {}, 422, "invalid_request"),
        ("nodes/0/flag", {"flagged": True}, 404, "unknown_node"),
        ("nodes/999999/flag", {"flagged": True}, 404, "unknown_node"),
        ("nodes/1/flag", {"flagged": 1}, 422, "invalid_request"),
        ("nodes/1/flag", {"flagged": True, "rating": 1}, 422, "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_hint(
    api: httpx2.Client, place: str, body: dict[str, Any], status: int, code: str
) -> None:
    run = finished(api, strategy="best_of_n")
    end = next(node["id"] for node in nodes_of(api, run) if node["terminal"])
    pruned = next(node["id"] for node in nodes_of(api, run)[1:] if not node["terminal"])
    api.post(f"/api/runs/{run['id']}/nodes/{pruned}/prune", json={"pruned": True})
    before = nodes_of(api, run)
    url = f"/api/runs/{run['id']}/{place.format(end=end, pruned=pruned)}"
    assert error(api.post(url, json=body), status, code)["hint"]
    assert nodes_of(api, run) == before


def test_the_events_of_steering_make_the_tree(api: httpx2.Client) -> None:
    run = finished(api)
    base = f"/api/runs/{run['id']}/nodes"
    unvisited = next(node["id"] for node in nodes_of(api, run) if not node["visits"])
    labels = [(1, -1), (unvisited, 1), (2, 0), (unvisited, None), (1, None), (3, 1), (1, 1)]
    for node, rating in labels:
        api.post(f"{base}/{node}/labels", json={"rating": rating})
        api.post(f"{base}/0/children", json={"n": 1})
    api.post(f"{base}/2/prune", json={"pruned": True})
    api.post(f"{base}/1/flag", json={"flagged": True})
    told = [event for _, event in events(api, run["id"])[:-1]]
    follower = Follower()
    for event in told:
        fields = {name: event[name] for name in event if name not in ("seq", "kind", "at")}
        follower.follow(decode(event["kind"], fields))
    for node in nodes_of(api, run):
        assert node["visits"] == follower.visits[node["id"]]
        assert node["value"] == pytest.approx(follower.value(node["id"]))
        assert node["pruned"] == (node["id"] in follower.pruned)


def test_flags_are_told(api: httpx2.Client) -> None:
    run = finished(api)
    for node, flagged in [(1, True), (3, True), (1, False)]:
        api.post(f"/api/runs/{run['id']}/nodes/{node}/flag", json={"flagged": flagged})
    flags = [event for _, event in events(api, run["id"])[:-1] if event["kind"] == "flagged"]
    told = [(event["node"], event["flagged"]) for event in flags]
    assert told == [(1, True), (3, True), (1, False)]
    assert [node["id"] for node in nodes_of(api, run) if node["flagged"]] == [3]


def test_a_search_from_a_step_begins_with_the_steps_up_to_there(api: httpx2.Client) -> None:
    run = finished(api)
    before = nodes_of(api, run)
    node = next(one for one in before if one["parent"] and not one["terminal"])
    body = {"problem": run["problem"], "strategy": "best_of_n", "budget": {"nodes": 20}}
    answer = api.post("/api/runs", json={**body, "from": {"run": run["id"], "node": node["id"]}})
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    assert begun["from"] == {"run": run["id"], "node": node["id"]}
    assert run["from"] is None
    given = [node]
    while given[0]["parent"]:
        given.insert(0, before[given[0]["parent"]])
    texts = [one["text"] for one in nodes_of(api, begun)[1 : len(given) + 1]]
    assert texts == [one["text"] for one in given]
    assert nodes_of(api, run) == before
    for wrong, status, code in [
        ({**body, "problem": "2 + 2?"}, 422, "other_problem"),
        ({**body, "from": {"run": "none", "node": 1}}, 404, "unknown_run"),
        ({**body, "from": {"run": run["id"], "node": 0}}, 404, "unknown_node"),
        ({**body, "from": {"run": run["id"]}}, 422, "invalid_request"),
    ]:
        request = {"from": {"run": run["id"], "node": node["id"]}, **wrong}
        assert error(api.post("/api/runs", json=request), status, code)["hint"]
