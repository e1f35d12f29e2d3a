"""A label pins a step's value, for itself, for its ancestors, and for what is built on it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.steering import prune
from backend.search.tree import ROOT, SearchTree
from backend.search.work import ProposedStep
from tests.search.following import Follower
from tests.search.growing import assert_equal_trees, check_invariants

PINNED = {-1: 0.0, 0: 0.5, 1: 1.0}


def step(text: str, score: float | None = 0.5, **fields: Any) -> ProposedStep:
    return ProposedStep("solve", text, 1, scores={"v": score}, **fields)


class Oracle:
    """Visits and value sums, worked out from all backups and labels each time."""

    def __init__(self) -> None:
        self.parents: list[int | None] = [None]
        self.backups: list[tuple[int, float]] = []
        self.pins: dict[int, float] = {}
        self.lent: set[int] = set()
        self.pruned: set[int] = set()

    def label(self, node: int, rating: int | None) -> None:
        if rating is None:
            self.pins.pop(node, None)
            self.lent.discard(node)
            return
        if node not in self.pins and not self.statistics()[0][node]:
            self.lent.add(node)
        self.pins[node] = PINNED[rating]

    def statistics(self) -> tuple[list[int], list[float], list[float]]:
        visits, sums = [0] * len(self.parents), [0.0] * len(self.parents)
        squares = [0.0] * len(self.parents)
        for node, value in self.backups:
            visits[node] += 1
            sums[node] += value
            squares[node] += value * value
        for node in reversed(range(len(self.parents))):
            visits[node] += node in self.lent
            if node in self.pins:
                sums[node] = self.pins[node] * visits[node]
                squares[node] = self.pins[node] * sums[node]
            parent = self.parents[node]
            if parent is not None and node not in self.pruned:
                visits[parent] += visits[node]
                sums[parent] += sums[node]
                squares[parent] += squares[node]
        return visits, sums, squares


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "back up", "back up", "label", "label", "prune", "restore"]),
        st.integers(0, 10**6),
        st.sampled_from([-1, 0, 1, None]),
        st.floats(0, 1),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(operations=OPERATIONS)
def test_labels_prunings_and_backups_in_any_order_come_to_what_they_would_from_scratch(
    operations: list[tuple[str, int, int | None, float]],
) -> None:
    tree, oracle = SearchTree.plant("p"), Oracle()
    for kind, where, rating, value in operations:
        node = where % len(tree)
        if kind == "add":
            tree.add(node, step(f"{len(tree)}"), estimate=value, corrects=None)
            oracle.parents.append(node)
        elif kind == "back up":
            tree.record(ev.BackedUp(node, value))
            oracle.backups.append((node, value))
        elif node != ROOT and kind == "label":
            tree.label(node, rating)
            oracle.label(node, rating)
        elif node != ROOT:
            prune(tree, node, kind == "prune", None)
            (oracle.pruned.add if kind == "prune" else oracle.pruned.discard)(node)
    visits, sums, squares = oracle.statistics()
    assert [node.visits for node in tree.nodes] == visits
    assert [node.value_sum for node in tree.nodes] == pytest.approx(sums)
    assert [node.square_sum for node in tree.nodes] == pytest.approx(squares)
    check_invariants(tree)
    follower = Follower()
    events = tree.drain()[1]
    for event in events:
        follower.follow(event)
    assert follower.visits == visits
    assert follower.sums == pytest.approx(sums)
    assert_equal_trees(SearchTree.replay(events), tree)


def test_clearing_a_label_brings_the_raw_statistics_back() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.25, corrects=None)
    b = tree.add(a, step("b"), estimate=0.5, corrects=None)
    tree.label(b, -1)
    assert [(tree.node(i).value, tree.node(i).visits) for i in (ROOT, a, b)] == [(0.0, 1)] * 3
    tree.record(ev.BackedUp(b, 0.8))
    assert [(tree.node(i).value, tree.node(i).visits) for i in (ROOT, a, b)] == [(0.0, 2)] * 3
    tree.label(a, 1)
    tree.label(b, 0)
    assert [tree.node(i).value for i in (ROOT, a, b)] == [1.0, 1.0, 0.5]
    tree.label(a, None)
    assert [tree.node(i).value for i in (ROOT, a, b)] == [0.5] * 3
    tree.label(b, None)
    assert [(tree.node(i).value, tree.node(i).visits) for i in (ROOT, a, b)] == [(0.8, 1)] * 3
    tree.label(b, 1)
    tree.record(ev.Scored(b, "v", 0.9, 0.4))
    assert (tree.node(b).estimate, tree.node(b).scores) == (1.0, {"v": 0.9})
    tree.record(ev.Scored(b, "w", 0.7, tree.node(b).estimate))
    tree.label(b, None)
    assert tree.node(b).estimate == 0.4, "a score that left the estimate as it was is no estimate"


def test_labels_of_older_logs_pin_too() -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a"), estimate=0.25, corrects=None)
    tree.record(ev.decode("labelled", {"node": a, "rating": 1, "author": "ann"}))
    assert (tree.root.value, tree.root.visits) == (1.0, 1)


@pytest.mark.parametrize("how", Aggregate)
def test_a_label_takes_the_place_of_the_verifiers_score(how: Aggregate) -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a", 0.2), estimate=0.2, corrects=None)
    new = step("b", 0.8)
    before = Path.to(tree, a).estimate(new, None, how)
    tree.label(a, 1)
    after = Path.to(tree, a).estimate(new, None, how)
    trusted = {"min": 0.8, "product": 0.8, "last": 0.8, "mean": 0.9, "value": 0.8}
    assert after == pytest.approx(trusted[how])
    tree.label(a, None)
    assert Path.to(tree, a).estimate(new, None, how) == before


@pytest.mark.parametrize("how", Aggregate)
def test_nothing_on_a_bad_step_is_worth_anything_until_it_is_corrected(how: Aggregate) -> None:
    tree = SearchTree.plant("p")
    a = tree.add(ROOT, step("a", 0.9), estimate=0.9, corrects=None)
    b = tree.add(a, step("b", 0.9), estimate=0.9, corrects=None)
    tree.label(a, -1)
    trunk = Path.to(tree, b)
    for new in (step("c", 0.9, value=0.9), step("c", None)):
        assert trunk.estimate(new, None, how) == 0.0
    mended = step("no, so", 0.7, value=0.7)
    assert trunk.estimate(mended, a, how) == pytest.approx(0.7)
    c = tree.add(b, mended, estimate=0.7, corrects=a)
    later = Path.to(tree, c).estimate(step("d", 1.0, value=0.7), None, how)
    assert later is not None
    assert later >= 0.7
    assert [tree.builds_on_bad(tree.node(i)) for i in (b, c)] == [True, False]
