"""`treewright solve`: one search in this process, its tree drawn live in the terminal."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text
from rich.tree import Tree as RichTree

from app.parts import make_service, open_models, open_store
from app.settings import Settings
from backend.api.schemas import NodeOut, RunOut, TreeOut
from backend.runs.errors import RunsError
from backend.runs.request import RunRequest, reference_warning
from backend.runs.service import RunService
from backend.runs.view import TreeView
from backend.runs.votes import doubtful
from storage.memory import InMemoryRunStore
from storage.records import NodeRecord, RunRecord

_MOST_LINES: Final = 24


@dataclass(frozen=True, slots=True)
class SolveRequest:
    """What was asked for on the command line. `judges`: names of verifiers; None: the first."""

    problem: str
    strategy: str
    settings: Mapping[str, Any]
    judges: tuple[str, ...] | None
    budget: dict[str, float] | None
    reference: str | None
    seed: int | None
    quiet: bool


async def solve_problem(
    request: SolveRequest, settings: Settings, keep: bool
) -> dict[str, Any] | None:
    """Search to the end; the tree as the API gives it, None if the request made no sense."""
    console = Console(stderr=True)
    async with _service(settings, keep) as service:
        try:
            run = await service.start(
                RunRequest(
                    problem=request.problem,
                    strategy=request.strategy,
                    settings=request.settings,
                    verifiers=request.judges,
                    budget=request.budget,
                    reference_answer=request.reference,
                    seed=request.seed,
                )
            )
        except RunsError as error:
            hint = f" ({error.hint})" if error.hint else ""
            console.print(f"treewright: {error.message}{hint}", style="red", markup=False)
            return None
        warning = reference_warning(run.reference_answer)
        if warning is not None:
            console.print(f"treewright: {warning}", style="yellow", markup=False)
        if not request.quiet:
            await show(service, run.id, console)
        await service.settled(run.id)
        view = await service.tree(run.id)
    if not request.quiet:
        _report(console, view)
    return TreeOut(
        run=RunOut.of(view.run), nodes=[NodeOut.of(node) for node in view.nodes], seq=view.seq
    ).model_dump(mode="json")


@asynccontextmanager
async def _service(settings: Settings, keep: bool) -> AsyncIterator[RunService]:
    store = open_store(settings) if keep else InMemoryRunStore()
    catalog, close_models = open_models(settings)
    service = make_service(store, catalog, settings)
    try:
        yield service
    finally:
        await service.close()
        await store.close()
        await asyncio.to_thread(close_models)


async def show(service: RunService, run_id: str, console: Console) -> None:
    """Redraw whenever something was committed, until nothing drives the run any more: it may have
    been left paused (the disk is full, say), and a paused run can be watched for ever.
    """
    with Live(console=console, refresh_per_second=8, transient=False) as live:
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(_draw(service, run_id, live))
            await service.settled(run_id)
            drawing.cancel()
        live.update(_picture(await service.tree(run_id)))


async def _draw(service: RunService, run_id: str, live: Live) -> None:
    async for part in await service.watch(run_id):
        if part is not None:
            live.update(_picture(await service.tree(run_id)))


def _picture(view: TreeView) -> Group:
    """The most visited part of the tree, and a line about the cost."""
    order = sorted(view.nodes, key=lambda n: (-n.visits, -(n.value or 0.0), n.id))
    best = _path(view)
    shown = {0} | best
    for node in order:
        if len(shown) >= _MOST_LINES:
            break
        if node.parent in shown or node.parent is None:
            shown.add(node.id)
    branches: dict[int, RichTree] = {}
    for node in view.nodes:
        if node.id not in shown:
            continue
        line = _line(node, node.id in best)
        parent = branches.get(-1 if node.parent is None else node.parent)
        branches[node.id] = RichTree(line) if parent is None else parent.add(line)
    return Group(branches[0], _cost(view.run, len(view.nodes) - 1), _progress(view.run))


def _path(view: TreeView) -> set[int]:
    path = set()
    step = view.run.best_node
    while step is not None:
        path.add(step)
        step = view.nodes[step].parent
    return path


def _line(node: NodeRecord, best: bool) -> Text:
    value = "" if node.value is None else f"{node.value:.2f} "
    line = Text(overflow="ellipsis", no_wrap=True)
    line.append(value, "cyan")
    line.append(f"{node.action} ", "bold" if best else "dim")
    line.append(node.text, "bold green" if best else "")
    return line


def _cost(run: RunRecord, nodes: int) -> Text:
    tokens = run.usage.get("generated_tokens", 0)
    limit = run.budget.get("generated_tokens")
    share = f"{tokens:,.0f}" + (f" of {limit:,.0f}" if limit else "")
    return Text(f"{run.status} · {nodes:,} nodes · {share} tokens generated", "dim")


def _progress(run: RunRecord) -> ProgressBar:
    """How much of the budget is used: of the limit that is nearest."""
    shares = [run.usage.get(key, 0) / limit for key, limit in run.budget.items()]
    return ProgressBar(total=1, completed=min(1.0, max(shares, default=0)), width=40)


def _doubt(run: RunRecord) -> str:
    """What an answer that nothing can grade is worth, where that is little."""
    if not doubtful(run):
        return ""
    if run.caution:
        return f" (doubtful: {run.caution})"
    return f" (doubtful: the verifiers value its best solution at {run.answer_value:.2f} of 1)"


def _report(console: Console, view: TreeView) -> None:
    run = view.run
    untold = " (cannot tell whether right)" if run.reference_answer else _doubt(run)
    verdict = {True: " (right)", False: " (wrong)", None: untold}[run.correct]
    answer = "no answer" if run.answer is None else f"{run.answer}{verdict}"
    reason = f": {run.reason}" if run.reason else ""
    if not console.is_terminal:
        console.line()  # a terminal gets this from the live picture
    console.print(f"{run.status}{reason}", style="dim", markup=False)
    console.print(f"Answer: {answer}", style="bold", markup=False)
