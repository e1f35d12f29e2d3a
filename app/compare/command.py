"""What `treewright compare` does: search, with progress, then the table, the numbers, the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.compare.contenders import Entrant, read_entrant
from app.compare.figure import page, percent
from app.compare.problems import GradedProblem, held_out, read_problems
from app.compare.report import Report, make_report
from app.compare.trials import Course, TrialLog, run_course
from app.errors import CannotStart
from app.parts import make_service, open_models
from app.settings import Settings
from backend.runs.errors import RunsError
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from training.tasks import FAMILIES

AT_ONCE: Final = 4
_ABOUT_THE_PROBLEM: Final = frozenset({"problem_too_long", "unknown_kind_of_problem"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was asked for. `problems`: a file, or the name of an embedded task."""

    problems: str
    strategies: tuple[str, ...]
    budget: dict[str, float]
    seeds: tuple[int, ...]
    count: int
    out: Path


def compare(plan: Comparison, settings: Settings) -> dict[str, Any]:
    """Do the comparison, or go on with it; the report, which also lies in the folder `out`.

    CannotStart, saying what to change, where the request makes no sense.
    """
    console = Console(stderr=True)
    entrants = _entrants(plan)
    problems = _problems(plan, console)
    course = Course(problems, entrants, plan.seeds, plan.budget)
    plan.out.mkdir(parents=True, exist_ok=True)
    log = TrialLog(plan.out / _log_name(plan.budget))
    asyncio.run(_search(course, log, settings, console))
    wanted = [log.trials[problem.id, each.label, seed] for problem, each, seed in course]
    report = make_report(wanted, plan.budget)
    found = report.as_dict()
    (plan.out / "report.json").write_text(json.dumps(found, indent=1) + "\n")
    (plan.out / "report.html").write_text(page(report), encoding="utf-8")
    console.print(make_table(report))
    console.print(f"The page: {plan.out / 'report.html'}", markup=False, highlight=False)
    return found


def _entrants(plan: Comparison) -> tuple[Entrant, ...]:
    try:
        entrants = tuple(read_entrant(text) for text in dict.fromkeys(plan.strategies))
    except ValueError as error:
        raise CannotStart(str(error)) from error
    if not entrants:
        raise CannotStart("no strategy was named: --strategies mcts,best_of_n")
    return entrants


def _problems(plan: Comparison, console: Console) -> tuple[GradedProblem, ...]:
    if plan.problems in FAMILIES:
        return tuple(held_out(plan.problems, plan.count, 1))
    try:
        problems, faults = read_problems(Path(plan.problems))
    except OSError as error:
        known = ", ".join(FAMILIES)
        raise CannotStart(
            f"{plan.problems}: {error.strerror or error}. Give a file of JSON lines, or the name "
            f"of an embedded task: {known}"
        ) from error
    for fault in faults:
        console.print(f"{plan.problems}, {fault}", style="yellow", markup=False, highlight=False)
    if not problems:
        raise CannotStart(f"{plan.problems} holds no problem that can be graded")
    return tuple(problems[: plan.count])


def _log_name(budget: dict[str, float]) -> str:
    """Trials at different budgets do not mix."""
    limits = "-".join(f"{key}={limit:g}" for key, limit in sorted(budget.items()))
    return f"trials-{limits}.jsonl"


async def _search(course: Course, log: TrialLog, settings: Settings, console: Console) -> None:
    columns = (TextColumn("searching"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with _service(settings) as service:
        _refuse_nonsense(service, course)
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=len(course))
            await run_course(service, course, log, AT_ONCE, lambda: progress.advance(task))


def _refuse_nonsense(service: RunService, course: Course) -> None:
    """Wrong strategies and settings are named before hours of searching, not in every trial."""
    for entrant in course.entrants:
        try:
            service.check(
                RunRequest(
                    course.problems[0].problem,
                    entrant.strategy,
                    entrant.settings,
                    course.budget,
                    course.problems[0].reference_answer,
                )
            )
        except RunsError as error:
            if error.code in _ABOUT_THE_PROBLEM:
                continue  # one problem out of many: its trials will say so
            hint = f" ({error.hint})" if error.hint else ""
            raise CannotStart(f"{entrant.label}: {error.message}{hint}") from error


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[RunService]:
    catalog, close_models = open_models(settings)
    service = make_service(InMemoryRunStore(), catalog, settings)
    try:
        yield service
    finally:
        await service.close()
        await asyncio.to_thread(close_models)


def _size(report: Report) -> str:
    seeds = "1 seed" if report.seeds == 1 else f"{report.seeds} seeds"
    return f"{report.problems} problems, {seeds}"


def make_table(report: Report) -> Table:
    """The standings, for a terminal of 80 columns or more."""
    table = Table(box=SIMPLE, title=_size(report), pad_edge=False)
    # Intervals below their estimates, settings folded: 80 columns hold all of it.
    table.add_column("strategy", overflow="fold", min_width=14)
    for name in ("right", "gain on first", "tokens", "calls", "failed"):
        table.add_column(name, justify="right", no_wrap=True)
    for standing in report.standings:
        table.add_row(
            standing.entrant.replace(",", ", "),
            percent(standing.accuracy).replace(" [", "\n["),
            percent(standing.gain).replace(" [", "\n["),
            f"{standing.generated_tokens:,.0f}",
            f"{standing.calls:,.1f}",
            str(standing.failed),
        )
    return table
