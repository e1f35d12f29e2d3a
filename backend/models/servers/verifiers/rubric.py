"""Rubric judge: a model rates a person's criteria, in words, on a fixed scale."""

import re
from typing import Final

from backend.models.embedded.past import Lru
from backend.models.protocols import Judgement, Prefix, Writer
from backend.models.servers.client import together
from backend.models.servers.verifiers.chains import Findings, distinct, prefixes, spread
from backend.models.servers.verifiers.conventions import RubricConvention
from backend.models.servers.verifiers.layout import harmless
from backend.models.servers.verifiers.writing import Reply, Unreadable, ask, conclusion, total

MOST_CRITERIA: Final = 20
LONGEST_CRITERION: Final = 500
REMEMBERED: Final = 50_000
"""Ratings kept: the steps above a new one come again with each of its children."""

LINE: Final = re.compile(r"(\d{1,3})\s*[:.)]\s*(-?\d{1,6})(?:\s*/\s*\d{1,6})?\.?")
"""A rating: the criterion's number, a colon, whole numbers, perhaps "of how many"."""


class RubricJudge:
    """The mean of the ratings of a step, 0 for the lowest and 1 for the highest of the scale.

    Each step is rated once, seen with the steps before it; what was rated is remembered.
    """

    def __init__(
        self, writer: Writer, convention: RubricConvention, criteria: tuple[str, ...]
    ) -> None:
        """Errors: ValueError for criteria that cannot be asked for."""
        self._writer = writer
        self._convention = convention
        self._criteria = tuple(harmless(text).strip() for text in criteria)
        self._known: Lru[float] = Lru(REMEMBERED)
        if not 0 < len(criteria) <= MOST_CRITERIA:
            raise ValueError(
                f"a rubric needs from 1 to {MOST_CRITERIA} criteria, it has {len(criteria)}: set "
                """TREEWRIGHT_VERIFIER_CRITERIA, as in '["Every sum is right", "It is clear"]'"""
            )
        for text in self._criteria:
            if not 0 < len(text) <= LONGEST_CRITERION:
                raise ValueError(
                    f"a criterion has from 1 to {LONGEST_CRITERION} characters: {text[:60]!r}"
                )

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain, by one reply per step that was not rated before.

        Ratings that cannot be read are a reason, and no score. Errors: ModelUnavailable, BadReply.
        """
        asked, findings = distinct(chains), Findings()
        parts = dict.fromkeys(prefix for chain in asked for prefix in prefixes(chain))
        scores: dict[Prefix, float | None] = {part: self._known.get(part) for part in parts}
        unknown = [part for part, score in scores.items() if score is None]
        replies = await together(map(self._rate, unknown))
        reasons: dict[Prefix, str] = {}
        for part, reply in zip(unknown, replies, strict=True):
            try:
                score = self._read(reply)
            except Unreadable as error:
                reasons[part] = f"step {len(part.steps)}: {error}"
            else:
                scores[part] = score
                self._known.put(part, score)
        for chain in asked:
            findings.scores[chain] = spread(chain, scores)
            if said := [reasons[part] for part in prefixes(chain) if part in reasons]:
                findings.reasons[chain] = "; ".join(said)
        return findings.judgement(chains, total([reply.usage for reply in replies]))

    async def _rate(self, prefix: Prefix) -> Reply:
        convention = self._convention
        prompt = convention.layout.prompt(
            prefix,
            convention.strip,
            criteria="\n".join(f"{i}: {text}" for i, text in enumerate(self._criteria, 1)),
            lowest=convention.lowest,
            highest=convention.highest,
        )
        return await ask(self._writer, prompt, convention.max_tokens)

    def _read(self, reply: Reply) -> float:
        if reply.text is None:
            raise Unreadable(reply.reason or "no reply")
        lowest, highest = self._convention.lowest, self._convention.highest
        ratings: dict[int, int] = {}
        for line in conclusion(reply.text).split("\n"):
            if (match := LINE.fullmatch(line.strip(" \t\r*-"))) is None:
                continue
            number, rating = int(match[1]), int(match[2])
            if ratings.setdefault(number, rating) != rating:
                raise Unreadable(f"criterion {number} has two ratings")
            if not lowest <= rating <= highest:
                raise Unreadable(f"the rating {rating} is not from {lowest} to {highest}")
        if set(ratings) != set(range(1, len(self._criteria) + 1)):
            raise Unreadable(
                f"ratings of the criteria {sorted(ratings)}, asked were {len(self._criteria)}"
            )
        mean = sum(ratings.values()) / len(ratings)
        return (mean - lowest) / (highest - lowest)
