"""A RunStore that keeps everything in memory: for tests and demonstrations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from storage.checks import (
    check_count,
    check_new_run,
    check_same_run,
    check_text,
    follows_on,
    stored_copy,
    utc_time,
)
from storage.cursor import cursor_after, position_of
from storage.errors import Conflict, NotFound, StorageUnavailable
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    Page,
    RunPatch,
    RunRecord,
    ShareRecord,
)


@dataclass(slots=True)
class _Tree:
    """All that belongs to one run."""

    run: RunRecord
    events: list[EventRecord] = field(default_factory=list)
    nodes: dict[int, NodeRecord] = field(default_factory=dict)


class InMemoryRunStore:
    """Keeps the promises of `storage.port.RunStore` for as long as the process lives.

    No method awaits anything, so each one is a transaction of its own. Records are copied on the
    way in and on the way out: nobody else can change what is stored.
    """

    def __init__(self) -> None:
        self._trees: dict[str, _Tree] = {}
        self._labels: dict[str, LabelRecord] = {}
        self._shares: dict[str, ShareRecord] = {}
        self._closed = False

    async def create_run(self, run: RunRecord) -> None:
        """Store a new run with `seq` 0. Conflict if the id exists."""
        self._require_open()
        check_new_run(run)
        run = stored_copy(run)
        if run.id in self._trees:
            raise Conflict(f"run {run.id} exists already")
        self._trees[run.id] = _Tree(run)

    async def get_run(self, run_id: str) -> RunRecord:
        """The run. NotFound if there is none."""
        return stored_copy(self._tree(run_id).run)

    async def list_runs(
        self,
        *,
        query: str | None = None,
        strategy: str | None = None,
        status: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[RunRecord]:
        """Runs, newest first; `query` is a case-insensitive part of the problem text."""
        self._require_open()
        check_count(limit, "limit", least=1)
        for name, text in (("query", query), ("strategy", strategy), ("status", status)):
            check_text(text or "", name)
        before = position_of(cursor) if cursor is not None else None
        found = sorted(
            (
                tree.run
                for tree in self._trees.values()
                if (query is None or query.casefold() in tree.run.problem.casefold())
                and (strategy is None or tree.run.strategy == strategy)
                and (status is None or tree.run.status == status)
                and (before is None or (tree.run.created_at, tree.run.id) < before)
            ),
            key=lambda run: (run.created_at, run.id),
            reverse=True,
        )
        page = tuple(stored_copy(run) for run in found[:limit])
        return Page(page, cursor_after(page[-1]) if len(found) > limit else None)

    async def delete_run(self, run_id: str) -> None:
        """Remove a run with all its events, nodes, labels and shares. NotFound if there is none."""
        self._tree(run_id)
        del self._trees[run_id]
        self._labels = {id: label for id, label in self._labels.items() if label.run_id != run_id}
        self._shares = {id: share for id, share in self._shares.items() if share.run_id != run_id}

    async def append(
        self,
        run_id: str,
        events: Sequence[EventRecord],
        nodes: Sequence[NodeRecord],
        patch: RunPatch,
        label: LabelRecord | None = None,
    ) -> None:
        """Store one commit of a run: events, nodes, changed fields and a label, or none of them."""
        self._require_open()
        new_events = tuple(stored_copy(event) for event in events)
        new_nodes = {node.id: stored_copy(node) for node in nodes}
        patch = stored_copy(patch)
        label = stored_copy(label) if label else None
        check_same_run(run_id, new_events, label)
        tree = self._tree(run_id)
        if not follows_on(new_events, tree.run.seq):
            raise Conflict(f"run {run_id} is at event {tree.run.seq}; read it again")
        if label and label.id in self._labels:
            raise Conflict(f"label {label.id} is stored already")
        if label and label.node_id not in {**tree.nodes, **new_nodes}:
            raise NotFound(f"run {run_id} has no node {label.node_id}")
        # Everything was checked above, so from here on nothing can fail half-way.
        tree.events.extend(new_events)
        tree.nodes.update(new_nodes)
        changed = {field.name: getattr(patch, field.name) for field in fields(patch)}
        tree.run = replace(tree.run, seq=tree.run.seq + len(new_events), **changed)
        if label:
            self._labels[label.id] = label

    async def events(
        self, run_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[EventRecord, ...]:
        """Events with seq > `after`, in order, at most `limit`. NotFound if no such run."""
        check_count(after, "after")
        if limit is not None:
            check_count(limit, "limit")
        stop = None if limit is None else after + limit
        return tuple(stored_copy(event) for event in self._tree(run_id).events[after:stop])

    async def nodes(self, run_id: str) -> tuple[RunRecord, tuple[NodeRecord, ...]]:
        """The run and all its nodes by id. NotFound if no such run."""
        tree = self._tree(run_id)
        nodes = tuple(stored_copy(node) for _, node in sorted(tree.nodes.items()))
        return stored_copy(tree.run), nodes

    async def get_label(self, label_id: str) -> LabelRecord | None:
        """The stored label with this idempotency key, if any."""
        self._require_open()
        check_text(label_id, "label_id")
        label = self._labels.get(label_id)
        return stored_copy(label) if label else None

    async def labels(self, run_id: str) -> tuple[LabelRecord, ...]:
        """All labels of a run, oldest first. NotFound if no such run."""
        self._tree(run_id)
        found = [label for label in self._labels.values() if label.run_id == run_id]
        found.sort(key=lambda label: (label.at, label.id))
        return tuple(stored_copy(label) for label in found)

    async def create_share(self, share: ShareRecord) -> None:
        """Store a share link. NotFound without its run, Conflict if id or token hash exist."""
        self._require_open()
        share = stored_copy(share)
        self._tree(share.run_id)
        hashes = {known.token_hash for known in self._shares.values()}
        if share.id in self._shares or share.token_hash in hashes:
            raise Conflict(f"share {share.id} exists already, or its token does")
        self._shares[share.id] = share

    async def list_shares(self, run_id: str) -> tuple[ShareRecord, ...]:
        """All links to a run, newest first, revoked and expired ones too."""
        self._tree(run_id)
        found = [share for share in self._shares.values() if share.run_id == run_id]
        found.sort(key=lambda share: (share.created_at, share.id), reverse=True)
        return tuple(stored_copy(share) for share in found)

    async def find_share(self, token_hash: str) -> ShareRecord | None:
        """The link with this token hash, whether or not it still holds; None if unknown."""
        self._require_open()
        check_text(token_hash, "token_hash")
        for share in self._shares.values():
            if share.token_hash == token_hash:
                return stored_copy(share)
        return None

    async def revoke_share(self, share_id: str, at: datetime) -> None:
        """Mark a link revoked (again: no change). NotFound if unknown."""
        self._require_open()
        check_text(share_id, "share_id")
        at = utc_time(at, "at")
        share = self._shares.get(share_id)
        if share is None:
            raise NotFound(f"no share {share_id}")
        if share.revoked_at is None:
            self._shares[share_id] = replace(share, revoked_at=at)

    async def close(self) -> None:
        """Refuse everything from now on. Idempotent."""
        self._closed = True

    def _require_open(self) -> None:
        if self._closed:
            raise StorageUnavailable("the store is closed")

    def _tree(self, run_id: str) -> _Tree:
        self._require_open()
        check_text(run_id, "run_id")
        tree = self._trees.get(run_id)
        if tree is None:
            raise NotFound(f"no run {run_id}")
        return tree
