"""Estimates with bootstrap intervals: what runs on a sample of problems say about all of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_RESAMPLES: Final = 1000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % percentile bootstrap interval over problems; nan for what a sample
    cannot tell. One problem tells a value, but nothing of how sure that is.
    """

    value: float
    low: float
    high: float

    def as_list(self) -> list[float | None]:
        """[value, low, high], rounded to four digits; None where nothing could be measured."""
        numbers = (self.value, self.low, self.high)
        return [None if math.isnan(number) else round(number, 4) for number in numbers]


def ratio(parts: Sequence[float], totals: Sequence[float], seed: int) -> Estimate:
    """Sum of parts over sum of totals, resampling problems; nan where totals are zero."""
    top, bottom = np.asarray(parts, float), np.asarray(totals, float)

    def statistic(counts: Floats) -> float:
        total = float(counts @ bottom)
        return float(counts @ top) / total if total else math.nan

    return bootstrap(statistic, len(top), seed)


def mean(values: Sequence[float], seed: int) -> Estimate:
    """Mean over problems."""
    return ratio(values, [1.0] * len(values), seed)


def bootstrap(statistic: Callable[[Floats], float], size: int, seed: int) -> Estimate:
    """An estimate of a statistic of `size` problems, which is given how often each was drawn.

    nan where it could not be measured; resamples for which it could not be are left out.
    """
    rng = np.random.default_rng(seed)
    value = statistic(np.ones(size))
    if size < 2:
        return Estimate(value, math.nan, math.nan)
    shares = np.full(size, 1 / size)
    drawn = [statistic(rng.multinomial(size, shares).astype(float)) for _ in range(_RESAMPLES)]
    usable = [each for each in drawn if not math.isnan(each)]
    if math.isnan(value) or not usable:
        return Estimate(math.nan, math.nan, math.nan)
    low, high = np.percentile(usable, [2.5, 97.5])
    return Estimate(value, float(low), float(high))
