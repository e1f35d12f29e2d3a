"""How many pieces of work one run may have out at once, by what the models' servers have to do."""

import asyncio
from collections.abc import Iterable
from typing import Final

from backend.models.protocols import Generator, Remote, ServerQueue, Verifier

MOST: Final = 256
"""More than any server works on at once without being told to (vLLM's --max-num-seqs)."""

SECONDS: Final = 1.0
"""Between two looks at the servers."""

_TOLERATED: Final = 0.25
"""A queue of this share of what is being worked on keeps a server full; a longer one only waits."""

_CAREFUL: Final = 2


class Pace:
    """The limit of one run, which it may follow the servers with.

    Lowered by a quarter while too much waits at a server; else raised, where the run makes use of
    it: doubled until too much waited for the first time, by two from then on. So runs that share a
    server come to equal limits (additive increase, multiplicative decrease: Chiu and Jain 1989), as
    connections do that share a line (slow start: Jacobson 1988).
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._reached = False
        self._queued = False
        self._raised: asyncio.Future[None] | None = None

    def raised(self) -> asyncio.Future[None]:
        """Done when the limit is raised next."""
        if self._raised is None or self._raised.done():
            self._raised = asyncio.get_running_loop().create_future()
        return self._raised

    def has_room(self, in_flight: int) -> bool:
        """Whether more may go out than there is."""
        if in_flight < self.limit:
            return True
        self._reached = True
        return False

    def look(self, queues: Iterable[ServerQueue]) -> None:
        """Set the limit by the servers' queues of now. What none is known of stays as it is."""
        known = tuple(queues)
        if not known:
            return
        if any(queue.waiting > _TOLERATED * queue.running for queue in known):
            self._queued = True
            self.limit = max(1, self.limit * 3 // 4)
        elif self._reached:
            more = _CAREFUL if self._queued else self.limit
            self.limit = min(MOST, self.limit + more)
            if self._raised is not None and not self._raised.done():
                self._raised.set_result(None)
        self._reached = False

    async def follow(self, models: Iterable[Generator | Verifier]) -> None:
        """Look again and again, until cancelled. Models without a server count for nothing."""
        remote = [model for model in models if isinstance(model, Remote)]
        while remote:
            told = await asyncio.gather(*(model.queue() for model in remote))
            self.look(queue for queue in told if queue is not None)
            await asyncio.sleep(SECONDS)
