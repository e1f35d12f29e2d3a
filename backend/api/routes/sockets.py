"""The events of a run over a WebSocket, for pages.

Over HTTP a browser opens six connections to a server, for all its tabs together, and an event
stream keeps one of them: a seventh tab would wait for ever. Sockets are not counted among them.
"""

import asyncio
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.api.access import RunId, Service, reader, same_origin
from backend.api.routes.runs import Seq, Stream
from backend.api.schemas import event_fields
from backend.runs.errors import NotFound, RunsError

router = APIRouter(prefix="/api/runs", tags=["runs"])

_REFUSED = 1008


@router.websocket("/{run_id}/socket")
async def watch_by_socket(
    socket: WebSocket, run_id: RunId, service: Service, after: Seq = None
) -> None:
    """Lists of events, past ones then live, as the event stream has them; at last {"end": status}.

    Who may not read the run is refused before the socket opens; the route of the run says why.
    """
    try:
        same_origin(socket)
        reading = await reader(run_id, socket, service)
        stream = await service.watch(run_id, after or 0, reading.until, reading.still_allowed)
    except RunsError:
        await socket.close(_REFUSED)
        return
    await socket.accept()
    sending = asyncio.create_task(_send(socket, stream))
    leaving = asyncio.create_task(_left(socket))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.wait((sending, leaving))


async def _send(socket: WebSocket, stream: Stream) -> None:
    with suppress(WebSocketDisconnect):
        try:
            async for part in stream:
                if isinstance(part, str):
                    await socket.send_json({"end": part})
                elif part is not None:
                    await socket.send_json([event_fields(event) for event in part])
        except NotFound:
            # Deleted, or the link revoked, while someone was watching.
            await socket.send_json({"end": "gone"})
        await socket.close()


async def _left(socket: WebSocket) -> None:
    """Wait until the other side has gone. Whatever it says is of no interest."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
