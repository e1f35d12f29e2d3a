"""The tree's promises: counts, availability, merging, replay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search import events as ev
from backend.search.errors import BrokenLog, UnknownNode
from backend.search.strategies.mcts import Mcts, MctsSettings
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Call, ProposedStep, WorkKind
from benchmarks.scripted import instant_outcome
from tests.search.growing import assert_equal_trees, check_invariants, grow_fully


def step(text: str, **fields: object) -> ProposedStep:
    return ProposedStep("solve", text, 3, **fields)  # type: ignore[arg-type]


def test_a_new_tree_holds_the_problem() -> None:
    tree = SearchTree.plant("1 + 1?")
    assert (len(tree), tree.root.text, tree.root.available) == (1, "1 + 1?", True)


def test_a_repeated_step_is_merged() -> None:
    tree = SearchTree.plant("p")
    first = tree.add(ROOT, step("a", prior=0.3), estimate=0.5, corrects=None)
    again = tree.add(ROOT, step("a", prior=0.4), estimate=0.5, corrects=None)
    assert again == first
    assert tree.node(first).samples == 2
    assert tree.node(first).prior == 0.4


def test_wide_nodes_find_their_twins_too() -> None:
    tree = SearchTree.plant("p")
    ids = [tree.add(ROOT, step(f"s{i}"), estimate=None, corrects=None) for i in range(100)]
    assert [tree.find_child(ROOT, "solve", f"s{i}") for i in range(100)] == ids
    assert tree.find_child(ROOT, "solve", "s100") is None
    late = tree.add(ROOT, step("late"), estimate=None, corrects=None)
    assert tree.add(ROOT, step("late"), estimate=None, corrects=None) == late


def test_the_same_text_by_another_action_is_another_step() -> None:
    tree = SearchTree.plant("p")
    first = tree.add(ROOT, step("a"), estimate=None, corrects=None)
    other = tree.add(ROOT, ProposedStep("check", "a", 1), estimate=None, corrects=None)
    assert other != first


def test_unknown_nodes_are_named() -> None:
    tree = SearchTree.plant("p")
    for bad in (-1, 1, 10**12):
        with pytest.raises(UnknownNode, match=str(bad)):
            tree.node(bad)


def test_backup_averages_into_every_ancestor() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.9, corrects=None)
    b = tree.add(a, step("b"), estimate=0.1, corrects=None)
    assert tree.node(a).value == 0.9
    tree.record(ev.BackedUp(b, 0.2))
    tree.record(ev.BackedUp(a, 0.6))
    assert tree.node(b).value == pytest.approx(0.2)
    assert tree.node(a).value == pytest.approx(0.4)
    assert [tree.node(i).visits for i in (ROOT, a, b)] == [2, 2, 1]


def test_a_score_that_comes_later_is_not_in_the_event_before() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a", scores={"prm": 0.9}), estimate=0.9, corrects=None)
    tree.record(ev.Scored(a, "late", 0.1, 0.5))
    assert tree.node(a).scores == {"prm": 0.9, "late": 0.1}
    added = tree.drain()[1][1]
    assert isinstance(added, ev.NodeAdded)
    assert added.scores == {"prm": 0.9}


def test_virtual_loss_marks_the_path_until_the_work_is_told() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.9, corrects=None)
    work = tree.ask(a, Call(WorkKind.EXPAND, 2, 1, 8))
    assert [tree.node(i).virtual for i in (ROOT, a)] == [1, 1]
    assert not tree.node(a).available
    tree.record(ev.Told(work.id, a, None, 0, 0, 0))
    assert [tree.node(i).virtual for i in (ROOT, a)] == [0, 0]


def test_pruning_takes_a_subtree_out_and_back() -> None:
    tree = SearchTree.plant("p")
    tree.record(ev.Closed(ROOT))
    a = tree.add(ROOT, step("a"), estimate=0.9, corrects=None)
    assert tree.root.available
    tree.record(ev.Pruned(a, True))
    assert not tree.root.available
    tree.record(ev.Pruned(a, False))
    assert tree.root.available


@pytest.mark.parametrize(
    "event",
    [
        ev.NodeAdded(5, ROOT, "solve", "x", 1, None, None, {}, 0.5, "", 1.0, False, None, None, ""),
        ev.Asked(7, "expand", ROOT, 1, 1, 1.0, 8, False),
        ev.Told(3, ROOT, None, 0, 0, 0),
    ],
)
def test_events_that_do_not_follow_on_are_refused(event: ev.Event) -> None:
    tree = SearchTree.plant("p")
    with pytest.raises(BrokenLog):
        tree.record(event)


def test_unknown_events_are_refused() -> None:
    with pytest.raises(BrokenLog, match="newer version"):
        ev.decode("teleported", {})
    with pytest.raises(BrokenLog, match="other fields"):
        ev.decode("closed", {"nodes": 3})


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    children=st.integers(1, 5),
    depth=st.integers(1, 5),
    in_flight=st.integers(1, 9),
    selection=st.sampled_from(["puct", "uct"]),
    order=st.randoms(use_true_random=False),
)
def test_any_search_keeps_the_invariants(
    seed: int, children: int, depth: int, in_flight: int, selection: str, order: object
) -> None:
    strategy = Mcts(MctsSettings(children=children, selection=selection, max_expansions=2))  # type: ignore[arg-type]
    tree = SearchTree.plant("p", seed)
    events = grow_fully(tree, strategy, in_flight, depth, nodes=150, rng=order)
    check_invariants(tree)
    assert all(node.virtual == 0 for node in tree.nodes)
    assert_equal_trees(SearchTree.replay(events, seed), tree)
    coded = [ev.decode(*ev.encode(event)) for event in events]
    assert coded == events


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 400))
def test_a_log_cut_anywhere_replays_to_a_valid_tree(seed: int, cut: int) -> None:
    strategy = Mcts(MctsSettings())
    tree = SearchTree.plant("p", seed)
    events = grow_fully(tree, strategy, 4, 4, nodes=80)
    half = SearchTree.replay(events[:cut], seed)
    assert half.seq == min(cut, len(events))
    for work in list(half.pending.values()):
        strategy.tell(half, work, instant_outcome(half, work, 4))
    check_invariants(half)
