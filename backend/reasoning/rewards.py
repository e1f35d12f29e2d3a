"""Rewards for strategies that collect data: whether an answer is right, by a reference answer."""

from collections import Counter
from dataclasses import replace

from backend.reasoning.checker import AnswerChecker
from backend.search.work import Outcome, ProposedStep


async def with_rewards(outcome: Outcome, reference: str | None, checker: AnswerChecker) -> Outcome:
    """The outcome with a reward at the end of each chain that ends in an answer: 1 if it is right,
    0 if not, None where the reference cannot say so.
    """
    chains = [await _rewarded(chain, reference, checker) for chain in outcome.chains]
    return replace(outcome, chains=tuple(chains))


def agreed_answer(outcome: Outcome) -> str | None:
    """The answer that most chains give, the first of those where answers are level; None without
    an answer.
    """
    ends = [chain[-1] for chain in outcome.chains if chain and chain[-1].answer is not None]
    votes = Counter(end.answer_key for end in ends)
    return max(ends, key=lambda end: votes[end.answer_key]).answer if ends else None


async def _rewarded(
    chain: tuple[ProposedStep, ...], reference: str | None, checker: AnswerChecker
) -> tuple[ProposedStep, ...]:
    if not chain or not chain[-1].terminal:
        return chain
    right = (await checker.same(chain[-1].answer, reference)).correct
    return (*chain[:-1], replace(chain[-1], reward=None if right is None else float(right)))
