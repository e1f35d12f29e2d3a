"""Routes on saving a run: whole, a path as a text, the tree as a graph, or what it teaches."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from backend.api.access import Reader, Reading, RunId, Service
from backend.api.columns import in_columns, long_texts
from backend.api.error_responses import responses
from backend.api.export_schemas import KINDS, FileFormat, LinesList, LinesOf, RunFile
from backend.api.routes.comparing import list_answers, list_marks
from backend.api.routes.grades import grade_answers, list_grades
from backend.api.routes.labels import list_labels, readable_labels
from backend.api.routes.menu import list_strategies
from backend.api.routes.runs import get_votes
from backend.api.routes.summaries import list_summaries
from backend.api.schemas import NodeOut, RunOut, event_fields
from backend.runs.errors import NotFound
from backend.runs.exports import ExportFormat
from backend.runs.label_lines import LabelFormat
from backend.runs.path_texts import PathFormat
from backend.runs.service import RunService
from backend.runs.session import ACTIVE

router = APIRouter(prefix="/api/runs", tags=["exports"])

_TAUGHT: Final = frozenset(wanted.value for wanted in ExportFormat)
_JUDGED: Final = frozenset(wanted.value for wanted in LabelFormat)
_TEXTS: Final = frozenset(wanted.value for wanted in PathFormat)


@router.get(
    "/{run_id}/export",
    response_class=Response,
    responses={
        200: {
            "description": "a file",
            "content": {kind.media_type: {} for kind in KINDS.values()},
        },
        **responses(401, 404, 422, 503),
    },
)
async def export_run(
    run_id: RunId,
    request: Request,
    service: Service,
    reading: Reading,
    format: FileFormat = FileFormat.POLICY,
    node: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
) -> Response:
    """The run as a file. JSON lines of what the tree teaches: π at every step (`policy`),
    Monte-Carlo labels and advantages (`step_labels`), better and worse steps after the same prefix
    (`pairs`). What people said of its steps: each judgement (`labels`), or labelled paths as
    PRM800K has them (`prm800k`). The path to `node` (else to the best one) as `markdown` or
    `latex`. The tree as `graphml`. The whole run as `json`, or as a page to read without a server
    (`html`).
    """
    kind = KINDS[format]
    if format.value in _TAUGHT:
        text = _lines(await service.exporting.lines(run_id, ExportFormat(format), reading.until))
    elif format.value in _JUDGED:
        labels = await readable_labels(run_id, service, reading)
        text = _lines(
            await service.exporting.judged(run_id, LabelFormat(format), labels, reading.until)
        )
    elif format.value in _TEXTS:
        text = await service.exporting.path(run_id, PathFormat(format), node, reading.until)
    elif format is FileFormat.GRAPHML:
        text = await service.exporting.graphml(run_id, reading.until)
    elif format is FileFormat.JSON:
        text = (await _whole(run_id, service, reading)).model_dump_json()
    else:
        text = await _page(run_id, request, service, reading)
    return Response(
        text.encode("utf-8", "replace"),
        media_type=kind.media_type,
        headers={"Content-Disposition": f'attachment; filename="{run_id}{kind.suffix}"'},
    )


@router.get("/{run_id}/exports", responses=responses(401, 404, 422, 503))
async def list_exports(run_id: RunId, service: Service, reading: Reading) -> LinesList:
    """Which of the formats that are JSON lines would hold nothing of this run."""
    held = {wanted.value for wanted in await service.exporting.taught(run_id, reading.until)}
    labels = await readable_labels(run_id, service, reading)
    for wanted in LabelFormat:
        if await service.exporting.judged(run_id, wanted, labels, reading.until):
            held.add(wanted.value)
    return LinesList(
        items=[
            LinesOf(format=format, empty=format.value not in held)
            for format in FileFormat
            if format.value in _TAUGHT | _JUDGED
        ]
    )


def _lines(lines: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


async def _whole(run_id: str, service: RunService, reading: Reader) -> RunFile:
    view = await service.tree(run_id, reading.until)
    events = await service.exporting.log(run_id, view.seq)
    return RunFile(
        run=RunOut.of(view.run),
        nodes=[NodeOut.of(node) for node in view.nodes],
        events=[event_fields(event) for event in events],
        labels=(await list_labels(run_id, service, reading)).items,
    )


async def _page(run_id: str, request: Request, service: RunService, reading: Reader) -> str:
    """The explorer with this run inside, and what it asks the API for."""
    make: Callable[[RunOut, dict[str, Any]], str] | None = request.app.state.saved_page
    if make is None:
        raise NotFound("this server has no page to save", hint="save the run as JSON")
    view = await service.tree(run_id, reading.until)
    run = RunOut.of(view.run)
    if run.status in ACTIVE:
        # The copy stands still, whatever the run does.
        run = run.model_copy(update={"status": "paused", "reason": "saved while it was searching"})
    own = f"/api/runs/{run_id}"
    events = await service.exporting.log(run_id, view.seq)
    answers: dict[str, BaseModel] = {
        own: run,
        f"{own}/tree/columns": in_columns(view).model_copy(update={"run": run}),
        f"{own}/tree/texts": long_texts(view.nodes),
        f"{own}/grades": await list_grades(run_id, service, reading),
        f"{own}/grades/answers": await grade_answers(run_id, service, reading),
        f"{own}/answers": await list_answers(run_id, service, reading),
        # The log tells of labels without what was written beside them.
        f"{own}/labels": await list_labels(run_id, service, reading),
        f"{own}/marks": await list_marks(run_id, service, reading),
        f"{own}/votes": await get_votes(run_id, service, reading),
        f"{own}/summaries": await list_summaries(run_id, service, reading),
        "/api/strategies": await list_strategies(),
    }
    said = {path: answer.model_dump(mode="json") for path, answer in answers.items()}
    return make(run, {**said, f"{own}/events": {"items": [event_fields(e) for e in events]}})
