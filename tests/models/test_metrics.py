"""What servers tell of their work, read from /metrics."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend.models.protocols import ServerQueue
from backend.models.servers.client import ServerClient
from backend.models.servers.metrics import KEPT, SILENT, Metrics, MetricsReader
from tests.models.serving import serving

VLLM = """# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="tiny-gen"} 5.0
vllm:num_requests_running{engine="1",model_name="tiny-gen"} 2.0
vllm:num_requests_waiting{engine="0",model_name="tiny-gen"} 1.0
vllm:num_requests_waiting{engine="1",model_name="tiny-gen"} 0.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="tiny-gen",reason="capacity"} 1.0
vllm:prefix_cache_queries_total{engine="0",model_name="tiny-gen"} 2717.0
vllm:prefix_cache_queries_created{engine="0",model_name="tiny-gen"} 1.7952216966730895e+09
vllm:prefix_cache_hits_total{engine="0",model_name="tiny-gen"} 512.0
vllm:external_prefix_cache_queries_total{engine="0",model_name="tiny-gen"} 9.0
"""
SGLANG = 'sglang:num_running_reqs{model_name="m"} 3.0\nsglang:num_queue_reqs{model_name="m"} 4.0\n'
LLAMA_CPP = "llamacpp:requests_processing 1\nllamacpp:requests_deferred 2\n"


@pytest.mark.parametrize(
    ("told", "running", "waiting", "hits"),
    [(VLLM, 7, 1, 512 / 2717), (SGLANG, 3, 4, None), (LLAMA_CPP, 1, 2, None)],
)
def test_queue_and_prefix_cache(told: str, running: int, waiting: int, hits: float | None) -> None:
    metrics = Metrics.parse(told)
    assert metrics.queue == ServerQueue(running, waiting)
    assert metrics.prefix_hits == pytest.approx(hits)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "<html>404</html>",
        "vllm:num_requests_running 3.0\n",
        "vllm:num_requests_running NaN\nvllm:num_requests_waiting NaN\n",
        "llamacpp:requests_processing -1\nllamacpp:requests_deferred -1\n",
    ],
)
def test_what_is_not_told_is_not_known(told: str) -> None:
    assert Metrics.parse(told).queue is None


class Counting:
    """Serves a page of metrics, and counts how often it was asked for."""

    url = ""

    def __init__(self, told: str | None) -> None:
        self.told = told
        self.asked = 0

    def routes(self) -> list[Route]:
        return [Route("/metrics", self._page)]

    async def _page(self, request: Request) -> Response:
        self.asked += 1
        if self.told is None:
            return Response(status_code=404)
        return PlainTextResponse(self.told)


@pytest.mark.parametrize(("told", "kept"), [(VLLM, KEPT), (None, SILENT)])
async def test_a_reading_is_kept_for_a_moment_and_silence_for_longer(
    told: str | None, kept: float
) -> None:
    now = 100.0
    with serving(Counting(told)) as server:
        client = ServerClient(server.url)
        reader = MetricsReader(client, clock=lambda: now)
        first = await reader.read()
        now += kept * 0.9
        assert await reader.read() is first
        assert server.asked == 1
        now += kept * 0.2
        await reader.read()
        assert server.asked == 2
        await client.aclose()


async def test_a_server_that_is_away_tells_nothing() -> None:
    client = ServerClient("http://127.0.0.1:9", deadline=0.2)
    assert await MetricsReader(client).read() == Metrics()
    await client.aclose()
