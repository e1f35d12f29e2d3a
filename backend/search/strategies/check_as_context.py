"""Check as context: a check of the answer, and another answer that has it in context."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from backend.search.aggregate import Aggregate, standing_path, step_score
from backend.search.node import Node
from backend.search.strategies.revisions import CHECK, Revising, RevisionSettings, set_open
from backend.search.strategies.verdicts import ANSWER_HOLDS, finds_nothing_wrong, objection
from backend.search.strategy import StrategySettings
from backend.search.tree import SearchTree
from backend.search.work import ProposedStep


class Checker(StrEnum):
    """Who checks an answer."""

    GENERATOR = "generator"
    VERIFIER = "verifier"


class CheckAsContextSettings(RevisionSettings):
    """Settings of check as context."""

    # The lowest step score would call half of the right equations of the embedded generator wrong,
    # and a false alarm costs more than a missed mistake.
    aggregate: Aggregate = Field(
        Aggregate.LAST, title="Path value",
        description="How the step scores of a solution become the value that it is judged by.",
    )  # fmt: skip
    rounds: int = Field(
        3, ge=1, le=64, title="Rounds", description="How often the answer is checked at most."
    )
    checker: Checker = Field(
        Checker.VERIFIER, title="Who checks",
        description="The generator itself, or the verifier: its verdict is put into words that "
        "the generator reads.",
    )  # fmt: skip
    wrong_below: float = Field(
        0.5, ge=0, le=1, title="Wrong below",
        description="The verifier finds a solution wrong that it values below this.",
    )  # fmt: skip
    reasons: bool = Field(
        False, title="With reasons",
        description="Let the verifier name the first step that it scores below that, and not only "
        "say that the answer is wrong.",
    )  # fmt: skip
    stop_when_right: bool = Field(
        True, title="Stop when right",
        description="End when a check finds nothing wrong; off: answer again in any case.",
    )  # fmt: skip


class CheckAsContext(Revising):
    """Answer, check, answer again: one chain, whose last answer is the run's."""

    name: ClassVar[str] = "check_as_context"
    title: ClassVar[str] = "Check as context"
    summary: ClassVar[str] = (
        "Answers, has the answer checked by the verifier or by itself, and answers again with the "
        "check in view."
    )
    source: ClassVar[str] = (
        "Wang et al. 2024 (A Theoretical Understanding of Self-Correction through In-context "
        "Alignment)"
    )
    settings_type: ClassVar[type[StrategySettings]] = CheckAsContextSettings
    revise_with: ClassVar[tuple[str, ...] | None] = None

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, CheckAsContextSettings)
        super().__init__(settings, settings.rounds)
        self._own = settings

    def check(self, tree: SearchTree, answer: Node) -> None:
        """Have the generator asked, or add what the verifier says at once: its scores are there."""
        if self._own.checker is Checker.GENERATOR:
            super().check(tree, answer)
        elif answer.estimate is not None:
            step = ProposedStep("check", self._verdict(tree, answer), 0, model=_judges(answer))
            added = tree.add(answer.id, step, estimate=None, corrects=None, purpose=CHECK)
            set_open(tree, tree.nodes[added], self.goes_on(tree.nodes[added]))

    def goes_on(self, check: Node) -> bool:
        """Until a check finds nothing wrong, or to the last round."""
        return not (self._own.stop_when_right and finds_nothing_wrong(check.text))

    def _verdict(self, tree: SearchTree, answer: Node) -> str:
        bar = self._own.wrong_below
        if answer.estimate is None or answer.estimate >= bar:
            return ANSWER_HOLDS
        if not self._own.reasons:
            return objection(None)
        solution = (tree.nodes[i] for i in standing_path(tree, answer.id))
        steps = (node for node in solution if node.action != "check" and not node.terminal)
        scored = ((step.text, step_score(step.scores)) for step in steps)
        return objection(next((text for text, p in scored if p is not None and p < bar), None))


def _judges(answer: Node) -> str:
    """The names of the verifiers that scored an answer."""
    return " + ".join(name for name, score in answer.scores.items() if score is not None)
