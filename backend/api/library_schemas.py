"""What goes in and out over HTTP where runs are found again, tagged and listed."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.api.schemas import RunOut, SearchCreate, Tags
from backend.runs.batches import MOST_PROBLEMS
from backend.runs.library import MOST_LISTED
from backend.runs.menu import strategies
from backend.runs.problems import FileKind
from backend.runs.request import LONGEST_TAG
from backend.runs.session import STATUSES
from storage.records import Outcome, RunQuery, Sort

_Text = Annotated[str | None, Field(max_length=1000, pattern=r"^[^\x00]*$")]


def _one_of(*choices: str) -> Any:
    """For readers of the description; Library checks it, with better words."""
    return Field(None, json_schema_extra={"enum": list(choices)})


class RunPage(BaseModel):
    """One page of runs; `cursor` fetches the next in the same order."""

    items: list[RunOut]
    cursor: str | None


class RunFilters(BaseModel):
    """Which runs to list, how many, and from where on."""

    query: _Text = Field(None, description="a part of the problem or of the answer")
    strategy: str | None = _one_of(*(info.name for info in strategies()))
    status: str | None = _one_of(*STATUSES)
    outcome: Outcome | None = None
    labelled: bool | None = Field(None, description="whether a label stands on one of its steps")
    tag: _Text = None
    deleted: bool = Field(False, description="those that can be restored, in place of all others")
    sort: Sort = Sort.NEWEST
    limit: int = Field(50, ge=1, le=MOST_LISTED)
    cursor: _Text = None

    def wanted(self) -> RunQuery:
        """The runs that are asked for, whatever the page."""
        return RunQuery(
            text=self.query,
            strategy=self.strategy,
            status=self.status,
            outcome=self.outcome,
            labelled=self.labelled,
            tag=self.tag,
            sort=self.sort,
            deleted=self.deleted,
        )


class TagChange(BaseModel):
    """Tags to give to a run, and tags to take away from it."""

    model_config = ConfigDict(extra="forbid")

    add: Tags = []
    remove: Tags = []


class TagOut(BaseModel):
    """A tag in use: how many runs have it, and how many of those are queued or running."""

    model_config = ConfigDict(from_attributes=True)

    tag: str
    runs: int
    active: int


class TagList(BaseModel):
    """All tags in use, by name."""

    items: list[TagOut]


class BatchCreate(SearchCreate):
    """A file of problems to search, one run each. `name` becomes their tag."""

    name: str = Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_TAG})
    problems: str = Field(
        description="JSON lines, or a CSV table with the names of its columns in the first row: "
        "problem (or question, prompt) and, to grade by, reference_answer (or answer, "
        f"final_answer, target, solution); {MOST_PROBLEMS} at most"
    )
    format: FileKind = FileKind.JSONL


class FaultOut(BaseModel):
    """What is wrong with a line of the file."""

    model_config = ConfigDict(from_attributes=True)

    line: int
    message: str


class BatchOut(BaseModel):
    """A batch that was started: its tag, its runs, and the faults of the file."""

    tag: str
    runs: list[str] = Field(description="their ids")
    faults: list[FaultOut]
