"""Command that turns the manifest of a training run into the tables of the model cards."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

GENERATOR = {
    "greedy": "greedy",
    "mean_at_1": "mean@1",
    "pass_at_4": "pass@4",
    "pass_at_16": "pass@16",
    "majority_at_16": "majority@16",
    "best_of_16_likelihood": "best of 16 by own likelihood",
    "checks_right": "checks that are right",
    "plans_right": "plans that are right",
    "own_mistakes_checked": "own mistakes: checked",
    "own_mistakes_checked_flagged": "of these: flagged",
    "own_mistakes_flagged_corrected": "of these: corrected",
    "turn_1": "two turns: right at first",
    "turn_2": "two turns: right after a review",
    "turn_wrong_to_right": "two turns: wrong to right",
    "turn_right_to_wrong": "two turns: right to wrong",
    "injected_mistake_flagged": "injected mistake: flagged",
    "injected_mistake_repaired": "injected mistake: repaired",
    "injected_mistake_solved": "injected mistake: solved in the end",
}
PRM = {
    "greedy": "generator alone, greedy",
    "majority_at_16": "majority@16",
    "weighted_majority_at_16": "majority@16 weighted by the minimum",
    "best_of_16_prm_min": "best of 16: minimum",
    "best_of_16_prm_product": "best of 16: product",
    "best_of_16_prm_mean": "best of 16: mean",
    "best_of_16_prm_last": "best of 16: last",
    "best_of_16_value_last": "best of 16: last value",
    "best_of_16_value_min": "best of 16: lowest value",
    "best_of_16_prm_min_and_likelihood": "best of 16: minimum times likelihood",
    "pass_at_16": "pass@16 (the most any choice could reach)",
    "pair_accuracy_prm_min": "pair accuracy: minimum",
    "pair_accuracy_prm_product": "pair accuracy: product",
    "pair_accuracy_value_last": "pair accuracy: last value",
    "pair_accuracy_likelihood": "pair accuracy: likelihood",
    "step_auc": "step AUC",
    "step_calibration_error": "step calibration error",
    "step_accuracy": "step accuracy at 0.5",
    "step_correct_share": "share of correct steps",
    "value_auc": "value AUC",
    "value_calibration_error": "value calibration error",
    "twin_steps_ordered": "twin steps ordered rightly",
    "twin_steps_right_accepted": "right twin above 0.5",
    "twin_steps_wrong_rejected": "wrong twin at or below 0.5",
}


def tables(evaluations: Sequence[Mapping[str, Any]], rows: Mapping[str, str]) -> str:
    """A Markdown table per family: a row per figure, a column per seed, all in per cent."""
    ordered = sorted(evaluations, key=lambda each: each["seed"])
    head = ["| |", *(f" seed {each['seed']} |" for each in ordered)]
    lines = []
    for family in ordered[0]["families"]:
        lines += [f"### {family}", "", "".join(head), "|---|" + "---|" * len(ordered)]
        for name, title in rows.items():
            cells = [_cell(each["families"][family][name]) for each in ordered]
            lines.append(f"| {title} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _cell(figure: Sequence[float | None]) -> str:
    if figure[0] is None:
        return "none"
    value, low, high = (f"{100 * (number or 0.0):.1f}" for number in figure)
    return f"{value} [{low}, {high}]"


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m training.report`."""
    parser = argparse.ArgumentParser(prog="python -m training.report", description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--model", choices=("generator", "prm"), required=True)
    options = parser.parse_args(arguments)
    evaluations = json.loads(options.manifest.read_text())["evaluation"]
    sys.stdout.write(tables(evaluations, GENERATOR if options.model == "generator" else PRM))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
