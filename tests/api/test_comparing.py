"""The routes on comparing, over real HTTP."""

import httpx2
import pytest

from tests.api.test_runs import error, events, finished


def test_the_course_of_a_run(api: httpx2.Client) -> None:
    run = finished(api, reference_answer="7")
    items = api.get(f"/api/runs/{run['id']}/course").json()["items"]
    assert set(items[0]) == {"seq", "generated_tokens", "node", "value", "answer", "correct"}
    assert items[0]["generated_tokens"] == 0
    last = items[-1]
    assert last["generated_tokens"] == run["usage"]["generated_tokens"]
    assert (last["answer"], last["correct"]) == (run["answer"], run["correct"])
    error(api.get("/api/runs/no-such-run/course"), 404, "unknown_run")


def test_the_course_has_the_last_word_on_an_answer_where_it_was_given(
    api: httpx2.Client,
) -> None:
    run = finished(api, reference_answer="7")
    url = f"/api/runs/{run['id']}"
    said = not run["correct"]
    api.post(f"{url}/grades", json={"answer": run["answer"], "correct": said})
    graded = api.get(f"{url}").json()["seq"]
    items = api.get(f"{url}/course").json()["items"]
    given = [item for item in items if item["answer"] == run["answer"]]
    assert given[0]["seq"] < graded
    assert {item["correct"] for item in given} == {said}


def test_answers_and_what_is_known_of_them_by_now(api: httpx2.Client) -> None:
    run = finished(api, reference_answer="7")
    url = f"/api/runs/{run['id']}"
    items = api.get(f"{url}/answers").json()["items"]
    assert (items[-1]["answer"], items[-1]["correct"]) == (run["answer"], run["correct"])
    for item in items:
        then = api.get(f"{url}/tree", params={"at": item["seq"]}).json()["run"]
        assert then["answer"] == item["answer"]
    first = api.get(f"{url}/tree", params={"at": items[0]["seq"] - 1}).json()["run"]
    assert first["answer"] is None
    said = not run["correct"]
    api.post(f"{url}/grades", json={"answer": run["answer"], "correct": said})
    assert api.get(f"{url}/answers").json()["items"][-1]["correct"] is said
    error(api.get("/api/runs/no-such-run/answers"), 404, "unknown_run")


def test_marks_are_what_stands_out_in_the_log(api: httpx2.Client) -> None:
    run = finished(api, strategy="self_refine", settings={"rounds": 2})
    url = f"/api/runs/{run['id']}"
    for rating in (1, None, -1):
        api.post(f"{url}/nodes/1/labels", json={"rating": rating})
    for flagged in (True, False):
        api.post(f"{url}/nodes/2/flag", json={"flagged": flagged})
    log = [event for _, event in events(api, run["id"])[:-1]]
    marks = api.get(f"{url}/marks").json()["items"]
    assert [(mark["kind"], mark["node"], mark["rating"]) for mark in marks[-3:]] == [
        ("label", 1, 1), ("label", 1, -1), ("flag", 2, None)
    ]  # fmt: skip
    assert [(mark["seq"], mark["answer"]) for mark in marks if mark["kind"] == "answer"] == [
        (event["seq"], event["answer"]) for event in log if event["kind"] == "answered"
    ]
    assert [mark["seq"] for mark in marks if mark["kind"] == "correction"] == [
        event["seq"] for event in log
        if event["kind"] == "node_added" and event["corrects"] is not None
    ]  # fmt: skip
    assert {"answer", "correction"} <= {mark["kind"] for mark in marks}
    assert [mark["seq"] for mark in marks] == sorted({mark["seq"] for mark in marks})
    error(api.get("/api/runs/no-such-run/marks"), 404, "unknown_run")


def test_strategies_are_compared(api: httpx2.Client) -> None:
    for strategy in ("dvts", "beam_search"):
        finished(api, problem="6 + 1?", strategy=strategy, reference_answer="7")
    url = "/api/compare"
    found = api.get(url, params={"strategies": "dvts, beam_search"}).json()
    assert (found["problems"], found["left_out"]) == (1, 0)
    assert [item["strategy"] for item in found["items"]] == ["dvts", "beam_search"]
    for item in found["items"]:
        assert item["runs"] == 1
        assert item["accuracy"][0] in (0, 1)
        assert item["curve"][-1]["accuracy"] == item["accuracy"]
    nothing = api.get(url, params={"strategies": "dvts,rstar"}).json()
    assert nothing == {"problems": 0, "left_out": 0, "items": []}


@pytest.mark.parametrize(
    ("strategies", "code"),
    [("mcts", "invalid_request"), ("", "unknown_strategy"), ("mcts,magic", "unknown_strategy"),
     ("mcts,mcts", "invalid_request"), (None, "invalid_request")],
)  # fmt: skip
def test_nonsense_is_refused_clearly(api: httpx2.Client, strategies: str | None, code: str) -> None:
    params = {} if strategies is None else {"strategies": strategies}
    assert error(api.get("/api/compare", params=params), 422, code)["hint"]
