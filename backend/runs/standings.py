"""How strategies stand on problems that they all searched: how many right answers at what cost."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.runs.estimates import Estimate, mean

_POINTS: Final = 10
_FIRST_POINT: Final = 1 / 32


@dataclass(frozen=True, slots=True)
class Search:
    """One problem searched once by one entrant.

    `moments`: (generated tokens, was the answer right) at each change of the answer.
    """

    problem: str
    entrant: str
    seed: int
    moments: tuple[tuple[int, bool], ...] = ()
    generated_tokens: int = 0
    prompt_tokens: int = 0
    calls: int = 0
    nodes: int = 0
    seconds: float = 0.0

    def right_at(self, tokens: float) -> bool:
        """Whether its answer was right once this many tokens were generated."""
        given = [right for spent, right in self.moments if spent <= tokens]
        return bool(given) and given[-1]


@dataclass(frozen=True, slots=True)
class Point:
    """Accuracy of an entrant stopped at `budget` tokens, of which it used `tokens` on average.

    `gain`: accuracy over the first entrant's at the same budget, paired by problem.
    """

    budget: int
    tokens: float
    accuracy: Estimate
    gain: Estimate


@dataclass(frozen=True, slots=True)
class Standing:
    """One entrant's results. Intervals are 95 % bootstrap intervals over problems.

    A search counts as right if its answer was right when the budget of generated tokens was spent:
    what came back later, having been under way, is no equal cost any more.
    `gain`: accuracy over the first entrant's, paired by problem. `turns`: SCoRe's metrics, for
    strategies that correct their answer; like `failed` and `by_difficulty` only where somebody
    counted them. The costs are means per search.
    """

    entrant: str
    searches: int
    accuracy: Estimate
    gain: Estimate
    curve: tuple[Point, ...]
    generated_tokens: float
    prompt_tokens: float
    calls: float
    seconds: float
    failed: int = 0
    by_difficulty: Mapping[str, Estimate] = field(default_factory=dict)
    turns: Mapping[str, Estimate] = field(default_factory=dict)


def make_standings(searches: Sequence[Search], limit: float = math.inf) -> tuple[Standing, ...]:
    """The standings of all entrants, in the order in which they came.

    `limit`: the budget of generated tokens, where there was one for all.
    """
    by_entrant: dict[str, list[Search]] = defaultdict(list)
    for search in searches:
        by_entrant[search.entrant].append(search)
    points = budgets(limit, searches)
    first = next(iter(by_entrant.values()), [])
    return tuple(_standing(name, found, first, points, limit) for name, found in by_entrant.items())


def budgets(limit: float, searches: Iterable[Search]) -> list[int]:
    """The token counts at which accuracy is read off, evenly spaced in their logarithm."""
    most = limit
    if math.isinf(limit):
        most = max((search.generated_tokens for search in searches), default=1) or 1
    ratio = (1 / _FIRST_POINT) ** (1 / (_POINTS - 1))
    return [math.ceil(most * _FIRST_POINT * ratio**i) for i in range(_POINTS)]


def accuracy_by_problem(searches: Sequence[Search], tokens: float) -> dict[str, float]:
    """Each problem's share of right answers over its searches, as they stood at a token count."""
    return by_problem(searches, [float(search.right_at(tokens)) for search in searches])


def by_problem(searches: Sequence[Search], values: Sequence[float]) -> dict[str, float]:
    """The mean over each problem's searches of a number that each search has."""
    found: dict[str, list[float]] = defaultdict(list)
    for search, value in zip(searches, values, strict=True):
        found[search.problem].append(value)
    return {problem: _mean(each) for problem, each in found.items()}


def _standing(
    name: str, searches: list[Search], first: list[Search], points: list[int], limit: float
) -> Standing:
    accuracy, gain = _against(searches, first, limit)
    return Standing(
        entrant=name,
        searches=len(searches),
        accuracy=accuracy,
        gain=gain,
        curve=tuple(_point(searches, first, budget) for budget in points),
        generated_tokens=_mean([search.generated_tokens for search in searches]),
        prompt_tokens=_mean([search.prompt_tokens for search in searches]),
        calls=_mean([search.calls for search in searches]),
        seconds=_mean([search.seconds for search in searches]),
    )


def _point(searches: list[Search], first: list[Search], budget: int) -> Point:
    spent = _mean([min(budget, search.generated_tokens) for search in searches])
    return Point(budget, spent, *_against(searches, first, budget))


def _against(
    searches: list[Search], first: list[Search], tokens: float
) -> tuple[Estimate, Estimate]:
    """Accuracy at a token count, and what it is more than the first entrant's."""
    own, other = accuracy_by_problem(searches, tokens), accuracy_by_problem(first, tokens)
    differences = [own[problem] - other[problem] for problem in own if problem in other]
    return mean(list(own.values()), 0), mean(differences, 0)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
