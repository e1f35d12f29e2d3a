"""Saying it elsewhere: a tree as data to learn from or as a graph, a path of it as a text."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from backend.runs.errors import NotFound
from backend.runs.exports import ExportFormat, Line, export_lines, holds_lines
from backend.runs.graphml import graphml
from backend.runs.label_lines import LabelFormat, label_lines
from backend.runs.path_texts import PathFormat, path_text
from backend.runs.recorder import replay_records
from backend.runs.stored import stored
from backend.runs.view import TreeView
from backend.search.tree import SearchTree
from storage.port import RunStore
from storage.records import EventRecord, LabelRecord

TreeOf = Callable[[str, int | None], Awaitable[TreeView]]


class Exporting:
    """Reads what is stored; changes nothing. `until` is the last event that counts (None: all).
    Raises RunsError subclasses only.
    """

    def __init__(self, store: RunStore, tree_of: TreeOf) -> None:
        self._store = store
        self._tree_of = tree_of

    async def lines(
        self, run_id: str, wanted: ExportFormat, until: int | None = None
    ) -> Sequence[Line]:
        """What the run's tree teaches: see backend/runs/exports.py."""
        tree = await self._replayed(run_id, until)
        return [] if tree is None else await asyncio.to_thread(export_lines, tree, wanted)

    async def taught(self, run_id: str, until: int | None = None) -> frozenset[ExportFormat]:
        """The formats of `lines` that would have any."""
        tree = await self._replayed(run_id, until)
        if tree is None:
            return frozenset()

        def read() -> frozenset[ExportFormat]:
            return frozenset(wanted for wanted in ExportFormat if holds_lines(tree, wanted))

        return await asyncio.to_thread(read)

    async def judged(
        self, run_id: str, wanted: LabelFormat, labels: Sequence[LabelRecord], until: int | None
    ) -> Sequence[Line]:
        """What people said of the run's steps: see backend/runs/label_lines.py."""
        view = await self._tree_of(run_id, until)
        return await asyncio.to_thread(label_lines, view, labels, wanted)

    async def _replayed(self, run_id: str, until: int | None) -> SearchTree | None:
        """The tree as the search knew it; None before the first event."""
        run = (await self._tree_of(run_id, until)).run
        events = await self.log(run_id, until)
        return await asyncio.to_thread(replay_records, events, run.seed) if events else None

    async def log(self, run_id: str, until: int | None = None) -> tuple[EventRecord, ...]:
        """The run's events, in order."""
        return await stored(self._store.events(run_id, limit=until))

    async def path(
        self, run_id: str, wanted: PathFormat, node: int | None = None, until: int | None = None
    ) -> str:
        """The way to a node, or else to the run's best one, as a text."""
        view = await self._tree_of(run_id, until)
        at = (view.run.best_node or 0) if node is None else node
        if not 0 <= at < len(view.nodes):
            raise NotFound(
                f"the run has no node {at}",
                code="unknown_node",
                hint=f"ids go from 0 to {len(view.nodes) - 1}",
            )
        return await asyncio.to_thread(path_text, view, at, wanted)

    async def graphml(self, run_id: str, until: int | None = None) -> str:
        """The tree as GraphML."""
        return await asyncio.to_thread(graphml, await self._tree_of(run_id, until))
