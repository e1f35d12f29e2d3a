"""What every verifier here does with the chains of a call: judge each once, give all their due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from backend.models.protocols import Judgement, ModelUsage, Prefix

Scores = tuple[float | None, ...]


class Judge(Protocol):
    """A convention at work: a Verifier without a name."""

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain. Errors: ModelError and its subclasses."""
        ...


@dataclass(slots=True)
class Findings:
    """What is known of the distinct chains: one number per step, and why some are missing."""

    scores: dict[Prefix, Scores] = field(default_factory=dict)
    reasons: dict[Prefix, str] = field(default_factory=dict)

    def missing(self, chain: Prefix, reason: str) -> None:
        """No number for any step of a chain."""
        self.scores[chain] = (None,) * len(chain.steps)
        self.reasons[chain] = reason

    def judgement(self, chains: Sequence[Prefix], usage: ModelUsage) -> Judgement:
        """The reply to a call with these chains."""
        scores = tuple(self.scores[chain] if chain.steps else () for chain in chains)
        reasons = tuple(self.reasons.get(chain) for chain in chains)
        return Judgement(scores, usage, reasons=reasons)


def distinct(chains: Iterable[Prefix]) -> list[Prefix]:
    """The chains that have something to judge, each once."""
    return list(dict.fromkeys(chain for chain in chains if chain.steps))


def prefixes(chain: Prefix) -> list[Prefix]:
    """The chain up to the end of each of its steps."""
    return [Prefix(chain.problem, chain.steps[:end]) for end in range(1, len(chain.steps) + 1)]


def spread(chain: Prefix, of: Mapping[Prefix, float | None]) -> Scores:
    """The scores of a chain's steps, from those of its prefixes."""
    return tuple(of.get(prefix) for prefix in prefixes(chain))
