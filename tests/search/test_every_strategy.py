"""What holds of every strategy: invariants, replay, going on after a kill, an end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.strategies.revisions import Revising
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from tests.search.growing import (
    assert_equal_trees,
    check_invariants,
    grow,
    grow_fully,
    muddled,
    outcome_for,
    rng_of,
)

# rStar asks after the vote which answer is consistent.
VOTING = [
    name
    for name, kind in STRATEGIES.items()
    if "choose" in kind.settings_type.model_fields and name != "rstar"
]


@pytest.mark.parametrize("name", STRATEGIES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), in_flight=st.integers(1, 9), depth=st.integers(1, 5))
def test_any_order_of_replies_leaves_a_sound_tree(
    name: str, seed: int, in_flight: int, depth: int
) -> None:
    tree = SearchTree.plant("p", seed)
    events = tree.drain()[1]
    strategy = make_strategy(name, {})
    events += grow_fully(tree, strategy, in_flight, depth, nodes=120, rng=rng_of(seed))
    check_invariants(tree, revises=isinstance(strategy, Revising))
    assert all(node.virtual == 0 for node in tree.nodes)
    assert_equal_trees(tree, SearchTree.replay(events, seed))


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_search_goes_on_from_its_log_as_if_nothing_had_happened(name: str) -> None:
    strategy = make_strategy(name, {})
    whole, killed = SearchTree.plant("p", 7), SearchTree.plant("p", 7)
    grow_fully(whole, strategy, 3, 4, nodes=90)
    events = killed.drain()[1]
    for _ in range(4):
        strategy.ask(killed, 3 - len(killed.pending))
        for work in list(killed.pending.values())[:1]:
            strategy.tell(killed, work, outcome_for(strategy, killed, work, 4))
        events += killed.drain()[1]
    again = SearchTree.replay(events, 7)
    grow_fully(again, make_strategy(name, {}), 3, 4, nodes=90)
    assert_equal_trees(whole, again)


@pytest.mark.parametrize("name", STRATEGIES)
def test_an_answer_is_found_within_the_capacity(name: str) -> None:
    strategy = make_strategy(name, {})
    tree = SearchTree.plant("p", 11)
    for _ in range(400):
        assert len(strategy.ask(tree, 2 - len(tree.pending))) <= 2
        if not tree.pending:
            break
        work = next(iter(tree.pending.values()))
        strategy.tell(tree, work, outcome_for(strategy, tree, work, 3))
    assert tree.answer_node is not None
    assert strategy.ask(tree, 0) == []


@pytest.mark.parametrize("choose", list(Choice))
@pytest.mark.parametrize("name", VOTING)
def test_the_runs_answer_is_always_the_one_that_most_speaks_for(name: str, choose: Choice) -> None:
    """Also where an answer has one vote more because a step was proposed again."""
    strategy = make_strategy(name, {"choose": choose})
    for seed in range(6):
        tree = SearchTree.plant("p", seed)
        grow(tree, strategy, 3, muddled, nodes=150)
        winner = tree.votes.winner(choose)
        if winner is None:
            assert tree.answer_node is None
            continue
        assert tree.answer_node is not None
        answer = tree.votes.of(tree.nodes[tree.answer_node])
        assert answer is not None
        assert answer.support(choose) == winner.support(choose)
