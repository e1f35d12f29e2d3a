"""SCoRe's two turns: an answer, and one more after a review of it."""

from typing import ClassVar

from backend.search.strategies.revisions import Revising, RevisionSettings
from backend.search.strategy import StrategySettings


class Score(Revising):
    """How SCoRe tests self-correction: exactly two turns, of which the second counts.

    Its second prompt says that there might be an error in the solution above. Here the second turn
    begins with a check; where that finds no error, the first answer is the second turn's too.
    """

    name: ClassVar[str] = "score"
    title: ClassVar[str] = "Two turns (SCoRe)"
    summary: ClassVar[str] = (
        "Answers, reviews the whole solution once, and answers again if the review finds an error."
    )
    source: ClassVar[str] = "Kumar et al. 2024 (SCoRe), section 3"
    settings_type: ClassVar[type[StrategySettings]] = RevisionSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, RevisionSettings)
        super().__init__(settings, rounds=1)
