"""What happens on the wire between a model server and its clients, and what they make of it."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import stamina

from backend.models.errors import BadReply, ContextOverflow, ModelError, ModelUnavailable
from backend.models.servers.breaker import FAILURES
from backend.models.servers.client import ServerClient, together
from backend.models.servers.transport import ATTEMPTS
from tests.models.faulty import Answer, dies_midway, drips, drops, faulty, hangs, says, sends

KEY = "s3kret-key"
FINE = says({"choices": [1]})
BUSY = says({"error": {"message": "busy"}}, 503)
SLOW_DOWN = says({"error": "slow down"}, 429, "Retry-After: 7\r\n")


async def ask(url: str, deadline: float = 20) -> object:
    return await ServerClient(url, KEY, deadline).exchange("POST", "/x", {"a": 1}, lambda p: p)


@pytest.mark.parametrize(
    "fault",
    [BUSY, SLOW_DOWN, drops, dies_midway, says({"error": {"message": "upstream", "code": 503}})],
)
async def test_what_passes_is_tried_again(fault: Answer) -> None:
    async with faulty(fault, fault, FINE) as server:
        assert await ask(server.url) == {"choices": [1]}
        assert server.asked == [{"a": 1}] * 3


@pytest.mark.parametrize(
    ("fault", "kind", "says_what"),
    [
        (BUSY, ModelUnavailable, "cannot serve now .503.: busy"),
        (drops, ModelUnavailable, "RemoteProtocolError.: check that it runs"),
        (dies_midway, ModelUnavailable, "check that it runs"),
    ],
)
async def test_what_lasts_is_said_after_some_tries(
    fault: Answer, kind: type[ModelError], says_what: str
) -> None:
    async with faulty(fault) as server:
        with pytest.raises(kind, match=says_what):
            await ask(server.url)
        assert server.came == ATTEMPTS


@pytest.mark.parametrize(
    ("fault", "kind", "says_what"),
    [
        (says("Internal Server Error", 500), ModelUnavailable, "500"),
        (says({"error": "Unauthorized"}, 401), BadReply, "refused the API key"),
        (says({"error": {"message": "out of credit", "code": 402}}), BadReply, "out of credit"),
        (says({"error": f"no {KEY} here"}), BadReply, "no .key. here"),
        (says({"detail": "Not Found"}, 404), BadReply, "Not Found"),
        (says("<html>Welcome</html>"), BadReply, "not valid JSON"),
        (says('{"choices": [{"text": '), BadReply, "not valid JSON"),
        (says('{"choices": [NaN]}'), BadReply, "NaN is not JSON"),
        (sends("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxx"),
         BadReply, "garbled"),
        # llama.cpp, tools/server/README.md and its error of type exceed_context_size_error
        (says({"error": {"code": 400, "type": "exceed_context_size_error",
                         "message": "request (9412 tokens) exceeds the available context size "
                                    "(8192 tokens), try increasing it"}}, 400),
         ContextOverflow, "Shorten the problem"),
        # OpenAI, error code context_length_exceeded
        (says({"error": {"code": "context_length_exceeded", "param": "messages",
                         "message": "This model's maximum context length is 8192 tokens."}}, 400),
         ContextOverflow, "8192"),
        # SGLang puts its error at the top of the object
        (says({"object": "error", "code": 400, "message": "The input (600 tokens) is longer than "
               "the model's context length (512 tokens)."}, 400), ContextOverflow, "600 tokens"),
    ],
)  # fmt: skip
async def test_what_does_not_pass_is_said_at_once(
    fault: Answer, kind: type[ModelError], says_what: str
) -> None:
    async with faulty(fault) as server:
        with pytest.raises(kind, match=says_what) as caught:
            await ask(server.url)
        assert server.came == 1
        assert server.url in str(caught.value)
        assert KEY not in str(caught.value)


@pytest.mark.parametrize("fault", [hangs, drips])
async def test_one_deadline_covers_all(fault: Answer) -> None:
    async with faulty(fault) as server:
        with pytest.raises(ModelUnavailable, match=r"did not answer within 0\.2 s"):
            await ask(server.url, 0.2)
        assert server.came == 1


async def test_a_deadline_in_a_later_try_says_what_was_wrong_before() -> None:
    async with faulty(BUSY, hangs) as server:
        with pytest.raises(ModelUnavailable, match="busy"):
            await ask(server.url, 0.2)


async def test_a_server_that_comes_up_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    async with faulty(FINE) as later:
        servers: list[asyncio.Server] = []

        async def start(_: float) -> None:
            # The script answers on the port that was closed until now.
            if not servers:
                servers.append(await asyncio.start_server(later.connected, "127.0.0.1", port))

        waits_with(monkeypatch, start)
        assert await ask(f"http://127.0.0.1:{port}") == {"choices": [1]}
        servers[0].close()


def waits_with(monkeypatch: pytest.MonkeyPatch, wait: Callable[[float], object]) -> None:
    """Waiting before another try is what a test says, and takes no time."""
    stamina.set_testing(False)
    monkeypatch.setattr("stamina._core._smart_sleep", wait)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 8),
        ("a date", 5, 16),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0, 1),
        ("soon", 0.2, 0.7),
    ],
)
async def test_it_waits_as_long_as_the_server_says(
    monkeypatch: pytest.MonkeyPatch, header: str, low: float, high: float
) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    if header == "a date":
        header = format_datetime(datetime.now(UTC) + timedelta(seconds=15))
    waits_with(monkeypatch, wait)
    async with faulty(says({"error": "x"}, 429, f"Retry-After: {header}\r\n"), FINE) as server:
        assert await ask(server.url, 20) == {"choices": [1]}
    assert len(waits) == 1
    assert low <= waits[0] <= high


async def test_a_wait_beyond_the_deadline_is_not_waited_for() -> None:
    async with faulty(SLOW_DOWN) as server:
        with pytest.raises(ModelUnavailable, match="slow down"):
            await ask(server.url, 5)
        assert server.came == 1


async def test_a_server_that_keeps_failing_is_not_asked_any_more() -> None:
    async with faulty(says("", 500)) as server:
        client = ServerClient(server.url)
        for _ in range(FAILURES):
            with pytest.raises(ModelUnavailable, match="500"):
                await client.exchange("GET", "/x", None, lambda p: p)
        with pytest.raises(ModelUnavailable, match="in a row"):
            await client.exchange("GET", "/x", None, lambda p: p)
        assert server.came == FAILURES


async def test_ten_thousand_cancelled_calls_leave_it_healthy() -> None:
    async with faulty(hangs) as server:
        client = ServerClient(server.url)
        for turns in range(10):
            tasks = [
                asyncio.create_task(client.exchange("GET", "/x", None, lambda p: p))
                for _ in range(1000)
            ]
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            replies = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(reply, asyncio.CancelledError) for reply in replies)
        server.answers = [FINE]
        asks = (client.exchange("GET", "/x", None, lambda p: p) for _ in range(200))
        assert await together(asks) == [{"choices": [1]}] * 200


async def test_a_cancelled_call_hangs_up() -> None:
    gone = asyncio.Event()

    async def notices(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        gone.set()

    came = asyncio.Event()
    async with faulty(notices) as server:
        task = asyncio.create_task(ask(server.url))
        await came.wait()
        task.cancel()
        await asyncio.wait_for(gone.wait(), 10)
