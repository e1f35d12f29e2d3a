"""Routes on the models' servers, for the owner."""

from fastapi import APIRouter

from backend.api.access import Owner, Service
from backend.api.error_responses import responses
from backend.api.model_schemas import ModelStatusList, ModelStatusOut

router = APIRouter(prefix="/api/models", tags=["models"])


@router.get("/status", dependencies=[Owner], responses=responses(401, 403))
async def model_status(service: Service) -> ModelStatusList:
    """Which models can be reached, and what their servers are. Asked anew every few seconds at
    most; nothing is generated or scored.
    """
    reports = await service.models.read()
    return ModelStatusList(items=[ModelStatusOut.of(report) for report in reports])


@router.post("/trial", dependencies=[Owner], responses=responses(401, 403))
async def try_models(service: Service) -> ModelStatusList:
    """The same after a trial: each generator writes a step, each verifier judges a right and a
    wrong solution of a small problem. Takes as long as the slowest model, 20 s at most.
    """
    reports = await service.models.try_out()
    return ModelStatusList(items=[ModelStatusOut.of(report) for report in reports])
