"""The real application as a process of its own, to be started, killed and started again."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import httpx2

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class DidNotStart(Exception):
    """The server ended before it was ready; the message is its log."""


class ServerProcess:
    """`treewright serve` on a free port, its data in `folder`. Ends with the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        arguments = ["serve", "--port", str(self.port), "--data", str(self.folder)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if b"is ready" in line:
                return
        self.end(signal.SIGKILL)
        raise DidNotStart(self.log.read_text()[-3000:])

    def end(self, sig: signal.Signals = signal.SIGTERM, seconds: float = 5) -> int:
        """Send a signal and wait; the exit code. TimeoutExpired if it takes longer."""
        assert self.process is not None
        self.process.send_signal(sig)
        code = self.process.wait(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def client(self) -> httpx2.Client:
        """A client for its API."""
        return httpx2.Client(base_url=self.url, timeout=30)

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.end(signal.SIGKILL)
