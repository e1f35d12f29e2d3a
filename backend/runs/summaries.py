"""Summaries: a person has the path to a step put in plain words, which the run's log keeps.

The model is asked first, in whatever state the run is; only what it wrote is recorded. So a request
that was not answered has left nothing behind, and one that is sent again is recognised by its id.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from backend.models.errors import ContextOverflow, ModelError
from backend.reasoning.summary import summarize
from backend.runs.catalog import ModelCatalog
from backend.runs.errors import Conflict, Unavailable
from backend.runs.executor import path_prefix, reply_within
from backend.runs.locks import KeyedLocks
from backend.runs.request import client_id
from backend.runs.session import RunSession
from backend.runs.sessions import SessionCache
from backend.runs.steering import known_step
from backend.runs.stored import stored
from backend.search.events import Summarized
from backend.search.growth import best_leaf
from backend.search.tree import ROOT
from storage.records import EventRecord

_TRY_AGAIN: Final = "nothing was stored; try again, or name another generator"


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """The path to `node` (None: the run's best) in the words of `generator` (None: the run's).

    `id` is made by the client (a UUID), so that a repeated request writes nothing more; None makes
    one here.
    """

    node: int | None = None
    generator: str | None = None
    id: str | None = None


class Summarizing:
    """Has paths summed up. `deadline`: seconds that the model may take. `halt` ends a run whose
    change could not be stored.
    """

    def __init__(
        self, sessions: SessionCache, catalog: ModelCatalog, deadline: float,
        halt: Callable[[str], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._catalog = catalog
        self._deadline = deadline
        self._halt = halt
        self._asked = KeyedLocks()

    async def summarize(self, run_id: str, request: SummaryRequest) -> EventRecord:
        """Store what the model writes about a path; pruned steps have theirs too. The same request
        id again returns what is stored.
        """
        request_id = client_id(request.id, "request")
        # The same request may come twice at once: the second waits for the first.
        async with self._asked.of(f"{run_id} {request_id}"):
            session = await stored(self._sessions.get(run_id))
            done = session.summaries.get(request_id)
            if done is not None:
                return _same(done, request)
            summary = await self._ask(session, request, request_id)
            # Much may have happened to the run meanwhile.
            session = await stored(self._sessions.get(run_id))
            session.tree.record(summary)
            await self._commit(session)
            return session.summaries[request_id]

    async def _ask(
        self, session: RunSession, request: SummaryRequest, request_id: str
    ) -> Summarized:
        node = _end_of_path(session, request.node)
        model = session.run.generator if request.generator is None else request.generator
        writer = self._catalog.writer(model)
        # Another request, another wording; the same one sent again after a crash, the same.
        seed = uuid.UUID(request_id).int
        path = path_prefix(session.tree, node)
        reply = await reply_within(self._deadline, partial(summarize, writer, path, seed))
        if isinstance(reply, ContextOverflow):
            raise Conflict(
                str(reply),
                code="path_too_long",
                hint="nothing was stored; sum up a step nearer to the problem",
            )
        if isinstance(reply, ModelError):
            said = str(reply) or type(reply).__name__
            raise Unavailable(said, code="model_failed", hint=_TRY_AGAIN)
        used = reply.usage
        return Summarized(
            request_id, node, reply.text, model,
            used.generated_tokens, used.prompt_tokens, used.calls,
        )  # fmt: skip

    async def _commit(self, session: RunSession) -> None:
        try:
            await stored(session.commit())
        finally:
            if session.broken:
                # The log in memory is ahead of what is stored: it is loaded again when needed.
                await self._halt(session.run.id)


def _end_of_path(session: RunSession, wanted: int | None) -> int:
    """The step that the path leads to. Conflict while the run has none."""
    node = best_leaf(session.tree) if wanted is None else wanted
    if wanted is None and node == ROOT:
        raise Conflict(
            "the run has no steps to sum up", code="no_steps", hint="wait until it has some"
        )
    return known_step(session, node).id


def _same(done: EventRecord, request: SummaryRequest) -> EventRecord:
    """What is stored, if it is what was asked for. Conflict if its id is another request's."""
    asked = {"node": request.node, "model": request.generator}
    if any(done.payload[name] != wish for name, wish in asked.items() if wish is not None):
        raise Conflict(
            "this request id is taken by another request",
            code="request_id_taken",
            hint="make a new UUID for every request",
        )
    return done
