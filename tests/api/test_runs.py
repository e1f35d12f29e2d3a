"""The routes on runs, trees, events and labels, over real HTTP."""

import json
import uuid
from typing import Any

import httpx2
import pytest

from backend.search.strategies.registry import STRATEGIES

SMALL = {"problem": "1 + 1?", "budget": {"nodes": 30}, "seed": 3}
RUN_FIELDS = {
    "id", "problem", "reference_answer", "strategy", "settings", "generator", "verifiers", "seed",
    "status", "reason", "budget", "usage", "answer", "correct", "best_node", "created_at", "seq",
    "answer_value", "caution", "reference_warning", "tags", "from",
}  # fmt: skip
NODE_FIELDS = {
    "id", "parent", "action", "text", "value", "visits", "prior", "mean_logprob", "tokens",
    "scores", "terminal", "answer", "corrects", "origin", "model", "temperature", "samples",
    "pruned", "label", "patterns", "flagged", "estimate",
}  # fmt: skip


def start(api: httpx2.Client, **fields: Any) -> dict[str, Any]:
    response = api.post("/api/runs", json={**SMALL, **fields})
    assert response.status_code == 201, response.text
    run: dict[str, Any] = response.json()
    return run


def events(api: httpx2.Client, run_id: str, **options: Any) -> list[tuple[str, dict[str, Any]]]:
    """All (id, data) until the stream ends."""
    found, seq = [], ""
    with api.stream("GET", f"/api/runs/{run_id}/events", **options) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("id: "):
                seq = line[4:]
            elif line.startswith("event: end"):
                seq = "end"
            elif line.startswith("data: "):
                found.append((seq, json.loads(line[6:])))
    return found


def finished(api: httpx2.Client, **fields: Any) -> dict[str, Any]:
    run = start(api, **fields)
    events(api, run["id"])
    done: dict[str, Any] = api.get(f"/api/runs/{run['id']}").json()
    assert done["status"] == "finished", done
    return done


def error(response: httpx2.Response, status: int, code: str) -> dict[str, str]:
    assert response.status_code == status, response.text
    body: dict[str, dict[str, str]] = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]
    return body["error"]


def test_a_run_from_start_to_tree(api: httpx2.Client) -> None:
    run = finished(api, reference_answer="2")
    assert set(run) == RUN_FIELDS
    tree = api.get(f"/api/runs/{run['id']}/tree").json()
    assert set(tree) == {"run", "nodes", "seq"}
    assert [node["id"] for node in tree["nodes"]] == list(range(len(tree["nodes"])))
    assert all(set(node) == NODE_FIELDS for node in tree["nodes"])
    assert tree["seq"] == run["seq"]
    earlier = api.get(f"/api/runs/{run['id']}/tree", params={"at": 5}).json()
    assert earlier["seq"] == 5
    assert len(earlier["nodes"]) < len(tree["nodes"])


def test_columns_are_the_same_tree_with_long_texts_apart(api: httpx2.Client) -> None:
    run = finished(api, problem="Is this long? " * 20)
    url = f"/api/runs/{run['id']}"
    step = {"action": "solve", "text": "No, and here is why: " * 10}
    added = api.post(f"{url}/nodes/0/children", json=step).json()["items"][0]["id"]
    tree, packed = api.get(f"{url}/tree").json(), api.get(f"{url}/tree/columns").json()
    texts = api.get(f"{url}/tree/texts").json()["items"]
    assert packed["cut"] == [added], "what leads to the answer is there from the start"
    assert set(texts) == {"0", str(added)}
    columns = packed["columns"]
    columns["text"][added] += texts[str(added)]
    nodes = [
        {"id": k, **dict(zip(columns, row, strict=True))}
        for k, row in enumerate(zip(*columns.values(), strict=True))
    ]
    assert nodes == tree["nodes"]
    assert (packed["run"], packed["seq"]) == (tree["run"], tree["seq"])
    earlier = api.get(f"{url}/tree/columns", params={"at": 5}).json()
    assert len(earlier["columns"]["parent"]) < len(nodes)


def test_what_a_tree_teaches_comes_as_json_lines(api: httpx2.Client) -> None:
    run = finished(api, strategy="monte_carlo_labels", reference_answer="2")
    url = f"/api/runs/{run['id']}/export"
    answer = api.get(url, params={"format": "step_labels"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert f"{run['id']}-step_labels.jsonl" in answer.headers["content-disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines
    assert all(len(line["soft"]) == len(line["steps"]) for line in lines)
    error(api.get(url, params={"format": "nonsense"}), 422, "invalid_request")


def test_events_come_once_in_order_and_resume(api: httpx2.Client) -> None:
    run = start(api)
    found = events(api, run["id"])
    assert found[-1] == ("end", {"status": "finished"})
    seqs = [data["seq"] for _, data in found[:-1]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert [int(seq) for seq, _ in found[:-1]] == seqs
    tail = events(api, run["id"], params={"after": seqs[-4]})
    assert [data["seq"] for _, data in tail[:-1]] == seqs[-3:]
    resumed = events(api, run["id"], headers={"Last-Event-ID": str(seqs[-2])})
    assert [data["seq"] for _, data in resumed[:-1]] == seqs[-1:]


def test_the_events_make_the_tree(api: httpx2.Client) -> None:
    """What docs/api.md says about the events is enough to build the tree from them."""
    run = finished(api)
    nodes: dict[int, dict[str, Any]] = {}
    for _, event in events(api, run["id"])[:-1]:
        match event["kind"]:
            case "node_added":
                nodes[event["node"]] = {**event, "visits": 0, "sum": 0.0, "samples": 1}
            case "merged":
                nodes[event["node"]]["samples"] += 1
                nodes[event["node"]]["prior"] = event["prior"]
            case "backed_up":
                step = event["node"]
                while step is not None:
                    nodes[step]["visits"] += 1
                    nodes[step]["sum"] += event["value"]
                    step = nodes[step]["parent"]
    for node in api.get(f"/api/runs/{run['id']}/tree").json()["nodes"]:
        mine = nodes[node["id"]]
        value = mine["sum"] / mine["visits"] if mine["visits"] else mine["estimate"]
        assert (mine["visits"], mine["samples"]) == (node["visits"], node["samples"])
        assert value == pytest.approx(node["value"])
        for name in ("parent", "action", "text", "prior", "scores", "answer", "corrects"):
            assert mine[name] == node[name]


def test_listing_filters_and_pages(api: httpx2.Client) -> None:
    mark = uuid.uuid4().hex
    ids = [start(api, problem=f"{mark} {i}")["id"] for i in range(3)]
    first = api.get("/api/runs", params={"query": mark.upper(), "limit": 2}).json()
    rest = api.get(
        "/api/runs", params={"query": mark, "limit": 2, "cursor": first["cursor"]}
    ).json()
    assert [run["id"] for run in first["items"] + rest["items"]] == ids[::-1]
    assert rest["cursor"] is None
    error(api.get("/api/runs", params={"cursor": "nonsense"}), 404, "unknown_cursor")


@pytest.mark.parametrize(
    ("name", "choices"),
    [("status", ["queued", "running", "paused", "finished", "stopped", "failed"]),
     ("strategy", list(STRATEGIES))],
)  # fmt: skip
def test_a_filter_that_is_no_choice_is_refused_and_told_the_choices(
    api: httpx2.Client, name: str, choices: list[str]
) -> None:
    for wrong in ("asleep", "-", "\ud7ff\x00", choices[0].upper()):
        refused = error(api.get("/api/runs", params={name: wrong}), 422, f"unknown_{name}")
        assert refused["hint"] == f"choose one of: {', '.join(choices)}"
    for choice in choices:
        items = api.get("/api/runs", params={name: choice}).json()["items"]
        assert {run[name] for run in items} <= {choice}


def test_pause_resume_stop_delete(api: httpx2.Client) -> None:
    run = start(api, budget={"nodes": 100_000, "seconds": 60})
    url = f"/api/runs/{run['id']}"
    assert api.post(f"{url}/pause").json()["status"] == "paused"
    assert api.post(f"{url}/resume").json()["status"] in ("queued", "running")
    assert api.post(f"{url}/stop").json()["status"] == "stopped"
    error(api.post(f"{url}/pause"), 409, "wrong_state")
    assert api.delete(url).status_code == 204
    error(api.get(url), 404, "unknown_run")


def test_labels(api: httpx2.Client) -> None:
    run = finished(api)
    url = f"/api/runs/{run['id']}"
    body = {"rating": -1, "id": str(uuid.uuid4()), "comment": "slip", "visible": {"value": True}}
    first = api.post(f"{url}/nodes/2/labels", json=body)
    again = api.post(f"{url}/nodes/2/labels", json=body)
    assert (first.status_code, again.json()) == (201, first.json())
    items = api.get(f"{url}/labels").json()["items"]
    assert [item["rating"] for item in items] == [-1]
    assert api.get(f"{url}/tree").json()["nodes"][2]["label"] == -1
    error(api.post(f"{url}/nodes/2/labels", json={**body, "rating": 1}), 409, "label_id_taken")
    error(api.post(f"{url}/nodes/99999/labels", json={"rating": 1}), 404, "unknown_node")
    error(api.post(f"{url}/nodes/2/labels", json={"rating": 7}), 422, "invalid_label")
    error(api.post(f"{url}/nodes/2/labels", json={"rating": "good"}), 422, "invalid_request")
    error(api.post(f"{url}/nodes/x/labels", json={"rating": 1}), 422, "invalid_request")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"problem": ""}, 422, "empty_problem"),
        ({"problem": "x" * 100_000}, 422, "problem_too_long"),
        ({"problem": "x", "strategy": "magic"}, 422, "unknown_strategy"),
        ({"problem": "x", "budget": {"nodes": 0}}, 422, "invalid_budget"),
        ({"problem": "x", "budget": {"nodes": -1}}, 422, "invalid_budget"),
        ({"problem": "x", "budget": {"nodes": 10**40}}, 422, "invalid_budget"),
        ({"problem": "x", "budget": {"fuel": 1}}, 422, "invalid_request"),
        ({"problem": "x", "settings": {"children": "many"}}, 422, "invalid_settings"),
        ({"problem": "x", "seed": 1.5}, 422, "invalid_request"),
        ({"problem": 5}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ({"problem": "a\x00b"}, 422, "invalid_request"),
    ],
)
def test_bad_runs_are_refused_clearly(
    api: httpx2.Client, body: object, status: int, code: str
) -> None:
    error(api.post("/api/runs", json=body), status, code)


def test_bad_bodies_are_refused_clearly(api: httpx2.Client) -> None:
    headers = {"content-type": "application/json"}
    for content in (b"{", b"\xff\xfe", b'{"problem": "\\ud800"}', b"[" * 100_000, b'{"seed": NaN}'):
        response = api.post("/api/runs", content=content, headers=headers)
        assert response.status_code in (400, 422), content[:20]
        assert set(response.json()) == {"error"}
    error(api.post("/api/runs", content=b"x" * 1_100_000, headers=headers), 413, "body_too_large")
    chunks = (b"x" * 100_000 for _ in range(11))
    error(api.post("/api/runs", content=chunks, headers=headers), 413, "body_too_large")
    error(api.post("/api/runs", content=b"problem=x"), 422, "invalid_request")


def test_wrong_addresses_have_the_same_shape(api: httpx2.Client) -> None:
    error(api.get("/api/nothing"), 404, "not_found")
    error(api.get("/api/"), 404, "not_found")
    refused = api.put("/api/runs")
    error(refused, 405, "method_not_allowed")
    assert refused.headers["Allow"] == "GET, POST"
    run = finished(api)
    error(api.get(f"/api/runs/{run['id']}/tree", params={"at": 10**9}), 404, "unknown_event")
    error(api.get(f"/api/runs/{run['id']}/events", params={"after": -1}), 422, "invalid_request")
    error(
        api.get(f"/api/runs/{run['id']}/events", headers={"Last-Event-ID": "x"}),
        422,
        "invalid_request",
    )


def test_the_menu(api: httpx2.Client) -> None:
    strategies = api.get("/api/strategies").json()["items"]
    assert [item["name"] for item in strategies] == list(STRATEGIES)
    assert all(item["settings"]["properties"] for item in strategies)
    needed = {item["name"]: item["needs_actions"] for item in strategies}
    assert (needed["mcts"], needed["self_refine"]) == ([], ["check", "correct"])
    models = api.get("/api/models").json()
    assert models["generators"][0]["actions"]
    assert models["verifiers"] == [{"name": "scripted-prm", "about": "", "uncalibrated": False}]
    assert api.get("/api/examples").json()["items"]
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"status": "ready"}


def test_why_the_search_went_on_with_a_step(api: httpx2.Client) -> None:
    run = finished(api, strategy="mcts", budget={"nodes": 24})
    url = f"/api/runs/{run['id']}"
    asked = [data["node"] for _, data in events(api, run["id"]) if data.get("kind") == "asked"]
    node = next(node for node in asked if node > 0)
    found = api.get(f"{url}/nodes/{node}/choice").json()
    assert (found["rule"], found["made"]) == ("puct", True)
    assert [one["node"] for one in found["candidates"] if one["chosen"]] == [node]
    then = api.get(f"{url}/tree", params={"at": found["seq"]}).json()["nodes"]
    assert found["shared"]["N"] == then[then[node]["parent"]]["visits"]
    error(api.get(f"{url}/nodes/999/choice"), 404, "unknown_node")
    error(api.get(f"{url}/nodes/0/choice"), 404, "unknown_node")
    error(api.get(f"{url}/nodes/1/choice", params={"at": 1}), 404, "unknown_node")
    plain = finished(api, strategy="chain_of_thought")
    found = api.get(f"/api/runs/{plain['id']}/nodes/1/choice").json()
    assert (found["rule"], found["candidates"]) == (None, [])
    assert "Chain of thought" in found["about"]
