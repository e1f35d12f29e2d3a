"""A run as a file, over real HTTP: what it holds, what it is called, and who may have it."""

import uuid

import httpx2
import pytest

from tests.api.test_runs import error, events, finished

KINDS = {
    "markdown": (".md", "text/markdown"),
    "latex": (".tex", "application/x-tex"),
    "graphml": (".graphml", "application/graphml+xml"),
    "json": (".json", "application/json"),
}


@pytest.mark.parametrize("format", KINDS)
def test_files_have_names_and_kinds(api: httpx2.Client, format: str) -> None:
    run = finished(api)
    answer = api.get(f"/api/runs/{run['id']}/export", params={"format": format})
    assert answer.status_code == 200
    suffix, media_type = KINDS[format]
    name = f"{run['id']}{suffix}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"].startswith(media_type)


def test_the_whole_run_is_in_its_json(api: httpx2.Client) -> None:
    run = finished(api, tags=["kept"])
    url = f"/api/runs/{run['id']}"
    label = api.post(f"{url}/nodes/1/labels", json={"rating": 1, "comment": "sound"}).json()
    assert api.post(f"{url}/nodes/2/flag", json={"flagged": True}).status_code == 200
    whole = api.get(f"{url}/export", params={"format": "json"}).json()
    assert set(whole) == {"treewright", "run", "nodes", "events", "labels"}
    assert whole["treewright"] == 1
    assert whole["run"] == api.get(url).json()
    assert whole["nodes"] == api.get(f"{url}/tree").json()["nodes"]
    assert whole["events"] == [data for _, data in events(api, run["id"])[:-1]]
    assert whole["labels"] == [label]
    assert [node["id"] for node in whole["nodes"] if node["flagged"]] == [2]
    assert whole["events"][-1]["kind"] == "flagged"


@pytest.mark.parametrize("format", ["labels", "prm800k"])
def test_judgements_are_saved_as_data_that_their_reader_may_see(
    api: httpx2.Client, format: str
) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    link = api.post(f"{url}/shares", json={"snapshot": True}).json()["url"]
    assert api.get(f"{url}/export", params={"format": format}).text == ""
    api.post(f"{url}/nodes/1/labels", json={"rating": -1, "author": "ann"})
    saved = api.get(f"{url}/export", params={"format": format})
    assert saved.headers["content-type"].startswith("application/x-ndjson")
    assert f"{run['id']}-{format}.jsonl" in saved.headers["content-disposition"]
    line = saved.json()
    if format == "labels":
        assert (line["author"], line["rating"], line["node"]) == ("ann", -1, 1)
    else:
        assert line["labeler"] == "ann"
        assert line["label"]["steps"][-1]["completions"][0]["rating"] == -1
    headers = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}
    shown = api.get(f"{url}/export", params={"format": format}, headers=headers)
    assert (shown.status_code, shown.text) == (200, "")


@pytest.mark.parametrize("strategy", ["mcts", "monte_carlo_labels", "chain_of_thought"])
def test_which_data_there_is_can_be_known_beforehand(api: httpx2.Client, strategy: str) -> None:
    run = finished(api, strategy=strategy, reference_answer="2")
    url = f"/api/runs/{run['id']}"
    link = api.post(f"{url}/shares", json={"snapshot": True}).json()["url"]
    reader = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}

    def empty(**headers: str) -> dict[str, bool]:
        items = api.get(f"{url}/exports", headers=headers).json()["items"]
        found = {item["format"]: item["empty"] for item in items}
        for format, none in found.items():
            saved = api.get(f"{url}/export", params={"format": format}, headers=headers)
            assert none == (saved.text == ""), format
        return found

    before = empty()
    assert set(before) == {"policy", "step_labels", "pairs", "labels", "prm800k"}
    assert before["step_labels"] == (strategy != "monte_carlo_labels")
    assert before["labels"]
    api.post(f"{url}/nodes/1/labels", json={"rating": 1})
    assert not empty()["labels"]
    assert empty(**reader)["prm800k"], "as the reader of the link would save it"
    api.post(f"{url}/nodes/1/labels", json={"rating": None})
    assert empty()["prm800k"]
    error(api.get("/api/runs/nope/exports"), 404, "unknown_run")


def test_a_snapshot_link_saves_what_it_shows(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    link = api.post(f"{url}/shares", json={"snapshot": True}).json()["url"]
    api.post(f"{url}/nodes/1/labels", json={"rating": 1, "comment": uuid.uuid4().hex})
    api.post(f"{url}/nodes/1/flag", json={"flagged": True})
    headers = {"Authorization": f"Bearer {link.rsplit('/', 1)[1]}"}
    saved = api.get(f"{url}/export", params={"format": "json"}, headers=headers).json()
    assert (saved["labels"], saved["events"][-1]["seq"]) == ([], run["seq"])
    assert saved["nodes"][1]["label"] is None
    text = api.get(f"{url}/export", params={"format": "markdown", "node": 1}, headers=headers).text
    assert "labelled" not in text
    assert "flagged" not in text
    now = api.get(f"{url}/export", params={"format": "markdown", "node": 1}).text
    assert "labelled good; flagged*" in now


def test_what_cannot_be_saved_is_said(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}/export"
    error(api.get(url, params={"format": "latex", "node": 10**6}), 404, "unknown_node")
    error(api.get(url, params={"format": "html"}), 404, "not_found")
    error(api.get("/api/runs/nope/export", params={"format": "json"}), 404, "unknown_run")
