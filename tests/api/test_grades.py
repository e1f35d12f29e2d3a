"""Grades over HTTP: a person's word on an answer, who may give it, and how it is shown."""

import httpx2

from tests.api.test_runs import error, events, finished


def test_a_person_grades_an_answer(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    assert run["correct"] is None
    for correct, shown in ((True, True), (False, False), (None, None)):
        body = {"answer": run["answer"], "correct": correct, "author": "ann"}
        stored = api.post(f"{url}/grades", json=body)
        assert stored.status_code == 201
        assert {**body, "by": "person", "why": ""}.items() <= stored.json().items()
        assert api.post(f"{url}/grades", json=body).json() == stored.json(), "no change"
        assert api.get(url).json()["correct"] is shown
    items = api.get(f"{url}/grades").json()["items"]
    assert [item["correct"] for item in items] == [True, False, None]
    last = [data for _, data in events(api, run["id"]) if data.get("kind") == "graded"][-1]
    assert {name: last[name] for name in ("answer", "correct", "by", "why", "author")} == {
        "answer": run["answer"], "correct": None, "by": "person", "why": "", "author": "ann",
    }  # fmt: skip


def test_a_snapshot_shows_the_grades_of_its_moment(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    api.post(f"{url}/grades", json={"answer": run["answer"], "correct": True})
    link = api.post(f"{url}/shares", json={"snapshot": True}).json()["url"]
    api.post(f"{url}/grades", json={"answer": run["answer"], "correct": False})
    bearer = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}
    shared = {**bearer, "X-Treewright-View": "shared"}
    items = api.get(f"{url}/grades", headers=shared).json()["items"]
    assert [item["correct"] for item in items] == [True]
    seen = [api.get(f"{url}/grades/answers", headers=who).json()["items"] for who in (shared, {})]
    assert [one[run["answer"]] for one in seen] == [True, False]
    assert api.get(url, headers=shared).json()["correct"] is True
    refused = api.post(f"{url}/grades", json={"answer": "1", "correct": True}, headers=shared)
    error(refused, 403, "read_only")


def test_every_answer_of_the_tree_is_graded(api: httpx2.Client) -> None:
    run = finished(api, reference_answer="1")
    url = f"/api/runs/{run['id']}"
    nodes = api.get(f"{url}/tree").json()["nodes"]
    found = {node["answer"] for node in nodes if node["answer"] is not None}
    graded = api.get(f"{url}/grades/answers").json()["items"]
    assert graded == {answer: answer == "1" for answer in found}


def test_wrong_grades_are_refused_clearly(api: httpx2.Client) -> None:
    url = f"/api/runs/{finished(api)['id']}/grades"
    error(api.post(url, json={"answer": "nobody said", "correct": True}), 404, "unknown_answer")
    error(api.post(url, json={"answer": "a\x00", "correct": True}), 422, "invalid_request")
    error(api.post(url, json={"answer": "1", "correct": "yes"}), 422, "invalid_request")
    error(api.post(url, json={"answer": "1"}), 422, "invalid_request")
    error(api.post("/api/runs/nope/grades", json={"answer": "1", "correct": True}), 404,
          "unknown_run")  # fmt: skip


def test_a_reference_that_cannot_be_read_is_said_and_the_run_starts(api: httpx2.Client) -> None:
    run = finished(api, reference_answer="\\frac{1}{2")
    assert run["reference_warning"] == (
        "the reference answer cannot be read (a { is never closed): it is compared as text only"
    )
    assert run["correct"] is None
    assert finished(api, reference_answer="\\frac{1}{2}")["reference_warning"] is None
