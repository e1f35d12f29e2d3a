"""Drives the kernel without an executor, and says what must hold of every tree."""

from random import Random
from typing import Any

from backend.search.events import Event
from backend.search.strategy import Strategy
from backend.search.tree import SearchTree
from benchmarks.scripted import instant_outcome


def grow_fully(
    tree: SearchTree, strategy: Strategy, in_flight: int, depth: int, *, nodes: int,
    rng: Any = None,
) -> list[Event]:  # fmt: skip
    """Search until nothing is left or `nodes` is reached; all events. `rng` shuffles replies."""
    events: list[Event] = []
    while True:
        if len(tree) < nodes:
            strategy.ask(tree, in_flight - len(tree.pending))
        if not tree.pending:
            return events + tree.drain()[1]
        pending = list(tree.pending.values())
        work = pending[0] if rng is None else rng.choice(pending)
        outcome = instant_outcome(tree, work, depth)
        strategy.tell(tree, work, outcome)
        before = snapshot(tree)
        strategy.tell(tree, work, outcome)
        assert snapshot(tree) == before, "telling twice must change nothing"
        events += tree.drain()[1]


def snapshot(tree: SearchTree) -> list[tuple[Any, ...]]:
    """Everything about a tree that must be equal in equal trees."""
    fields = [name for name in type(tree.nodes[0]).__slots__ if name != "children"]
    rows: list[tuple[Any, ...]] = [
        (*(getattr(node, name) for name in fields), tuple(node.children)) for node in tree.nodes
    ]
    rows.append((tree.seq, tree.usage, tree.answer_node, tuple(tree.pending), tree.status))
    return rows


def assert_equal_trees(one: SearchTree, other: SearchTree) -> None:
    """Fail where two trees differ."""
    assert snapshot(one) == snapshot(other)


def check_invariants(tree: SearchTree) -> None:
    """What holds of every tree at any time."""
    own_backups = [0] * len(tree)
    for node in tree.nodes:
        if node.parent is not None:
            assert node.parent < node.id
            assert node.depth == tree.nodes[node.parent].depth + 1
            assert node.id in tree.nodes[node.parent].children
        children = [tree.nodes[i] for i in node.children]
        own_backups[node.id] = node.visits - sum(child.visits for child in children)
        assert own_backups[node.id] >= 0, "a parent is visited at least as often as its children"
        assert node.open_children == sum(child.available for child in children)
        assert node.virtual >= sum(child.virtual for child in children)
        if node.visits:
            assert -1e-9 <= node.value_sum / node.visits <= 1 + 1e-9
        if node.terminal:
            assert not node.expandable
            assert not children


def rng_of(seed: int) -> Random:
    """A generator for tests that shuffle."""
    return Random(seed)
