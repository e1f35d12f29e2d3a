"""Searches that begin with given steps: every strategy goes on below the last of them only."""

import pytest

from backend.search.events import Asked
from backend.search.node import GIVEN
from backend.search.steering import give
from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.strategies.revisions import Revising
from backend.search.strategy import StrategySettings
from backend.search.tree import ROOT, SearchTree
from backend.search.work import ProposedStep
from tests.search.growing import assert_equal_trees, check_invariants, grow_fully

CHAIN = (
    ProposedStep("solve", "first", 5, scores={"v": 0.9}, model="m"),
    ProposedStep("correct", "second", 0, scores={"v": 0.7}, corrects=1),
)


def begun(settings: StrategySettings, seed: int = 7) -> SearchTree:
    tree = SearchTree.plant("p", seed)
    give(tree, CHAIN, ("model", "person"), settings)
    return tree


def test_the_given_steps_are_judged_and_closed_but_for_the_last() -> None:
    tree = begun(make_strategy("mcts", {"aggregate": "product"}).settings)
    first, second = tree.nodes[1:]
    assert [node.expandable for node in tree.nodes] == [False, False, True]
    assert (tree.start, first.purpose, second.purpose) == (2, GIVEN, GIVEN)
    assert (first.origin, first.model, second.origin) == ("model", "m", "person")
    assert (first.value, second.value) == (0.9, 0.7), "a correction takes the other's place"
    assert second.corrects == 1
    assert tree.root.visits == 0
    assert SearchTree.plant("p").start == ROOT


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_searches_below_the_last_given_step(name: str) -> None:
    strategy = make_strategy(name, {})
    tree = begun(strategy.settings)
    events = tree.drain()[1]
    events += grow_fully(tree, strategy, 3, 4, nodes=120)
    check_invariants(tree, revises=isinstance(strategy, Revising))
    assert len(tree) > 4
    assert tree.answer_node is not None
    below = {event.node for event in events if isinstance(event, Asked)}
    assert all(2 in tree.path(node) for node in below)
    assert all(2 in tree.path(node.id) for node in tree.nodes[3:])
    assert_equal_trees(tree, SearchTree.replay(events, 7))
