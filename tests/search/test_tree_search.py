"""What holds of every search that grows a tree step by step, whatever the model replies."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search.strategies.registry import make_strategy
from backend.search.tree import SearchTree
from tests.search.growing import assert_equal_trees, check_invariants, grow, muddled

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "rollouts": ("mcts", {"value_from": "rollout", "max_expansions": 2}),
    "both": ("mcts", {"value_from": "both", "selection": "uct", "spread": 0.3}),
    "drafts": ("mcts", {"children": 2, "drafts": 4, "noise": 0.25, "max_expansions": 1}),
    "rest_mcts": ("rest_mcts", {"max_expansions": 2}),
    "ab_mcts": ("ab_mcts", {"max_tries": 4, "max_depth": 4}),
    "rstar": ("rstar", {"rollouts": 12, "max_depth": 4}),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32), in_flight=st.integers(1, 9),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_every_tree_search_keeps_the_invariants(
    kind: str, seed: int, in_flight: int, order: object
) -> None:
    name, options = KINDS[kind]
    strategy = make_strategy(name, options)
    tree = SearchTree.plant("p", seed)
    events = grow(tree, strategy, in_flight, muddled, nodes=200, rng=order)
    check_invariants(tree)
    assert all(node.virtual == 0 for node in tree.nodes)
    assert_equal_trees(SearchTree.replay(events, seed), tree)


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_search_goes_on_as_if_it_had_never_stopped(kind: str) -> None:
    name, options = KINDS[kind]
    tree = SearchTree.plant("p", 3)
    events = grow(tree, make_strategy(name, options), 3, muddled, nodes=40)
    again = SearchTree.replay(events, 3)
    for grown in (tree, again):
        grow(grown, make_strategy(name, options), 3, muddled, nodes=90)
    assert_equal_trees(again, tree)
