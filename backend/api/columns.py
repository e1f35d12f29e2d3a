"""A tree in columns, for the page: one list per field where /tree has one object per node, and long
texts cut short. Of 10,000 nodes it is a fifth as long and read several times as fast.
"""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, Field

from backend.api.schemas import NodeOut, RunOut
from backend.runs.view import TreeView
from storage.records import NodeRecord

OPENING: Final = 120
"""Characters of a text that are sent with its tree: what a row of the outline has room for."""

_FIELDS: Final = tuple(name for name in NodeOut.model_fields if name != "id")


class TreeColumns(BaseModel):
    """A tree at event `seq`. Node k is the k-th of every column."""

    run: RunOut
    seq: int
    columns: dict[str, list[Any]] = Field(description="as in a node, by name; ids count from 0")
    cut: list[int] = Field(description="nodes of whose text only the opening is here")


class TextList(BaseModel):
    """How long texts go on after their openings, by node."""

    items: dict[int, str]


def in_columns(view: TreeView) -> TreeColumns:
    """The tree without the long texts, but for those on the way to the answer."""
    wanted = _path(view.nodes, view.run.best_node)
    cut = [node.id for node in view.nodes if len(node.text) > OPENING and node.id not in wanted]
    columns: dict[str, list[Any]] = {
        name: [getattr(node, name) for node in view.nodes] for name in _FIELDS
    }
    for node in cut:
        columns["text"][node] = columns["text"][node][:OPENING]
    return TreeColumns.model_construct(
        run=RunOut.of(view.run), seq=view.seq, columns=columns, cut=cut
    )


def long_texts(nodes: Iterable[NodeRecord]) -> TextList:
    """What `in_columns` may cut off."""
    return TextList(
        items={node.id: node.text[OPENING:] for node in nodes if len(node.text) > OPENING}
    )


def _path(nodes: tuple[NodeRecord, ...], last: int | None) -> set[int]:
    """Ids from the root to `last`; of the root alone for None."""
    path = set()
    at = last or 0
    while nodes and at not in path:
        path.add(at)
        at = nodes[at].parent or 0
    return path
