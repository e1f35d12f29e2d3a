"""Routes on the nodes of a tree: prune and restore, flags, a person's own steps, proposals."""

from fastapi import APIRouter

from backend.api.access import NodeId, Owner, RunId, Service
from backend.api.error_responses import responses
from backend.api.schemas import ChildrenCreate, Flag, NodeList, NodeOut, Prune
from backend.runs.steering import ChildrenRequest

router = APIRouter(prefix="/api/runs/{run_id}/nodes/{node_id}", tags=["steering"])


@router.post(
    "/prune", dependencies=[Owner], responses=responses(400, 401, 403, 404, 409, 422, 503, 507)
)
async def prune_node(run_id: RunId, node_id: NodeId, body: Prune, service: Service) -> NodeOut:
    """Take a step and all below it out of the search, or back in; the answer is chosen again."""
    return NodeOut.of(await service.steering.prune(run_id, node_id, body.pruned))


@router.post(
    "/flag", dependencies=[Owner], responses=responses(400, 401, 403, 404, 409, 422, 503, 507)
)
async def flag_node(run_id: RunId, node_id: NodeId, body: Flag, service: Service) -> NodeOut:
    """Mark a step as one to look at again, or take the mark away; it is no label, and no search
    changes by it.
    """
    return NodeOut.of(await service.steering.flag(run_id, node_id, body.flagged))


@router.post(
    "/children",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 409, 422, 503, 507),
)
async def add_children(
    run_id: RunId, node_id: NodeId, body: ChildrenCreate, service: Service
) -> NodeList:
    """Write a step of your own below a node, or have the generator propose `n` more there now.

    `corrects` names the step below the same node that yours is an edit of.
    Answers once the models did, with the nodes that came of it; a step that was there already is
    that node. Sending the same `id` again adds nothing and returns the same nodes.
    """
    request = ChildrenRequest(**body.model_dump())
    nodes = await service.steering.add(run_id, node_id, request)
    return NodeList(items=[NodeOut.of(node) for node in nodes])
