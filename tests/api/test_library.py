"""The routes that find, tag, delete and restore runs, over real HTTP."""

import uuid

import httpx2
import pytest

from tests.api.test_runs import error, finished


def ids(api: httpx2.Client, **params: object) -> list[str]:
    answer = api.get("/api/runs", params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [run["id"] for run in answer.json()["items"]]


def test_runs_are_found_by_tag_outcome_and_label(api: httpx2.Client) -> None:
    tag = uuid.uuid4().hex
    plain = finished(api, tags=[tag, "Mixed  Case"])
    assert plain["tags"] == sorted([tag, "mixed case"])
    right = finished(api, tags=[tag], reference_answer=plain["answer"], budget={"nodes": 60})
    wrong = finished(api, tags=[tag], reference_answer="-1")
    api.post(f"/api/runs/{wrong['id']}/nodes/1/labels", json={"rating": 1})
    assert ids(api, tag=tag) == [wrong["id"], right["id"], plain["id"]]
    assert ids(api, tag=tag, sort="oldest") == [plain["id"], right["id"], wrong["id"]]
    assert ids(api, tag=tag, sort="nodes", limit=1) == [right["id"]]
    assert right["id"] in ids(api, tag=tag, query=right["answer"])
    assert ids(api, tag=tag, outcome="wrong", labelled=True) == [wrong["id"]]
    assert ids(api, tag=tag, labelled=False) == [right["id"], plain["id"]]
    counted = {one["tag"]: one for one in api.get("/api/tags").json()["items"]}
    assert counted[tag] == {"tag": tag, "runs": 3, "active": 0}


def test_tags_are_added_and_removed(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/tags"
    assert api.post(url, json={"add": ["b", "a"]}).json()["tags"] == ["a", "b"]
    assert api.post(url, json={"add": ["c"], "remove": ["a", "x"]}).json()["tags"] == ["b", "c"]
    error(api.post(url, json={"add": ["x" * 41]}), 422, "invalid_tag")
    error(api.post(url, json={"add": [str(i) for i in range(20)]}), 422, "too_many_tags")
    error(api.post("/api/runs/nope/tags", json={"add": ["a"]}), 404, "unknown_run")


@pytest.mark.parametrize(
    "params", [{"outcome": "good"}, {"sort": "best"}, {"labelled": "perhaps"}, {"limit": 0}]
)
def test_filters_that_make_no_sense_are_refused(api: httpx2.Client, params: dict[str, str]) -> None:
    error(api.get("/api/runs", params=params), 422, "invalid_request")


def test_deleting_can_be_undone(api: httpx2.Client) -> None:
    tag = uuid.uuid4().hex
    run = finished(api, tags=[tag])
    url = f"/api/runs/{run['id']}"
    link = api.post(f"{url}/shares", json={}).json()["url"]
    reader = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}
    assert api.get(f"{url}/tree", headers=reader).status_code == 200
    assert api.delete(url).status_code == 204
    assert ids(api, tag=tag) == []
    error(api.get(url), 404, "unknown_run")
    error(api.get(f"{url}/tree", headers=reader), 404, "unknown_link")
    error(api.delete(url), 404, "unknown_run")
    assert api.post(f"{url}/restore").json() == run
    assert ids(api, tag=tag) == [run["id"]]
    assert api.get(f"{url}/tree", headers=reader).status_code == 200
    error(api.post("/api/runs/nope/restore"), 404, "unknown_run")


def test_a_file_of_problems_is_searched(api: httpx2.Client) -> None:
    name = uuid.uuid4().hex
    body = {
        "name": name, "format": "csv", "problems": "problem,answer\n1 + 1?,2\n,3\n2 + 2?,4\n",
        "budget": {"nodes": 9}, "seed": 3, "strategy": "best_of_n",
    }  # fmt: skip
    made = api.post("/api/batches", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["tag"], len(made.json()["runs"])) == (name, 2)
    assert [fault["line"] for fault in made.json()["faults"]] == [3]
    assert ids(api, tag=name, sort="oldest") == made.json()["runs"]
    error(api.post("/api/batches", json={**body, "problems": ""}), 422, "no_problems")
    error(api.post("/api/batches", json={**body, "name": " "}), 422, "invalid_tag")
