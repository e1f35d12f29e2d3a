"""Why a step was gone on with: what a strategy's selection makes of it and of those beside it.

For people. The numbers are those of the code that selects; what they were when a choice was made
is found by replaying the log up to there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from backend.search import events as ev
from backend.search.node import Node
from backend.search.selection import Formula, select
from backend.search.tree import SearchTree

Terms = Mapping[str, float | None]


class Shut(StrEnum):
    """Why something could not be chosen. `waiting`: a rollout goes on elsewhere first."""

    PRUNED = "pruned"
    ANSWER = "answer"
    IN_FLIGHT = "in_flight"
    EXHAUSTED = "exhausted"
    VISITED = "visited"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of those that were chosen from. `node`: None for what is no step yet, called `name`.

    `terms`: its numbers, by the names that the formula has for them. `score`: what it is ranked by;
    None where chance decides. `open`: whether it could be chosen; `shut` says why not, once the
    choice has been found.
    """

    node: int | None
    terms: Terms
    score: float | None = None
    open: bool = True
    chosen: bool = False
    name: str = ""
    shut: Shut | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """The candidates of one choice, and the `rule` that it is made by, in words (`about`) and as a
    `formula` of terms; `shared` are those that all candidates have in common.
    """

    rule: str
    about: str
    candidates: Sequence[Candidate]
    formula: str = ""
    shared: Terms = field(default_factory=dict)


@runtime_checkable
class Chooses(Protocol):
    """A strategy that chooses which steps to go on with."""

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """Whether this event, the next one of the tree, goes on with the node, or leaves it."""
        ...

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """The choice in which this node, no root, is a candidate, as the tree is now. None where
        the strategy makes none here.
        """
        ...


FOLLOWED: Final = "From the problem downwards, the child with the largest Q + U is followed."


def weigh_children(tree: SearchTree, parent: Node, formula: Formula, rule: str) -> Weighing:
    """What a formula makes of the children of a node."""
    chosen = select(tree.nodes, parent, formula)
    candidates = []
    for child in (tree.nodes[i] for i in parent.children):
        value, bonus = formula.value(child), formula.bonus(child)
        counts = {"n": child.visits, "v": child.virtual}
        terms = {"Q": value, "P": formula.prior(child), **counts, "U": bonus}
        candidates.append(
            Candidate(child.id, terms, value + bonus, child.available, child is chosen)
        )
    shared = {"N": parent.visits, "V": parent.virtual, "c": formula.weight}
    return Weighing(rule, FOLLOWED, candidates, formula.text, shared)


def goes_through(tree: SearchTree, event: ev.Event, node: Node) -> bool:
    """Whether work goes out at a node or below it."""
    return isinstance(event, ev.Asked) and any(step is node for step in tree.ancestors(event.node))


def weigh_at_choice(
    strategy: Chooses, events: Sequence[ev.Event], node_id: int, seed: int
) -> tuple[Weighing | None, int, bool]:
    """The choice that was made of a node last, among events that it is in; where there was none,
    how it stands after them. Second, after how many events; third, whether there was one.
    """
    tree, at = SearchTree(seed), None
    for count, event in enumerate(events):
        if len(tree) > node_id and strategy.decides(tree, event, tree.nodes[node_id]):
            at = count
        tree.record(event)
    if at is not None:
        tree = SearchTree.replay(events[:at], seed)
    count = len(events) if at is None else at
    weighing = strategy.weigh(tree, tree.node(node_id))
    return weighing and _with_reasons(weighing, tree), count, at is not None


def _with_reasons(weighing: Weighing, tree: SearchTree) -> Weighing:
    candidates = [
        one if one.open else replace(one, shut=_why_shut(tree, one)) for one in weighing.candidates
    ]
    return replace(weighing, candidates=candidates)


def _why_shut(tree: SearchTree, candidate: Candidate) -> Shut:
    if candidate.node is None:
        return Shut.EXHAUSTED
    node = tree.nodes[candidate.node]
    if node.pruned:
        return Shut.PRUNED
    if node.available:
        return Shut.VISITED if node.visits + node.virtual else Shut.WAITING
    if node.virtual:
        return Shut.IN_FLIGHT
    return Shut.ANSWER if node.terminal else Shut.EXHAUSTED
