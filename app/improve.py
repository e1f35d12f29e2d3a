"""`treewright improve`: a round of expert iteration on the embedded models, on this machine.

Searches training problems, retrains both models on what the searches found, and compares before
with after on held-out problems: the policy alone, and with search.
"""

import asyncio
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.settings import Settings
from app.trials import Contender, search, trial_service
from training import metrics
from training.improve import Lesson, append_lesson, lesson_of, read_lessons, retrain, write_lessons
from training.mixtures import LATER, draw_family
from training.tasks import FAMILIES, Problem

SEARCH: Final = Contender("search (MCTS)", "mcts", {"aggregate": "value", "children": 6})
POLICY: Final = Contender(
    "policy only (greedy)", "best_of_n", {"n": 1, "per_call": 1, "temperature": 0.0}
)


@dataclass(frozen=True, slots=True)
class Improvement:
    """What was asked for. `weights`: the models to start from; `out`: everything that is made."""

    out: Path
    weights: Path
    problems: int
    tokens: int
    steps: int
    held_out: int
    seed: int


def improve(plan: Improvement) -> dict[str, Any]:
    """Do the round, or go on with it; the report, which also lies in `out`/report.json."""
    plan.out.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    settings = Settings(data=plan.out)
    lessons = asyncio.run(_collect(plan, settings, console))
    solved = sum(bool(lesson.solutions) for lesson in lessons)
    console.print(f"{solved} of {len(lessons)} training problems solved; retraining")
    after = plan.out / "weights"
    retrain(plan.weights, after, lessons, plan.steps, plan.seed)
    report: dict[str, Any] = {"problems": len(lessons), "solved": solved, "steps": plan.steps}
    for name, weights in (("before", plan.weights), ("after", after)):
        report[name] = asyncio.run(_measure(plan, settings, weights, f"{name}: held-out problems"))
    (plan.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    console.print(_table(report))
    return report


async def _collect(plan: Improvement, settings: Settings, console: Console) -> list[Lesson]:
    """Search training problems that were not searched yet; a killed round loses one search."""
    path = plan.out / "lessons.jsonl"
    lessons = read_lessons(path)
    write_lessons(path, lessons)
    async with trial_service(plan.weights, settings) as service:
        rest = range(len(lessons), plan.problems)
        for index in track(rest, "searching training problems", console=console):
            rng = random.Random(f"improve-{plan.seed}-{index}")
            problem = FAMILIES[draw_family(rng, LATER)].make_problem(rng)
            trial = await search(service, problem, SEARCH, plan.tokens, rng.getrandbits(31))
            lessons.append(lesson_of(trial.tree, rng))
            append_lesson(path, lessons[-1])
    return lessons


async def _measure(
    plan: Improvement, settings: Settings, weights: Path, title: str
) -> dict[str, Any]:
    """Share of held-out problems solved, with its interval, by family and contender."""
    figures: dict[str, Any] = {}
    async with trial_service(weights, settings) as service:
        for name, family in FAMILIES.items():
            problems: list[Problem] = family.held_out_problems(plan.held_out, plan.seed)
            for contender in (POLICY, SEARCH):
                right = []
                for problem in track(problems, f"{title}, {name}", console=Console(stderr=True)):
                    trial = await search(service, problem, contender, plan.tokens, plan.seed)
                    right.append(float(trial.right))
                figures.setdefault(name, {})[contender.name] = metrics.mean(right, 1).as_list()
    return figures


def _table(report: dict[str, Any]) -> Table:
    table = Table("family", "how", "before", "after", title="held-out problems solved")
    for family, rows in report["before"].items():
        for how, before in rows.items():
            table.add_row(family, how, _cell(before), _cell(report["after"][family][how]))
    return table


def _cell(figure: list[float]) -> str:
    value, low, high = (100 * number for number in figure)
    return f"{value:.0f} % [{low:.0f}, {high:.0f}]"
