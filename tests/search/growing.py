"""Drives the kernel without an executor, and says what must hold of every tree."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from backend.search.events import Event
from backend.search.strategy import DataSettings, Strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep, Work, WorkKind
from benchmarks.scripted import instant_outcome

Reply = Callable[[SearchTree, Work], Outcome]

SLIPS = 0.2


def grow_fully(
    tree: SearchTree, strategy: Strategy, in_flight: int, depth: int, *, nodes: int,
    rng: Any = None,
) -> list[Event]:  # fmt: skip
    """Search until nothing is left or `nodes` is reached; all events. `rng` shuffles replies."""

    def reply(tree: SearchTree, work: Work) -> Outcome:
        return outcome_for(strategy, tree, work, depth)

    return grow(tree, strategy, in_flight, reply, nodes=nodes, rng=rng)


def grow(
    tree: SearchTree, strategy: Strategy, in_flight: int, reply: Reply, *, nodes: int,
    rng: Any = None,
) -> list[Event]:  # fmt: skip
    """The same with replies of one's own."""
    events: list[Event] = []
    while True:
        if len(tree) < nodes:
            strategy.ask(tree, in_flight - len(tree.pending))
        if not tree.pending:
            return events + tree.drain()[1]
        pending = list(tree.pending.values())
        work = pending[0] if rng is None else rng.choice(pending)
        outcome = reply(tree, work)
        strategy.tell(tree, work, outcome)
        before = snapshot(tree)
        strategy.tell(tree, work, outcome)
        assert snapshot(tree) == before, "telling twice must change nothing"
        events += tree.drain()[1]


def outcome_for(strategy: Strategy, tree: SearchTree, work: Work, depth: int) -> Outcome:
    """A scripted outcome; with rewards, as an executor adds them, for those that collect data."""
    outcome = instant_outcome(tree, work, depth)
    if not isinstance(strategy.settings, DataSettings):
        return outcome
    slipped = any(is_slip(tree.nodes[i].text, tree.nodes[i].depth) for i in tree.path(work.node))
    start = tree.nodes[work.node].depth + 1
    chains = tuple(_rewarded(chain, start, slipped) for chain in outcome.chains)
    return replace(outcome, chains=chains)


def is_slip(text: str, depth: int) -> bool:
    """Whether a scripted step is a mistake: nothing that builds on it ends right."""
    return depth > 0 and Random(f"{text} at {depth}").random() < SLIPS


def _rewarded(
    chain: tuple[ProposedStep, ...], start: int, slipped: bool
) -> tuple[ProposedStep, ...]:
    wrong = slipped or any(is_slip(step.text, start + i) for i, step in enumerate(chain))
    return (*chain[:-1], replace(chain[-1], reward=float(not wrong)))


def muddled(tree: SearchTree, work: Work) -> Outcome:
    """A reply as real models give it: steps and answers that come again and again, steps without
    a score, solutions that are cut, calls that fail. Answers come from the fourth step on.
    """
    rng = Random(work.seed)
    if rng.random() < 0.1:
        return Outcome(failure="too long")
    depth = tree.nodes[work.node].depth
    longest = 1 if work.kind is WorkKind.EXPAND else rng.choice([2, 6, 6, 6])
    chains = []
    for i in range(work.n):
        chain = [_muddled_step(rng, depth + 1, work.actions[i] if work.actions else None)]
        while len(chain) < longest and not chain[-1].terminal:
            chain.append(_muddled_step(rng, depth + 1 + len(chain), None))
        chains.append(tuple(chain))
    return Outcome(tuple(chains))


def _muddled_step(rng: Random, level: int, forced: str | None) -> ProposedStep:
    ends = level >= 4 and forced is None
    text = str(rng.randrange(4))
    return ProposedStep(
        action="answer" if ends else forced or rng.choice(["solve", "check"]),
        text=text,
        tokens=5,
        prior=rng.random(),
        scores={"prm": None if rng.random() < 0.1 else rng.random()},
        terminal=ends,
        answer=text if ends else None,
    )


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


def check_invariants(tree: SearchTree, *, revises: bool = False) -> None:
    """What holds of every tree at any time; only a strategy that `revises` goes on from answers."""
    own_backups = [0] * len(tree)
    for node in tree.nodes:
        if node.parent is not None:
            assert node.parent < node.id
            assert node.depth == tree.nodes[node.parent].depth + 1
            assert node.id in tree.nodes[node.parent].children
        children = [tree.nodes[i] for i in node.children]
        counted = sum(child.visits for child in children if not child.pruned)
        own_backups[node.id] = node.visits - counted
        assert own_backups[node.id] >= 0, "a parent is visited at least as often as its children"
        assert node.open_children == sum(child.available for child in children)
        assert node.virtual >= sum(child.virtual for child in children)
        if node.visits:
            assert -1e-9 <= node.value_sum / node.visits <= 1 + 1e-9
        if node.terminal and not revises:
            assert not node.expandable
            assert not children


def rng_of(seed: int) -> Random:
    """A generator for tests that shuffle."""
    return Random(seed)
