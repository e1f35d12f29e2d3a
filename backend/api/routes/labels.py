"""Routes on labels: a person's judgements of steps."""

from fastapi import APIRouter

from backend.api.access import NodeId, Owner, Reader, Reading, RunId, Service
from backend.api.error_responses import responses
from backend.api.schemas import LabelCreate, LabelList, LabelOut
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from storage.records import LabelRecord

router = APIRouter(prefix="/api/runs/{run_id}", tags=["labels"])


@router.post(
    "/nodes/{node_id}/labels",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 409, 422, 503, 507),
)
async def label_node(
    run_id: RunId, node_id: NodeId, body: LabelCreate, service: Service
) -> LabelOut:
    """Judge a step. Sending the same `id` again stores nothing more and returns what is stored."""
    request = LabelRequest(
        rating=body.rating,
        id=body.id,
        author=body.author,
        comment=body.comment,
        seconds=body.seconds,
        visible=body.visible,
    )
    return LabelOut.of(await service.label(run_id, node_id, request))


@router.get("/labels", responses=responses(401, 404, 422))
async def list_labels(run_id: RunId, service: Service, reading: Reading) -> LabelList:
    """All judgements of a run, oldest first."""
    labels = await readable_labels(run_id, service, reading)
    return LabelList(items=[LabelOut.of(label) for label in labels])


async def readable_labels(
    run_id: str, service: RunService, reading: Reader
) -> tuple[LabelRecord, ...]:
    """The judgements that the reader may see: of a snapshot, those that were made before it."""
    labels = await service.labels(run_id)
    if reading.share is not None and reading.until is not None:
        return tuple(label for label in labels if label.at <= reading.share.created_at)
    return labels
