"""People steer a search: labels pin values, subtrees leave it, steps of their own enter it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search import events as ev
from backend.search.aggregate import standing_path
from backend.search.seeds import derive_seed
from backend.search.steering import flag, judge, proposals, prune, take_in, write
from backend.search.stopping import reason_to_stop
from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.strategies.revisions import Revising
from backend.search.strategy import Strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.votes import Choice
from backend.search.work import Outcome, ProposedStep, WorkKind
from benchmarks.scripted import instant_outcome
from tests.search.growing import (
    assert_equal_trees,
    check_invariants,
    grow_fully,
    outcome_for,
    rng_of,
)

# Without rollouts and first looks: every call proposes next steps, all at once.
STEPS = {"value_from": "verifier", "coverage": 1}


def step(text: str, score: float | None = 0.5, **fields: Any) -> ProposedStep:
    return ProposedStep("solve", text, 1, scores={"v": score}, **fields)


def answer(text: str, score: float, **fields: Any) -> ProposedStep:
    return step(text, score, terminal=True, answer=text, **fields)


def told(tree: SearchTree, strategy: Strategy, *steps: ProposedStep) -> list[int]:
    """Ask for one piece of work and tell these steps; the ids of all steps at that node."""
    (work,) = strategy.ask(tree, 1)
    strategy.tell(tree, work, Outcome(tuple((one,) for one in steps)))
    return tree.nodes[work.node].children


def next_asked(tree: SearchTree, strategy: Strategy, capacity: int = 8) -> list[int]:
    return [work.node for work in strategy.ask(tree, capacity)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(STRATEGIES)))
def test_a_search_that_people_steer_stays_sound(seed: int, name: str) -> None:
    tree, rng, strategy = SearchTree.plant("p", seed), rng_of(seed), make_strategy(name, {})
    events = tree.drain()[1]
    choice = getattr(strategy.settings, "choose", None)
    for _ in range(60):
        strategy.ask(tree, 3 - len(tree.pending))
        if tree.pending:
            work = rng.choice(list(tree.pending.values()))
            strategy.tell(tree, work, outcome_for(strategy, tree, work, 4))
        node = rng.randrange(1, len(tree)) if len(tree) > 1 else ROOT
        act = rng.randrange(9)
        if act == 0 and node:
            judge(tree, node, rng.choice([-1, 0, 1, None]), "", choice)
        elif act == 1 and node:
            prune(tree, node, rng.random() < 0.7, choice)
        elif act == 2 and not tree.nodes[node].terminal:
            score = rng.choice([rng.random(), None])
            edited = rng.choice([None, *tree.nodes[node].children])
            write(tree, node, step(f"own {rng.randrange(9)}", score), strategy.settings, edited)
        elif act == 3 and node:
            flag(tree, node, rng.random() < 0.7)
        check_invariants(tree, revises=isinstance(strategy, Revising))
        events += tree.drain()[1]
    coded = [ev.decode(*ev.encode(event)) for event in events]
    assert_equal_trees(SearchTree.replay(coded, seed), tree)
    best = tree.answer_node
    assert best is None or not any(node.pruned for node in tree.ancestors(best))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(STRATEGIES)))
def test_a_search_goes_the_same_way_whatever_is_flagged(seed: int, name: str) -> None:
    def searched(flags: bool) -> list[ev.Event]:
        tree, rng, strategy = SearchTree.plant("p", seed), rng_of(seed), make_strategy(name, {})
        for _ in range(20):
            strategy.ask(tree, 3 - len(tree.pending))
            for work in list(tree.pending.values()):
                strategy.tell(tree, work, outcome_for(strategy, tree, work, 4))
            if flags and len(tree) > 1:
                flag(tree, rng.randrange(1, len(tree)), rng.random() < 0.7)
        return tree.drain()[1]

    flagged = searched(True)
    assert any(isinstance(event, ev.Flagged) for event in flagged)
    assert [event for event in flagged if not isinstance(event, ev.Flagged)] == searched(False)


def test_flagging_again_changes_nothing_and_a_flag_is_no_label() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.5, corrects=None)
    tree.drain()
    flag(tree, a, True)
    flag(tree, a, True)
    assert tree.drain() == (3, [ev.Flagged(a, True)], {a})
    assert (tree.node(a).flagged, tree.node(a).label, tree.node(a).value) == (True, None, 0.5)
    flag(tree, a, False)
    flag(tree, a, False)
    assert tree.drain()[1] == [ev.Flagged(a, False)]
    assert not tree.node(a).flagged


@pytest.mark.parametrize(("choose", "first", "then"), [("max", "7", "3"), ("weighted", "7", "3")])
def test_the_answer_is_chosen_again_after_a_label(choose: str, first: str, then: str) -> None:
    strategy = make_strategy("best_of_n", {"choose": choose})
    tree = SearchTree.plant("p")
    for work in strategy.ask(tree, 1):
        ends = (answer("7", 0.9), answer("3", 0.6), answer("5", 0.1))
        starts = [step(f"to {end.answer}", 0.9) for end in ends]
        chains = tuple(zip(starts, ends, strict=True))
        strategy.tell(tree, work, Outcome(chains))
    rule = Choice(choose)

    def chosen() -> str | None:
        return None if tree.answer_node is None else tree.node(tree.answer_node).answer

    assert chosen() == first
    judge(tree, 1, -1, "", rule)
    assert chosen() == then, "what builds on a bad step counts for nothing"
    judge(tree, 6, 1, "", rule)
    assert chosen() == "5"
    assert reason_to_stop(tree, make_strategy("best_of_n", {"stop_at_value": 0.95}).settings)
    for node in (1, 6):
        judge(tree, node, None, "", rule)
    assert chosen() == first


def test_a_label_elsewhere_does_not_move_an_answer_that_is_level() -> None:
    strategy = make_strategy("self_consistency", {"n": 4, "per_call": 4})
    tree = SearchTree.plant("p")
    (work,) = strategy.ask(tree, 1)
    chains = [answer("3", 0.5), answer("7", 0.5), answer("7 ", 0.5, answer_key="7"), step("x")]
    strategy.tell(tree, work, Outcome(tuple((one,) for one in chains)))
    assert tree.answer_node == 2
    tree.add(ROOT, answer("3 ", 0.5, answer_key="3"), estimate=0.5, corrects=None)
    judge(tree, 4, 1, "", Choice.MAJORITY)
    assert tree.answer_node == 2


@pytest.mark.parametrize("selection", ["puct", "uct"])
@pytest.mark.parametrize(
    ("labelled", "rating", "expected"),
    [("low", None, "high"), ("low", 1, "low"), ("high", -1, "fair"), ("fair", 0, "high")],
)
def test_a_label_changes_where_mcts_looks_next(
    selection: str, labelled: str, rating: int | None, expected: str
) -> None:
    strategy = make_strategy("mcts", {**STEPS, "selection": selection})
    tree = SearchTree.plant("p")
    scores = {"low": 0.3, "fair": 0.5, "high": 0.6}
    told(tree, strategy, *(step(text, score) for text, score in scores.items()))
    node = tree.find_child(ROOT, "solve", labelled)
    assert node is not None
    judge(tree, node, rating, "", Choice.MAX)
    (chosen,) = next_asked(tree, strategy, 1)
    assert tree.node(chosen).text == expected


def test_a_label_changes_which_beams_are_kept() -> None:
    strategy = make_strategy("beam_search", {"width": 1, "children": 2})
    tree = SearchTree.plant("p")
    a, b = told(tree, strategy, step("a", 0.9), step("b", 0.4))
    judge(tree, b, 1, "", Choice.MAX)
    assert next_asked(tree, strategy) == [b]


def test_candidates_that_build_on_a_bad_beam_come_last() -> None:
    strategy = make_strategy("beam_search", {"width": 2, "children": 1})
    tree = SearchTree.plant("p")
    a, b = told(tree, strategy, step("a", 0.9), step("b", 0.6))
    narrow = make_strategy("beam_search", {"width": 1, "children": 1})
    for work, score in zip(strategy.ask(tree, 2), (0.9, 0.5), strict=True):
        strategy.tell(tree, work, Outcome(((step(f"next {work.node}", score),),)))
    judge(tree, a, -1, "", Choice.MAX)
    (asked,) = next_asked(tree, narrow)
    assert tree.node(asked).parent == b


@pytest.mark.parametrize("name", ["mcts", "beam_search", "dvts", "lookahead"])
def test_a_pruned_subtree_is_asked_nothing_until_it_is_restored(name: str) -> None:
    strategy = make_strategy(name, {})
    tree = SearchTree.plant("p", 3)
    for _ in range(4):
        for work in strategy.ask(tree, 1):
            strategy.tell(tree, work, instant_outcome(tree, work, 6))
    subtree = next(node for node in tree.nodes[1:] if node.available)
    in_flight = strategy.ask(tree, 1)
    prune(tree, subtree.id, True, Choice.MAX)
    for work in in_flight:
        strategy.tell(tree, work, instant_outcome(tree, work, 6))
    for _ in range(40):
        for work in strategy.ask(tree, 2):
            assert subtree.id not in tree.path(work.node)
            strategy.tell(tree, work, instant_outcome(tree, work, 6))
    check_invariants(tree)
    for node in tree.nodes[1:]:
        if node.depth == 1 and subtree.id not in tree.path(node.id):
            prune(tree, node.id, True, Choice.MAX)
    if tree.root.expandable:
        tree.record(ev.Closed(ROOT))
    prune(tree, subtree.id, False, Choice.MAX)
    asked = next_asked(tree, strategy)
    assert not subtree.available or asked
    assert all(subtree.id in tree.path(node) for node in asked)


def test_late_answers_below_a_pruned_step_have_no_vote() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p")
    a, b = told(tree, strategy, step("a", 0.9), step("b", 0.4))
    (work,) = strategy.ask(tree, 1)
    assert work.node == a
    prune(tree, a, True, Choice.MAX)
    late = Outcome(((answer("7", 0.9),), (answer("7", 0.9),)))
    strategy.tell(tree, work, late)
    assert (tree.answer_node, tree.votes.agreed) == (None, 0)
    prune(tree, a, False, Choice.MAX)
    assert tree.answer_node is not None
    assert tree.votes.agreed == 2


def test_what_is_pruned_counts_for_nothing_above_until_it_is_restored() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.5, corrects=None)
    b, c = (tree.add(a, step(text), estimate=0.5, corrects=None) for text in "bc")

    def standing() -> list[tuple[float | None, int]]:
        return [(tree.node(i).value, tree.node(i).visits) for i in (ROOT, a, b)]

    tree.record(ev.BackedUp(b, 0.75))
    tree.record(ev.BackedUp(c, 0.25))
    prune(tree, b, True, Choice.MAX)
    assert standing() == [(0.25, 1), (0.25, 1), (0.75, 1)]
    tree.record(ev.BackedUp(b, 0.5))
    assert standing() == [(0.25, 1), (0.25, 1), (0.625, 2)], "a late answer counts below only"
    prune(tree, a, True, Choice.MAX)
    prune(tree, b, False, Choice.MAX)
    assert standing() == [(None, 0), (0.5, 3), (0.625, 2)]
    prune(tree, a, False, Choice.MAX)
    assert standing() == [(0.5, 3), (0.5, 3), (0.625, 2)]


def test_pruning_again_changes_nothing() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.5, corrects=None)
    prune(tree, a, False, Choice.MAX)
    prune(tree, a, True, Choice.MAX)
    before = tree.seq
    prune(tree, a, True, Choice.MAX)
    assert tree.seq == before


def test_a_pruned_beam_leaves_no_gap_in_the_next_levels() -> None:
    """The last open beam of a level is pruned: the next level is narrowed all the same."""
    strategy = make_strategy("beam_search", {"width": 2, "children": 2})
    tree = SearchTree.plant("p")
    told(tree, strategy, step("a", 0.9), step("b", 0.6))
    told(tree, strategy, *(step(f"a {i}", i / 10) for i in range(5)))
    prune(tree, 2, True, Choice.MAX)
    assert [tree.node(i).text for i in next_asked(tree, strategy)] == ["a 3", "a 4"]


@pytest.mark.parametrize("name", ["mcts", "beam_search"])
def test_an_exhausted_search_resumes_at_a_persons_step(name: str) -> None:
    strategy = make_strategy(name, {"children": 2})
    tree = SearchTree.plant("p", 4)
    grow_fully(tree, strategy, 2, 3, nodes=10**9)
    assert next_asked(tree, strategy) == []
    inner = next(node for node in tree.nodes if node.children and node.depth == 1)
    own = write(tree, inner.id, step("mine", 0.7), strategy.settings)
    assert (tree.node(own).origin, tree.node(own).value) == ("person", 0.7)
    assert set(next_asked(tree, strategy)) == {own}
    check_invariants(tree)


@pytest.mark.parametrize("name", ["mcts", "beam_search"])
def test_proposals_at_a_node_are_searched_next(name: str) -> None:
    strategy = make_strategy(name, {"children": 2})
    tree = SearchTree.plant("p", 4)
    grow_fully(tree, strategy, 2, 3, nodes=10**9)
    work = proposals(tree, ROOT, 3, strategy.settings, request=5)
    assert (work.kind, work.n) == (WorkKind.EXPAND, 3)
    visits, expansions = tree.root.visits, tree.root.expansions
    more = take_in(tree, ROOT, instant_outcome(tree, work, 3).chains, strategy.settings)
    assert len(more) == 3
    assert (tree.root.visits, tree.root.expansions) == (visits + 3, expansions)
    assert set(next_asked(tree, strategy)) <= set(more)
    check_invariants(tree)


def test_proposals_are_whole_solutions_where_the_strategy_samples_such() -> None:
    strategy = make_strategy("chain_of_thought", {})
    tree = SearchTree.plant("p", 4)
    grow_fully(tree, strategy, 1, 3, nodes=10**9)
    work = proposals(tree, 1, 2, strategy.settings, request=5)
    assert (work.kind, work.temperature) == (WorkKind.COMPLETE, 0.8)
    before = len(tree.terminals)
    take_in(tree, 1, instant_outcome(tree, work, 3).chains, strategy.settings)
    assert len(tree.terminals) == before + 2
    seeds = {proposals(tree, 1, 2, strategy.settings, request=i).seed for i in range(9)}
    assert len(seeds) == 9
    assert derive_seed(4, 1, 5) == work.seed


def test_a_persons_answer_counts_and_may_win() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p")
    told(tree, strategy, answer("3", 0.6), step("a", 0.4))
    own = write(tree, 2, answer("7", 0.9), strategy.settings)
    assert tree.node(own).estimate == 0.4, "it is worth no more than what it builds on"
    assert tree.answer_node == 1
    better = write(tree, ROOT, answer("7 ", 0.9), strategy.settings)
    assert tree.answer_node == better
    assert tree.node(better).visits == 1


def test_a_step_that_is_there_already_is_merged() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p")
    told(tree, strategy, step("a", 0.4))
    visits = tree.root.visits
    assert write(tree, ROOT, step("a", 0.4), strategy.settings) == 1
    assert (tree.node(1).samples, tree.node(1).origin) == (2, "model")
    assert tree.root.visits == visits


def test_an_edited_step_corrects_the_one_beside_it() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p")
    told(tree, strategy, step("a", 0.9), step("b", 0.8))
    judge(tree, 1, -1, "", None)
    below = write(tree, 1, step("c", 0.7), strategy.settings)
    edited = write(tree, 1, step("c, better", 0.6), strategy.settings, below)
    assert tree.node(edited).corrects == below
    assert tree.node(edited).estimate == 0.0, "what it builds on is still labelled bad"
    again = write(tree, ROOT, step("a, better", 0.7), strategy.settings, 1)
    assert (tree.node(again).corrects, tree.node(again).estimate) == (1, 0.7)
    assert standing_path(tree, again) == [again]
    revising = replace(step("d", 0.5), corrects=1)
    revised = write(tree, again, revising, strategy.settings, None)
    other = write(tree, again, replace(revising, text="d, better"), strategy.settings, revised)
    assert tree.node(other).corrects == again, "an edit of a revision revises the same step"
    check_invariants(tree, revises=True)
