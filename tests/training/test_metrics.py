"""Tests of the evaluation statistics."""

from __future__ import annotations

import math
import random

import pytest

from training.metrics import (
    area_under_curve,
    calibration_error,
    majority,
    mean,
    ratio,
    right_over_wrong,
)


def test_area_under_curve_counts_ordered_pairs() -> None:
    rng = random.Random(41)
    scores = [[round(rng.random(), 1) for _ in range(4)] for _ in range(25)]
    labels = [[rng.random() < score for score in each] for each in scores]
    flat = [pair for s, x in zip(scores, labels, strict=True) for pair in zip(s, x, strict=True)]
    good = [score for score, label in flat if label]
    bad = [score for score, label in flat if not label]
    won = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    estimate = area_under_curve(scores, labels, seed=1)
    assert estimate.value == pytest.approx(won / (len(good) * len(bad)))
    assert estimate.low < estimate.value < estimate.high


def test_mean_has_a_sensible_interval() -> None:
    estimate = mean([1.0] * 60 + [0.0] * 40, seed=1)
    assert estimate.value == pytest.approx(0.6)
    assert 0.48 < estimate.low < 0.55
    assert 0.65 < estimate.high < 0.72
    assert mean([1.0] * 60 + [0.0] * 40, seed=1) == estimate


def test_nothing_measured_is_said_so() -> None:
    assert math.isnan(ratio([0.0, 0.0], [0.0, 0.0], seed=1).value)
    assert ratio([0.0], [0.0], seed=1).as_list() == [None, None, None]
    assert math.isnan(area_under_curve([[0.5]], [[True]], seed=1).value)


def test_majority_takes_the_first_of_the_most_frequent() -> None:
    assert majority(["a", "b", "b", "a", "b"]) == 1
    assert majority(["", "", "c"]) == 2
    assert majority(["", ""]) == 0


def test_majority_can_be_weighted() -> None:
    assert majority(["a", "b", "b"], [0.9, 0.2, 0.3]) == 0
    assert majority(["a", "", "b"], [0.1, 9.0, 0.3]) == 2


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    scores = [[0.05] * 10, [0.95] * 10]
    exact = calibration_error(scores, [[False] * 10, [True] * 10], seed=1)
    assert exact.value == pytest.approx(0.05)
    wrong = calibration_error(scores, [[True] * 10, [False] * 10], seed=1)
    assert wrong.value == pytest.approx(0.95)
    # One score of 0.6 that is right six times in ten is calibrated.
    honest = calibration_error([[0.6] * 10], [[True] * 6 + [False] * 4], seed=1)
    assert honest.value == pytest.approx(0.0, abs=1e-9)


def test_right_over_wrong_pairs() -> None:
    assert right_over_wrong([0.9, 0.1, 0.5], [True, False, False]) == (2.0, 2)
    assert right_over_wrong([0.5, 0.5], [True, False]) == (0.5, 1)
    assert right_over_wrong([0.5, 0.6], [True, True]) == (0, 0)
