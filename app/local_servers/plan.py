"""Which servers a profile has on this machine, and the command that starts each."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.errors import CannotStart
from app.profiles import GeneratorEntry, Serving, VerifierEntry
from app.settings import Settings
from backend.models.errors import ModelError
from backend.models.servers.launching import verifier_arguments

_GPU_SHARE: Final = 0.9
"""Of a GPU's memory, for all servers on it; vLLM's own default for one."""
_HERE: Final = "127.0.0.1"
_MEMORY_OPTIONS: Final = ("--gpu-memory-utilization", "--kv-cache-memory-bytes")
_INSTALL: Final = (
    "vLLM is not installed here: pip install 'treewright[vllm]', or say in TREEWRIGHT_VLLM how it "
    "is called, for example /opt/vllm/bin/vllm"
)


@dataclass(frozen=True, slots=True)
class PlannedServer:
    """A server to start: what to run, with what in its environment, and where it will answer."""

    name: str
    url: str
    host: str
    port: int
    command: tuple[str, ...]
    environment: Mapping[str, str]


def plan_servers(settings: Settings) -> tuple[PlannedServer, ...]:
    """The servers of the settings' profile, generators first: a PRM's memory is what they leave.

    Errors: CannotStart, naming the entry, for one that cannot be started here.
    """
    entries: list[GeneratorEntry | VerifierEntry] = [*settings.generators, *settings.verifiers]
    served = [(entry, entry.serve) for entry in entries if entry.serve is not None]
    if not served:
        raise CannotStart(
            f"{settings.profiles}, [profiles.{settings.profile}]: nothing to start; give a model "
            'of it a table such as serve = {weights = "Qwen/Qwen2.5-Math-1.5B-Instruct"}'
        )
    shares = _memory_shares([serving for _, serving in served])
    vllm = _vllm(settings.vllm)
    planned = []
    for (entry, serving), share in zip(served, shares, strict=True):
        try:
            planned.append(_plan(entry, serving, share, vllm))
        except (ModelError, ValueError) as error:
            raise CannotStart(f"{settings.origin(entry)}{entry.name}: {error}") from error
    _refuse_same_ports(planned)
    return tuple(planned)


def _plan(
    entry: GeneratorEntry | VerifierEntry, serving: Serving, memory: float, vllm: Sequence[str]
) -> PlannedServer:
    host, port = _address(entry.url)
    command = [*vllm, "serve", serving.weights, "--host", host, "--port", str(port)]
    if isinstance(entry, VerifierEntry):
        # Criteria without a convention are a rubric, as when the verifier is opened.
        convention = entry.convention or ("rubric" if entry.criteria else None)
        command += verifier_arguments(serving.weights, convention)
    elif entry.model is not None:
        command += ["--served-model-name", entry.model]
    if not any(argument.startswith(_MEMORY_OPTIONS) for argument in serving.arguments):
        command += ["--gpu-memory-utilization", f"{memory:.3g}"]
    environment = {"VLLM_NO_USAGE_STATS": "1"}
    if entry.key is not None:
        # Not on the command line: everybody on the machine can read that.
        environment["VLLM_API_KEY"] = entry.key
    if serving.gpus is not None:
        environment["CUDA_VISIBLE_DEVICES"] = serving.gpus
    command += serving.arguments
    return PlannedServer(
        entry.name, f"http://{host}:{port}", host, port, tuple(command), environment
    )


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.hostname not in (_HERE, "localhost") or parts.port is None or parts.scheme != "http":
        raise ValueError(
            f"url = {url!r}: a server that is started here listens on this machine only; write "
            "http://127.0.0.1 and a port"
        )
    # What "localhost" is may differ between two programs: ::1 for one, 127.0.0.1 for the other.
    return _HERE, parts.port


def _memory_shares(servings: Sequence[Serving]) -> list[float]:
    """Each server's share of its GPUs' memory: what it asks for, or an equal part of the rest."""
    shares = []
    for serving in servings:
        beside = [other for other in servings if other.gpus == serving.gpus]
        taken = sum(other.memory for other in beside if other.memory is not None)
        if taken > 1:
            raise CannotStart(f"the servers on one GPU ask for {taken:.0%} of its memory")
        unsaid = sum(other.memory is None for other in beside)
        shares.append(serving.memory or max(_GPU_SHARE - taken, 0.05) / unsaid)
    return shares


def _vllm(command: str | None) -> list[str]:
    if command:
        return shlex.split(command)
    beside = Path(sys.executable).with_name("vllm")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("vllm")
    if found is None:
        raise CannotStart(_INSTALL)
    return [found]


def _refuse_same_ports(planned: Sequence[PlannedServer]) -> None:
    ports = [server.port for server in planned]
    for server in planned:
        if ports.count(server.port) > 1:
            raise CannotStart(
                f"two servers would listen on port {server.port}: give each a port of its own"
            )
