"""`treewright models start`: what is run, in which order, and that nothing of it stays behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordLevel
from typer.testing import CliRunner

from app.cli import cli
from app.errors import CannotStart
from app.local_servers.plan import PlannedServer, plan_servers
from app.settings import Settings

LOOKALIKE = Path(__file__).with_name("vllm_lookalike.py")
VLLM = f"{sys.executable} {LOOKALIKE}"
KEY = "sk-for-the-servers-0123456789"


def profile(folder: Path, text: str) -> Path:
    path = folder / "treewright.toml"
    path.write_text(f"[profiles.here]\n{text}\n")
    return path


def two(folder: Path, generator: str, verifier: str) -> tuple[int, int]:
    """A profile of a generator and a critic with these weights; their ports."""
    with socket.socket() as one, socket.socket() as other:
        ports = []
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    profile(
        folder,
        f"""
[[profiles.here.generators]]
name = "writer"
url = "http://127.0.0.1:{ports[0]}"
model = "m"
api_key = "{KEY}"
serve = {{weights = "{generator}", gpus = "0", arguments = ["--x", "1"]}}

[[profiles.here.verifiers]]
name = "judge"
url = "http://localhost:{ports[1]}/v1"
convention = "critic"
serve = {{weights = "{verifier}"}}""",
    )
    return ports[0], ports[1]


def planned(folder: Path, text: str, vllm: str = "vllm") -> tuple[PlannedServer, ...]:
    path = profile(folder, text)
    return plan_servers(Settings(profile="here", profiles=path, vllm=vllm))


def refused(folder: Path, text: str) -> str:
    with pytest.raises(CannotStart) as caught:
        planned(folder, text)
    return str(caught.value)


@contextmanager
def starting(folder: Path, *more: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as a process of its own, killed at the end where it is still there."""
    arguments = ["models", "start", "here", "--data", str(folder / "data"), *more]
    environment = {**os.environ, "TREEWRIGHT_PROFILES": str(folder / "treewright.toml")}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        env={
            **environment,
            "TREEWRIGHT_VLLM": VLLM,
            "STARTED": str(folder),
            "COLUMNS": "500",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"it never said {words!r}: {said}")


def started(folder: Path, port: int) -> dict[str, Any]:
    note: dict[str, Any] = json.loads((folder / f"{port}.json").read_text())
    return note


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_starts_both_and_stops_both_with_all_that_they_started(tmp_path: Path) -> None:
    first, second = two(tmp_path, "good", "good")
    with starting(tmp_path) as process:
        said = read_until(process, "All are ready")
        assert said.index("writer answers") < said.index("judge answers")
        for port in (first, second):
            assert httpx2.get(f"http://127.0.0.1:{port}/health").status_code == 200
        notes = [started(tmp_path, port) for port in (first, second)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not listens(first)
    assert not listens(second)
    assert not any(psutil.pid_exists(note["child"]) for note in notes)


def test_the_key_is_in_the_environment_and_not_on_the_command_line(tmp_path: Path) -> None:
    first, second = two(tmp_path, "good", "good")
    with starting(tmp_path) as process:
        read_until(process, "All are ready")
        writer, judge = started(tmp_path, first), started(tmp_path, second)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert writer["environment"]["VLLM_API_KEY"] == KEY
    assert writer["environment"]["CUDA_VISIBLE_DEVICES"] == "0"
    assert "VLLM_API_KEY" not in judge["environment"]
    assert KEY not in " ".join(writer["arguments"] + judge["arguments"])


@pytest.mark.parametrize(
    ("verifier", "message"),
    [
        ("broken", "No available memory for the cache blocks"),
        ("slow", "judge is not ready after 2 s"),
    ],
)
def test_says_why_a_server_does_not_come_up_and_stops_the_others(
    tmp_path: Path, verifier: str, message: str
) -> None:
    first, second = two(tmp_path, "good", verifier)
    with starting(tmp_path, "--patience", "2") as process:
        said = read_until(process, message)
        assert "writer answers" in said
        assert process.wait(20) == 1
    assert not listens(first)
    assert not listens(second)


def test_a_server_that_ends_later_ends_all(tmp_path: Path) -> None:
    first, _second = two(tmp_path, "good", "brief")
    with starting(tmp_path) as process:
        said = read_until(process, "engine core died")
        assert "judge ended (exit code 3)" in said
        assert process.wait(20) == 1
    assert not listens(first)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    first, _second = two(tmp_path, "good", "good")
    with socket.create_server(("127.0.0.1", first)), starting(tmp_path) as process:
        read_until(process, f"something listens on port {first} already")
        assert process.wait(20) == 1


ONE = """
generators = [{name = "writer", url = "http://127.0.0.1:8000", serve = {weights = "g"%s}}]
verifiers = [{name = "judge", url = "http://127.0.0.1:8001", %s}]"""


def test_the_memory_is_shared_out(tmp_path: Path) -> None:
    def shares(text: str) -> list[str]:
        found = []
        for server in planned(tmp_path, text):
            place = server.command.index("--gpu-memory-utilization")
            found.append(server.command[place + 1])
        return found

    other = 'convention = "critic", serve = {weights = "v"%s}'
    assert shares(ONE % ("", other % "")) == ["0.45", "0.45"]
    assert shares(ONE % (", memory = 0.2", other % "")) == ["0.2", "0.7"]
    assert shares(ONE % (', gpus = "0"', other % ', gpus = "1"')) == ["0.9", "0.9"]
    said = refused(tmp_path, ONE % (", memory = 0.8", other % ", memory = 0.8"))
    assert "ask for 160% of its memory" in said


def test_memory_options_of_the_profile_are_left_alone(tmp_path: Path) -> None:
    text = ONE % (', arguments = ["--kv-cache-memory-bytes=64M"]', 'convention = "critic"')
    (server,) = planned(tmp_path, text)
    assert "--gpu-memory-utilization" not in server.command
    assert server.command[-1] == "--kv-cache-memory-bytes=64M"


def test_a_reward_model_is_served_as_its_convention_asks(tmp_path: Path) -> None:
    text = ONE % ("", 'serve = {weights = "Qwen/Qwen2.5-Math-PRM-7B"}')
    _, judge = planned(tmp_path, text)
    assert judge.command[:3] == ("vllm", "serve", "Qwen/Qwen2.5-Math-PRM-7B")
    assert " --runner pooling" in " ".join(judge.command)


def test_the_step_tag_of_a_folder_is_given(tmp_path: Path) -> None:
    tokenizer = Tokenizer(WordLevel({"a": 0, "b": 1}, unk_token="a"))
    tokenizer.add_special_tokens([AddedToken("<extra_0>")])
    folder = tmp_path / "prm"
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    text = ONE % ("", f'convention = "qwen-prm", serve = {{weights = "{folder}"}}')
    _, judge = planned(tmp_path, text)
    place = judge.command.index("--pooler-config")
    assert json.loads(judge.command[place + 1]) == {"step_tag_id": 2}


def test_what_cannot_be_started_is_said(tmp_path: Path) -> None:
    critic = 'convention = "critic"'
    far = 'generators = [{name = "w", url = "http://%s", serve = {weights = "g"}}]'
    assert "nothing to start" in refused(tmp_path, f"verifiers = [{{{NAMED}, {critic}}}]")
    assert "listens on this machine only" in refused(tmp_path, far % "10.0.0.5:8000")
    assert "and a port" in refused(tmp_path, far % "127.0.0.1")
    same = ONE.replace("8001", "8000") % ("", f'{critic}, serve = {{weights = "v"}}')
    assert "two servers would listen on port 8000" in refused(tmp_path, same)
    unknown = refused(tmp_path, ONE % ("", 'serve = {weights = "some/model"}'))
    assert "[profiles.here], judge: the name 'some/model' does not tell" in unknown
    assert "gpus" in refused(tmp_path, ONE % (', gpus = "first"', critic))


NAMED = 'name = "judge", url = "http://127.0.0.1:8001"'


def test_without_vllm_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = profile(tmp_path, ONE % ("", 'convention = "critic"'))
    monkeypatch.setenv("TREEWRIGHT_PROFILES", str(path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(cli, ["models", "start", "here"])
    assert result.exit_code == 1
    assert "pip install 'treewright[vllm]'" in result.stderr
