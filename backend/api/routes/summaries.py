"""Routes on summaries: paths of a run in plain words."""

from fastapi import APIRouter

from backend.api.access import Owner, Reading, RunId, Service
from backend.api.error_responses import responses
from backend.api.summary_schemas import SummaryCreate, SummaryList, SummaryOut
from backend.runs.summaries import SummaryRequest

router = APIRouter(prefix="/api/runs/{run_id}/summaries", tags=["summaries"])


@router.post(
    "",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 409, 422, 503, 507),
)
async def summarize_path(run_id: RunId, body: SummaryCreate, service: Service) -> SummaryOut:
    """Have a generator put a path in plain words; answers once it did. Sending the same `id` again
    writes nothing more and returns what is stored.
    """
    request = SummaryRequest(node=body.node, generator=body.generator, id=body.id)
    return SummaryOut.of(await service.summarizing.summarize(run_id, request))


@router.get("", responses=responses(401, 404, 422))
async def list_summaries(run_id: RunId, service: Service, reading: Reading) -> SummaryList:
    """What was written about the run's paths, oldest first."""
    events = await service.summaries(run_id)
    if reading.until is not None:
        events = tuple(event for event in events if event.seq <= reading.until)
    return SummaryList(items=[SummaryOut.of(event) for event in events])
