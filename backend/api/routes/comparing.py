"""Routes on comparing: how a run went, and how strategies stand against each other."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.access import Owner, Reading, RunId, Service
from backend.api.comparison_schemas import (
    AnswerList,
    AnswerOut,
    ComparisonOut,
    CourseOut,
    CoursePointOut,
    MarkList,
    MarkOut,
)
from backend.api.error_responses import responses

router = APIRouter(prefix="/api", tags=["comparing"])


@router.get("/runs/{run_id}/course", responses=responses(401, 404, 422))
async def get_course(run_id: RunId, service: Service, reading: Reading) -> CourseOut:
    """How a run went: its answer, and the value of that, at each count of generated tokens."""
    points = await service.comparing.course(run_id, reading.until)
    return CourseOut(items=[CoursePointOut.model_validate(point) for point in points])


@router.get("/runs/{run_id}/answers", responses=responses(401, 404, 422))
async def list_answers(run_id: RunId, service: Service, reading: Reading) -> AnswerList:
    """Every answer that a run gave, the present one last, and whether each is right."""
    moments = await service.comparing.answers(run_id, reading.until)
    return AnswerList(items=[AnswerOut.model_validate(moment) for moment in moments])


@router.get("/runs/{run_id}/marks", responses=responses(401, 404, 422))
async def list_marks(run_id: RunId, service: Service, reading: Reading) -> MarkList:
    """What stands out in a run's time, without the whole of its log."""
    found = await service.comparing.marks(run_id, reading.until)
    return MarkList(items=[MarkOut.model_validate(mark) for mark in found])


@router.get("/compare", dependencies=[Owner], responses=responses(401, 403, 404, 422))
async def compare_strategies(
    service: Service,
    strategies: Annotated[
        str, Query(max_length=1000, description="two or more names, with commas between")
    ],
) -> ComparisonOut:
    """Strategies on the problems that all of them have searched to the end here, with the same
    reference answer, models and budget, nobody steering. The newest 200 runs of each are counted.
    """
    names = [name.strip() for name in strategies.split(",")]
    return ComparisonOut.of(await service.comparing.strategies(names))
