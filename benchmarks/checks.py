"""What a check is worth: how much revising answers helps, by how often the check is right.

Run `python -m benchmarks.checks [--problems 200] [--seed 1] [--page FILE] [--json]`. The embedded
generator answers held-out problems by the strategy check_as_context; who checks is the exact
checker of `training.tasks`, made wrong as often as the figure says (it knows the truth, which no
verifier of the product does). The gain is the share of right last answers less that of right first
answers; the theory says that it grows about linearly with the check's accuracy (Wang et al. 2024, A
Theoretical Understanding of Self-Correction through In-context Alignment).
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import plotly.graph_objects as go

from app.parts import make_service
from app.settings import Settings
from app.trials import answer_path, searched
from backend.models.embedded.loader import load_shipped_generator
from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.runs.catalog import ModelCatalog
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from training import metrics
from training.metrics import Estimate
from training.progress import bar
from training.search_data import SearchedTree
from training.tasks import FAMILIES, Problem, family_of

ACCURACIES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
ROUNDS = 3


class UnsureChecker:
    """A Verifier that knows the truth and tells it with a given probability.

    A wrong verdict names a step that is right, or no step. The same chain always gets the same one.
    """

    def __init__(self, problems: Sequence[Problem], accuracy: float) -> None:
        self._problems = {problem.prompt: problem for problem in problems}
        self._accuracy = accuracy

    @property
    def name(self) -> str:
        """The name under which its scores are kept."""
        return "unsure"

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """1 for right and 0 for wrong: of steps, and at the end of the answer."""
        return Judgement(tuple(map(self._scores, chains)), ModelUsage())

    def _scores(self, chain: Prefix) -> tuple[float, ...]:
        problem = self._problems[chain.problem]
        lines = [f"<{step.action}> {step.text}" for step in chain.steps]
        verdict = family_of(problem).check(problem, lines)
        chance = Random("\n".join([chain.problem, *lines]))
        if chance.random() < self._accuracy:
            return (*map(float, verdict.correct[:-1]), float(verdict.solved))
        steps = [1.0] * (len(lines) - 1)
        if verdict.solved and steps:
            steps[chance.randrange(len(steps))] = 0.0
        return (*steps, float(not verdict.solved))


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """Shares with 95 % bootstrap intervals over problems."""

    family: str
    accuracy: float
    reasons: bool
    problems: int
    first: Estimate
    last: Estimate
    gain: Estimate


async def answers(
    service: RunService, problem: Problem, settings: Mapping[str, object], seed: int
) -> tuple[bool, bool]:
    """Whether the first answer is right, and whether the last is."""
    run = await service.start(
        RunRequest(problem.prompt, "check_as_context", settings, {"seconds": 600.0}, seed=seed)
    )
    await service.settled(run.id)
    view = await service.tree(run.id)
    await service.delete(run.id)
    tree = searched(problem, view)
    if view.run.best_node is None or not answer_path(tree, view):
        return False, False
    first = next(node for node in tree.path(tree.nodes[view.run.best_node]) if node.terminal)
    return solved(tree, tree.lines(first)), solved(tree, answer_path(tree, view))


def solved(tree: SearchedTree, lines: list[str]) -> bool:
    """Whether a path ends with the right answer."""
    return family_of(tree.problem).check(tree.problem, lines).solved


async def measure(count: int, seed: int) -> list[CheckFigures]:
    """All families, accuracies and kinds of check."""
    figures = []
    generator = load_shipped_generator()
    with bar("checks", 2 * len(ACCURACIES) * len(FAMILIES), silent=False) as advance:
        for name, family in FAMILIES.items():
            problems = family.held_out_problems(count, seed)
            for accuracy in ACCURACIES:
                catalog = ModelCatalog((generator,), (UnsureChecker(problems, accuracy),))
                service = make_service(InMemoryRunStore(), catalog, Settings())
                for reasons in (False, True):
                    settings = {"rounds": ROUNDS, "reasons": reasons}
                    found = await asyncio.gather(
                        *(answers(service, problem, settings, seed) for problem in problems)
                    )
                    figures.append(_figures(name, accuracy, reasons, found))
                    advance(1)
                await service.close()
    generator.close()
    return figures


def _figures(
    family: str, accuracy: float, reasons: bool, found: Sequence[tuple[bool, bool]]
) -> CheckFigures:
    gains = [float(last) - float(first) for first, last in found]
    return CheckFigures(
        family,
        accuracy,
        reasons,
        len(found),
        metrics.mean([float(first) for first, _ in found], 1),
        metrics.mean([float(last) for _, last in found], 1),
        metrics.mean(gains, 1),
    )


def picture(figures: Sequence[CheckFigures]) -> go.Figure:
    """Gain against the check's accuracy, a line for each family and kind of check."""
    chart = go.Figure()
    colours = dict(zip(FAMILIES, ("#0072B2", "#D55E00", "#009E73"), strict=True))
    for name, colour in colours.items():
        for reasons in (False, True):
            rows = [f for f in figures if (f.family, f.reasons) == (name, reasons)]
            chart.add_scatter(
                x=[row.accuracy for row in rows],
                y=[100 * row.gain.value for row in rows],
                error_y={
                    "array": [100 * (row.gain.high - row.gain.value) for row in rows],
                    "arrayminus": [100 * (row.gain.value - row.gain.low) for row in rows],
                },
                name=f"{name}, {'with reasons' if reasons else 'right or wrong'}",
                line={"color": colour, "dash": "solid" if reasons else "dot"},
            )
    chart.update_layout(
        xaxis_title="accuracy of the check",
        yaxis_title="right last answers less right first ones, points",
        template="plotly_white",
        margin={"t": 20},
    )
    return chart


def main() -> None:
    """Entry point of `python -m benchmarks.checks`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks", description=__doc__)
    parser.add_argument("--problems", type=int, default=200, help="per family")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="write the picture here, as HTML")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = asyncio.run(measure(asked.problems, asked.seed))
    if asked.page is not None:
        asked.page.write_text(picture(figures).to_html(include_plotlyjs=True))
    if asked.json:
        sys.stdout.write(json.dumps([asdict(row) for row in figures], indent=1) + "\n")
        return
    for row in figures:
        first, last = 100 * row.first.value, 100 * row.last.value
        gain = " ".join(f"{100 * x:+.1f}" for x in (row.gain.value, row.gain.low, row.gain.high))
        kind = "reasons" if row.reasons else "verdict"
        sys.stdout.write(
            f"{row.family:8} {row.accuracy:.1f} {kind}  {first:5.1f} → {last:5.1f}   gain {gain}\n"
        )


if __name__ == "__main__":
    main()
