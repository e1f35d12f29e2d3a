"""The executor: keeps the models busy for one run, within its budget, until it ends."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from backend.models.errors import ModelError, ModelUnavailable
from backend.models.protocols import ModelStep, Prefix
from backend.reasoning.reasoner import Reasoner
from backend.reasoning.rewards import agreed_answer, with_rewards
from backend.runs.pace import Pace
from backend.runs.session import RunSession
from backend.search.budget import Budget, Spent
from backend.search.stopping import reason_to_stop
from backend.search.strategy import DataSettings, RewardSource, Strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, Work

_LOG: Final = logging.getLogger(__name__)

Result = TypeVar("Result")
Reply = Outcome | ModelError
Ending = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class ExecutorLimits:
    """How a run is driven.

    `in_flight`: pieces of work out at once; with `automatic` only to begin with, then as many as
    the models' servers have room for. `deadline`: seconds that one of them may take in all.
    `reproducible`: take replies in the order in which they were asked for, so that the same seed
    and limit give the same tree whatever the timing; off: as they arrive.
    """

    in_flight: int = 8
    automatic: bool = False
    deadline: float = 120.0
    reproducible: bool = True


class Executor:
    """Drives one run: ask, carry out concurrently, tell, commit.

    Errors of the models are values here: the run ends as `failed` with the reason, its tree is
    kept, and what was in flight goes out again, with the same seeds, when it is resumed.
    """

    def __init__(
        self,
        session: RunSession,
        strategy: Strategy,
        reasoner: Reasoner,
        budget: Budget,
        limits: ExecutorLimits,
    ) -> None:
        self._session = session
        self._strategy = strategy
        self._reasoner = reasoner
        self._budget = budget
        self._limits = limits
        self._pace = Pace(limits.in_flight)
        self._tasks: dict[int, asyncio.Task[Reply]] = {}
        self._refusal: str | None = None
        self.pausing = False
        self._clock = time.monotonic()

    def pause(self) -> None:
        """Ask for nothing more; the run pauses once what is in flight has come back."""
        self.pausing = True

    async def run(self) -> Ending:
        """Search until something ends it; how it ended: (status, reason).

        Every change is committed on the way. Cancelling it leaves work in flight in the log, to
        go out again on resume. Raises StorageError when a commit fails.
        """
        self._session.set_status("running")
        self._clock = time.monotonic()
        following: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as group:
            try:
                for work in self._session.tree.pending.values():
                    self._start(group, work)
                if self._limits.automatic:
                    following = group.create_task(self._pace.follow(self._reasoner.models))
                return await self._loop(group)
            finally:
                self._count_seconds()
                if following is not None:
                    following.cancel()
                for task in self._tasks.values():
                    task.cancel()

    async def _loop(self, group: asyncio.TaskGroup) -> Ending:
        while True:
            ending = self._ask(group)
            # The new calls are on their way while the disk works: models never wait for it.
            await self._session.commit()
            if not self._session.tree.pending:
                return ending or self._searched_out()
            failure = await self._take_in(group)
            if failure is not None:
                return ("failed", str(failure) or type(failure).__name__)

    def _searched_out(self) -> Ending:
        tree = self._session.tree
        if self._refusal is not None and len(tree) == tree.start + 1:
            return ("failed", self._refusal)
        return ("finished", "nothing left to search")

    def _ask(self, group: asyncio.TaskGroup) -> Ending | None:
        """Send out what may run now; why nothing more may, if so."""
        self._count_seconds()
        if self.pausing:
            return ("paused", None)
        tree = self._session.tree
        early = reason_to_stop(tree, self._strategy.settings)
        if early is not None:
            return ("finished", early)
        # One by one, so that none goes out over budget.
        while self._pace.has_room(in_flight := len(tree.pending)):
            foreseen = self._session.spent().foreseen(tree.next_work - in_flight, in_flight)
            used_up = self._budget.exhausted_by(foreseen)
            if used_up is not None:
                return ("finished", f"budget used up: {used_up.replace('_', ' ')}")
            # No prices to go by before the first reply: only what is sure to fit goes out.
            unpriced = tree.pending and not tree.usage.calls
            if unpriced and self._budget.exhausted_by(at_most(tree.pending.values())):
                break
            asked = self._strategy.ask(tree, 1)
            for work in asked:
                self._start(group, work)
            if not asked:
                break
        return None

    async def _take_in(self, group: asyncio.TaskGroup) -> ModelError | None:
        """Wait for the next reply, and tell it and all others that are due by now.

        Returns with none where there is room for more work before that.
        """
        first = next(iter(self._session.tree.pending))
        waiting: set[asyncio.Future[Reply] | asyncio.Future[None]] = {self._pace.raised()}
        waiting.update([self._tasks[first]] if self._limits.reproducible else self._tasks.values())
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        told_any = False
        while (work := self._next_due()) is not None:
            if told_any:
                # Asking after each reply, not after each batch of them, keeps the tree free of
                # how many happened to come at once.
                self._ask(group)
                # What was just asked starts now, not after all the replies are taken in.
                await asyncio.sleep(0)
            reply = self._tasks.pop(work.id).result()
            if isinstance(reply, ModelError):
                return reply
            self._refusal = reply.failure or self._refusal
            self._strategy.tell(self._session.tree, work, await self._rewarded(work, reply))
            told_any = True
        return None

    async def _rewarded(self, work: Work, outcome: Outcome) -> Outcome:
        """With rewards, for a strategy that collects data. No other learns which answer is right.

        Where agreement stands in for the reference, the run's answer is what the first solutions,
        those of the start, agreed on.
        """
        settings, session = self._strategy.settings, self._session
        if not isinstance(settings, DataSettings):
            return outcome
        if settings.reward_from is RewardSource.REFERENCE:
            right = session.run.reference_answer
        else:
            first = work.node == session.tree.start
            right = agreed_answer(outcome) if first else session.answer
        return await with_rewards(outcome, right, self._reasoner.checker)

    def _next_due(self) -> Work | None:
        for work_id, work in self._session.tree.pending.items():
            if self._tasks[work_id].done():
                return work
            if self._limits.reproducible:
                return None
        return None

    def _start(self, group: asyncio.TaskGroup, work: Work) -> None:
        prefix = path_prefix(self._session.tree, work.node)
        thinking = partial(self._reasoner.carry_out, prefix, work)
        self._tasks[work.id] = group.create_task(reply_within(self._limits.deadline, thinking))

    def _count_seconds(self) -> None:
        now = time.monotonic()
        self._session.seconds += now - self._clock
        self._clock = now


async def reply_within(
    seconds: float, thinking: Callable[[], Awaitable[Result]]
) -> Result | ModelError:
    """What the models say in this time, or what went wrong with them."""
    try:
        async with asyncio.timeout(seconds):
            return await thinking()
    except ModelError as error:
        return error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return ModelUnavailable("the model's client gave up on the call")
    except TimeoutError:
        return ModelUnavailable(f"the model did not answer within {seconds:g} seconds")
    except Exception as error:  # noqa: BLE001
        # A client that breaks its protocol must end its own run only, with a reason.
        _LOG.exception("a model client failed")
        return ModelError(f"unexpected {type(error).__name__} in a model client: {error}")


def at_most(works: Iterable[Work]) -> Spent:
    """What pieces of work may cost: every sample as long as it may be, no step proposed twice."""
    tokens = calls = nodes = 0
    for work in works:
        tokens += work.n * work.max_tokens
        nodes += work.n
        calls += 1
    return Spent(generated_tokens=tokens, calls=calls, nodes=nodes)


def path_prefix(tree: SearchTree, node_id: int) -> Prefix:
    """The problem and the steps from the root to a node, as models read them."""
    steps = [tree.nodes[i] for i in tree.path(node_id)[1:]]
    return Prefix(tree.root.text, tuple(ModelStep(node.action, node.text) for node in steps))
