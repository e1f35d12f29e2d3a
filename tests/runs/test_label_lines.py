"""People's judgements as data: each once, and as labelled paths in the format of PRM800K."""

from typing import Any

from backend.runs.label_lines import LabelFormat, label_lines
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from backend.runs.steering import ChildrenRequest
from storage.records import NodeRecord
from tests.runs.driving import request


async def _labelled(service: RunService) -> tuple[str, list[NodeRecord]]:
    """A finished run, and the way to its answer."""
    run = await service.start(request(reference_answer="2"))
    await service.settled(run.id)
    view = await service.tree(run.id)
    end = next(node.id for node in view.nodes if node.terminal)
    return run.id, view.path(end)


async def _judge(
    service: RunService, run: str, node: int, rating: int | None, **fields: Any
) -> None:
    await service.label(run, node, LabelRequest(rating=rating, **fields))


async def _lines(service: RunService, run: str, wanted: LabelFormat) -> list[dict[str, Any]]:
    return list(await service.exporting.judged(run, wanted, await service.labels(run), None))


async def test_each_judgement_that_stands_is_a_line_of_its_own(service: RunService) -> None:
    run, path = await _labelled(service)
    first, second = path[0].id, path[1].id
    await _judge(service, run, first, -1, author="ann")
    await _judge(service, run, first, 1, author="ann", comment="sound", seconds=2.5)
    await _judge(service, run, second, -1, author="bo")
    await _judge(service, run, first, 0, author="bo")
    await _judge(service, run, first, None, author="bo")
    lines = await _lines(service, run, LabelFormat.LABELS)
    assert [(line["author"], line["node"], line["rating"]) for line in lines] == [
        ("ann", first, 1),
        ("bo", second, -1),
    ]
    ann, bo = lines
    assert (ann["problem"], ann["steps"], ann["comment"]) == ("1 + 1?", [], "sound")
    assert (ann["seconds"], ann["origin"], ann["run"]) == (2.5, "model", run)
    assert ann["step"] == {"action": path[0].action, "text": path[0].text}
    assert bo["steps"] == [ann["step"]]


async def test_a_labelled_path_has_its_labelled_siblings(service: RunService) -> None:
    run, path = await _labelled(service)
    view = await service.tree(run)
    sibling = next(
        node.id for node in view.nodes if node.parent == path[-1].parent and node != path[-1]
    )
    for node in path:
        await _judge(service, run, node.id, 1, seconds=1.5)
    await _judge(service, run, sibling, -1)
    (line,) = await _lines(service, run, LabelFormat.PRM800K)
    assert line["question"]["problem"] == "1 + 1?"
    assert line["question"]["ground_truth_answer"] == "2"
    label = line["label"]
    assert (label["finish_reason"], label["total_time"]) == ("solution", 1500 * len(path))
    *before, last = label["steps"]
    assert [step["completions"] for step in before] == [
        [{"text": node.text, "rating": 1, "flagged": False}] for node in path[:-1]
    ]
    assert sorted(one["rating"] for one in last["completions"]) == [-1, 1]
    assert last["completions"][last["chosen_completion"]]["text"] == path[-1].text
    assert last["human_completion"] is None


async def test_a_path_ends_where_its_mistake_is_and_unjudged_steps_stay_unjudged(
    service: RunService,
) -> None:
    run, path = await _labelled(service)
    await _judge(service, run, path[1].id, -1)
    (line,) = await _lines(service, run, LabelFormat.PRM800K)
    ratings = [
        step["completions"][step["chosen_completion"]]["rating"] for step in line["label"]["steps"]
    ]
    assert ratings == [None, -1]
    assert line["label"]["finish_reason"] == "found_error"
    assert line["label"]["total_time"] is None


async def test_a_person_s_own_step_is_the_human_completion(service: RunService) -> None:
    run, path = await _labelled(service)
    own = ChildrenRequest("solve", "1 + 1 = 2")
    (step,) = await service.steering.add(run, path[0].id, own)
    await _judge(service, run, step.id, 1)
    await _judge(service, run, path[1].id, -1)
    (line,) = await _lines(service, run, LabelFormat.PRM800K)
    last = line["label"]["steps"][-1]
    assert last["human_completion"] == {"text": "1 + 1 = 2", "rating": 1, "flagged": False}
    assert [one["rating"] for one in last["completions"]] == [-1]
    assert last["chosen_completion"] is None


async def test_judgements_of_steps_that_a_snapshot_lacks_are_left_out(service: RunService) -> None:
    run, path = await _labelled(service)
    await _judge(service, run, path[-1].id, 1)
    labels = await service.labels(run)
    early = await service.tree(run, 2)
    assert len(early.nodes) <= path[-1].id
    assert label_lines(early, labels, LabelFormat.LABELS) == []


async def test_times_that_no_clock_shows_are_no_time(service: RunService) -> None:
    run, path = await _labelled(service)
    for node in path:
        await _judge(service, run, node.id, 1, seconds=1.7e308)
    (line,) = await _lines(service, run, LabelFormat.PRM800K)
    assert line["label"]["total_time"] is None
