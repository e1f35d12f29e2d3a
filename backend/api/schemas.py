"""What goes in and out over HTTP. Scripts rely on these names: add, don't rename."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from backend.runs.labels import LONGEST_COMMENT, LONGEST_NAME
from backend.runs.menu import strategies
from backend.runs.request import (
    LARGEST_SEED,
    LONGEST_ANSWER,
    LONGEST_PROBLEM,
    LONGEST_TAG,
    MAX_BUDGET,
    MOST_TAGS,
    RunRequest,
    reference_warning,
)
from backend.runs.shares import LONGEST_EXPIRY
from backend.runs.steering import LONGEST_STEP, MOST_PROPOSALS
from storage.records import EventRecord, LabelRecord, NodeRecord, RunRecord, ShareRecord


def _whole(number: Any) -> Any:
    """JSON knows one kind of number: 3.0 is an integer, True and "3" are not."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Whole = Annotated[StrictInt, BeforeValidator(_whole)]


def _described(**limits: Any) -> Any:
    """Limits for readers of the description; RunService checks them, with better words."""
    return Field(default=None, json_schema_extra=limits)


def _limit(key: str) -> Any:
    return _described(exclusiveMinimum=0, maximum=MAX_BUDGET[key])


_Tag = Annotated[
    str, Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_TAG, "pattern": r"\S"})
]
Tags = Annotated[list[_Tag], Field(json_schema_extra={"maxItems": MOST_TAGS})]


class BudgetIn(BaseModel):
    """Upper limits; leave out what should not limit. The first one reached ends the search."""

    model_config = ConfigDict(extra="forbid")

    generated_tokens: Whole | None = _limit("generated_tokens")
    prompt_tokens: Whole | None = _limit("prompt_tokens")
    calls: Whole | None = _limit("calls")
    nodes: Whole | None = _limit("nodes")
    seconds: Finite | None = _limit("seconds")

    @property
    def given(self) -> dict[str, float]:
        """Those that limit."""
        return {key: limit for key, limit in self.model_dump().items() if limit is not None}


class Resume(BaseModel):
    """How to go on: limits that take the place of the run's own."""

    model_config = ConfigDict(extra="forbid")

    budget: BudgetIn | None = None

    @property
    def more(self) -> dict[str, float] | None:
        """The limits that are given."""
        return self.budget.given if self.budget else None


class SearchCreate(BaseModel):
    """How to search, whatever the problem."""

    model_config = ConfigDict(extra="forbid")

    strategy: str = Field("mcts", json_schema_extra={"enum": [info.name for info in strategies()]})
    settings: dict[str, Any] = Field(
        default_factory=dict, description="as the strategy's JSON schema says"
    )
    budget: BudgetIn | None = None
    generator: str | None = Field(None, description="a name from GET /api/models")
    verifiers: list[str] | None = Field(None, description="names from GET /api/models")
    seed: Whole | None = _described(minimum=0, maximum=LARGEST_SEED)
    tags: Tags = []

    def request(self, problem: str, reference_answer: str | None = None) -> RunRequest:
        """The search for this problem."""
        budget = None if self.budget is None else self.budget.given
        return RunRequest(
            problem=problem,
            strategy=self.strategy,
            settings=self.settings,
            budget=budget,
            reference_answer=reference_answer,
            generator=self.generator,
            verifiers=None if self.verifiers is None else tuple(self.verifiers),
            seed=self.seed,
            tags=tuple(self.tags),
        )


class BeginningRef(BaseModel):
    """A step of another run of the same problem: the path to it is given, and searched from."""

    model_config = ConfigDict(extra="forbid")

    run: str
    node: Whole = Field(json_schema_extra={"minimum": 1})


class RunCreate(SearchCreate):
    """A search to start."""

    beginning: BeginningRef | None = Field(None, alias="from")
    problem: str = Field(
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_PROBLEM, "pattern": r"\S"}
    )
    reference_answer: str | None = _described(maxLength=LONGEST_ANSWER)


class RunOut(BaseModel):
    """A run. `answer_value`: what the verifiers make of the best solution that gives the answer, 0
    to 1. `caution`: why an answer to this problem deserves doubt whatever they say, or null.
    `from`: the step of another run that it began from, which may be deleted by now.
    """

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    id: str
    problem: str
    reference_answer: str | None
    strategy: str
    settings: dict[str, Any]
    generator: str
    verifiers: list[str]
    seed: int
    status: str
    reason: str | None
    budget: dict[str, float]
    usage: dict[str, float]
    answer: str | None
    correct: bool | None
    best_node: int | None
    answer_value: float | None
    caution: str | None
    created_at: datetime
    seq: int
    reference_warning: str | None
    tags: list[str]
    beginning: BeginningRef | None = Field(alias="from")

    @classmethod
    def of(cls, run: RunRecord) -> "RunOut":
        """The run for the wire."""
        return cls(
            id=run.id,
            problem=run.problem,
            reference_answer=run.reference_answer,
            strategy=run.strategy,
            settings=dict(run.settings),
            generator=run.generator,
            verifiers=list(run.verifiers),
            seed=run.seed,
            status=run.status,
            reason=run.reason,
            budget=dict(run.budget),
            usage=dict(run.usage),
            answer=run.answer,
            correct=run.correct,
            best_node=run.best_node,
            answer_value=run.answer_value,
            caution=run.caution,
            created_at=run.created_at,
            seq=run.seq,
            reference_warning=reference_warning(run.reference_answer),
            tags=list(run.tags),
            beginning=_beginning(run),
        )


def _beginning(run: RunRecord) -> BeginningRef | None:
    if run.from_run is None or run.from_node is None:
        return None
    return BeginningRef(run=run.from_run, node=run.from_node)


class NodeOut(BaseModel):
    """A node of a tree."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    parent: int | None
    action: str
    text: str
    value: float | None
    visits: int
    prior: float | None
    mean_logprob: float | None
    tokens: int
    scores: dict[str, float | None]
    terminal: bool
    answer: str | None
    corrects: int | None
    origin: str
    model: str
    temperature: float | None
    samples: int
    pruned: bool
    label: int | None
    patterns: list[str] = Field(description="kinds of reasoning that it shows")
    flagged: bool
    estimate: float | None = Field(description="the value before any visit, where it is known")

    @classmethod
    def of(cls, node: NodeRecord) -> "NodeOut":
        """The node for the wire."""
        return cls.model_validate(node)


class TreeOut(BaseModel):
    """A tree at event `seq`."""

    run: RunOut
    nodes: list[NodeOut]
    seq: int


class NodeList(BaseModel):
    """Nodes of a tree."""

    items: list[NodeOut]


class Prune(BaseModel):
    """Whether a step and all below it are out of the search."""

    model_config = ConfigDict(extra="forbid")

    pruned: StrictBool


class Flag(BaseModel):
    """Whether a step is one to look at again."""

    model_config = ConfigDict(extra="forbid")

    flagged: StrictBool


class ChildrenCreate(BaseModel):
    """A step of a person's own (`action` and `text`), or how many the generator is to propose."""

    model_config = ConfigDict(extra="forbid")

    action: str | None = Field(None, description="one of the generator's actions in /api/models")
    text: str | None = _described(minLength=1, maxLength=LONGEST_STEP)
    n: Whole | None = _described(minimum=1, maximum=MOST_PROPOSALS)
    id: str | None = _described(format="uuid")
    corrects: Whole | None = _described(minimum=1)


class LabelCreate(BaseModel):
    """A judgement of a step: -1 bad, 0 neutral, 1 good, null to clear."""

    model_config = ConfigDict(extra="forbid")

    rating: Whole | None = Field(json_schema_extra={"enum": [-1, 0, 1, None]})
    id: str | None = _described(format="uuid")
    author: str = Field("", json_schema_extra={"maxLength": LONGEST_NAME})
    comment: str = Field("", json_schema_extra={"maxLength": LONGEST_COMMENT})
    seconds: Finite | None = _described(minimum=0)
    visible: dict[str, StrictBool] = Field(default_factory=dict)


class LabelOut(BaseModel):
    """A stored judgement."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    run_id: str
    node_id: int
    rating: int | None
    at: datetime
    author: str
    comment: str
    seconds: float | None

    @classmethod
    def of(cls, label: LabelRecord) -> "LabelOut":
        """The label for the wire."""
        return cls.model_validate(label)


class LabelList(BaseModel):
    """All judgements of a run, oldest first."""

    items: list[LabelOut]


class ShareCreate(BaseModel):
    """A link to make. `expires_in` is in seconds (30 days if left out)."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["view"] = "view"
    expires_in: Finite | None = _described(minimum=1, maximum=LONGEST_EXPIRY.total_seconds())
    snapshot: StrictBool = False


class ShareOut(BaseModel):
    """A link, without its token."""

    id: str
    run_id: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    snapshot_seq: int | None

    @classmethod
    def of(cls, share: ShareRecord) -> "ShareOut":
        """The link for the wire."""
        return cls(
            id=share.id,
            run_id=share.run_id,
            role=share.role,
            created_at=share.created_at,
            expires_at=share.expires_at,
            revoked_at=share.revoked_at,
            snapshot_seq=share.snapshot_seq,
        )


class ShareCreated(ShareOut):
    """A new link with its address, which is shown this once."""

    url: str


class ShareList(BaseModel):
    """All links to a run, newest first."""

    items: list[ShareOut]


def event_fields(event: EventRecord) -> dict[str, Any]:
    """An event as the stream sends it."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "at": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        **event.payload,
    }
