"""Statistics of an evaluation: ranking quality, calibration, choosing among samples."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from backend.runs.estimates import Estimate, Floats, bootstrap, mean, ratio

__all__ = [
    "Estimate", "area_under_curve", "calibration_error", "majority", "mean", "ratio",
    "right_over_wrong",
]  # fmt: skip


def area_under_curve(
    scores: Sequence[Sequence[float]], labels: Sequence[Sequence[bool]], seed: int
) -> Estimate:
    """ROC area of step scores against step labels, resampling problems (one inner list each)."""
    flat = np.concatenate([np.asarray(each, float) for each in scores])
    good = np.concatenate([np.asarray(each, bool) for each in labels])
    owner = np.concatenate([np.full(len(each), index) for index, each in enumerate(scores)])
    _, group = np.unique(flat, return_inverse=True)

    def statistic(counts: Floats) -> float:
        weight = counts[owner]
        positive = np.bincount(group, weight * good)
        negative = np.bincount(group, weight * ~good)
        below = np.cumsum(negative) - negative
        pairs = positive.sum() * negative.sum()
        if not pairs:
            return math.nan
        # A tie counts half.
        return float((positive * (below + negative / 2)).sum() / pairs)

    return bootstrap(statistic, len(scores), seed)


def calibration_error(
    scores: Sequence[Sequence[float]], labels: Sequence[Sequence[bool]], seed: int, bins: int = 10
) -> Estimate:
    """Expected calibration error over equal-width bins, resampling problems.

    The mean distance between a bin's mean score and its share of true labels, weighted by size
    (Guo et al. 2017, section 2).
    """
    flat = np.concatenate([np.asarray(each, float) for each in scores])
    good = np.concatenate([np.asarray(each, float) for each in labels])
    owner = np.concatenate([np.full(len(each), index) for index, each in enumerate(scores)])
    place = np.minimum((flat * bins).astype(int), bins - 1)

    def statistic(counts: Floats) -> float:
        weight = counts[owner]
        gap = np.bincount(place, weight * (flat - good), minlength=bins)
        total = float(weight.sum())
        return float(np.abs(gap).sum()) / total if total else math.nan

    return bootstrap(statistic, len(scores), seed)


def majority(finals: Sequence[str], weights: Sequence[float] | None = None) -> int:
    """Index of the first sample with the (weighted) most frequent final line; "" does not vote."""
    votes: dict[str, float] = {}
    for index, final in enumerate(finals):
        if final:
            votes[final] = votes.get(final, 0.0) + (1.0 if weights is None else weights[index])
    return finals.index(max(votes, key=votes.__getitem__)) if votes else 0


def right_over_wrong(scores: Sequence[float], solved: Sequence[bool]) -> tuple[float, int]:
    """Over all (right, wrong) pairs of samples: how many are ordered rightly, and how many."""
    right = [score for score, good in zip(scores, solved, strict=True) if good]
    wrong = [score for score, good in zip(scores, solved, strict=True) if not good]
    won = sum((a > b) + 0.5 * (a == b) for a in right for b in wrong)
    return won, len(right) * len(wrong)
