"""Routes on grades: which answers of a run are right."""

from fastapi import APIRouter

from backend.api.access import Owner, Reading, RunId, Service
from backend.api.error_responses import responses
from backend.api.grade_schemas import AnswerVerdicts, GradeCreate, GradeList, GradeOut
from backend.runs.grading import GradeRequest

router = APIRouter(prefix="/api/runs/{run_id}/grades", tags=["grades"])


@router.post(
    "",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 422, 503, 507),
)
async def grade_answer(run_id: RunId, body: GradeCreate, service: Service) -> GradeOut:
    """Say whether an answer is right, whatever the check says. The same again changes nothing."""
    request = GradeRequest(answer=body.answer, correct=body.correct, author=body.author)
    return GradeOut.of(await service.grading.grade(run_id, request))


@router.get("", responses=responses(401, 404, 422))
async def list_grades(run_id: RunId, service: Service, reading: Reading) -> GradeList:
    """What people said, and the check of answers that it had to think about; oldest first."""
    events = await service.grades(run_id)
    if reading.until is not None:
        events = tuple(event for event in events if event.seq <= reading.until)
    return GradeList(items=[GradeOut.of(event) for event in events])


@router.get("/answers", responses=responses(401, 404, 422))
async def grade_answers(run_id: RunId, service: Service, reading: Reading) -> AnswerVerdicts:
    """Of every answer in the tree, whether it is right: as for the run's own."""
    return AnswerVerdicts(items=dict(await service.answers(run_id, reading.until)))
