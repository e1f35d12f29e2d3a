"""Compute-optimal scaling: a cheap probe says how hard a problem is, and so how to search it."""

from enum import StrEnum
from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.growth import add_solution, settle
from backend.search.node import Node
from backend.search.strategies.beam_search import BeamSearch, BeamSearchSettings
from backend.search.strategies.best_of_n import BestOfN, BestOfNSettings
from backend.search.strategies.descent import ROLLOUT, reopen_end
from backend.search.strategies.mcts import Mcts, MctsSettings
from backend.search.strategies.sequential_revision import (
    SequentialRevision,
    SequentialRevisionSettings,
)
from backend.search.strategy import JudgedSettings, Strategy, StrategySettings, path_value
from backend.search.tree import SearchTree
from backend.search.weighing import Chooses, Weighing
from backend.search.work import Call, Outcome, Work, WorkKind

SOLVABLE: Final = "solvable"
"""The name under which the problem's node says what the probe's solutions are worth on average."""

_ENDLESS: Final = 4096


class Plan(StrEnum):
    """How the rest of the budget is spent: side by side, one after the other, or in a tree."""

    BEST_OF_N = "best_of_n"
    REVISIONS = "sequential_revision"
    BEAM = "beam_search"
    MCTS = "mcts"


class ComputeOptimalSettings(JudgedSettings):
    """Settings of compute-optimal scaling."""

    probe: int = Field(
        1, ge=1, le=256, title="Solutions in the probe",
        description="How many solutions say how hard the problem is: one is the likeliest, several "
        "are sampled.",
    )  # fmt: skip
    max_probe_tokens: int = Field(
        160, ge=1, le=32768, title="Longest solution in the probe (tokens)",
        description="One that gets longer counts by what its end is worth.",
    )  # fmt: skip
    easy_above: float = Field(
        0.7, ge=0, le=1, title="Easy above",
        description="A problem is easy if the probe's solutions are worth more on average.",
    )  # fmt: skip
    hard_below: float = Field(
        0.3, ge=0, le=1, title="Hard below",
        description="A problem is hard if the probe's solutions are worth less on average.",
    )  # fmt: skip
    easy: Plan = Field(Plan.BEST_OF_N, title="For easy problems")
    medium: Plan = Field(Plan.MCTS, title="For medium problems")
    hard: Plan = Field(Plan.MCTS, title="For hard problems")
    aggregate: Aggregate = path_value(Aggregate.VALUE)
    max_tokens: int = Field(384, ge=1, le=32768, title="Longest solution (tokens)")


class ComputeOptimal:
    """A solution first, or a few; their mean value decides which strategy goes on in this tree.

    The paper estimates difficulty by the verifier's score of 2,048 samples; the probe is what a
    search can afford, and its solutions are used on.
    """

    name: ClassVar[str] = "compute_optimal"
    title: ClassVar[str] = "Compute-optimal"
    summary: ClassVar[str] = (
        "Sees by a first solution how hard the problem is, and spends the rest of the budget in "
        "the way that pays most for problems like it."
    )
    source: ClassVar[str] = "Snell et al. 2024, section 3 (compute-optimal scaling)"
    settings_type: ClassVar[type[StrategySettings]] = ComputeOptimalSettings
    needs_actions: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, ComputeOptimalSettings)
        self.settings = settings
        shared = settings.model_dump(include=set(JudgedSettings.model_fields))
        whole = {**shared, "max_tokens": settings.max_tokens}
        self._revisions = SequentialRevision(
            SequentialRevisionSettings(**whole, revisions=64, chains=settings.probe)
        )
        self._mcts = MctsSettings(**shared)
        self._plans: dict[Plan, Strategy] = {
            Plan.BEST_OF_N: BestOfN(BestOfNSettings(**whole, n=_ENDLESS, per_call=1)),
            Plan.REVISIONS: self._revisions,
            Plan.BEAM: BeamSearch(BeamSearchSettings(**shared)),
            Plan.MCTS: Mcts(self._mcts),
        }

    def plan(self, tree: SearchTree) -> Plan:
        """What the probe has decided."""
        worth = tree.nodes[tree.start].scores[SOLVABLE]
        if worth is None or worth < self.settings.hard_below:
            return self.settings.hard
        return self.settings.easy if worth > self.settings.easy_above else self.settings.medium

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The probe; once it is in, what the strategy for such a problem asks."""
        if SOLVABLE in tree.nodes[tree.start].scores:
            return self._plans[self.plan(tree)].ask(tree, capacity)
        if capacity < 1 or (tree.start, ROLLOUT) in tree.asks:
            return []
        n, longest = self.settings.probe, self.settings.max_probe_tokens
        temperature = self.settings.temperature if n > 1 else 0.0
        call = Call(WorkKind.COMPLETE, n, temperature, longest, purpose=ROLLOUT)
        return [tree.ask(tree.start, call)]

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """As the strategy that goes on with the search does."""
        plan = self._choosing(tree)
        return plan is not None and plan.decides(tree, event, node)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """As the strategy that goes on with the search does."""
        plan = self._choosing(tree)
        return None if plan is None else plan.weigh(tree, node)

    def _choosing(self, tree: SearchTree) -> Chooses | None:
        if SOLVABLE not in tree.nodes[tree.start].scores:
            return None
        plan = self._plans[self.plan(tree)]
        return plan if isinstance(plan, Chooses) else None

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the probe's solutions and judge the problem by them; pass on all that comes later."""
        if SOLVABLE in tree.nodes[tree.start].scores:
            self._plans[self.plan(tree)].tell(tree, work, outcome)
        elif work.id in tree.pending:
            self._take_probe(tree, work, outcome)

    def _take_probe(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        settle(tree, work, outcome)
        start, trunk = tree.nodes[tree.start], Path.to(tree, tree.start)
        ends = [
            add_solution(tree, trunk, chain, self.settings, ROLLOUT) for chain in outcome.chains
        ]
        values = [tree.nodes[end].estimate for end in ends if end is not None]
        known = [value for value in values if value is not None]
        worth = sum(known) / len(known) if known else None
        tree.record(ev.Scored(start.id, SOLVABLE, worth, start.estimate))
        found = [tree.nodes[end] for end in dict.fromkeys(ends) if end is not None]
        match self.plan(tree):
            case Plan.REVISIONS:
                tree.record(ev.Closed(start.id))
                for end in found:
                    if end.terminal:
                        self._revisions.check(tree, end)
            case Plan.MCTS:  # the probe is its first rollout
                for end in found:
                    reopen_end(tree, end, self._mcts.max_depth)
