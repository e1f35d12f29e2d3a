"""Routes on runs: start, read, pause, resume, stop, tree and events."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response, StreamingResponse

from backend.api.access import NodeId, Owner, Reading, RunId, Service
from backend.api.choice_schemas import ChoiceOut, VotesOut
from backend.api.columns import TextList, TreeColumns, in_columns, long_texts
from backend.api.error_responses import responses
from backend.api.schemas import NodeOut, Resume, RunCreate, RunOut, TreeOut, event_fields
from backend.runs.errors import InvalidRequest, NotFound
from backend.runs.request import Beginning
from storage.records import EventRecord

router = APIRouter(prefix="/api/runs", tags=["runs"])

Seq = Annotated[int | None, Query(ge=0, le=2**53)]
Stream = AsyncIterator[tuple[EventRecord, ...] | str | None]


@router.post(
    "",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 409, 422, 503, 507),
)
async def start_run(body: RunCreate, service: Service) -> RunOut:
    """Start a search; `from` a step of another run of the same problem: the path to it is judged
    anew and stays as it is, and the search goes on below it.
    """
    request = body.request(body.problem, body.reference_answer)
    if body.beginning is not None:
        beginning = Beginning(body.beginning.run, body.beginning.node)
        request = replace(request, beginning=beginning)
    return RunOut.of(await service.start(request))


@router.get("/{run_id}", responses=responses(401, 404, 422))
async def get_run(run_id: RunId, service: Service, reading: Reading) -> RunOut:
    """A run as it is now (through a snapshot link: as it was)."""
    if reading.until is not None:
        return RunOut.of((await service.tree(run_id, reading.until)).run)
    return RunOut.of(await service.get(run_id))


@router.post(
    "/{run_id}/pause", dependencies=[Owner], responses=responses(401, 403, 404, 409, 422, 503)
)
async def pause_run(run_id: RunId, service: Service) -> RunOut:
    """Pause once what is in flight has come back."""
    return RunOut.of(await service.pause(run_id))


@router.post(
    "/{run_id}/resume",
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 409, 422, 503),
)
async def resume_run(run_id: RunId, service: Service, body: Resume | None = None) -> RunOut:
    """Go on with a paused, stopped or failed run; with one that used up its budget, given a larger
    one.
    """
    return RunOut.of(await service.resume(run_id, body.more if body else None))


@router.post(
    "/{run_id}/stop", dependencies=[Owner], responses=responses(401, 403, 404, 409, 422, 503)
)
async def stop_run(run_id: RunId, service: Service) -> RunOut:
    """End a run now; its tree stays."""
    return RunOut.of(await service.stop(run_id))


@router.get("/{run_id}/tree", responses=responses(401, 404, 422))
async def get_tree(run_id: RunId, service: Service, reading: Reading, at: Seq = None) -> TreeOut:
    """The tree, or the tree as it was after event `at`."""
    view = await service.tree(run_id, reading.seen(at))
    nodes = [NodeOut.of(node) for node in view.nodes]
    return TreeOut(run=RunOut.of(view.run), nodes=nodes, seq=view.seq)


@router.get("/{run_id}/nodes/{node_id}/choice", responses=responses(401, 404, 422))
async def get_choice(
    run_id: RunId, node_id: NodeId, service: Service, reading: Reading, at: Seq = None
) -> ChoiceOut:
    """Why the search went on with a step: the numbers of the last choice, up to event `at`, between
    it and others.
    """
    return ChoiceOut.of(await service.choices.of(run_id, node_id, reading.seen(at)))


@router.get("/{run_id}/votes", responses=responses(401, 404, 422))
async def get_votes(run_id: RunId, service: Service, reading: Reading, at: Seq = None) -> VotesOut:
    """Why the run's answer is what it is: what speaks for every answer after event `at`, and the
    rule that decides between them. Pruned solutions do not count.
    """
    return VotesOut.model_validate(await service.choices.votes(run_id, reading.seen(at)))


@router.get(
    "/{run_id}/tree/columns", response_model=TreeColumns, responses=responses(401, 404, 422)
)
async def get_columns(
    run_id: RunId, service: Service, reading: Reading, at: Seq = None
) -> Response:
    """The tree for the page: a list per field, long texts cut short."""
    view = await service.tree(run_id, reading.seen(at))
    return _as_it_is(await asyncio.to_thread(lambda: in_columns(view).model_dump_json()))


@router.get("/{run_id}/tree/texts", response_model=TextList, responses=responses(401, 404, 422))
async def get_texts(run_id: RunId, service: Service, reading: Reading, at: Seq = None) -> Response:
    """How the texts go on that `columns` may cut short, after the opening that it has."""
    view = await service.tree(run_id, reading.seen(at))
    return _as_it_is(await asyncio.to_thread(lambda: long_texts(view.nodes).model_dump_json()))


def _as_it_is(body: str) -> Response:
    """A large answer that FastAPI would take apart, check and write again, on the event loop."""
    return Response(body, media_type="application/json")


@router.get(
    "/{run_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"description": "the events", "content": {"text/event-stream": {}}},
        **responses(401, 404, 422),
    },
)
async def watch_run(
    run_id: RunId,
    service: Service,
    reading: Reading,
    after: Seq = None,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> StreamingResponse:
    """Server-Sent Events: every event after `after` (or Last-Event-ID), past ones then live."""
    start = _last_seen(last_event_id) if last_event_id else after or 0
    stream = await service.watch(run_id, start, reading.until, reading.still_allowed)
    return StreamingResponse(
        _messages(stream),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _last_seen(header: str) -> int:
    if not header.isascii() or not header.isdigit():
        raise InvalidRequest(
            "Last-Event-ID is not the number of an event", hint="send the id of the last one seen"
        )
    return int(header)


async def _messages(stream: Stream) -> AsyncIterator[str]:
    yield "retry: 1500\n\n"
    try:
        async for part in stream:
            if part is None:
                yield ": keep-alive\n\n"
            elif isinstance(part, str):
                yield f"event: end\ndata: {json.dumps({'status': part})}\n\n"
            else:
                yield "".join(_message(event) for event in part)
    except NotFound:
        # Deleted, or the link revoked, while someone was watching.
        yield f"event: end\ndata: {json.dumps({'status': 'gone'})}\n\n"


def _message(event: EventRecord) -> str:
    data = json.dumps(event_fields(event), allow_nan=False)
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {data}\n\n"
