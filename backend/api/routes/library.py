"""Routes on the library: list and find runs, tag them, delete and restore them."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.access import Owner, RunId, Service
from backend.api.error_responses import responses
from backend.api.library_schemas import (
    BatchCreate,
    BatchOut,
    FaultOut,
    RunFilters,
    RunPage,
    TagChange,
    TagList,
    TagOut,
)
from backend.api.schemas import RunOut
from backend.runs.batches import BatchRequest

router = APIRouter(prefix="/api", tags=["library"])


@router.get("/runs", dependencies=[Owner], responses=responses(401, 403, 404, 422))
async def list_runs(service: Service, filters: Annotated[RunFilters, Query()]) -> RunPage:
    """A page of the runs that meet all filters."""
    page = await service.library.list(filters.wanted(), limit=filters.limit, cursor=filters.cursor)
    return RunPage(items=[RunOut.of(run) for run in page.items], cursor=page.cursor)


@router.delete(
    "/runs/{run_id}",
    status_code=204,
    dependencies=[Owner],
    responses=responses(401, 403, 404, 422, 503),
)
async def delete_run(run_id: RunId, service: Service) -> None:
    """Delete a run with its tree, labels and links, stopping it first. It can be restored until
    `treewright purge` removes it for good.
    """
    await service.delete(run_id)


@router.post(
    "/runs/{run_id}/restore", dependencies=[Owner], responses=responses(401, 403, 404, 422, 503)
)
async def restore_run(run_id: RunId, service: Service) -> RunOut:
    """Bring back a deleted run with all that belongs to it."""
    return RunOut.of(await service.restore(run_id))


@router.post(
    "/runs/{run_id}/tags",
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 422, 503, 507),
)
async def tag_run(run_id: RunId, body: TagChange, service: Service) -> RunOut:
    """Add tags to a run and remove others. Tags are kept in lower case."""
    return RunOut.of(await service.library.tag(run_id, body.add, body.remove))


@router.get("/tags", dependencies=[Owner], responses=responses(401, 403, 503))
async def list_tags(service: Service) -> TagList:
    """All tags in use, by name."""
    return TagList(items=[TagOut.model_validate(tag) for tag in await service.library.tags()])


@router.post(
    "/batches",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 413, 422, 503, 507),
)
async def start_batch(body: BatchCreate, service: Service) -> BatchOut:
    """Start a search for each problem of a file. Lines that cannot be searched are named, the rest
    is; GET /api/tags says how far it is.
    """
    request = BatchRequest(body.name, body.problems, body.format, body.request(""))
    batch = await service.batches.start(request)
    return BatchOut(
        tag=batch.tag,
        runs=[run.id for run in batch.runs],
        faults=[FaultOut.model_validate(fault) for fault in batch.faults],
    )
