"""A verifier that computes: it knows for sure whether the equations of a step hold."""

import asyncio

from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.reasoning.equations import equations_hold


class SymbolicVerifier:
    """Scores 1 where every equation of a step holds, 0 where one does not, None (not scored) where
    there is none to be judged: the role of the formal checker in AlphaProof, for sums in text.
    """

    name = "symbolic"
    about = "1 where every equation in the step holds, 0 where one does not; computed, no model"
    uncalibrated = False

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Check every step by itself; no model is called."""
        return Judgement(await asyncio.to_thread(_scores, chains), ModelUsage(calls=0))


def _scores(chains: tuple[Prefix, ...]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(_score(step.text) for step in chain.steps) for chain in chains)


def _score(text: str) -> float | None:
    holds = equations_hold(text)
    return None if holds is None else float(holds)
