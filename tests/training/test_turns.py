"""SCoRe's metrics, and the two turns of a finished search."""

from __future__ import annotations

import pytest

from training.search_data import SearchedNode, SearchedTree, judged_paths
from training.tasks.game24 import Game24Problem
from training.turns import TwoTurns, searched_turns, turn_figures

PROBLEM = Game24Problem(prompt="Make 24 from 4, 7, 8 and 13.", numbers=(4, 7, 8, 13))
RIGHT = [
    "<solve> 13 - 7 = 6, leaving 4, 6 and 8.",
    "<solve> 8 - 4 = 4, leaving 4 and 6.",
    "<solve> 6 * 4 = 24, leaving 24.",
    "<answer> Answer: (13 - 7) * (8 - 4)",
]
SLIP = "<solve> 13 - 7 = 5, leaving 4, 5 and 8."
WRONG = [SLIP, "<solve> 5 * 4 = 20, leaving 8 and 20.", "<answer> Answer: (13 - 7) * 4"]
BACK = "<correct> Wait, go back to 4, 7, 8 and 13: 13 - 7 = 6, leaving 4, 6 and 8."


def tree(*lines: str) -> SearchedTree:
    """One path with these lines."""
    steps = [
        SearchedNode(i, i - 1, line, 1, terminal=line.startswith("<answer>"))
        for i, line in enumerate(lines, 1)
    ]
    return SearchedTree(PROBLEM, [SearchedNode(0, None, "", 1), *steps])


def last_answer(searched: SearchedTree) -> int:
    return max(node.id for node in searched.nodes if node.terminal)


def test_the_five_metrics_are_shares_of_all_problems() -> None:
    turns = [TwoTurns(True, True)] * 4 + [TwoTurns(False, True)] * 3
    turns += [TwoTurns(True, False)] * 1 + [TwoTurns(False, False)] * 2
    figures = {name: figure.value for name, figure in turn_figures(turns, seed=1).items()}
    assert figures == pytest.approx(
        {
            "turn_1": 0.5,
            "turn_2": 0.7,
            "turn_gain": 0.2,
            "turn_wrong_to_right": 0.3,
            "turn_right_to_wrong": 0.1,
        }
    )


def test_the_turns_are_the_first_and_the_last_answer_of_the_path() -> None:
    mended = tree(*WRONG, "<check> The answer is wrong.", BACK, *RIGHT[1:])
    assert searched_turns(mended, last_answer(mended)) == TwoTurns(False, True)
    spoiled = tree(*RIGHT, "<check> The answer is wrong.", *WRONG)
    assert searched_turns(spoiled, last_answer(spoiled)) == TwoTurns(True, False)


def test_a_confirmed_answer_is_that_of_both_turns() -> None:
    confirmed = tree(*RIGHT, "<check> The answer holds.")
    assert searched_turns(confirmed, last_answer(confirmed)) == TwoTurns(True, True)
    assert searched_turns(tree(SLIP), None) == TwoTurns(False, False)


def test_an_answer_that_was_revised_is_an_end_too() -> None:
    mended = tree(*WRONG, "<check> The answer is wrong.", BACK, *RIGHT[1:])
    outcomes = [(len(path.lines), path.value[0]) for path in judged_paths(mended)]
    assert outcomes == [(3, False), (8, True)]
