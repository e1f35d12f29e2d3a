"""From trials to numbers: accuracy against generated tokens, by difficulty, and what it cost."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from app.compare.trials import Trial
from backend.runs.estimates import Estimate, mean
from backend.runs.standings import Standing, accuracy_by_problem, by_problem, make_standings
from training.turns import turn_values

BINS: Final = ("easy", "medium", "hard")
_CORRECTING: Final = frozenset({"score", "self_refine", "check_as_context"})


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
    bins = difficulty(trials)
    limit = budget.get("generated_tokens", math.inf)
    standings = []
    for standing in make_standings(trials, limit):
        own = [trial for trial in trials if trial.entrant == standing.entrant]
        standings.append(_in_detail(standing, own, bins, limit))
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


def _in_detail(
    standing: Standing, trials: Sequence[Trial], bins: dict[str, str], limit: float
) -> Standing:
    final = accuracy_by_problem(trials, limit)
    parts = {each: [final[p] for p in final if bins[p] == each] for each in BINS}
    return replace(
        standing,
        failed=sum(trial.error is not None for trial in trials),
        by_difficulty={each: mean(values, 0) for each, values in parts.items() if values},
        turns=_turns(trials) if standing.entrant.partition(":")[0] in _CORRECTING else {},
    )


def _turns(trials: Sequence[Trial]) -> dict[str, Estimate]:
    values = turn_values([trial.turns for trial in trials])
    return {
        name: mean(list(by_problem(trials, found).values()), 0) for name, found in values.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"value", "low", "high"}:
            return Estimate(**value).as_list()
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
