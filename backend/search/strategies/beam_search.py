"""Step beam search: level by level, keep the paths that the verifier values most."""

from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.growth import settle
from backend.search.node import Node
from backend.search.strategies.steps import StepSettings, add_steps, open_nodes
from backend.search.strategy import StrategySettings
from backend.search.tree import SearchTree
from backend.search.weighing import Candidate, Weighing
from backend.search.work import Call, Outcome, Work, WorkKind

_KEPT: Final = (
    "Once all candidates of a level are there, those with the largest values are kept, and each is "
    "gone on with."
)


class BeamSearchSettings(StepSettings):
    """Settings of step beam search."""

    width: int = Field(
        4, ge=1, le=256, title="Beams", description="How many paths are kept at each level."
    )
    children: int = Field(
        4, ge=1, le=64, title="Children per beam",
        description="How many next steps are sampled at the end of each kept path. At the "
        "problem itself as many as in all other levels together: beams times children.",
    )  # fmt: skip


class BeamSearch:
    """All kept paths grow by one step; the best of what came out are kept.

    What is open in the tree are the beams: at the shallowest open level those that are to be
    expanded, one level below it their candidates. A path that ends with an answer leaves the
    beam, and another one takes its place.
    """

    name: ClassVar[str] = "beam_search"
    title: ClassVar[str] = "Beam search"
    summary: ClassVar[str] = (
        "Grows a few paths step by step, side by side, and keeps those that the verifier values "
        "most at every level."
    )
    source: ClassVar[str] = (
        "Yao et al. 2023 (Tree of Thoughts); Snell et al. 2024, section 5.2 (beam search)"
    )
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = BeamSearchSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, BeamSearchSettings)
        self.settings = settings

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Expansions of the beams of this level; nothing while the level is in flight."""
        narrow(tree, self.settings.width)
        return [self._expand(tree, node) for node in frontier(tree)[: max(0, capacity)]]

    def _expand(self, tree: SearchTree, node: Node) -> Work:
        settings = self.settings
        first = node.id == tree.start
        n = settings.children * settings.width if first else settings.children
        call = Call(WorkKind.EXPAND, n, settings.temperature, settings.max_step_tokens)
        return tree.ask(node.id, call)

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """Who goes on is known once the first step is asked for at a candidate's level."""
        if not isinstance(event, ev.Asked) or event.purpose:
            return False
        return tree.nodes[event.node].depth == node.depth and not _begun(tree, node.depth)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """All candidates of its level, best first; an answer is none."""
        if node.terminal:
            return None
        level = [
            other
            for other in tree.nodes
            if other.depth == node.depth and not other.purpose and not other.terminal
        ]
        ranked = sorted(level, key=lambda other: (-_rank(tree, other), other.id))
        kept = [other.id for other in ranked if other.available][: self.settings.width]
        return Weighing("beam", _KEPT, [
            Candidate(other.id, {"value": other.value, "rank": place}, _rank(tree, other),
                      not other.pruned, other.id in kept)
            for place, other in enumerate(ranked, 1)
        ])  # fmt: skip

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the steps: candidates for the next level's beams."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        add_steps(tree, work, outcome, self.settings)


def frontier(tree: SearchTree) -> list[Node]:
    """What is open at the level that is searched now; nothing while only work in flight is left
    of the level.
    """
    beams = list(open_nodes(tree))
    busy = [tree.nodes[work.node].depth for work in tree.pending.values()]
    level = min([node.depth for node in beams] + busy, default=0)
    return [node for node in beams if node.depth == level]


def narrow(tree: SearchTree, width: int) -> None:
    """Keep the best of what is open at the level that is searched now.

    As late as can be, so that what people labelled, pruned or added until then has its say.
    """
    candidates = sorted(frontier(tree), key=lambda node: (-_rank(tree, node), node.id))
    for node in candidates[width:]:
        tree.record(ev.Closed(node.id))


def _begun(tree: SearchTree, depth: int) -> bool:
    """Whether steps were asked for at this level, apart from looks ahead."""
    asked = (tree.nodes[work.node] for work in tree.pending.values() if not work.purpose)
    grown = (node for node in tree.nodes if node.depth == depth + 1 and not node.purpose)
    return any(node.depth == depth for node in asked) or any(True for _ in grown)


def _rank(tree: SearchTree, node: Node) -> float:
    return 0.0 if tree.builds_on_bad(node) else node.value or 0.0
