"""Self-refine: the model's own feedback on its answer, until that finds nothing wrong."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.revisions import Revising, RevisionSettings
from backend.search.strategy import StrategySettings


class SelfRefineSettings(RevisionSettings):
    """Settings of self-refine."""

    rounds: int = Field(
        4, ge=1, le=64, title="Rounds", description="The most feedbacks that are followed."
    )


class SelfRefine(Revising):
    """Answer, feedback by the same model, refinement: one chain, whose last answer is the run's."""

    name: ClassVar[str] = "self_refine"
    title: ClassVar[str] = "Self-refine"
    summary: ClassVar[str] = (
        "Answers, criticises its own answer and refines it, until it finds nothing wrong any more."
    )
    source: ClassVar[str] = "Madaan et al. 2023 (Self-Refine), algorithm 1"
    settings_type: ClassVar[type[StrategySettings]] = SelfRefineSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, SelfRefineSettings)
        super().__init__(settings, settings.rounds)
