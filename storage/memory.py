"""A RunStore that keeps everything in memory: for tests and demonstrations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import islice
from operator import gt, lt

from storage.checks import (
    check_count,
    check_new_run,
    check_query,
    check_same_run,
    check_text,
    follows_on,
    stored_copy,
    utc_time,
)
from storage.cursor import cursor_after, place_of, position_of
from storage.errors import Conflict, NotFound, StorageUnavailable
from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    Outcome,
    Page,
    RunPatch,
    RunQuery,
    RunRecord,
    ShareRecord,
    Sort,
    TagCount,
)


@dataclass(slots=True)
class _Tree:
    """All that belongs to one run."""

    run: RunRecord
    events: list[EventRecord] = field(default_factory=list)
    nodes: dict[int, NodeRecord] = field(default_factory=dict)
    binned_at: datetime | None = None


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
        self, wanted: RunQuery | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[RunRecord]:
        """The runs that `wanted` describes (all, newest first, if it is None), in pages."""
        self._require_open()
        check_count(limit, "limit", least=1)
        wanted = wanted or RunQuery()
        check_query(wanted)
        sort = wanted.sort
        found = sorted(
            (tree.run for tree in self._trees.values() if self._matches(tree, wanted)),
            key=lambda run: place_of(run, sort),
            reverse=sort is not Sort.OLDEST,
        )
        if cursor is not None:
            at = position_of(cursor, sort)
            past = gt if sort is Sort.OLDEST else lt
            found = [run for run in found if past(place_of(run, sort), at)]
        page = tuple(stored_copy(run) for run in found[:limit])
        return Page(page, cursor_after(page[-1], sort) if len(found) > limit else None)

    async def tags(self) -> tuple[TagCount, ...]:
        """All tags in use, by name."""
        self._require_open()
        runs, active = Counter[str](), Counter[str]()
        for tree in self._trees.values():
            if tree.binned_at is None:
                runs.update(tree.run.tags)
                if tree.run.status in ("queued", "running"):
                    active.update(tree.run.tags)
        return tuple(TagCount(tag, runs[tag], active[tag]) for tag in sorted(runs))

    async def set_tags(self, run_id: str, tags: tuple[str, ...]) -> None:
        """Give a run these tags in place of those it has. NotFound if there is no such run."""
        tree = self._tree(run_id)
        tree.run = stored_copy(replace(tree.run, tags=tags))

    async def bin_run(self, run_id: str, at: datetime) -> None:
        """Put a run and all that belongs to it into the bin. NotFound if there is no such run."""
        at = utc_time(at, "at")
        self._tree(run_id).binned_at = at

    async def restore_run(self, run_id: str) -> None:
        """Take a run out of the bin (not in it: no change). NotFound if there is none anywhere."""
        self._tree(run_id, binned=True).binned_at = None

    async def purge_bin(self, before: datetime) -> int:
        """Remove for good all runs that were put into the bin before this time; how many."""
        self._require_open()
        before = utc_time(before, "before")
        old = [
            run_id
            for run_id, tree in self._trees.items()
            if tree.binned_at is not None and tree.binned_at < before
        ]
        for run_id in old:
            self._remove(run_id)
        return len(old)

    async def delete_run(self, run_id: str) -> None:
        """Remove a run with all its events, nodes, labels and shares. NotFound if there is none."""
        self._tree(run_id)
        self._remove(run_id)

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
        self, run_id: str, *, after: int = 0, limit: int | None = None, kind: str | None = None
    ) -> tuple[EventRecord, ...]:
        """Events with seq > `after`, of one `kind` or of all, in order, at most `limit`.

        NotFound if no such run.
        """
        check_count(after, "after")
        if limit is not None:
            check_count(limit, "limit")
        later = self._tree(run_id).events[after:]
        wanted = (event for event in later if kind is None or event.kind == kind)
        return tuple(stored_copy(event) for event in islice(wanted, limit))

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
            gone = self._trees[share.run_id].binned_at is not None
            if share.token_hash == token_hash and not gone:
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

    def _tree(self, run_id: str, *, binned: bool = False) -> _Tree:
        """The run, though it may be in the bin if `binned`. NotFound if there is none."""
        self._require_open()
        check_text(run_id, "run_id")
        tree = self._trees.get(run_id)
        if tree is None or (tree.binned_at is not None and not binned):
            raise NotFound(f"no run {run_id}")
        return tree

    def _matches(self, tree: _Tree, wanted: RunQuery) -> bool:
        run, text = tree.run, (wanted.text or "").casefold()
        return (
            (tree.binned_at is not None) is wanted.deleted
            and (text in run.problem.casefold() or text in (run.answer or "").casefold())
            and wanted.strategy in (None, run.strategy)
            and wanted.status in (None, run.status)
            and wanted.outcome in (None, Outcome.of(run))
            and wanted.labelled in (None, self._labelled(tree))
            and (wanted.tag is None or wanted.tag in run.tags)
        )

    def _labelled(self, tree: _Tree) -> bool:
        given = (label for label in self._labels.values() if label.run_id == tree.run.id)
        return any(tree.nodes[label.node_id].label is not None for label in given)

    def _remove(self, run_id: str) -> None:
        del self._trees[run_id]
        self._labels = {id: label for id, label in self._labels.items() if label.run_id != run_id}
        self._shares = {id: share for id, share in self._shares.items() if share.run_id != run_id}
