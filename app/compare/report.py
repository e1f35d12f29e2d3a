"""From trials to numbers: accuracy against generated tokens, by difficulty, and what it cost."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.compare.trials import Trial
from training.metrics import Estimate, mean
from training.turns import turn_values

BINS: Final = ("easy", "medium", "hard")
_POINTS: Final = 10
_CORRECTING: Final = frozenset({"score", "self_refine", "check_as_context"})
_FIRST_POINT: Final = 1 / 32


@dataclass(frozen=True, slots=True)
class Point:
    """Accuracy of an entrant stopped at `budget` tokens, of which it used `tokens` on average."""

    budget: int
    tokens: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Standing:
    """One entrant's results. Intervals are 95 % bootstrap intervals over problems.

    A search counts as right if its answer was right when the budget of generated tokens was spent:
    what came back later, having been under way, is no equal cost any more.
    `gain`: accuracy over the first entrant's, paired by problem. `turns`: SCoRe's metrics, for
    strategies that correct their answer. The costs are means per search.
    """

    entrant: str
    searches: int
    failed: int
    accuracy: Estimate
    gain: Estimate
    by_difficulty: dict[str, Estimate]
    turns: dict[str, Estimate]
    curve: tuple[Point, ...]
    generated_tokens: float
    prompt_tokens: float
    calls: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """A whole comparison."""

    problems: int
    seeds: int
    budget: dict[str, float]
    standings: tuple[Standing, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; estimates as [value, low, high]."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def make_report(trials: Sequence[Trial], budget: dict[str, float]) -> Report:
    """The standings of all entrants, in the order in which they came."""
    by_entrant: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_entrant[trial.entrant].append(trial)
    bins = difficulty(trials)
    points = budgets(budget.get("generated_tokens"), trials)
    limit = budget.get("generated_tokens", math.inf)
    first = _accuracy_by_problem(next(iter(by_entrant.values())), limit)
    standings = [
        _standing(name, found, bins, points, first, limit) for name, found in by_entrant.items()
    ]
    problems, seeds = {t.problem for t in trials}, {t.seed for t in trials}
    return Report(len(problems), len(seeds), budget, tuple(standings))


def difficulty(trials: Iterable[Trial]) -> dict[str, str]:
    """Problems in three bins of equal size, by the share of right ones among all the solutions
    that all entrants sampled (Snell et al. 2024, section 3.2, with what was searched anyway).
    """
    right: dict[str, int] = defaultdict(int)
    solutions: dict[str, int] = defaultdict(int)
    for trial in trials:
        right[trial.problem] += trial.right
        solutions[trial.problem] += trial.solutions
    ranked = sorted(solutions, key=lambda p: (-right[p] / max(1, solutions[p]), p))
    return {problem: BINS[i * len(BINS) // len(ranked)] for i, problem in enumerate(ranked)}


def budgets(limit: float | None, trials: Iterable[Trial]) -> list[int]:
    """The token counts at which accuracy is read off, evenly spaced in their logarithm."""
    most = limit or max((trial.generated_tokens for trial in trials), default=1) or 1
    ratio = (1 / _FIRST_POINT) ** (1 / (_POINTS - 1))
    return [math.ceil(most * _FIRST_POINT * ratio**i) for i in range(_POINTS)]


def _standing(
    name: str, trials: list[Trial], bins: dict[str, str], points: list[int],
    first: dict[str, float], limit: float,
) -> Standing:  # fmt: skip
    final = _accuracy_by_problem(trials, limit)
    curve = [
        Point(
            budget,
            _mean([min(budget, trial.generated_tokens) for trial in trials]),
            mean(list(_accuracy_by_problem(trials, budget).values()), 0),
        )
        for budget in points
    ]
    parts = {each: [final[p] for p in final if bins[p] == each] for each in BINS}
    return Standing(
        entrant=name,
        searches=len(trials),
        failed=sum(trial.error is not None for trial in trials),
        accuracy=mean(list(final.values()), 0),
        gain=mean([final[p] - first[p] for p in final if p in first], 0),
        by_difficulty={each: mean(values, 0) for each, values in parts.items() if values},
        turns=_turns(trials) if name.partition(":")[0] in _CORRECTING else {},
        curve=tuple(curve),
        generated_tokens=_mean([trial.generated_tokens for trial in trials]),
        prompt_tokens=_mean([trial.prompt_tokens for trial in trials]),
        calls=_mean([trial.calls for trial in trials]),
        seconds=_mean([trial.seconds for trial in trials]),
    )


def _turns(trials: Sequence[Trial]) -> dict[str, Estimate]:
    values = turn_values([trial.turns for trial in trials])
    return {
        name: mean(list(_by_problem(trials, found).values()), 0) for name, found in values.items()
    }


def _accuracy_by_problem(trials: Sequence[Trial], tokens: float) -> dict[str, float]:
    """Each problem's share of right answers over the seeds, as they stood at a token count."""
    return _by_problem(trials, [float(trial.right_at(tokens)) for trial in trials])


def _by_problem(trials: Sequence[Trial], values: Sequence[float]) -> dict[str, float]:
    """The mean over each problem's searches of a number that each search has."""
    found: dict[str, list[float]] = defaultdict(list)
    for trial, value in zip(trials, values, strict=True):
        found[trial.problem].append(value)
    return {problem: _mean(each) for problem, each in found.items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"value", "low", "high"}:
            return Estimate(**value).as_list()
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
