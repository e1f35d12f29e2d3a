"""The sessions in memory: those that search, and the few that people touched last."""

import asyncio
from collections import OrderedDict
from typing import Final

from backend.runs.errors import NotFound
from backend.runs.session import OnCommit, RunSession
from storage import errors as storage_errors
from storage.port import RunStore
from storage.records import RunRecord

_IDLE_SESSIONS: Final = 8


class SessionCache:
    """Loads sessions on demand. There is never more than one per run, since two would write over
    each other.
    """

    def __init__(self, store: RunStore, on_commit: OnCommit) -> None:
        self._store = store
        self._on_commit = on_commit
        self._sessions: OrderedDict[str, RunSession] = OrderedDict()
        self._loading: dict[str, asyncio.Lock] = {}

    def put(self, session: RunSession) -> None:
        """Keep a session that was just created."""
        self._sessions[session.run.id] = session
        self._evict()

    async def get(self, run_id: str) -> RunSession:
        """The run's session. NotFound if there is no such run."""
        lock = self._loading.setdefault(run_id, asyncio.Lock())
        async with lock:
            session = self._sessions.get(run_id)
            if session is None or session.broken:
                try:
                    session = await RunSession.load(run_id, self._store, self._on_commit)
                except storage_errors.NotFound as error:
                    self._loading.pop(run_id, None)
                    raise unknown_run(run_id) from error
                self._sessions[run_id] = session
            self._sessions.move_to_end(run_id)
            self._evict()
            return session

    def drop(self, run_id: str) -> None:
        """Forget a run that was deleted, or whose tree is no longer what is stored."""
        self._sessions.pop(run_id, None)
        if run_id in self._loading and not self._loading[run_id].locked():
            del self._loading[run_id]

    def _evict(self) -> None:
        idle = [
            run_id
            for run_id, session in self._sessions.items()
            if not session.active and not session.busy
        ]
        for run_id in idle[: max(0, len(idle) - _IDLE_SESSIONS)]:
            del self._sessions[run_id]
            self._loading.pop(run_id, None)


async def known_run(store: RunStore, run_id: str) -> RunRecord:
    """The stored run. NotFound, in words for people, if there is none."""
    try:
        return await store.get_run(run_id)
    except storage_errors.NotFound as error:
        raise unknown_run(run_id) from error


def unknown_run(run_id: str) -> NotFound:
    """The error for a run id that nothing is stored under."""
    return NotFound(
        f"there is no run {run_id[:40]!r}",
        code="unknown_run",
        hint="it may have been deleted: choose another search from the list",
    )
