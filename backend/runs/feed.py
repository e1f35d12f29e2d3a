"""The live feed: wakes those who watch a run when something of it was committed."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from storage.port import RunStore
from storage.records import EventRecord

# Proxies and browsers drop connections that say nothing for long.
_KEEP_ALIVE_SECONDS: Final = 15.0
_BATCH: Final = 500


class Feed:
    """Who watches which run. Watchers read events from the store, so they see only what is durable
    and every watcher can be as slow as it likes.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closed = False

    def notify(self, run_id: str) -> None:
        """Something of the run was committed."""
        for wake in self._watchers.get(run_id, ()):
            wake.set()

    def close(self) -> None:
        """End all streams, so that the server can leave."""
        self._closed = True
        for run_id in list(self._watchers):
            self.notify(run_id)

    async def watch(
        self,
        run_id: str,
        after: int,
        until: int | None,
        still_active: Callable[[], Awaitable[tuple[str, bool]]],
    ) -> AsyncIterator[tuple[EventRecord, ...] | str | None]:
        """Batches of events with seq > `after` in order, each event once; None as a sign of life.

        Ends with the run's status, once there is nothing more to come: `still_active` (the run's
        status, whether it still grows) says so, or `until` (a snapshot's last event) is reached.
        """
        wake = asyncio.Event()
        self._watchers[run_id].add(wake)
        try:
            while not self._closed:
                wake.clear()
                # Before the events: what ends a run is written before its status is seen.
                status, active = await still_active()
                batch = await self._store.events(run_id, after=after, limit=_BATCH)
                if until is not None:
                    batch = tuple(event for event in batch if event.seq <= until)
                if batch:
                    after = batch[-1].seq
                    yield batch
                elif not active or (until is not None and after >= until):
                    yield status
                    return
                elif not await _woken(wake):
                    yield None
        finally:
            self._watchers[run_id].discard(wake)
            if not self._watchers[run_id]:
                del self._watchers[run_id]


async def _woken(wake: asyncio.Event) -> bool:
    """Whether it was set before it was time for a sign of life."""
    try:
        # Not wait_for: Python 3.11's swallows a cancellation that comes just as the wait ends.
        async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
            await wake.wait()
    except TimeoutError:
        return False
    return True
