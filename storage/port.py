"""The port: what the layers above may ask of storage, promises first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from storage.records import (
    EventRecord,
    LabelRecord,
    NodeRecord,
    Page,
    RunPatch,
    RunQuery,
    RunRecord,
    ShareRecord,
    TagCount,
)


class RunStore(Protocol):
    """Keeps runs, their events and nodes, labels and share links.

    Promises of every implementation:

    - When a writing method returns, the write is durable (survives kill -9; for SQLite also power
      loss on a disk that honours fsync). When it raises, nothing of it was kept.
    - `append` stores its events, nodes, label and run fields in one transaction, or none of them.
    - Events of a run are numbered 1, 2, 3, … without gaps and never change.
    - Labels are never updated, and deleted only with their run: by `delete_run` and `purge_bin`.
    - A run in the bin is there for `restore_run` and `purge_bin` only: all other methods know no
      such run, and its links are unknown. Ids in the bin are taken.
    - Cancelling a caller never harms the store; a cancelled write may or may not have happened, or
      still be under way when the caller reads next.
    - Methods are safe to call concurrently from one event loop.

    Errors: NotFound, Conflict, StorageFull, StorageUnavailable (storage.errors); after `close`
    every method raises StorageUnavailable. ValueError where a value cannot be stored (a non-finite
    number, an integer beyond 64 bits, a NUL or lone surrogate in text, a time without zone).
    Records returned are copies: changing a mapping in one changes nothing stored.
    """

    async def create_run(self, run: RunRecord) -> None:
        """Store a new run with `seq` 0 (else ValueError). Conflict if the id exists."""
        ...

    async def get_run(self, run_id: str) -> RunRecord:
        """The run. NotFound if there is none."""
        ...

    async def list_runs(
        self, wanted: RunQuery | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[RunRecord]:
        """The runs that `wanted` describes (all, newest first, if it is None), in pages.

        ValueError for a cursor this store did not hand out in a listing of this order.
        """
        ...

    async def tags(self) -> tuple[TagCount, ...]:
        """All tags in use, by name."""
        ...

    async def set_tags(self, run_id: str, tags: tuple[str, ...]) -> None:
        """Give a run these tags in place of those it has. NotFound if there is no such run."""
        ...

    async def bin_run(self, run_id: str, at: datetime) -> None:
        """Put a run and all that belongs to it into the bin. NotFound if there is no such run."""
        ...

    async def restore_run(self, run_id: str) -> None:
        """Take a run out of the bin (not in it: no change). NotFound if there is none anywhere."""
        ...

    async def purge_bin(self, before: datetime) -> int:
        """Remove for good all runs that were put into the bin before this time; how many."""
        ...

    async def delete_run(self, run_id: str) -> None:
        """Remove a run with all its events, nodes, labels and shares. NotFound if there is none."""
        ...

    async def append(
        self,
        run_id: str,
        events: Sequence[EventRecord],
        nodes: Sequence[NodeRecord],
        patch: RunPatch,
        label: LabelRecord | None = None,
    ) -> None:
        """Store one commit of a run: its new events, the nodes they touched (as they are now,
        inserted or replaced), the run's changed fields and, with a person's judgement, the label.

        Conflict unless the first event's seq is the stored seq + 1 and the rest follow on.
        With a label whose id is already stored, whatever it says: Conflict as well (look it up
        first with `get_label`). NotFound if there is no such run, or no such node for the label.
        ValueError if an event or the label is of another run.
        """
        ...

    async def events(
        self, run_id: str, *, after: int = 0, limit: int | None = None, kind: str | None = None
    ) -> tuple[EventRecord, ...]:
        """Events with seq > `after`, of one `kind` or of all, in order, at most `limit`.

        NotFound if no such run.
        """
        ...

    async def nodes(self, run_id: str) -> tuple[RunRecord, tuple[NodeRecord, ...]]:
        """The run and all its nodes by id, read in one transaction (so `run.seq` fits them).

        NotFound if no such run.
        """
        ...

    async def get_label(self, label_id: str) -> LabelRecord | None:
        """The stored label with this idempotency key, if any."""
        ...

    async def labels(self, run_id: str) -> tuple[LabelRecord, ...]:
        """All labels of a run, oldest first. NotFound if no such run."""
        ...

    async def create_share(self, share: ShareRecord) -> None:
        """Store a share link. NotFound if its run does not exist.

        Conflict if its id or its token hash is taken.
        """
        ...

    async def list_shares(self, run_id: str) -> tuple[ShareRecord, ...]:
        """All links to a run, newest first, revoked and expired ones too.

        NotFound if no such run.
        """
        ...

    async def find_share(self, token_hash: str) -> ShareRecord | None:
        """The link with this token hash, whether or not it still holds; None if unknown."""
        ...

    async def revoke_share(self, share_id: str, at: datetime) -> None:
        """Mark a link revoked (again: no change). NotFound if unknown."""
        ...

    async def close(self) -> None:
        """Finish pending writes and release the database. Idempotent."""
        ...
