"""One run in memory: its tree, and the commits that make what happened to it durable."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from backend.runs.grades import Grades
from backend.runs.recorder import event_records, node_record, replay_records
from backend.runs.votes import answer_rule
from backend.search.budget import Spent
from backend.search.events import Graded, StatusChanged
from backend.search.growth import answer_value, best_leaf
from backend.search.steering import judge
from backend.search.tree import ROOT, SearchTree
from backend.search.votes import Choice
from storage.errors import StorageError
from storage.port import RunStore
from storage.records import EventRecord, LabelRecord, RunPatch, RunRecord

ACTIVE: Final = frozenset({"queued", "running"})
STATUSES: Final = ("queued", "running", "paused", "finished", "stopped", "failed")

OnCommit = Callable[["RunSession"], None]


class RunSession:
    """The one place where a run's tree changes and is written.

    Everything runs on one event loop: the tree is changed between awaits, and `commit` writes what
    was recorded, in order, one commit after the other. After a failed commit the session is
    broken: the tree is ahead of the store and must be loaded again.
    """

    def __init__(
        self, run: RunRecord, tree: SearchTree, store: RunStore, on_commit: OnCommit
    ) -> None:
        self.run = run
        self.tree = tree
        self.grades = Grades(run.problem, run.reference_answer)
        self.summaries: dict[str, EventRecord] = {}
        """What was written about paths, by the ids of the requests."""
        self.seconds = float(run.usage.get("seconds", 0.0))
        self.broken = False
        self._store = store
        self._on_commit = on_commit
        self._writing = asyncio.Lock()

    @classmethod
    async def load(cls, run_id: str, store: RunStore, on_commit: OnCommit) -> "RunSession":
        """The session of a stored run, its tree replayed from its events."""
        run = await store.get_run(run_id)
        if run.seq == 0:
            # The server went away between storing the run and its first event.
            return cls(run, SearchTree.plant(run.problem, run.seed), store, on_commit)
        events = await store.events(run_id)
        # Replaying ten thousand nodes takes a good part of a second: not on the event loop.
        tree = await asyncio.to_thread(replay_records, events, run.seed)
        session = cls(run, tree, store, on_commit)
        session._learn(events)
        return session

    @property
    def choice(self) -> Choice | None:
        """The rule by which the run's strategy chooses among answers; None: one of its own."""
        return answer_rule(self.run)

    @property
    def active(self) -> bool:
        """Whether the run is (or is about to be) searching."""
        return self.tree.status in ACTIVE

    def spent(self) -> Spent:
        """What the run has used so far."""
        used = self.tree.usage
        return Spent(
            used.generated_tokens,
            used.prompt_tokens,
            used.calls,
            max(0, len(self.tree) - 1),
            round(self.seconds, 3),
        )

    @property
    def answer(self) -> str | None:
        """The run's answer so far."""
        node = self.tree.answer_node
        return None if node is None else self.tree.nodes[node].answer

    def set_status(self, status: str, reason: str | None = None) -> None:
        """Record a change of status (nothing if it is the present one)."""
        if (self.tree.status, self.tree.reason) != (status, reason):
            self.tree.record(StatusChanged(status, reason))

    @property
    def busy(self) -> bool:
        """Whether something of the run is being written."""
        return self._writing.locked()

    async def commit(self) -> None:
        """Write everything recorded since the last commit, in one transaction.

        Raises what the store raises; the session is broken then. Cancelling it lets the write
        come to its end first.
        """
        async with self._writing:
            await self._write(None)

    async def judge(self, label: LabelRecord) -> LabelRecord:
        """Store a judgement and what it does to the tree, in one transaction. If its id is stored
        already, nothing happens and the stored one is returned.
        """
        async with self._writing:
            stored = await self._store.get_label(label.id)
            if stored is not None:
                return stored
            # Recorded and written in one go, so that no other commit takes the event away.
            judge(self.tree, label.node_id, label.rating, label.author, self.choice)
            await self._write(label)
            return label

    async def grade(self, grade: Graded) -> None:
        """Store a verdict on an answer; nothing where it was the last one already."""
        async with self._writing:
            if not self.grades.holds(grade):
                self.tree.record(grade)
                await self._write(None)

    async def _write(self, label: LabelRecord | None) -> None:
        if self.broken:
            raise StorageError("an earlier change could not be written")
        first, events, touched = self.tree.drain()
        if not events:
            return
        writing: asyncio.Future[None] | None = None
        try:
            nodes = [node_record(self.tree.nodes[i]) for i in sorted(touched)]
            records = event_records(self.run.id, first, events)
            self._learn(records)
            writing = asyncio.ensure_future(
                self._store.append(self.run.id, records, nodes, self._patch(), label)
            )
            await _to_its_end(writing)
        finally:
            self.broken = not _succeeded(writing)
            if not self.broken:
                self._on_commit(self)

    def _learn(self, records: Iterable[EventRecord]) -> None:
        """Take in what the log says beside the tree."""
        records = tuple(records)
        self.grades.read(records)
        self.summaries.update(
            (record.payload["request"], record) for record in records if record.kind == "summarized"
        )

    def _patch(self) -> RunPatch:
        tree = self.tree
        answer = self.answer
        best = best_leaf(tree)
        return RunPatch(
            status=tree.status,
            reason=tree.reason,
            usage=self.spent().as_dict(),
            budget=self.run.budget,
            answer=answer,
            correct=self.grades.of(answer),
            best_node=None if best == ROOT else best,
            answer_value=answer_value(tree),
        )


def _succeeded(writing: asyncio.Future[None] | None) -> bool:
    if writing is None or not writing.done() or writing.cancelled():
        return False
    return writing.exception() is None


async def _to_its_end(writing: asyncio.Future[None]) -> None:
    """Wait for a write even when cancelled, however often, so that it is known how it ended."""
    cancelled: asyncio.CancelledError | None = None
    while not writing.done():
        try:
            await asyncio.wait([writing])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    writing.result()
