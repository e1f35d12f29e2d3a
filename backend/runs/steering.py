"""People at a node: take its subtree out of the search, flag it, write a step of their own, ask for
more.

Before something is added the models are asked, in whatever state the run is; what they said is
recorded and written in one commit. So a request that was not answered, because the server went
away, has left nothing behind, and one that is sent again is recognised by its id.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from backend.models.protocols import ModelStep
from backend.reasoning.answers import ANSWER, extract_answer
from backend.reasoning.reasoner import Reasoner
from backend.runs.asking import outcome_within
from backend.runs.errors import Conflict, InvalidRequest, NotFound
from backend.runs.executor import path_prefix
from backend.runs.locks import KeyedLocks
from backend.runs.recorder import node_record
from backend.runs.request import clean_text, client_id
from backend.runs.session import RunSession
from backend.runs.sessions import SessionCache
from backend.runs.stored import stored
from backend.search.errors import SearchError
from backend.search.events import Requested
from backend.search.node import Node
from backend.search.steering import flag, proposals, prune, take_in, write
from backend.search.strategies.registry import make_strategy
from backend.search.strategy import StrategySettings
from backend.search.work import Outcome
from storage.records import NodeRecord, RunRecord

LONGEST_STEP: Final = 4_000
MOST_PROPOSALS: Final = 32


@dataclass(frozen=True, slots=True)
class ChildrenRequest:
    """Something below a node: a step that a person wrote (`action` and `text`), or `n` that the
    generator is to propose. `corrects`: the step below the same node that the person's says better.

    `id` is made by the client (a UUID), so that a repeated request adds nothing; None makes one
    here.
    """

    action: str | None = None
    text: str | None = None
    n: int | None = None
    id: str | None = None
    corrects: int | None = None

    @property
    def own(self) -> ModelStep | None:
        """The person's own step; None where the generator is asked."""
        return None if self.n is not None else ModelStep(self.action or "", self.text or "")


class Steering:
    """What people do to the nodes of runs. `halt` ends a run whose change could not be stored."""

    def __init__(
        self, sessions: SessionCache, reasoner_of: Callable[[RunRecord], Reasoner],
        deadline: float, halt: Callable[[str], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._reasoner_of = reasoner_of
        self._deadline = deadline
        self._halt = halt
        self._asked = KeyedLocks()

    async def prune(self, run_id: str, node_id: int, pruned: bool) -> NodeRecord:
        """Take a step and all below it out of the search, or back in. Again: no change."""
        session = await stored(self._sessions.get(run_id))
        known_step(session, node_id)
        prune(session.tree, node_id, pruned, session.choice)
        await self._commit(session)
        return node_record(session.tree.nodes[node_id])

    async def flag(self, run_id: str, node_id: int, flagged: bool) -> NodeRecord:
        """Mark a step as one to look at again, or take the mark away. Again: no change."""
        session = await stored(self._sessions.get(run_id))
        known_step(session, node_id)
        flag(session.tree, node_id, flagged)
        await self._commit(session)
        return node_record(session.tree.nodes[node_id])

    async def add(
        self, run_id: str, node_id: int, request: ChildrenRequest
    ) -> tuple[NodeRecord, ...]:
        """Add to the tree what a person wrote or asked for; the nodes that came of it, such that
        were there already among them. The same request id again returns the same nodes.
        """
        request = _checked(request)
        request_id = client_id(request.id, "request")
        # The same request may come twice at once: the second waits for the first.
        async with self._asked.of(f"{run_id} {request_id}"):
            session = await stored(self._sessions.get(run_id))
            done = session.tree.requests.get(request_id)
            if done is not None:
                _check_same(session, done[0], node_id, request)
            else:
                outcome = await self._ask(session, node_id, request, request_id)
                # Much may have happened to the run meanwhile.
                session = await stored(self._sessions.get(run_id))
                _take(session, node_id, request, request_id, outcome)
                await self._commit(session)
            came = dict.fromkeys(session.tree.requests[request_id][1])
            return tuple(node_record(session.tree.nodes[i]) for i in came)

    async def _ask(
        self, session: RunSession, node_id: int, request: ChildrenRequest, request_id: str
    ) -> Outcome:
        """What the generator proposes, or what the verifiers say of the person's step."""
        reasoner = self._reasoner_of(session.run)
        _check_place(session, node_id)
        prefix = path_prefix(session.tree, node_id)
        own = request.own
        if own is not None:
            _check_action(own, reasoner.generator.actions)
            _check_edit(session, node_id, own, request.corrects)
            thinking = partial(reasoner.judge, prefix, own)
        else:
            number = uuid.UUID(request_id).int
            work = proposals(
                session.tree, node_id, request.n or 0, _settings(session.run), number
            )  # fmt: skip
            thinking = partial(reasoner.carry_out, prefix, work)
        return await outcome_within(self._deadline, thinking, "nothing was added")

    async def _commit(self, session: RunSession) -> None:
        try:
            await stored(session.commit())
        finally:
            if session.broken:
                # The tree in memory holds what is not stored: it is loaded again when needed.
                await self._halt(session.run.id)


def known_step(session: RunSession, node_id: int) -> Node:
    """The step with this number. NotFound for the problem and for what the tree does not have."""
    if not 1 <= node_id < len(session.tree):
        raise NotFound(
            f"run {session.run.id} has no step {node_id}",
            code="unknown_node",
            hint=f"its steps have the numbers 1 to {len(session.tree) - 1}",
        )
    return session.tree.nodes[node_id]


def _checked(request: ChildrenRequest) -> ChildrenRequest:
    """The request with clean text. InvalidRequest where it makes no sense for any run."""
    wrote = any(part is not None for part in (request.action, request.text, request.corrects))
    if wrote == (request.n is not None):
        raise InvalidRequest(
            "this is neither a step nor a number of proposals",
            hint="send `action` and `text` for a step of your own, or `n` to have n proposed",
        )
    if request.n is not None:
        if not 1 <= request.n <= MOST_PROPOSALS:
            raise InvalidRequest(f"n must be from 1 to {MOST_PROPOSALS}", hint="ask for fewer")
        return request
    # On one line, as the models write theirs: the same step must be recognised as the same.
    text = " ".join(clean_text(request.text or "", "step").split())
    if not text or request.action is None:
        raise InvalidRequest(
            "the step is empty" if not text else "the step has no thought action",
            code="invalid_step",
            hint="send `action` and `text`",
        )
    if len(text) > LONGEST_STEP:
        raise InvalidRequest(
            f"the step has {len(text):,} characters; {LONGEST_STEP:,} are allowed",
            code="invalid_step",
            hint="split it into several steps",
        )
    return replace(request, text=text)


def _check_place(session: RunSession, node_id: int) -> None:
    """Refuse to go on from where nothing can follow."""
    if node_id:
        known_step(session, node_id)
    if session.tree.nodes[node_id].terminal:
        raise Conflict(
            f"step {node_id} gives the answer: nothing can follow it",
            code="terminal_node",
            hint="go on from a step before it",
        )
    pruned = next((node.id for node in session.tree.ancestors(node_id) if node.pruned), None)
    if pruned is not None:
        raise Conflict(
            f"step {pruned} is pruned: nothing is searched there",
            code="pruned_node",
            hint=f"restore step {pruned} first",
        )


def _check_action(step: ModelStep, actions: tuple[str, ...]) -> None:
    if step.action not in actions:
        raise InvalidRequest(
            f"there is no thought action {step.action[:80]!r}",
            code="unknown_action",
            hint=f"choose one of: {', '.join(actions)}",
        )
    if step.action == ANSWER and extract_answer(step.text) is None:
        raise InvalidRequest(
            "the step has no answer", code="invalid_step", hint="write it after “Answer:”"
        )


def _check_edit(session: RunSession, node_id: int, step: ModelStep, corrects: int | None) -> None:
    """Refuse to correct what is no alternative to the step, or what says the same."""
    if corrects is None:
        return
    edited = known_step(session, corrects)
    if edited.parent != node_id:
        raise InvalidRequest(
            f"step {corrects} is not below step {node_id}",
            code="not_an_alternative",
            hint=f"a step is edited beside itself: add this one below step {edited.parent}",
        )
    if (edited.action, edited.text) == (step.action, step.text):
        raise InvalidRequest(
            f"step {corrects} says that already", code="invalid_step", hint="change something first"
        )


def _settings(run: RunRecord) -> StrategySettings:
    try:
        return make_strategy(run.strategy, run.settings).settings
    except SearchError as error:
        raise Conflict(str(error), code="unknown_strategy", hint="start a new run") from error


def _take(
    session: RunSession, node_id: int, request: ChildrenRequest, request_id: str, outcome: Outcome
) -> None:
    """Record a request and what came of it."""
    used = outcome.usage
    session.tree.record(
        Requested(
            request_id,
            node_id,
            request.n or 0,
            used.generated_tokens,
            used.prompt_tokens,
            used.calls,
        )
    )
    settings = _settings(session.run)
    if request.own is None:
        take_in(session.tree, node_id, outcome.chains, settings)
    else:
        ((step,),) = outcome.chains
        write(session.tree, node_id, step, settings, request.corrects)


def _check_same(
    session: RunSession, done: Requested, node_id: int, request: ChildrenRequest
) -> None:
    """Conflict if the id of a request was used for another one before."""
    own = request.own
    came = [session.tree.nodes[i] for i in session.tree.requests[done.request][1]]
    same = own is None or all((n.action, n.text) == (own.action, own.text) for n in came)
    if (done.node, done.n) != (node_id, request.n or 0) or not same:
        raise Conflict(
            "this request id is taken by another request",
            code="request_id_taken",
            hint="make a new UUID for every request",
        )
