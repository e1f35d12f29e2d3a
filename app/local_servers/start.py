"""Starts the servers of a profile one after the other, and stays until they are to be stopped."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.errors import CannotStart
from app.local_servers.plan import PlannedServer
from app.local_servers.process import LocalServer

_POLL_SECONDS: Final = 0.5
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def run_servers(
    planned: Sequence[PlannedServer], logs: Path, patience: float, console: Console, ready: str
) -> None:
    """Start all, say `ready`, and stop all when a signal comes.

    `logs`: folder of their output; `patience`: seconds that each may take to come up. Errors:
    CannotStart, with the end of a log, when one does not come up or ends; the others are stopped.
    """
    with _until_signal() as stopping, ExitStack() as running:
        # Asked all at once and waited for one by one, so that leaving takes as long as the slowest.
        servers: list[LocalServer] = []
        running.callback(_stop, servers, console)
        for server in planned:
            servers.append(LocalServer(server, logs / f"{server.name}.log"))
            if not _came_up(servers[-1], patience, console, stopping):
                return
        console.print(ready, markup=False, highlight=False)
        while not stopping.wait(_POLL_SECONDS):
            for one in servers:
                one.refuse_dead()


def _came_up(
    server: LocalServer, patience: float, console: Console, stopping: threading.Event
) -> bool:
    """Wait for a server; False when a signal came first."""
    name = server.planned.name
    until = time.monotonic() + patience
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}", style="dim", markup=False),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task(f"starting {name}", total=None, said="")
        while not server.healthy():
            if time.monotonic() > until:
                raise CannotStart(f"{name} is not ready after {patience:g} s.\n{server.said()}")
            progress.update(task, said=server.last_line()[: max(20, console.width - 45)])
            if stopping.wait(_POLL_SECONDS):
                return False
    console.print(f"{name} answers at {server.planned.url}", markup=False, highlight=False)
    return True


def _stop(servers: Sequence[LocalServer], console: Console) -> None:
    if servers:
        console.print("stopping …")
    for server in reversed(servers):
        server.ask_to_stop()
    for server in reversed(servers):
        server.stop()


@contextmanager
def _until_signal() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, instead of ending the process."""
    stopping = threading.Event()

    def stop(_sig: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {sig: signal.signal(sig, stop) for sig in _SIGNALS}
    try:
        yield stopping
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)
