"""Command that measures a generator and a PRM on held-out problems, with intervals."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from training import export, metrics, tokenizer
from training.metrics import Estimate
from training.probes import contrasts, repairs
from training.sampler import Sample, Sampler, StepScorer
from training.tasks import FAMILIES, Problem, Verdict, check, held_out_problems
from training.tasks.core import ANSWER

SAMPLES = 16
TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one problem: the greedy trace and SAMPLES sampled ones."""

    greedy: Verdict
    greedy_sample: Sample
    samples: list[Sample]
    verdicts: list[Verdict]
    scores: list[list[float]]

    @property
    def solved(self) -> list[bool]:
        """Which samples end with a right answer."""
        return [verdict.solved for verdict in self.verdicts]

    def chosen(self, values: list[float]) -> float:
        """1.0 if the sample with the highest value is right, else 0.0."""
        return float(self.solved[max(range(len(values)), key=values.__getitem__)])


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A generator and a PRM, loaded."""

    sampler: Sampler
    scorer: StepScorer

    @classmethod
    def load(cls, generator: Path, prm: Path) -> Evaluator:
        """Read both model directories."""
        tokens = tokenizer.load(generator)
        return cls(Sampler(export.load(generator), tokens), StepScorer(export.load(prm), tokens))

    def measure(self, problems: list[Problem], seed: int) -> list[Measured]:
        """Sample, check and score all problems; the same seed gives the same result."""
        prompts = [problem.prompt for problem in problems]
        greedy = self.sampler.run(prompts, 0.0, seed)
        repeated = [prompt for prompt in prompts for _ in range(SAMPLES)]
        samples = self.sampler.run(repeated, TEMPERATURE, seed)
        traces = [(prompt, sample.lines) for prompt, sample in zip(repeated, samples, strict=True)]
        scores = self.scorer.run(traces)
        measured = []
        for index, problem in enumerate(problems):
            own = slice(index * SAMPLES, (index + 1) * SAMPLES)
            measured.append(
                Measured(
                    greedy=check(problem, greedy[index].lines),
                    greedy_sample=greedy[index],
                    samples=samples[own],
                    verdicts=[check(problem, sample.lines) for sample in samples[own]],
                    scores=scores[own],
                )
            )
        return measured

    def probe(self, problems: list[Problem], seed: int) -> dict[str, Estimate]:
        """Self-correction of the generator and the PRM's sense for a lone wrong step."""
        fixed = repairs(self.sampler, problems, seed)
        pairs = contrasts(self.scorer, problems, seed)
        shares: dict[str, list[float]] = {
            "injected_mistake_flagged": [float(each.flagged) for each in fixed],
            "injected_mistake_repaired": [float(each.repaired) for each in fixed],
            "injected_mistake_solved": [float(each.solved) for each in fixed],
            "twin_steps_ordered": [float(each.right > each.wrong) for each in pairs],
            "twin_steps_right_accepted": [float(each.right > 0.5) for each in pairs],
            "twin_steps_wrong_rejected": [float(each.wrong <= 0.5) for each in pairs],
        }
        return {name: metrics.mean(values, seed) for name, values in shares.items()}


def summarize(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    """All figures of one family by name; shares of problems unless the name says otherwise."""
    per_problem = [_problem_figures(each) for each in measured]
    figures = {
        name: metrics.mean([each[name] for each in per_problem], seed) for name in per_problem[0]
    }
    flat_scores = [[s for scores in each.scores for s in scores] for each in measured]
    flat_labels = [[x for v in each.verdicts for x in v.labels] for each in measured]
    figures["step_auc"] = metrics.area_under_curve(flat_scores, flat_labels, seed)
    hits = [
        sum((s > 0.5) == x for s, x in zip(scores, labels, strict=True))
        for scores, labels in zip(flat_scores, flat_labels, strict=True)
    ]
    steps = [len(labels) for labels in flat_labels]
    figures["step_accuracy"] = metrics.ratio(hits, steps, seed)
    figures["step_good_share"] = metrics.ratio([sum(x) for x in flat_labels], steps, seed)
    for name, values in (("min", _minimum), ("product", _log_product), ("likelihood", None)):
        pairs = [
            metrics.right_over_wrong(
                [values(s) for s in each.scores] if values else _likelihoods(each), each.solved
            )
            for each in measured
        ]
        figures[f"pair_accuracy_{name}"] = metrics.ratio(
            [won for won, _ in pairs], [total for _, total in pairs], seed
        )
    return figures


def _problem_figures(each: Measured) -> dict[str, float]:
    solved = each.solved
    finals = [_final(sample) for sample in each.samples]
    likelihood = _likelihoods(each)
    minimum = [_minimum(scores) for scores in each.scores]
    product = [_log_product(scores) for scores in each.scores]
    combined = [
        math.log(max(low, 1e-9)) + own for low, own in zip(minimum, likelihood, strict=True)
    ]
    return {
        "greedy": float(each.greedy.solved),
        "mean_at_1": sum(solved) / len(solved),
        "pass_at_4": float(any(solved[:4])),
        "pass_at_16": float(any(solved)),
        "majority_at_16": float(solved[metrics.majority(finals)]),
        "best_of_16_min": each.chosen(minimum),
        "best_of_16_product": each.chosen(product),
        "best_of_16_last": each.chosen([scores[-1] if scores else 0.0 for scores in each.scores]),
        "best_of_16_likelihood": each.chosen(likelihood),
        "best_of_16_min_and_likelihood": each.chosen(combined),
        "tokens_greedy": float(each.greedy_sample.tokens),
        "tokens_16_samples": float(sum(sample.tokens for sample in each.samples)),
    }


def _final(sample: Sample) -> str:
    last = sample.lines[-1] if sample.lines else ""
    return last if last.startswith(ANSWER) else ""


def _likelihoods(each: Measured) -> list[float]:
    return [sample.log_probability for sample in each.samples]


def _minimum(scores: list[float]) -> float:
    return min(scores, default=0.0)


def _log_product(scores: list[float]) -> float:
    return sum(math.log(max(score, 1e-9)) for score in scores) if scores else -math.inf


def evaluate(generator: Path, prm: Path, count: int, seed: int) -> dict[str, object]:
    """Figures of both families as {family: {name: [value, low, high]}} with the settings."""
    evaluator = Evaluator.load(generator, prm)
    families: dict[str, object] = {}
    for family in FAMILIES:
        problems = held_out_problems(family, count, seed)
        figures = summarize(evaluator.measure(problems, seed), seed)
        figures |= evaluator.probe(problems, seed)
        families[family] = {name: figure.as_list() for name, figure in figures.items()}
    return {
        "problems_per_family": count,
        "seed": seed,
        "samples": SAMPLES,
        "temperature": TEMPERATURE,
        "interval": "95 % percentile bootstrap over problems, 1000 resamples",
        "families": families,
    }


def _table(result: dict[str, object]) -> str:
    families = result["families"]
    assert isinstance(families, dict)
    lines = [f"{result['problems_per_family']} problems per family, seed {result['seed']}"]
    for name in next(iter(families.values())):
        cells = [_cell(figures[name]) for figures in families.values()]
        lines.append(f"{name:32}" + "".join(cells))
    return "\n".join([lines[0], " " * 32 + "".join(f"{f:>28}" for f in families), *lines[1:]])


def _cell(figure: list[float | None]) -> str:
    value, low, high = ("-" if number is None else f"{number:.3f}" for number in figure)
    return f"{value:>10} [{low:>7},{high:>7}]"


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m training.evaluate`."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--prm", type=Path, required=True)
    parser.add_argument("--problems", type=int, default=150, help="per family (default 150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    result = evaluate(options.generator, options.prm, options.problems, options.seed)
    text = json.dumps(result, indent=1) if options.json else _table(result)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
