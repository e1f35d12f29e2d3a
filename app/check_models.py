"""`treewright check-models`: what the model servers can do, and whether they do it."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from app.errors import CannotStart
from app.parts import open_generator, open_verifier
from app.profiles import GeneratorEntry, VerifierEntry
from app.settings import Settings
from backend.runs.menu import strategies
from backend.runs.model_check import (
    GENERATOR,
    VERIFIER,
    ModelReport,
    check_generator,
    check_verifier,
)


@dataclass(frozen=True, slots=True)
class ModelsToCheck:
    """What was asked for. `seconds`: for each model, whatever it is asked."""

    generators: tuple[GeneratorEntry, ...]
    verifiers: tuple[VerifierEntry, ...]
    seconds: float


def check_models(asked: ModelsToCheck, settings: Settings) -> list[ModelReport]:
    """One report per model, in the order in which they were given; all are asked at once."""

    async def run() -> list[ModelReport]:
        checks = [_generator(entry, settings, asked.seconds) for entry in asked.generators]
        checks += [_verifier(entry, settings, asked.seconds) for entry in asked.verifiers]
        return await asyncio.gather(*checks)

    return asyncio.run(run())


async def _generator(entry: GeneratorEntry, settings: Settings, seconds: float) -> ModelReport:
    try:
        generator = open_generator(entry, settings)
    except CannotStart as error:
        return ModelReport(entry.name, GENERATOR, problem=str(error))
    async with contextlib.aclosing(generator):
        return await check_generator(generator, seconds)


async def _verifier(entry: VerifierEntry, settings: Settings, seconds: float) -> ModelReport:
    try:
        verifier = open_verifier(entry, settings)
    except CannotStart as error:
        return ModelReport(entry.name, VERIFIER, problem=str(error))
    async with contextlib.aclosing(verifier):
        return await check_verifier(verifier, seconds)


def as_json(reports: Sequence[ModelReport]) -> dict[str, Any]:
    """The reports for machines."""
    return {"models": [{**asdict(report), "usable": report.usable} for report in reports]}


def show(reports: Sequence[ModelReport], console: Console) -> None:
    """The reports for people: a table for each model."""
    for report in reports:
        console.print(_picture(report))


def _picture(report: ModelReport) -> Group:
    verdict = ("can be used", "bold green") if report.usable else ("cannot be used", "bold red")
    where = f" at {report.address}" if report.address else ""
    head = Text.assemble((f"{report.name}", "bold"), f" ({report.role}{where}) ", verdict)
    table = Table(box=SIMPLE, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for title, said in (*_server(report), *_trial(report)):
        # Plain text: a model's words may hold what looks like markup.
        table.add_row(title, Text(said))
    return Group(head, table)


def _server(report: ModelReport) -> list[tuple[str, str]]:
    server = report.server
    if server is None:
        return []
    window = "not told" if server.window is None else f"{server.window:,} tokens"
    rows = [
        ("server", f"{server.kind} {server.version or ''}".strip()),
        ("model", f"{server.model}, window {window}"),
        ("answers in", f"{1000 * server.answers_in:,.0f} ms"),
    ]
    signs = {True: "yes", False: "no", None: "not known"}
    if server.capabilities:
        said = [f"{name}: {signs[can]}" for name, can in server.capabilities.items()]
        rows.append(("can do", " · ".join(said)))
    if server.convention is not None:
        rows.append(("convention", server.convention))
    if server.prefix_hits is not None:
        rows.append(("prefix cache", f"{server.prefix_hits:.0%} of prompt tokens since its start"))
    if server.queue is not None:
        queue = server.queue
        rows.append(("requests", f"{queue.running} being worked on, {queue.waiting} waiting"))
    return rows


def _trial(report: ModelReport) -> list[tuple[str, str]]:
    rows = []
    if report.step is not None:
        rows.append(("a step", f"[{report.step.action}] {report.step.text}"))
    if report.right is not None and report.wrong is not None:
        rows.append(("a right solution", _scores(report.right)))
        rows.append(("a wrong one", _scores(report.wrong)))
    if report.latency is not None:
        what = "a few tokens" if report.role == GENERATOR else "these scores"
        rows.append((what, f"{1000 * report.latency:,.0f} ms"))
    if report.strategies:
        every = len(report.strategies) == len(strategies())
        rows.append(("strategies", "all" if every else "only " + ", ".join(report.strategies)))
    rows += [("note", note) for note in report.notes]
    if report.problem is not None:
        rows.append(("problem", report.problem))
    return rows


def _scores(scores: tuple[float | None, ...]) -> str:
    return ", ".join("none" if score is None else f"{score:.3f}" for score in scores)
