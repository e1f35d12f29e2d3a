"""Chain of thought: one solution, step by step, as the model finds it most likely."""

from typing import ClassVar

from pydantic import Field

from backend.search.strategies.solutions import ask_solutions, take_solutions
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work


class ChainOfThoughtSettings(JudgedSettings):
    """Settings of chain of thought."""

    temperature: float = Field(
        0.0, ge=0, le=2, title="Temperature", description="0: always the most likely token."
    )
    max_tokens: int = Field(384, ge=1, le=32768, title="Longest solution (tokens)")


class ChainOfThought:
    """One path from the problem to an answer. What every search has to beat."""

    name: ClassVar[str] = "chain_of_thought"
    title: ClassVar[str] = "Chain of thought"
    summary: ClassVar[str] = (
        "Writes one solution step by step, without any search: what every search has to beat."
    )
    source: ClassVar[str] = "Wei et al. 2022; Kojima et al. 2022 (zero-shot)"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = ChainOfThoughtSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, ChainOfThoughtSettings)
        self.settings = settings

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """One whole solution."""
        return ask_solutions(
            tree, self.settings, capacity, n=1, per_call=1, max_tokens=self.settings.max_tokens
        )

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the solution."""
        take_solutions(tree, self.settings, work, outcome)
