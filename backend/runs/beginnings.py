"""A run that begins with steps of another: the path to one of its nodes, judged anew by the
verifiers. What people said of the steps holds in the new run too.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from backend.models.protocols import ModelStep, Prefix
from backend.reasoning.reasoner import Reasoner
from backend.runs.asking import outcome_within
from backend.runs.errors import Conflict, InvalidRequest
from backend.runs.request import Beginning
from backend.runs.session import RunSession
from backend.runs.sessions import SessionCache
from backend.runs.steering import known_step
from backend.runs.stored import stored
from backend.search.events import Requested
from backend.search.node import Node
from backend.search.steering import give
from backend.search.strategies.registry import make_strategy
from backend.search.tree import ROOT
from backend.search.work import ProposedStep, WorkUsage
from storage.records import RunRecord

UNSTORED = "the server went away before the steps that it begins with were stored"
"""Why a run failed whose steps are nowhere: it must not be searched as if it had none."""


@dataclass(frozen=True, slots=True)
class GivenSteps:
    """The steps that a run begins with, who wrote each, people's ratings of them (None: nobody
    labelled it), and what judging them cost.
    """

    steps: tuple[ProposedStep, ...]
    origins: tuple[str, ...]
    ratings: tuple[int | None, ...]
    usage: WorkUsage

    def plant(self, session: RunSession) -> None:
        """Record them in a tree that holds only the problem."""
        used = self.usage
        session.tree.record(
            Requested(
                str(uuid.uuid4()), ROOT, 0, used.generated_tokens, used.prompt_tokens, used.calls
            )
        )
        settings = make_strategy(session.run.strategy, session.run.settings).settings
        nodes = give(session.tree, self.steps, self.origins, settings)
        for node, rating in zip(nodes, self.ratings, strict=True):
            if rating is not None:
                session.tree.label(node, rating)


class Beginnings:
    """Reads paths and has the verifiers of the new run judge them; stores nothing."""

    def __init__(
        self, sessions: SessionCache, reasoner_of: Callable[[RunRecord], Reasoner], deadline: float
    ) -> None:
        self._sessions = sessions
        self._reasoner_of = reasoner_of
        self._deadline = deadline

    async def of(self, run: RunRecord, wanted: Beginning) -> GivenSteps:
        """The steps with which a planned run is to begin. RunsError where it cannot."""
        session = await stored(self._sessions.get(wanted.run))
        known_step(session, wanted.node)
        nodes = [session.tree.nodes[i] for i in session.tree.path(wanted.node)[1:]]
        reasoner = self._reasoner_of(run)
        _check(run, session.run, nodes, reasoner.generator.actions)
        chain = [ModelStep(node.action, node.text) for node in nodes]
        thinking = partial(reasoner.judge, Prefix(run.problem, ()), *chain)
        outcome = await outcome_within(self._deadline, thinking, "nothing was started")
        (judged,) = outcome.chains
        steps = tuple(map(_as_it_was, judged, nodes))
        origins = tuple(node.origin for node in nodes)
        return GivenSteps(steps, origins, tuple(node.label for node in nodes), outcome.usage)


def _as_it_was(step: ProposedStep, node: Node) -> ProposedStep:
    """The step as its author left it, with the new judgement; the search goes on from it."""
    return replace(
        step,
        tokens=node.tokens,
        mean_logprob=node.mean_logprob,
        model=node.model,
        temperature=node.temperature,
        terminal=False,
        answer=None,
        answer_key=None,
    )


def _check(
    run: RunRecord, source: RunRecord, nodes: Sequence[Node], actions: Sequence[str]
) -> None:
    if run.problem != source.problem:
        raise InvalidRequest(
            f"the steps of run {source.id} are about another problem",
            code="other_problem",
            hint="send that run's problem as it is, or leave out `from`",
        )
    answer = next((node.id for node in nodes if node.terminal), None)
    if answer is not None:
        raise Conflict(
            f"step {answer} gives the answer: no search can begin behind it",
            code="terminal_node",
            hint="begin at a step before it",
        )
    deepest = run.settings.get("max_depth")
    if deepest is not None and len(nodes) >= deepest:
        raise InvalidRequest(
            f"the search begins with {len(nodes)} steps, and its longest path has {deepest}",
            code="invalid_settings",
            hint=f"set max_depth to more than {len(nodes)}",
        )
    unknown = next((node for node in nodes if node.action not in actions), None)
    if unknown is not None:
        raise InvalidRequest(
            f"{run.generator} does not know the thought action {unknown.action!r} of step "
            f"{unknown.id}",
            code="unknown_action",
            hint="choose a generator that knows it: GET /api/models lists what each one knows",
        )
