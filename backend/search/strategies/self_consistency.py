"""Self-consistency: sample whole solutions, take the answer that most of them give."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.best_of_n import BestOfN, BestOfNSettings
from backend.search.strategy import StrategySettings
from backend.search.votes import Choice


class SelfConsistencySettings(BestOfNSettings):
    """Settings of self-consistency."""

    choose: Choice = Field(
        Choice.MAJORITY, title="Choice of the answer",
        description="The answer of most paths, of the path valued most, or of the paths whose "
        "values sum to most.",
    )  # fmt: skip


class SelfConsistency(BestOfN):
    """Best-of-N's solutions, but the answer is put to a vote: no verifier has a say in it."""

    name: ClassVar[str] = "self_consistency"
    title: ClassVar[str] = "Self-consistency"
    summary: ClassVar[str] = (
        "Samples N whole solutions and takes the answer that most of them agree on."
    )
    source: ClassVar[str] = "Wang et al. 2023 (Self-Consistency Improves Chain of Thought)"
    settings_type: ClassVar[type[StrategySettings]] = SelfConsistencySettings
