"""Tests of the data half of expert iteration: π from visits, z from outcomes, right solutions."""

from __future__ import annotations

import pytest

from training.search_data import SearchedNode, SearchedTree, judged_paths, policy_targets, solutions
from training.tasks.game24 import Game24Problem

PROBLEM = Game24Problem(prompt="Make 24 from 4, 7, 8 and 13.", numbers=(4, 7, 8, 13))
GOOD = "<solve> 8 - 4 = 4, leaving 4, 7 and 13."
WRONG = "<solve> 8 - 4 = 5, leaving 5, 7 and 13."
PLAN = "<decompose> Aim for 6 * 4 = 24."


def tree() -> SearchedTree:
    """A plan and a slip below the root; below the plan two ways on, one of them to the answer."""
    nodes = [
        SearchedNode(0, None, "", 20),
        SearchedNode(1, 0, PLAN, 15),
        SearchedNode(2, 0, WRONG, 4),
        SearchedNode(3, 1, GOOD, 12),
        SearchedNode(4, 1, "<check> 4, 7, 8 and 13 can make 24.", 2),
        SearchedNode(5, 3, "<answer> Answer: (13 - 7) * (8 - 4)", 9, terminal=True),
        SearchedNode(6, 3, "<answer> Answer: 13 + 7 + 4", 2, terminal=True),
    ]
    return SearchedTree(PROBLEM, nodes)


def test_the_policy_target_is_the_share_of_visits() -> None:
    targets = {tuple(target.lines): target.shares for target in policy_targets(tree())}
    assert targets[()] == pytest.approx({"<decompose>": 15 / 19, "<solve>": 4 / 19})
    assert targets[(PLAN,)] == pytest.approx({"<solve>": 12 / 14, "<check>": 2 / 14})
    assert targets[(PLAN, GOOD)] == {"<answer>": 1.0}
    assert len(targets) == 3, "a state that was hardly visited says nothing"
    assert list(policy_targets(tree(), least_visits=15)) == [
        target for target in policy_targets(tree()) if not target.lines
    ]


def test_solutions_are_what_the_checker_confirms() -> None:
    assert list(solutions(tree())) == [[PLAN, GOOD, "<answer> Answer: (13 - 7) * (8 - 4)"]]


def test_judged_paths_have_labels_and_outcomes() -> None:
    paths = {tuple(path.lines): path for path in judged_paths(tree())}
    assert len(paths) == 4
    right = paths[(PLAN, GOOD, "<answer> Answer: (13 - 7) * (8 - 4)")]
    wrong = paths[(PLAN, GOOD, "<answer> Answer: 13 + 7 + 4")]
    assert (right.correct, right.value) == ([True] * 3, [True] * 3)
    assert (wrong.correct, wrong.value) == ([True, True, False], [False] * 3)
    assert (paths[(WRONG,)].correct, paths[(WRONG,)].value) == ([False], [None])
