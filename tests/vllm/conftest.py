"""Real vLLM servers with the embedded weights, for `make test-vllm` only."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.models.embedded.loader import shipped_weights

# Minutes and gigabytes: only where somebody asks for it.
VLLM = os.environ.get("TREEWRIGHT_TEST_VLLM")
collect_ignore_glob = [] if VLLM else ["test_*.py"]

ARGUMENTS = (
    "--dtype=float32",
    "--enforce-eager",
    "--max-model-len=512",
    "--max-num-seqs=64",
    "--block-size=32",
    "--enable-prompt-tokens-details",
    "--kv-cache-memory-bytes=67108864",
)
# Everything local, nothing compiled at the first request, one thread for each process.
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "TORCHDYNAMO_DISABLE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "VLLM_HOST_IP": "127.0.0.1",
    "GLOO_SOCKET_IFNAME": "lo",
}
PATIENCE = 420


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the generator and the PRM answer, and the file of the profile "real" with both."""

    generator: str
    prm: str
    profiles: Path


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both embedded models in real vLLM, started by `treewright models start`."""
    assert VLLM is not None
    folder = tmp_path_factory.mktemp("vllm")
    first, second = _free_ports()
    found = Servers(
        f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}", folder / "treewright.toml"
    )
    found.profiles.write_text(_profile(found))
    command = [sys.executable, "-m", "app.cli", "models", "start", "real"]
    process = subprocess.Popen(
        [*command, "--data", str(folder), "--patience", str(PATIENCE)],
        env={
            **os.environ,
            **ENVIRONMENT,
            "TREEWRIGHT_VLLM": VLLM,
            "TREEWRIGHT_PROFILES": str(found.profiles),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def _wait_until_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "All are ready" in line:
            return
    pytest.fail(f"vLLM did not start: {said}")


def _profile(servers: Servers) -> str:
    arguments = ", ".join(f'"{argument}"' for argument in ARGUMENTS)

    def table(role: str, name: str, url: str, kind: str) -> str:
        weights = shipped_weights(kind)
        serve = f'{{weights = "{weights}", arguments = [{arguments}]}}'
        return f'[[profiles.real.{role}]]\nname = "{name}"\nurl = "{url}"\nserve = {serve}\n'

    writer = table("generators", "vllm-generator", servers.generator, "generator")
    return f"{writer}\n{table('verifiers', 'vllm-prm', servers.prm, 'prm')}"


def _free_ports() -> tuple[int, int]:
    with ExitStack() as stack:
        ports = []
        for _ in range(2):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
        return ports[0], ports[1]
