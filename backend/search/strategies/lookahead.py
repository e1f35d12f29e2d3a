"""Lookahead search: beam search whose candidates are valued by where they lead."""

from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Path
from backend.search.growth import add_chain, back_up, consider_answer, settle, take_end
from backend.search.node import Node
from backend.search.strategies.beam_search import BeamSearch, BeamSearchSettings, frontier, narrow
from backend.search.strategies.steps import open_nodes
from backend.search.strategy import StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Call, Outcome, Work, WorkKind

LOOKAHEAD: Final = "lookahead"


class LookaheadSettings(BeamSearchSettings):
    """Settings of lookahead search."""

    steps: int = Field(
        2, ge=1, le=32, title="Steps ahead",
        description="How many further steps are written greedily before a candidate is valued.",
    )  # fmt: skip


class Lookahead(BeamSearch):
    """Beam search, but a candidate's value is that of the state k greedy steps further on.

    The steps looked at are in the tree, closed; one that is proposed again as a next step becomes
    a candidate like the others.
    """

    name: ClassVar[str] = "lookahead"
    title: ClassVar[str] = "Lookahead search"
    summary: ClassVar[str] = (
        "Beam search that writes a few more steps from each candidate before it decides which ones "
        "to keep."
    )
    source: ClassVar[str] = "Snell et al. 2024, section 5.2 (lookahead search)"
    settings_type: ClassVar[type[StrategySettings]] = LookaheadSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, LookaheadSettings)
        self.settings: LookaheadSettings = settings
        self._look = Call(
            WorkKind.EXPAND, 1, 0.0, settings.max_step_tokens, purpose=LOOKAHEAD
        )  # fmt: skip

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Expansions of this level's beams, and one more step from candidates without a value."""
        waiting, looking = self._unvalued(tree)
        if not waiting and not looking:
            narrow(tree, self.settings.width)
        candidates = min((node.depth for node in [*waiting.values(), *looking]), default=None)
        beams = [n for n in frontier(tree) if candidates is None or n.depth < candidates]
        works = [self._expand(tree, node) for node in beams[: max(0, capacity)]]
        ends = list(waiting)[: max(0, capacity - len(works))]
        return works + [tree.ask(end, self._look) for end in ends]

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add what came back."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        if work.purpose == LOOKAHEAD:
            self._take_look(tree, work, outcome)
        else:
            self._take_candidates(tree, work, outcome)

    def _take_candidates(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        trunk = Path.to(tree, work.node)
        for chain in outcome.chains:
            before = len(tree)
            for node_id in add_chain(tree, trunk, chain, self.settings.aggregate):
                node = tree.nodes[node_id]
                ends = node.terminal or node.depth >= self.settings.max_depth
                if node_id >= before and ends:
                    take_end(tree, node, self.settings)
                    if node.expandable:
                        tree.record(ev.Closed(node_id))
                elif node.terminal:
                    consider_answer(tree, node_id, self.settings.choose)
                elif not ends and not node.expandable:
                    tree.record(ev.Reopened(node_id))

    def _take_look(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the step looked at; at the last one, back up its value."""
        candidate = _candidate(tree, work.node)
        if candidate.id == work.node:
            tree.record(ev.Reopened(candidate.id))
        trunk = Path.to(tree, work.node)
        for chain in outcome.chains:
            for node_id in add_chain(tree, trunk, chain, self.settings.aggregate, LOOKAHEAD):
                if tree.nodes[node_id].terminal:
                    consider_answer(tree, node_id, self.settings.choose)
                else:
                    tree.record(ev.Closed(node_id))
        if self._next_look(tree, candidate) is None:
            end = tree.nodes[_end(tree, candidate)]
            back_up(tree, end.id, end.estimate)

    def _unvalued(self, tree: SearchTree) -> tuple[dict[int, Node], list[Node]]:
        """Candidates that are still to be looked ahead from, by where; those in flight."""
        waiting = {}
        for node in open_nodes(tree):
            end = None if node.id == tree.start else self._next_look(tree, node)
            if end is not None:
                waiting[end] = node
        pending = tree.pending.values()
        return waiting, [_candidate(tree, w.node) for w in pending if w.purpose == LOOKAHEAD]

    def _next_look(self, tree: SearchTree, candidate: Node) -> int | None:
        """Where to look further from a candidate; None if that was done or is in flight."""
        end = tree.nodes[_end(tree, candidate)]
        far = end.depth - candidate.depth >= self.settings.steps
        deep = end.depth >= self.settings.max_depth
        asked = (end.id, LOOKAHEAD) in tree.asks
        return None if far or deep or asked or end.terminal else end.id


def _end(tree: SearchTree, candidate: Node) -> int:
    """The last of the steps that were looked at from a candidate."""
    node: Node | None = candidate
    while node is not None:
        last = node
        steps = (tree.nodes[child] for child in node.children)
        node = next((step for step in steps if step.purpose == LOOKAHEAD), None)
    return last.id


def _candidate(tree: SearchTree, node_id: int) -> Node:
    """The candidate that a step was looked at for."""
    return next(node for node in tree.ancestors(node_id) if node.purpose != LOOKAHEAD)
