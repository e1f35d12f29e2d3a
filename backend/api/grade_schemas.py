"""What goes in and out over HTTP about verdicts on answers. Scripts rely on the names."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from backend.runs.labels import LONGEST_NAME
from storage.records import EventRecord


class GradeCreate(BaseModel):
    """A person's word on an answer of the run: true right, false wrong, null to take it back."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(description="as a node of the run has it")
    correct: StrictBool | None
    author: str = Field("", json_schema_extra={"maxLength": LONGEST_NAME})


class GradeOut(BaseModel):
    """A stored verdict on an answer; `why` says why nobody can tell."""

    answer: str
    correct: bool | None
    by: Literal["check", "person"]
    why: str
    author: str
    at: datetime

    @classmethod
    def of(cls, event: EventRecord) -> "GradeOut":
        """The verdict that an event of the run's log holds."""
        return cls(at=event.at, **event.payload)


class GradeList(BaseModel):
    """All verdicts on the answers of a run, oldest first."""

    items: list[GradeOut]


class AnswerVerdicts(BaseModel):
    """Every answer in a tree and whether it is right; null: nobody can tell."""

    items: dict[str, bool | None]
