"""Monte-Carlo tree search: PUCT over thought actions, valued by the verifier or by rollouts."""

from enum import StrEnum
from itertools import product
from typing import ClassVar

from pydantic import Field

from backend.search.aggregate import Aggregate, Path
from backend.search.events import Event, Reopened
from backend.search.growth import add_closed, back_up, settle, take_end
from backend.search.node import Node
from backend.search.selection import FORMULAS, Selection
from backend.search.strategies.descent import (
    ROLLOUT,
    DescentSettings,
    descend,
    grow_steps,
    reopen_end,
    tries,
    trusted,
    try_again,
    well_known,
)
from backend.search.strategies.proposals import best_drafts, with_noise
from backend.search.strategy import StrategySettings, path_value
from backend.search.tree import SearchTree
from backend.search.weighing import Weighing, goes_through, weigh_children
from backend.search.work import Call, Outcome, ProposedStep, Work, WorkKind

_EXPAND = WorkKind.EXPAND
_ANSWERED_BY = 24
"""A search without an answer after so many calls samples whole solutions until it has one."""
_WHOLE_SOLUTION = 384  # tokens


class ValueSource(StrEnum):
    """What is backed up: the verifier's estimate of the best proposed step (AlphaZero), the value
    at the end of a rollout (RAP; classic MCTS), or both (AlphaGo).
    """

    VERIFIER = "verifier"
    ROLLOUT = "rollout"
    BOTH = "both"


class MctsSettings(DescentSettings):
    """Settings of Monte-Carlo tree search."""

    selection: Selection = Field(
        Selection.PUCT, title="Selection", description="The formula that picks the child to follow."
    )
    coverage: float = Field(
        0.8, ge=0, le=1, title="Known well enough",
        description="One step is sampled first, and the other children only where it has less of "
        "the model's own probability than this: they would be the same. What is known so well is "
        "expanded again last. 1: all children at once.",
    )  # fmt: skip
    by_action: bool = Field(
        True, title="Spread over thought actions",
        description="Divide the children over thought actions by the model's own action "
        "probabilities, instead of letting every sample choose.",
    )  # fmt: skip
    value_from: ValueSource = Field(
        ValueSource.BOTH, title="Values from",
        description="The verifier's view of the proposed steps, the ends of rollouts (whole "
        "solutions from each leaf, before it is expanded), or both. With rollouts there is an "
        "answer from the start.",
    )  # fmt: skip
    rollout_above: float = Field(
        0.5, ge=0, le=1, title="Rollouts above value",
        description="With values from both: only from steps that the verifier values at least so "
        "much. The others are expanded at once.",
    )  # fmt: skip
    rollout_temperature: float = Field(
        0.0, ge=0, le=2, title="Temperature of rollouts",
        description="0: the likeliest solution from each leaf.",
    )  # fmt: skip
    max_rollout_tokens: int = Field(
        160, ge=1, le=32768, title="Longest rollout (tokens)",
        description="Where one gets longer, it goes on only if the verifier does not give it up. "
        "While a search has no answer after 24 calls, whole solutions are sampled instead.",
    )  # fmt: skip
    give_up_below: float = Field(
        0.1, ge=0, le=1, title="Give up below value",
        description="A long rollout goes on at once if its end is valued at least so much. If not, "
        "its end is a leaf like any other.",
    )  # fmt: skip
    aggregate: Aggregate = path_value(Aggregate.VALUE)
    drafts: int = Field(
        1, ge=1, le=64, title="Drafts per child",
        description="How many texts are sampled for each child; of a thought action's drafts, the "
        "best by the verifier become steps.",
    )  # fmt: skip
    spread: float = Field(
        0.0, ge=0, le=1, title="Spread of temperatures",
        description="Successive calls sample at the temperature less this, at it, and at it plus "
        "this.",
    )  # fmt: skip
    noise: float = Field(
        0.0, ge=0, le=1, title="Noise at the problem",
        description="The share of Dirichlet noise in the priors of the first steps, for PUCT; "
        "AlphaZero has 0.25.",
    )  # fmt: skip
    noise_alpha: float = Field(
        1.0, ge=0.05, le=100, title="Evenness of the noise",
        description="Below 1 it falls on few steps. AlphaZero has about 10 over the number of "
        "choices.",
    )  # fmt: skip


class Mcts:
    """Select by PUCT or UCT, expand by a few proposed steps, back up what they are worth."""

    name: ClassVar[str] = "mcts"
    title: ClassVar[str] = "Monte-Carlo tree search"
    summary: ClassVar[str] = (
        "Follows the most promising steps by PUCT, tries several next steps there, and lets the "
        "verifier's scores decide where to look next."
    )
    source: ClassVar[str] = (
        "Silver et al. 2018 (AlphaZero, PUCT); Hao et al. 2023 (RAP); Guan et al. 2025 (rStar-Math)"
    )
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = MctsSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, MctsSettings)
        self.settings = settings
        self._formulas = FORMULAS[settings.selection]
        middle, spread = settings.temperature, settings.spread
        temperatures = [max(0.0, middle - spread), middle, middle + spread] if spread else [middle]
        pool = list(product(temperatures, settings.writers))
        samples, longest = settings.children * settings.drafts, settings.max_step_tokens
        by_action = settings.by_action
        self._first_looks, self._others, self._expansions = (
            [Call(_EXPAND, n, t, longest, by_action, model=model) for t, model in pool]
            for n in (1, max(1, samples - 1), samples)
        )
        longest = settings.max_rollout_tokens
        self._rollouts, self._solutions = (
            [Call(WorkKind.COMPLETE, 1, t, n, purpose=ROLLOUT, model=m) for m in settings.writers]
            for t, n in (
                (settings.rollout_temperature, longest),
                (settings.temperature, max(longest, _WHOLE_SOLUTION)),
            )
        )

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Expansions of (or rollouts from) the leaves that selection leads to."""
        works: list[Work] = []
        exploration = self.settings.exploration
        room = min(capacity, trusted(tree, self.settings.patience))
        while len(works) < room:
            leaf = self._unfinished(tree) or descend(tree, self._formulas, exploration)
            if leaf is None:
                break
            pool = self._calls(tree, leaf)
            works.append(tree.ask(leaf.id, pool[tree.next_work % len(pool)]))
        return works

    def _calls(self, tree: SearchTree, leaf: Node) -> list[Call]:
        """What a leaf needs, by the members of the pool."""
        if self._is_new(tree, leaf):
            return self._solutions if _is_late(tree) else self._rollouts
        before = tries(tree, leaf)
        if before > 1 or not self._looks_first(tree, leaf):
            return self._expansions
        return self._others if before else self._first_looks

    def _looks_first(self, tree: SearchTree, leaf: Node) -> bool:
        """Whether one step is sampled before the others: noise wants all of them at once."""
        noisy = self.settings.noise and leaf.id == tree.start
        return self.settings.coverage < 1 and self.settings.children > 1 and not noisy

    def _is_new(self, tree: SearchTree, leaf: Node) -> bool:
        """Whether a leaf needs a rollout: none went through it, or one was cut off there.

        A rollout in flight is a visit (virtual loss), so a leaf never waits for it.
        """
        settings, known = self.settings, leaf.estimate
        source = settings.value_from
        if source is ValueSource.VERIFIER or leaf.children or (leaf.id, ROLLOUT) in tree.asks:
            return False
        if source is ValueSource.ROLLOUT or known is None or _is_late(tree):
            return True
        cut_off = leaf.purpose == ROLLOUT
        return known >= (settings.give_up_below if cut_off else settings.rollout_above)

    def _unfinished(self, tree: SearchTree) -> Node | None:
        """The end of the rollout that came back last, if that was cut off but not given up."""
        end = tree.nodes[tree.came[-1]] if tree.came else tree.root
        if end.purpose != ROLLOUT or not end.expandable or end.children:
            return None
        hopeful = end.estimate is not None and end.estimate >= self.settings.give_up_below
        return end if hopeful and (end.id, ROLLOUT) not in tree.asks else None

    def decides(self, tree: SearchTree, event: Event, node: Node) -> bool:
        """Work that goes out at the node or below it was led there."""
        return goes_through(tree, event, node)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """The children of its parent by the formula; not the ends of rollouts."""
        assert node.parent is not None
        parent, settings = tree.nodes[node.parent], self.settings
        return weigh_children(
            tree, parent, self._formulas(parent, settings.exploration), settings.selection
        )

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the proposed steps, or the rollout, and back up what they are worth."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        if work.purpose == ROLLOUT:
            for chain in outcome.chains:
                self._take_rollout(tree, work, chain)
        else:
            self._expand(tree, work, outcome)
        try_again(tree, work.node, self.settings)

    def _take_rollout(self, tree: SearchTree, work: Work, chain: tuple[ProposedStep, ...]) -> None:
        """Back up the value at its end; one that was cut off may be gone on with there."""
        settings, before = self.settings, len(tree)
        ids = add_closed(tree, Path.to(tree, work.node), chain, settings.aggregate, ROLLOUT)
        if not ids:
            return
        end = tree.nodes[ids[-1]]
        if end.id >= before:
            reopen_end(tree, end, settings.max_depth)
        take_end(tree, end, settings)

    def _expand(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Each new answer's value is backed up, and the best open step's."""
        settings = self.settings
        chains = outcome.chains
        if settings.drafts > 1:
            chains = best_drafts(chains, settings.drafts)
        if settings.noise and work.node == tree.start:
            chains = with_noise(chains, settings.noise, settings.noise_alpha, work.seed)
        best_open: float | None = None
        how = settings.aggregate, settings.max_depth, settings.choose
        for node in grow_steps(tree, work, chains, *how):
            if node.terminal:
                take_end(tree, node, settings)
            elif node.estimate is not None and node.estimate > (best_open or -1.0):
                best_open = node.estimate
        if settings.value_from is not ValueSource.ROLLOUT:
            back_up(tree, work.node, best_open)
        leaf = tree.nodes[work.node]
        looked = work.n == 1 and tries(tree, leaf) == 1 and self._looks_first(tree, leaf)
        if looked and outcome.chains and not well_known(tree, leaf, settings):
            tree.record(Reopened(leaf.id))


def _is_late(tree: SearchTree) -> bool:
    """Whether there should be an answer by now."""
    return tree.answer_node is None and tree.next_work >= _ANSWERED_BY
