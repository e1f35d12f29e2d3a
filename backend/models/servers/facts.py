"""What is told of a model's server when people ask: how fast it answers, what its cache saves."""

import re
import time
from typing import Final

from backend.models.errors import ModelError
from backend.models.protocols import ServerFacts
from backend.models.servers.capabilities import Capabilities, Kind, listed
from backend.models.servers.client import ServerClient

_PREFIX_CACHE: Final = re.compile(
    r"^vllm:prefix_cache_(hits|queries)(?:_total)?(?:\{.*\})?[ \t]+"
    r"([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)",
    re.MULTILINE,
)
"""vLLM's counters of prompt tokens (vllm/v1/metrics/loggers.py), one line per engine, in the text
format of Prometheus.
"""


async def answer_time(client: ServerClient) -> tuple[set[str], float]:
    """What the server lists, and the seconds until it had. Errors: ModelUnavailable, BadReply."""
    began = time.monotonic()
    return set(await listed(client)), time.monotonic() - began


async def facts_of(client: ServerClient, can: Capabilities, answers_in: float) -> ServerFacts:
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
        prefix_hits=await _prefix_hits(client) if can.kind is Kind.VLLM else None,
    )


async def _prefix_hits(client: ServerClient) -> float | None:
    """The share of prompt tokens that were cached; None where the server does not tell."""
    try:
        metrics = await client.text("/metrics")
    except ModelError:
        return None
    tokens = {"hits": 0.0, "queries": 0.0}
    for counter, count in _PREFIX_CACHE.findall(metrics):
        tokens[counter] += float(count)
    return tokens["hits"] / tokens["queries"] if tokens["queries"] else None
