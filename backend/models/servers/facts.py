"""What is told of a model's server when people ask: how fast it answers, how much it has to do."""

import time

from backend.models.protocols import ServerFacts
from backend.models.servers.capabilities import Capabilities, listed
from backend.models.servers.client import ServerClient
from backend.models.servers.metrics import Metrics


async def answer_time(client: ServerClient) -> tuple[set[str], float]:
    """What the server lists, and the seconds until it had. Errors: ModelUnavailable, BadReply."""
    began = time.monotonic()
    return set(await listed(client)), time.monotonic() - began


def facts_of(can: Capabilities, answers_in: float, metrics: Metrics) -> ServerFacts:
    """The server of a generator. `answers_in`: seconds, as answer_time says."""
    return ServerFacts(
        str(can.kind),
        can.version,
        can.model,
        can.window,
        answers_in,
        can.flags,
        can.notes,
        can.whole_only,
        prefix_hits=metrics.prefix_hits,
        queue=metrics.queue,
    )
