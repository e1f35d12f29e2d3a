"""OmegaPRM: where wrong solutions go wrong first, found by binary search over rollouts."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.rollouts import ask_rollouts, close, take_rollouts
from backend.search.strategies.wrong_rollouts import Priority, WrongRollouts
from backend.search.strategy import DataSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work


class OmegaPrmSettings(DataSettings):
    """Settings of OmegaPRM; the names in brackets are the paper's."""

    rollouts: int = Field(
        8, ge=1, le=256, title="Rollouts per state (k)",
        description="How many solutions go on from a state to measure it.",
    )  # fmt: skip
    searches: int = Field(
        100, ge=1, le=100_000, title="Searches (N)",
        description="How many wrong solutions are searched for their first mistake.",
    )  # fmt: skip
    alpha: float = Field(
        0.5, gt=0, le=1, title="Liking for near misses (α)",
        description="The lower, the more wrong solutions are preferred that begin where most end "
        "right.",
    )  # fmt: skip
    beta: float = Field(
        0.9, gt=0, le=1, title="Liking for short ones (β)",
        description="The lower, the more short wrong solutions are preferred.",
    )  # fmt: skip
    length: int = Field(
        500, ge=1, le=100_000, title="Length scale (L)",
        description="At so many words a wrong solution is held back by β in full.",
    )  # fmt: skip
    exploration: float = Field(
        0.125, ge=0, le=100, title="Exploration (c)",
        description="How strongly states are preferred that few searches began at.",
    )  # fmt: skip


class OmegaPrm:
    """Wrong rollouts, chosen as in PUCT, each halved until its first mistake is found."""

    name: ClassVar[str] = "omega_prm"
    title: ClassVar[str] = "OmegaPRM"
    summary: ClassVar[str] = (
        "Finds the first mistake of wrong solutions by binary search, with rollouts that tell "
        "whether a solution can still end right. Needs a reference answer."
    )
    source: ClassVar[str] = "Luo et al. 2024 (OmegaPRM), sections 3.2 and 3.3"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = OmegaPrmSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, OmegaPrmSettings)
        self.settings = settings
        self._priority = Priority(
            settings.alpha, settings.beta, settings.length, settings.exploration
        )

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """Rollouts at the middle of what is left of each search, then at those of new searches."""
        settings = self.settings
        start = tree.nodes[tree.start]
        if capacity > 0 and start.expandable:
            return [ask_rollouts(tree, start, settings.rollouts, settings)]
        wrong = self._wrong_rollouts(tree)
        works: list[Work] = []
        while len(works) < capacity:
            probe = wrong.next_probe(tree, settings.searches)
            if probe is None:
                break
            works.append(ask_rollouts(tree, tree.nodes[probe], settings.rollouts, settings))
        return works

    def _wrong_rollouts(self, tree: SearchTree) -> WrongRollouts:
        wrong = tree.memo.get(self.name)
        if wrong is None:
            wrong = tree.memo[self.name] = WrongRollouts(self._priority)
        assert isinstance(wrong, WrongRollouts)
        wrong.catch_up(tree)
        return wrong

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the rollouts, which are not searched by themselves, and label where they start."""
        if work.id in tree.pending:
            for node in take_rollouts(tree, work, outcome):
                close(tree, node)
