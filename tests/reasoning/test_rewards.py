"""Rewards by a reference answer, or by what most chains agree on."""

import pytest

from backend.reasoning.answers import answer_key
from backend.reasoning.checker import AnswerChecker
from backend.reasoning.rewards import agreed_answer, with_rewards
from backend.search.work import Outcome, ProposedStep


def outcome(*answers: str | None) -> Outcome:
    """Chains with these answers; None: one that was cut before its answer."""
    start = ProposedStep("solve", "start", 1)
    ends = [
        ProposedStep("answer", f"Answer: {a}", 1, terminal=a is not None, answer=a,
                     answer_key=answer_key(a))
        for a in answers
    ]  # fmt: skip
    return Outcome(tuple((start, end) for end in ends))


def rewards(graded: Outcome) -> list[float | None]:
    assert all(chain[0].reward is None for chain in graded.chains), "only ends have rewards"
    return [chain[-1].reward for chain in graded.chains]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("24", [1.0, 0.0, 1.0, None]), ("4 * 6", [0.0, 0.0, 1.0, None]),
     ("twenty-four", [None, None, None, None]), (None, [None, None, None, None])],
)  # fmt: skip
async def test_answers_are_rewarded(reference: str | None, expected: list[float | None]) -> None:
    answers = outcome("24", "25", "6 * 4", None)
    assert rewards(await with_rewards(answers, reference, AnswerChecker())) == expected


def test_chains_agree_on_what_most_of_them_mean() -> None:
    assert agreed_answer(outcome("7", "8", "8.0", None, None, None)) == "8"
    assert agreed_answer(outcome("7", "8")) == "7", "the first where they are level"
    assert agreed_answer(outcome(None)) is None
    assert agreed_answer(Outcome()) is None
