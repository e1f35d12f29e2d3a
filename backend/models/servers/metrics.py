"""What a model's server tells of its work at /metrics: its queue, and what its cache saves."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.models.errors import ModelError
from backend.models.protocols import ServerQueue
from backend.models.servers.client import ServerClient

KEPT: Final = 0.5
"""Seconds for which a server is not asked again: many runs may want to know at once."""

SILENT: Final = 60.0
"""The same, of a server that told nothing: hosted ones have no such page."""

SECONDS: Final = 5.0
"""For one reading."""

_LINE: Final = re.compile(
    r"^([a-zA-Z_:][\w:]*)(?:\{.*\})?[ \t]+([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)", re.MULTILINE
)
"""A number that is not negative, in the text format of Prometheus."""

_QUEUES: Final = (
    ("vllm:num_requests_running", "vllm:num_requests_waiting"),
    ("sglang:num_running_reqs", "sglang:num_queue_reqs"),
    ("llamacpp:requests_processing", "llamacpp:requests_deferred"),
)
"""Requests being worked on, and waiting: vllm/v1/metrics/loggers.py; SGLang's production metrics
(--enable-metrics); llama.cpp's tools/server/README.md (--metrics).
"""

_HITS: Final = "vllm:prefix_cache_hits_total"
_ASKED: Final = "vllm:prefix_cache_queries_total"


@dataclass(frozen=True, slots=True)
class Metrics:
    """What was told; None for what was not. `prefix_hits`: share of the prompt tokens."""

    queue: ServerQueue | None = None
    prefix_hits: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Metrics":
        """From a page of metrics. Engines of one server are added up."""
        sums: dict[str, float] = {}
        for name, count in _LINE.findall(text):
            sums[name] = sums.get(name, 0.0) + float(count)
        queue = next(
            (
                ServerQueue(int(sums[running]), int(sums[waiting]))
                for running, waiting in _QUEUES
                if running in sums and waiting in sums
            ),
            None,
        )
        # vLLM's client library says _total; its earlier versions did not.
        hits, asked = (
            sums.get(name, sums.get(name.removesuffix("_total"), 0.0)) for name in (_HITS, _ASKED)
        )
        return cls(queue, hits / asked if asked else None)


class MetricsReader:
    """Asks one server for its metrics, twice a second at most."""

    def __init__(self, client: ServerClient, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._client = client
        self._clock = clock
        self._last: tuple[float, Metrics] | None = None
        self._asking = asyncio.Lock()

    async def read(self) -> Metrics:
        """As it is now; nothing is known where the server does not tell."""
        async with self._asking:
            if self._last is None or self._clock() >= self._last[0]:
                metrics = await self._ask()
                kept = SILENT if metrics == Metrics() else KEPT
                self._last = self._clock() + kept, metrics
            return self._last[1]

    async def _ask(self) -> Metrics:
        try:
            async with asyncio.timeout(SECONDS):
                return Metrics.parse(await self._client.text("/metrics"))
        except (ModelError, TimeoutError):
            return Metrics()
