"""The figures of an evaluation: what was measured per problem, and what is made of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training import metrics
from training.metrics import Estimate
from training.sampler import Sample, StepScores
from training.tasks import Verdict
from training.tasks.core import ANSWER, CHECK, DECOMPOSE

Chooser = Callable[[Sample, StepScores], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one problem: the greedy trace and the sampled ones, judged."""

    greedy: Verdict
    greedy_sample: Sample
    samples: list[Sample]
    verdicts: list[Verdict]
    scores: list[StepScores]

    @property
    def solved(self) -> list[bool]:
        """Which samples end with a right answer."""
        return [verdict.solved for verdict in self.verdicts]

    def values(self, chooser: Chooser) -> list[float]:
        """What a way of choosing gives each sample."""
        return [chooser(*pair) for pair in zip(self.samples, self.scores, strict=True)]


def _minimum(scores: list[float]) -> float:
    return min(scores, default=0.0)


def _last(scores: list[float]) -> float:
    return scores[-1] if scores else 0.0


def _mean(scores: list[float]) -> float:
    return sum(scores) / len(scores) if scores else 0.0


def _log_product(scores: list[float]) -> float:
    return sum(_log(score) for score in scores) if scores else -math.inf


def _log(score: float) -> float:
    return math.log(max(score, 1e-9))


# How one of several samples is chosen: by the PRM's step scores, its values, or the likelihood.
CHOOSERS: dict[str, Chooser] = {
    "prm_min": lambda sample, scores: _minimum(scores.correct),
    "prm_product": lambda sample, scores: _log_product(scores.correct),
    "prm_last": lambda sample, scores: _last(scores.correct),
    "prm_mean": lambda sample, scores: _mean(scores.correct),
    "value_last": lambda sample, scores: _last(scores.value),
    "value_min": lambda sample, scores: _minimum(scores.value),
    "likelihood": lambda sample, scores: sample.log_probability,
    "prm_min_and_likelihood": lambda sample, scores: (
        _log(_minimum(scores.correct)) + sample.log_probability
    ),
}


def summarize(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    """All figures of one family by name; shares of problems unless the name says otherwise."""
    per_problem = [_problem_figures(each) for each in measured]
    names = list(per_problem[0])
    figures = {name: metrics.mean([each[name] for each in per_problem], seed) for name in names}
    return (
        figures
        | _writing_figures(measured, seed)
        | _judging_figures(measured, seed)
        | _pair_figures(measured, seed)
    )


def _problem_figures(each: Measured) -> dict[str, float]:
    solved = each.solved
    finals = [_final(sample) for sample in each.samples]
    chosen = {
        f"best_of_16_{name}": float(solved[_best(each.values(chooser))])
        for name, chooser in CHOOSERS.items()
    }
    return {
        "greedy": float(each.greedy.solved),
        "mean_at_1": sum(solved) / len(solved),
        "pass_at_4": float(any(solved[:4])),
        "pass_at_16": float(any(solved)),
        "majority_at_16": float(solved[metrics.majority(finals)]),
        "weighted_majority_at_16": float(
            solved[metrics.majority(finals, [_minimum(scores.correct) for scores in each.scores])]
        ),
        **chosen,
        "tokens_greedy": float(each.greedy_sample.tokens),
        "tokens_16_samples": float(sum(sample.tokens for sample in each.samples)),
    }


def _writing_figures(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    """How many of the sampled checks and plans are right."""
    figures = {}
    for name, tag in (("checks_right", CHECK), ("plans_right", DECOMPOSE)):
        labels = [
            [
                right
                for sample, verdict in zip(each.samples, each.verdicts, strict=True)
                for line, right in zip(sample.lines, verdict.correct, strict=True)
                if line.startswith(tag)
            ]
            for each in measured
        ]
        figures[name] = metrics.ratio([sum(e) for e in labels], [len(e) for e in labels], seed)
    return figures


def _judging_figures(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    """How well the PRM's step scores and values agree with the checker and the outcomes."""
    scores = [[s for each in m.scores for s in each.correct] for m in measured]
    labels = [[x for v in m.verdicts for x in v.correct] for m in measured]
    values = [[s for each in m.scores for s in each.value] for m in measured]
    outcomes = [[v.solved for v in m.verdicts for _ in v.correct] for m in measured]
    hits = [
        sum((s > 0.5) == x for s, x in zip(*pair, strict=True))
        for pair in zip(scores, labels, strict=True)
    ]
    steps = [len(each) for each in labels]
    return {
        "step_auc": metrics.area_under_curve(scores, labels, seed),
        "step_accuracy": metrics.ratio(hits, steps, seed),
        "step_correct_share": metrics.ratio([sum(each) for each in labels], steps, seed),
        "step_calibration_error": metrics.calibration_error(scores, labels, seed),
        "value_auc": metrics.area_under_curve(values, outcomes, seed),
        "value_calibration_error": metrics.calibration_error(values, outcomes, seed),
    }


def _pair_figures(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    """Right over wrong among samples of the same problem, for every way of choosing."""
    figures = {}
    for name, chooser in CHOOSERS.items():
        pairs = [metrics.right_over_wrong(each.values(chooser), each.solved) for each in measured]
        figures[f"pair_accuracy_{name}"] = metrics.ratio(
            [won for won, _ in pairs], [total for _, total in pairs], seed
        )
    return figures


def _best(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _final(sample: Sample) -> str:
    last = sample.lines[-1] if sample.lines else ""
    return last if last.startswith(ANSWER) else ""
