"""Summaries over HTTP: who may have them written, who may read them, and what goes wrong."""

import uuid

import httpx2

from tests.api.test_runs import error, events, finished

WRITER = {"generator": "scripted-writer"}


def test_a_path_is_summed_up(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/summaries"
    assert api.get(url).json() == {"items": []}
    body = {**WRITER, "id": str(uuid.uuid4())}
    answer = api.post(url, json=body)
    assert answer.status_code == 201
    summary = answer.json()
    assert set(summary) == {"node", "text", "model", "at"}
    assert (summary["node"], summary["model"]) == (run["best_node"], "scripted-writer")
    assert api.post(url, json=body).json() == summary, "the same request writes nothing more"
    other = api.post(url, json={**WRITER, "node": 1}).json()
    assert api.get(url).json() == {"items": [summary, other]}
    told = [data for _, data in events(api, run["id"]) if data.get("kind") == "summarized"]
    assert [one["node"] for one in told] == [run["best_node"], 1]
    assert told[0]["request"] == body["id"]


def test_the_list_of_models_says_who_can_be_told_in_words(api: httpx2.Client) -> None:
    generators = api.get("/api/models").json()["generators"]
    assert {one["name"]: one["writes"] for one in generators} == {
        "scripted-generator": False, "scripted-writer": True,
    }  # fmt: skip


def test_a_link_shows_the_summaries_of_its_moment(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    summary = api.post(f"{url}/summaries", json=WRITER).json()
    link = api.post(f"{url}/shares", json={"snapshot": True}).json()["url"]
    api.post(f"{url}/summaries", json={**WRITER, "node": 1})
    bearer = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}
    shared = {**bearer, "X-Treewright-View": "shared"}
    assert api.get(f"{url}/summaries", headers=shared).json() == {"items": [summary]}
    error(api.post(f"{url}/summaries", json=WRITER, headers=shared), 403, "read_only")


def test_wrong_requests_are_refused_clearly(api: httpx2.Client) -> None:
    url = f"/api/runs/{finished(api)['id']}/summaries"
    assert "scripted-writer" in error(api.post(url, json={}), 422, "no_writer")["hint"]
    error(api.post(url, json={**WRITER, "node": 0}), 404, "unknown_node")
    error(api.post(url, json={**WRITER, "node": 10**30}), 404, "unknown_node")
    error(api.post(url, json={**WRITER, "node": "1"}), 422, "invalid_request")
    error(api.post(url, json={**WRITER, "id": "mine"}), 422, "invalid_request")
    error(api.post(url, json={**WRITER, "more": 1}), 422, "invalid_request")
    error(api.post(url, json={"generator": "nobody"}), 404, "unknown_model")
    error(api.post("/api/runs/nope/summaries", json=WRITER), 404, "unknown_run")
    assert api.get(url).json() == {"items": []}
