"""Automatic step labels: Monte-Carlo labels and OmegaPRM's searches."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search import events as ev
from backend.search.strategies.registry import make_strategy
from backend.search.strategies.rollouts import MONTE_CARLO, MONTE_CARLO_HARD, ROLLOUT
from backend.search.strategies.wrong_rollouts import PRIORITY, Priority, middle
from backend.search.strategy import Strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Outcome, ProposedStep
from tests.search.growing import (
    assert_equal_trees,
    check_invariants,
    grow_fully,
    is_slip,
    outcome_for,
)

LABELLERS = {
    "monte_carlo_labels": {"solutions": 3, "rollouts": 3},
    "omega_prm": {"rollouts": 5, "searches": 8},
}


def chain(*texts: str, reward: float | None = None) -> tuple[ProposedStep, ...]:
    """Steps of which the last one is an answer, unless its text is "…"."""
    steps = [ProposedStep("solve", text, 1) for text in texts]
    if texts[-1] != "…":
        answer = {"terminal": True, "answer": texts[-1], "answer_key": texts[-1]}
        steps[-1] = replace(steps[-1], reward=reward, **answer)  # type: ignore[arg-type]
    return tuple(steps)


def told(strategy: Strategy, tree: SearchTree, *chains: tuple[ProposedStep, ...]) -> None:
    """Tell the oldest work in flight."""
    work = next(iter(tree.pending.values()))
    strategy.tell(tree, work, Outcome(chains))


@pytest.mark.parametrize("name", LABELLERS)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    depth=st.integers(1, 6),
    in_flight=st.integers(1, 6),
    order=st.randoms(use_true_random=False),
)
def test_any_order_of_replies_leaves_a_sound_tree(
    name: str, seed: int, depth: int, in_flight: int, order: Random
) -> None:
    tree = SearchTree.plant("p", seed)
    strategy = make_strategy(name, LABELLERS[name])
    events = grow_fully(tree, strategy, in_flight, depth, nodes=400, rng=order)
    check_invariants(tree)
    assert_equal_trees(SearchTree.replay(events, seed), tree)


@pytest.mark.parametrize("name", LABELLERS)
@pytest.mark.parametrize("killed_at", [1, 2, 5, 9, 12])
def test_it_goes_on_from_its_log_as_if_nothing_had_happened(name: str, killed_at: int) -> None:
    strategy = make_strategy(name, LABELLERS[name])
    whole, killed = SearchTree.plant("p", 5), SearchTree.plant("p", 5)
    grow_fully(whole, strategy, 3, 5, nodes=10**6)
    for _ in range(killed_at):
        strategy.ask(killed, 3 - len(killed.pending))
        work = next(iter(killed.pending.values()))
        strategy.tell(killed, work, outcome_for(strategy, killed, work, 5))
    again = SearchTree.replay(killed.drain()[1], 5)
    grow_fully(again, make_strategy(name, LABELLERS[name]), 3, 5, nodes=10**6)
    assert_equal_trees(again, whole)


# ---------------------------------------------------------------------- Monte-Carlo labels


def test_a_step_is_labelled_by_the_share_of_its_rollouts_that_end_right() -> None:
    tree = SearchTree.plant("p", 3)
    grow_fully(tree, make_strategy("monte_carlo_labels", {"rollouts": 6}), 4, 4, nodes=10**6)
    steps = [node for node in tree.nodes[1:] if node.purpose == "solution" and not node.terminal]
    assert len(steps) == 4 * 3
    for node in steps:
        ends = [tree.nodes[i] for i in tree.terminals if tree.nodes[i].source == node.id]
        assert len(ends) == 6
        share = sum(end.reward or 0.0 for end in ends) / 6
        assert (node.scores[MONTE_CARLO], node.value) == (share, share)
        assert node.scores[MONTE_CARLO_HARD] == float(share > 0)
    assert len({node.value for node in steps}) > 2, "the scripted problem is neither easy nor hard"


def test_a_step_that_solutions_share_is_rolled_out_once() -> None:
    strategy = make_strategy("monte_carlo_labels", {"solutions": 3, "rollouts": 2})
    tree = SearchTree.plant("p")
    (work,) = strategy.ask(tree, 8)
    assert (work.node, work.n, strategy.ask(tree, 8)) == (ROOT, 3, [])
    told(strategy, tree, chain("a", "b", "7", reward=1), chain("a", "c", "8", reward=0),
         chain("a", "b", "7", reward=1))  # fmt: skip
    works = strategy.ask(tree, 8)
    assert [tree.nodes[work.node].text for work in works] == ["a", "b", "c"]
    assert {(work.n, work.purpose) for work in works} == {(2, ROLLOUT)}
    told(strategy, tree, chain("b", "7", reward=1), chain("d", "9", reward=0))
    assert strategy.ask(tree, 8) == [], "neither twice, nor from the steps of rollouts"
    assert tree.root.scores[MONTE_CARLO] == pytest.approx(2 / 3)
    assert tree.nodes[1].scores[MONTE_CARLO] == 0.5
    assert [tree.nodes[i].scores[MONTE_CARLO] for i in tree.terminals] == [1, 0, 0]


def test_what_cannot_be_judged_has_no_label() -> None:
    strategy = make_strategy("monte_carlo_labels", {"solutions": 4, "rollouts": 2})
    tree = SearchTree.plant("p")
    strategy.ask(tree, 1)
    told(strategy, tree, chain("a", "7", reward=1), chain("b", "maybe"), chain("c", "…"))
    assert tree.root.scores[MONTE_CARLO] == 0.5, "cut short is not right, unknown does not count"
    strategy.ask(tree, 3)
    told(strategy, tree, chain("maybe"), chain("perhaps"))
    assert tree.nodes[1].scores[MONTE_CARLO] is None
    assert tree.nodes[1].value is None
    strategy.tell(tree, next(iter(tree.pending.values())), Outcome(failure="too long"))
    assert tree.nodes[3].scores[MONTE_CARLO] is None


@pytest.mark.parametrize("name", LABELLERS)
def test_the_first_solutions_decide_the_answer(name: str) -> None:
    strategy = make_strategy(name, {})
    tree = SearchTree.plant("p")
    strategy.ask(tree, 1)
    told(strategy, tree, chain("a", "b", "7", reward=0), chain("c", "d", "8", reward=1),
         chain("e", "8", reward=1), chain("f", "g", "7", reward=0))  # fmt: skip
    assert tree.answer_node is not None
    assert tree.nodes[tree.answer_node].answer == "7", "what is right has no say in it"
    strategy.ask(tree, 1)
    told(strategy, tree, *(chain(f"h{i}", "8", reward=1) for i in range(9)))
    assert tree.nodes[tree.answer_node].answer == "7"


# ---------------------------------------------------------------------- OmegaPRM


def test_priorities_follow_the_paper() -> None:
    priority = Priority(alpha=0.5, beta=0.9, length=500, exploration=0.125)
    assert priority.of_rollout(0.5, 250) == pytest.approx(0.5**0.5 * 0.9**0.5)
    assert priority.of_rollout(0.875, 20) > priority.of_rollout(0.125, 20)
    assert priority.of_rollout(0.5, 20) > priority.of_rollout(0.5, 40)
    assert priority.of_state(visits=2, total=9) == pytest.approx(0.125 * 3 / 3)


def searched(events: list[ev.Event]) -> list[tuple[int, int]]:
    """(place in the log, end of the rollout) of every search."""
    found = [(at, e.node) for at, e in enumerate(events)
             if isinstance(e, ev.Scored) and e.verifier == PRIORITY]  # fmt: skip
    assert len({end for _, end in found}) == len(found), "no rollout is searched twice"
    return found


def test_the_first_mistake_is_found() -> None:
    tree = SearchTree.plant("p", 8)
    strategy = make_strategy("omega_prm", {"rollouts": 40, "searches": 30})
    searches = searched(grow_fully(tree, strategy, 4, 7, nodes=10**6))
    assert len(searches) == 30
    places = set()
    for _, end in searches:
        path = [tree.nodes[i] for i in tree.path(end)]
        measured = [node for node in path if MONTE_CARLO in node.scores]
        found = next(node for node in measured if node.scores[MONTE_CARLO] == 0)
        assert found.parent is not None
        assert (tree.nodes[found.parent].scores[MONTE_CARLO] or 0) > 0
        assert found is next(node for node in path if is_slip(node.text, node.depth))
        places.add(found.depth)
    assert len(places) > 2


def test_the_rollout_with_the_best_priority_is_searched_next() -> None:
    chosen = {"rollouts": 6, "searches": 25, "alpha": 0.7, "beta": 0.2, "length": 20}
    priority = Priority(0.7, 0.2, 20, 0.125)
    tree = SearchTree.plant("p", 2)
    events = grow_fully(tree, make_strategy("omega_prm", chosen), 1, 6, nodes=10**6)
    states = set()
    for at, end in searched(events):
        then = SearchTree.replay(events[:at], 2)
        wrong = [then.nodes[i] for i in then.terminals if then.nodes[i].reward == 0]
        begun = [node.source for node in wrong if PRIORITY in node.scores]
        scores = {}
        for node in wrong:
            state = then.nodes[node.source or 0]
            share = state.scores[MONTE_CARLO] or 0.0
            if PRIORITY in node.scores or not 0 < share < 1:
                continue
            if middle(then, state.id, node.id) is not None:
                path = then.path(node.id)[state.depth + 1 :]
                words = len(" ".join(then.nodes[i].text for i in path).split())
                u = priority.of_state(begun.count(state.id), len(begun))
                scores[node.id] = priority.of_rollout(share, words) + u
        assert scores[end] == pytest.approx(max(scores.values()))
        states.add(then.nodes[end].source)
    assert len(states) > 3


def test_no_more_searches_are_begun_than_asked_for() -> None:
    tree = SearchTree.plant("p", 8)
    strategy = make_strategy("omega_prm", {"rollouts": 20, "searches": 3})
    assert len(searched(grow_fully(tree, strategy, 8, 6, nodes=10**6))) == 3


def test_where_all_or_none_is_right_there_is_nothing_to_search() -> None:
    for reward in (0.0, 1.0):
        strategy = make_strategy("omega_prm", {})
        tree = SearchTree.plant("p")
        strategy.ask(tree, 1)
        told(strategy, tree, chain("a", "b", "1", reward=reward))
        assert strategy.ask(tree, 4) == []
