"""Best-of-N: sample whole solutions, keep the one that the verifier values most."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.solutions import ask_solutions, take_solutions
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work


class BestOfNSettings(JudgedSettings):
    """Settings of best-of-N."""

    n: int = Field(16, ge=1, le=4096, title="Solutions", description="How many are sampled.")
    per_call: int = Field(
        4, ge=1, le=256, title="Solutions per call", description="How many one model call samples."
    )
    max_tokens: int = Field(384, ge=1, le=32768, title="Longest solution (tokens)")


class BestOfN:
    """Parallel whole solutions, merged where they begin alike, chosen by the verifier."""

    name: ClassVar[str] = "best_of_n"
    title: ClassVar[str] = "Best of N"
    summary: ClassVar[str] = (
        "Samples N whole solutions and keeps the one whose steps the verifier values most."
    )
    source: ClassVar[str] = "Cobbe et al. 2021; Lightman et al. 2023 (Let's Verify Step by Step)"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = BestOfNSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, BestOfNSettings)
        self.settings = settings

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The next groups of solutions, until N are asked for."""
        settings = self.settings
        return ask_solutions(
            tree, settings, capacity,
            n=settings.n, per_call=settings.per_call, max_tokens=settings.max_tokens,
        )  # fmt: skip

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add each solution as a path, and back up its value from where it ends."""
        take_solutions(tree, self.settings, work, outcome)
