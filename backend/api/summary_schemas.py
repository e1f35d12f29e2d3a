"""What goes in and out over HTTP about summaries. Scripts rely on the names."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from backend.api.schemas import Whole
from storage.records import EventRecord


class SummaryCreate(BaseModel):
    """A path to sum up; by default the run's best, in the words of the run's generator."""

    model_config = ConfigDict(extra="forbid")

    node: Whole | None = Field(
        None, description="the step it leads to", json_schema_extra={"minimum": 1}
    )
    generator: str | None = Field(None, description="one that `writes` in GET /api/models")
    id: str | None = Field(None, json_schema_extra={"format": "uuid"})


class SummaryOut(BaseModel):
    """What `model` wrote about the path to `node`: plain text on one line."""

    node: int
    text: str
    model: str
    at: datetime

    @classmethod
    def of(cls, event: EventRecord) -> "SummaryOut":
        """The summary that an event of the run's log holds."""
        told = event.payload
        return cls(node=told["node"], text=told["text"], model=told["model"], at=event.at)


class SummaryList(BaseModel):
    """All summaries of a run, oldest first."""

    items: list[SummaryOut]
