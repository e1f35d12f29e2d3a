"""What a run's tree teaches: policy targets, step labels, pairs."""

import pytest

from backend.runs.errors import NotFound
from backend.runs.exports import ExportFormat, export_lines
from backend.runs.service import RunService
from backend.search.tree import SearchTree
from tests.runs.driving import request
from tests.search.test_advantages import labelled_tree


async def test_the_policy_is_the_share_of_visits_after_each_prefix(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    nodes = (await service.tree(run.id)).nodes
    lines = await service.exporting.lines(run.id, ExportFormat.POLICY)
    assert len(lines) > 5
    first = lines[0]
    assert (first["problem"], first["steps"]) == ("1 + 1?", [])
    children = [node for node in nodes if node.parent == 0]
    total = sum(child.visits for child in children)
    assert [(c["text"], c["pi"]) for c in first["children"]] == [
        (child.text, child.visits / total) for child in children
    ]
    for line in lines:
        assert sum(child["pi"] for child in line["children"]) == pytest.approx(1)
    paths: dict[int, tuple[str, ...]] = {0: ()}
    for node in nodes[1:]:
        assert node.parent is not None
        paths[node.id] = (*paths[node.parent], node.text)
    prefixes = [tuple(step["text"] for step in line["steps"]) for line in lines]
    assert set(prefixes) <= set(paths.values())
    assert max(map(len, prefixes)) > 2


def test_step_labels_are_those_of_whole_solutions() -> None:
    wrong, right = sorted(
        export_lines(labelled_tree(), ExportFormat.STEP_LABELS), key=lambda line: line["soft"][-1]
    )
    assert [step["text"] for step in wrong["steps"]] == ["a", "c", "d", "8"]
    assert wrong["soft"] == [0.5, 0.25, 0.25, 0.0]
    assert wrong["hard"] == [True, True, True, False]
    assert wrong["advantage"] == [0.0, -0.25, 0.0, -0.25]
    assert (right["answer"], right["soft"]) == ("7", [0.5, 0.75, 1.0])


def test_pairs_differ_in_one_step_after_the_same_prefix() -> None:
    assert export_lines(labelled_tree(), ExportFormat.PAIRS) == [
        {
            "problem": "p",
            "steps": [{"action": "solve", "text": "a"}],
            "chosen": {"action": "solve", "text": "b"},
            "rejected": {"action": "solve", "text": "c"},
        }
    ]


def test_a_tree_without_labels_has_none() -> None:
    tree = SearchTree.plant("p")
    assert [export_lines(tree, wanted) for wanted in ExportFormat] == [[], [], []]


async def test_an_unknown_run_is_not_found(service: RunService) -> None:
    with pytest.raises(NotFound):
        await service.exporting.lines("nowhere", ExportFormat.POLICY)
