"""Command that measures a generator and a PRM on held-out problems, with intervals."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from training import export, metrics, tokenizer
from training.figures import Measured, summarize
from training.metrics import Estimate
from training.probes import contrasts, own_mistakes, repairs, two_turns
from training.sampler import Sampler, StepScorer
from training.tasks import FAMILIES, Problem, family_of
from training.turns import turn_figures

SAMPLES = 16
TEMPERATURE = 0.8
# As long as a solution may be by default in the product (`max_tokens` of its strategies).
LONGEST = 384


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A generator and a PRM, loaded."""

    sampler: Sampler
    scorer: StepScorer

    @classmethod
    def load(cls, generator: Path, prm: Path) -> Evaluator:
        """Read both model directories."""
        tokens = tokenizer.load(generator)
        sampler = Sampler(export.load(generator), tokens, LONGEST)
        return cls(sampler, StepScorer(export.load(prm), tokens))

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
            check = family_of(problem).check
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

    def probe(
        self, problems: list[Problem], measured: list[Measured], seed: int
    ) -> dict[str, Estimate]:
        """Self-correction of the generator and the PRM's sense for a lone wrong step."""
        fixed = repairs(self.sampler, problems, seed)
        pairs = contrasts(self.scorer, problems, seed)
        attempts = [each.greedy_sample.lines for each in measured]
        turns = two_turns(self.sampler, problems, attempts, seed)
        shares: dict[str, list[float]] = {
            "injected_mistake_flagged": [float(each.flagged) for each in fixed],
            "injected_mistake_repaired": [float(each.repaired) for each in fixed],
            "injected_mistake_solved": [float(each.solved) for each in fixed],
            "twin_steps_ordered": [float(each.right > each.wrong) for each in pairs],
            "twin_steps_right_accepted": [float(each.right > 0.5) for each in pairs],
            "twin_steps_wrong_rejected": [float(each.wrong <= 0.5) for each in pairs],
        }
        figures = {name: metrics.mean(values, seed) for name, values in shares.items()}
        return figures | turn_figures(turns, seed) | _own_mistake_figures(measured, seed)


def _own_mistake_figures(measured: list[Measured], seed: int) -> dict[str, Estimate]:
    counts = [
        own_mistakes(
            [
                (sample.lines, verdict)
                for sample, verdict in zip(each.samples, each.verdicts, strict=True)
            ]
        )
        for each in measured
    ]
    made = [each.made for each in counts]
    checked = [each.checked for each in counts]
    flagged = [each.flagged for each in counts]
    corrected = [each.corrected for each in counts]
    return {
        "own_mistakes_checked": metrics.ratio(checked, made, seed),
        "own_mistakes_checked_flagged": metrics.ratio(flagged, checked, seed),
        "own_mistakes_flagged_corrected": metrics.ratio(corrected, flagged, seed),
    }


def evaluate(generator: Path, prm: Path, count: int, seed: int) -> dict[str, object]:
    """Figures of all families as {family: {name: [value, low, high]}} with the settings."""
    evaluator = Evaluator.load(generator, prm)
    families: dict[str, object] = {}
    for name, family in FAMILIES.items():
        problems = family.held_out_problems(count, seed)
        measured = evaluator.measure(problems, seed)
        figures = summarize(measured, seed) | evaluator.probe(problems, measured, seed)
        families[name] = {figure: estimate.as_list() for figure, estimate in figures.items()}
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
        lines.append(f"{name:36}" + "".join(cells))
    return "\n".join([lines[0], " " * 36 + "".join(f"{f:>28}" for f in families), *lines[1:]])


def _cell(figure: list[float | None]) -> str:
    value, low, high = ("-" if number is None else f"{number:.3f}" for number in figure)
    return f"{value:>10} [{low:>7},{high:>7}]"


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m training.evaluate`."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--prm", type=Path, required=True)
    parser.add_argument("--problems", type=int, default=200, help="per family (default 200)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    results = [
        evaluate(options.generator, options.prm, options.problems, seed) for seed in options.seeds
    ]
    text = json.dumps(results, indent=1) if options.json else "\n\n".join(map(_table, results))
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
