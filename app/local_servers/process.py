"""One model server as a process: started, waited for, watched, and stopped with its children."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

import httpx2

from app.errors import CannotStart
from app.local_servers.plan import PlannedServer

_TAIL_LINES: Final = 25
_TAIL_BYTES: Final = 20_000
_STOP_SECONDS: Final = 15.0
_KILL_SECONDS: Final = 5.0


class LocalServer:
    """A started server. Its output goes to `log`."""

    def __init__(self, planned: PlannedServer, log: Path) -> None:
        """Start it. Errors: CannotStart where its port is taken or it cannot be run at all."""
        self.planned = planned
        self.log = log
        _refuse_taken_port(planned)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            try:
                # A session of its own: vLLM's engine and workers are stopped with it, and Ctrl+C
                # reaches it through us alone, in the right order.
                self._process = subprocess.Popen(
                    planned.command,
                    env={**os.environ, **planned.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotStart(f"{planned.command[0]}: {error.strerror}") from error

    def healthy(self) -> bool:
        """Whether it answers by now. Errors: CannotStart, with the end of its log, if it ended."""
        self.refuse_dead()
        with contextlib.suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.planned.url}/health", timeout=2).status_code == 200
        return False

    def refuse_dead(self) -> None:
        """Errors: CannotStart, with the end of its log, when it ended."""
        code = self._process.poll()
        if code is not None:
            raise CannotStart(f"{self.planned.name} ended (exit code {code}).\n{self.said()}")

    def said(self) -> str:
        """The end of its log, for a message."""
        lines = self._log_end().splitlines()[-_TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])

    def last_line(self) -> str:
        """What it said last; nothing if it said nothing."""
        lines = [line for line in self._log_end().splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""

    def ask_to_stop(self) -> None:
        """Send SIGTERM; does nothing when it has ended."""
        self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Wait until it has ended, with all that it started; kill what does not end."""
        self._signal(signal.SIGTERM)
        if not self._ended(_STOP_SECONDS):
            self._signal(signal.SIGKILL)
            self._ended(_KILL_SECONDS)

    def _signal(self, sig: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, sig)

    def _ended(self, seconds: float) -> bool:
        """Whether the whole group has ended within that time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._process.poll()
            try:
                os.killpg(self._process.pid, 0)
            except (ProcessLookupError, PermissionError):
                return True
            time.sleep(0.05)
        return False

    def _log_end(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace")


def _refuse_taken_port(planned: PlannedServer) -> None:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((planned.host, planned.port)) == 0:
            raise CannotStart(
                f"{planned.name}: something listens on port {planned.port} already; stop it, or "
                "give the model another port in its url"
            )
