"""What a run can be saved as over HTTP, and what the whole of it holds."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, Field

from backend.api.schemas import LabelOut, NodeOut, RunOut

SavedPage: TypeAlias = Callable[[RunOut, dict[str, Any]], str]
"""Makes a page out of a run and the answers of the API that the page will ask for, by path."""


class FileFormat(StrEnum):
    """What to save a run, or what it teaches, as."""

    POLICY = "policy"
    STEP_LABELS = "step_labels"
    PAIRS = "pairs"
    LABELS = "labels"
    PRM800K = "prm800k"
    MARKDOWN = "markdown"
    LATEX = "latex"
    GRAPHML = "graphml"
    JSON = "json"
    HTML = "html"


class FileKind(NamedTuple):
    """How a file is served."""

    media_type: str
    suffix: str


_LINES: Final = "application/x-ndjson"
KINDS: Final = {
    FileFormat.POLICY: FileKind(_LINES, "-policy.jsonl"),
    FileFormat.STEP_LABELS: FileKind(_LINES, "-step_labels.jsonl"),
    FileFormat.PAIRS: FileKind(_LINES, "-pairs.jsonl"),
    FileFormat.LABELS: FileKind(_LINES, "-labels.jsonl"),
    FileFormat.PRM800K: FileKind(_LINES, "-prm800k.jsonl"),
    FileFormat.MARKDOWN: FileKind("text/markdown", ".md"),
    FileFormat.LATEX: FileKind("application/x-tex", ".tex"),
    FileFormat.GRAPHML: FileKind("application/graphml+xml", ".graphml"),
    FileFormat.JSON: FileKind("application/json", ".json"),
    FileFormat.HTML: FileKind("text/html", ".html"),
}


class LinesOf(BaseModel):
    """A format of JSON lines, and whether this run has none to save in it."""

    format: FileFormat
    empty: bool


class LinesList(BaseModel):
    """What a run has to save as data, format by format."""

    items: list[LinesOf]


class RunFile(BaseModel):
    """All that is known of a run: problem, settings and answer (`run`), its tree as it is now, the
    log that made it (docs/api.md, Events), and people's judgements, oldest first.
    """

    treewright: Literal[1] = Field(1, description="version of this format")
    run: RunOut
    nodes: list[NodeOut]
    events: list[dict[str, Any]]
    labels: list[LabelOut]
