"""ReST-MCTS*: when it looks ahead, what a step is worth then, and when it stops."""

import pytest

from backend.search.stopping import reason_to_stop
from backend.search.strategies.registry import make_strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, WorkKind
from tests.search.growing import grow_fully
from tests.search.steps import step, tell_steps


def test_each_expansion_is_followed_by_one_rollout_from_its_best_step() -> None:
    strategy = make_strategy("rest_mcts", {"rollout_steps": 2})
    tree = SearchTree.plant("p", 0)
    (expansion,) = strategy.ask(tree, 1)
    tell_steps(tree, strategy, expansion, step("low", value=0.2), step("high", value=0.6))
    assert tree.root.visits == 0
    (rollout,) = strategy.ask(tree, 1)
    assert (rollout.node, rollout.kind, rollout.temperature) == (2, WorkKind.COMPLETE, 0)
    chain = (step("x", value=0.5), step("y", value=0.8), step("z", value=0.99))
    strategy.tell(tree, rollout, Outcome((chain,)))
    assert tree.node(2).value == pytest.approx(0.5 * 0.6 + 0.5 * 0.8), "z is beyond the horizon"
    assert [node.purpose for node in tree.nodes[3:]] == ["rollout"] * 3
    (second,) = strategy.ask(tree, 1)
    assert second.kind is WorkKind.EXPAND


def test_a_visited_nodes_value_is_the_mean_of_its_childrens_by_visits() -> None:
    tree = SearchTree.plant("p", 7)
    grow_fully(tree, make_strategy("rest_mcts", {}), 4, 5, nodes=300)
    inner = [node for node in tree.nodes if any(tree.node(c).visits for c in node.children)]
    assert len(inner) > 50
    for node in inner:
        children = [tree.node(child) for child in node.children]
        weighted = sum((child.value or 0.0) * child.visits for child in children)
        assert node.value == pytest.approx(weighted / sum(child.visits for child in children))


def test_it_stops_at_an_answer_that_is_good_enough() -> None:
    strategy = make_strategy("rest_mcts", {})
    for value, stops in ((0.89, False), (0.91, True)):
        tree = SearchTree.plant("p", 0)
        (work,) = strategy.ask(tree, 1)
        tell_steps(tree, strategy, work, step("7", action="answer", value=value, terminal=True,
                                              answer="7"))  # fmt: skip
        assert (reason_to_stop(tree, strategy.settings) is not None) == stops
