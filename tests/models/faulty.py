"""A server that misbehaves on the wire as a test says: one scripted answer per connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Faulty:
    """`answers`: to the requests in the order in which they come; the last one goes on forever."""

    answers: Sequence[Answer]
    url: str = ""
    came: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    open: set[asyncio.Task[None]] = field(default_factory=set)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What asyncio.start_server calls."""
        task = asyncio.create_task(self._serve(reader, writer))
        self.open.add(task)
        task.add_done_callback(self.open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        answer = self.answers[min(self.came, len(self.answers)) - 1]
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [h for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")]
            body = await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
            self.asked.append(json.loads(body) if body else {})
            await answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def says(payload: object, status: int = 200, headers: str = "") -> Answer:
    """Answers with JSON, or with the text itself."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return sends(
        f"HTTP/1.1 {status} X\r\nContent-Length: {len(text.encode())}\r\n{headers}\r\n{text}"
    )


def sends(raw: str) -> Answer:
    """Sends these bytes and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw.encode())
        await writer.drain()

    return answer


drops = sends("")
dies_midway = sends('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"choices": [')


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says nothing until the client has gone."""
    await reader.read()


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begins an answer and goes on with it, a byte at a time, until the client has gone."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    gone = asyncio.ensure_future(reader.read())
    while not gone.done():
        writer.write(b" ")
        await writer.drain()
        await asyncio.wait([gone], timeout=0.01)


@asynccontextmanager
async def faulty(*answers: Answer) -> AsyncIterator[Faulty]:
    """The server, on a free port of this machine until the block ends."""
    script = Faulty(answers)
    server = await asyncio.start_server(script.connected, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        await asyncio.gather(*script.open)
