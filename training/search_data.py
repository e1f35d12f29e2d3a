"""From searched trees to training data: the half of expert iteration that needs no models.

A search improves on the model it was run with, so its visits and outcomes are better targets than
the model's own samples (Anthony et al. 2017, expert iteration; Silver et al. 2018, AlphaZero: π is
the share of visits, z the outcome).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from training.records import JudgedTrace
from training.tasks import Problem, family_of


@dataclass(frozen=True, slots=True)
class SearchedNode:
    """One node of a finished search; the root (id 0) is the problem and has no line.

    `line` is the step as the model writes it, with its tag; `visits` how often it was searched.
    """

    id: int
    parent: int | None
    line: str
    visits: int
    terminal: bool = False

    @property
    def tag(self) -> str:
        """The thought action of the step."""
        return self.line.split(" ", 1)[0]


@dataclass(frozen=True, slots=True)
class PolicyTarget:
    """After `lines`, the search took each thought action with these shares (sum 1)."""

    prompt: str
    lines: list[str]
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class SearchedTree:
    """A problem and all nodes of a search for it, parents before children."""

    problem: Problem
    nodes: Sequence[SearchedNode]
    _children: dict[int, list[SearchedNode]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        children: defaultdict[int, list[SearchedNode]] = defaultdict(list)
        for node in self.nodes:
            if node.parent is not None:
                children[node.parent].append(node)
        # A frozen dataclass is set up like this; the index belongs to the nodes.
        object.__setattr__(self, "_children", dict(children))

    def children(self, node: int) -> list[SearchedNode]:
        """The steps that were tried after a node."""
        return self._children.get(node, [])

    def path(self, node: SearchedNode) -> list[SearchedNode]:
        """The nodes from the first step to a node."""
        found: list[SearchedNode] = []
        while node.parent is not None:
            found.append(node)
            node = self.nodes[node.parent]
        return found[::-1]

    def lines(self, node: SearchedNode) -> list[str]:
        """The steps from the problem to a node."""
        return [step.line for step in self.path(node)]


def policy_targets(tree: SearchedTree, least_visits: int = 8) -> Iterator[PolicyTarget]:
    """π for every state whose children were visited `least_visits` times or more together.

    Fewer visits say more about the prior that led there than about the search.
    """
    for node in tree.nodes:
        visits: defaultdict[str, int] = defaultdict(int)
        for child in tree.children(node.id):
            visits[child.tag] += child.visits
        total = sum(visits.values())
        if total >= least_visits:
            shares = {tag: count / total for tag, count in visits.items() if count}
            yield PolicyTarget(tree.problem.prompt, tree.lines(node), shares)


def solutions(tree: SearchedTree) -> Iterator[list[str]]:
    """The paths to right answers, the most visited first; the checker says what is right."""
    check = family_of(tree.problem).check
    ends = [node for node in tree.nodes if node.terminal]
    for node in sorted(ends, key=lambda each: -each.visits):
        lines = tree.lines(node)
        if check(tree.problem, lines).solved:
            yield lines


def judged_paths(tree: SearchedTree) -> Iterator[JudgedTrace]:
    """Every path to an end of the tree: the checker's labels, and as value (z) its outcome.

    Paths that the search left open have no outcome.
    """
    check = family_of(tree.problem).check
    for node in tree.nodes:
        # An answer is an end even where a revision goes on from it.
        if node.parent is None or (tree.children(node.id) and not node.terminal):
            continue
        lines = tree.lines(node)
        verdict = check(tree.problem, lines)
        outcome = verdict.solved if node.terminal else None
        yield JudgedTrace(tree.problem.prompt, lines, list(verdict.correct), [outcome] * len(lines))
