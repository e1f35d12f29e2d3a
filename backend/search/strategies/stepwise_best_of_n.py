"""Step-wise best-of-N: at every step sample N, keep the best, go on from there."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.dvts import Dvts
from backend.search.strategies.steps import StepSettings
from backend.search.strategy import StrategySettings


class StepwiseBestOfNSettings(StepSettings):
    """Settings of step-wise best-of-N."""

    n: int = Field(
        8, ge=1, le=256, title="Samples per step",
        description="How many next steps are sampled before the best is taken.",
    )  # fmt: skip


class StepwiseBestOfN(Dvts):
    """One path, chosen greedily by the verifier: a verifier tree search with a single subtree."""

    name: ClassVar[str] = "stepwise_best_of_n"
    title: ClassVar[str] = "Step-wise best of N"
    summary: ClassVar[str] = (
        "Samples N next steps, takes the one that the verifier values most, and goes on from there."
    )
    source: ClassVar[str] = "Wu et al. 2024 (A Comparative Study on Reasoning Patterns of o1)"
    settings_type: ClassVar[type[StrategySettings]] = StepwiseBestOfNSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, StepwiseBestOfNSettings)
        self.settings = settings
        self._trees = 1
        self._children = settings.n
