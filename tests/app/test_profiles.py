"""Profiles: which models they bring, what comes before them, and that their keys stay secret."""

import asyncio
import logging
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import stamina
from fastapi import FastAPI
from typer.testing import CliRunner

from app.cli import cli
from app.errors import CannotStart
from app.parts import make_service, open_models, open_store
from app.settings import Settings
from backend.api.api import add_api
from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import shipped_weights
from backend.runs.request import RunRequest
from storage.memory import InMemoryRunStore
from tests.api.conftest import Serving
from tests.api.test_runs import events, finished, start
from tests.models.fake_general import FakeGeneral
from tests.models.fake_vllm import FakeVllm
from tests.models.faulty import faulty, says
from tests.models.serving import serving

KEYS = ("sk-in-the-file-0123456789", "sk-in-the-environment-0123456789")
TWO = """
[profiles.two]
deadline = 7.5
generators = [{name = "small", url = "%s", examples = 0}, {name = "large", url = "%s"}]
verifiers = [{name = "judge", url = "http://127.0.0.1:9/v1", convention = "yes-no"}]
[profiles.none]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "treewright.toml"
    path.write_text(text)
    return path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return write(tmp_path, TWO % ("http://127.0.0.1:9", "https://127.0.0.1:9"))


def names(settings: Settings) -> tuple[list[str], list[str]]:
    """What runs can choose from."""
    catalog, close = open_models(settings)
    close()
    return [g.name for g in catalog.generators], [v.name for v in catalog.verifiers]


def test_a_profile_brings_its_models(two: Path) -> None:
    settings = Settings(profile="two", profiles=two)
    embedded = (["treewright-generator"], ["treewright-prm", "symbolic"])
    assert names(settings) == (["small", "large", *embedded[0]], ["judge", *embedded[1]])
    assert settings.deadline == 7.5
    assert names(Settings(profile="none", profiles=two)) == embedded
    assert names(Settings(profiles=two)) == embedded


def test_environment_and_options_come_before_a_profile(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREEWRIGHT_PROFILES", str(two))
    monkeypatch.setenv("TREEWRIGHT_PROFILE", "two")
    monkeypatch.setenv("TREEWRIGHT_DEADLINE", "9")
    settings = Settings(generator="http://127.0.0.1:8")
    assert settings.deadline == 9
    generators, verifiers = names(settings)
    assert generators == ["served-generator", "treewright-generator"]
    assert verifiers[0] == "judge"


async def test_a_pool_of_generators_is_chosen_by_name(tmp_path: Path) -> None:
    with serving(FakeGeneral()) as small, serving(FakeGeneral()) as large:
        path = write(tmp_path, TWO % (small.url, large.url))
        catalog, close = open_models(Settings(profile="two", profiles=path))
        service = make_service(InMemoryRunStore(), catalog, Settings())
        pool = {"generators": ["small", "large"]}
        budget = {"nodes": 20.0}
        request = RunRequest(
            "How many?", "ab_mcts", pool, budget, generator="small", verifiers=("symbolic",), seed=1
        )
        run = await service.start(request)
        done = await service.settled(run.id)
        assert done.status == "finished", done.reason
        nodes = (await service.tree(run.id)).nodes
        assert {node.model for node in nodes[1:]} == {"small", "large"}
        await service.close()
        close()


ONE = '[profiles.p]\ngenerators = [{name = "a", url = "http://h:1"%s}]\n'


def test_the_profiles_of_the_guide_are_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAMPLE_ORG_KEY", KEYS[0])
    guide = (Path(__file__).parents[2] / "docs/guides/models.md").read_text("utf-8")
    example = guide[guide.index("    [profiles.gpu]") : guide.index("<!-- -->")]
    path = write(tmp_path, textwrap.dedent(example))
    assert names(Settings(profile="gpu", profiles=path))[0][:-1] == ["small"]
    generators, verifiers = names(Settings(profile="pool", profiles=path))
    assert (generators[:2], verifiers[0]) == (["small", "hosted"], "strict")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE % ', colour = "red"', "generators[0].colour: there is no such key; known: name, url"),
        ("[profiles.p]\nspeed = 3\n", "speed: there is no such key; known: generators"),
        ('[profiles.p]\nverifiers = [{url = "http://h:1"}]', "verifiers[0].name: is missing"),
        ('[profiles.p]\nverifiers = [{name = "j"}]', "verifiers[0].url: is missing"),
        (ONE % '}, {name = "a", url = "http://h:2"', "generators[1].name: 'a' is the name of two"),
        (ONE % '}, {name = "b", url = "h:2"', "generators[1].url: write http://host:8000"),
        (ONE % '}, {name = "b", url = "http://me:sk-key@h"', "generators[1].url: write http://"),
        (ONE % '}, {name = "b", url = "http://h?key=sk-key"', "generators[1].url: write http://"),
        (ONE % '}, {name = "b,c", url = "http://h:2"', "generators[1].name: "),
        (ONE % ", examples = 9", "generators[0].examples: "),
        (ONE % ", api_key = 5", "generators[0].api_key: "),
        (ONE % ', api_key_env = "NOT_SET"', "api_key_env: the environment has no NOT_SET"),
        (ONE % ', api_key = "sk-key", api_key_env = "HOME"', "not both"),
        ("[profiles.p]\ndeadline = 0\n", "deadline: "),
        ("[profiles.q]\n", "no table [profiles.p]; its profiles: q"),
        ("[profile.p]\n", "profile: write tables [profiles.NAME]"),
        ("profiles = 3\n", "write tables [profiles.NAME]"),
        ("[profiles.p\n", "is no TOML file"),
    ],
)
def test_a_wrong_profile_is_explained(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CannotStart) as caught:
        Settings(profile="p", profiles=path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "sk-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('{name = "j", url = "http://h:1", convention = "magic"}', "no convention is called"),
        ('{name = "j", url = "http://h:1", api_key = "sk key"}', "printable ASCII"),
        ('{name = "symbolic", url = "http://h:1"}', "two models are called 'symbolic'"),
    ],
)
def test_what_only_the_models_know_is_said_at_the_start(
    tmp_path: Path, entry: str, says: str
) -> None:
    path = write(tmp_path, f"[profiles.p]\nverifiers = [{entry}]")
    with pytest.raises(CannotStart, match=says) as caught:
        open_models(Settings(profile="p", profiles=path))
    assert "sk key" not in str(caught.value)
    if "symbolic" not in entry:
        assert f"{path}, [profiles.p], verifier j: " in str(caught.value)


@pytest.mark.parametrize(
    "command", [("serve",), ("solve", "x"), ("compare", "word", "-s", "mcts"), ("check-models",)]
)
def test_every_command_knows_profiles(tmp_path: Path, command: tuple[str, ...]) -> None:
    out = ("--out", str(tmp_path)) if command[0] == "compare" else ()
    missing = tmp_path / "none.toml"
    done = CliRunner(env={"TREEWRIGHT_PROFILES": str(missing)}).invoke(
        cli, [*command, *out, "--profile", "p"]
    )
    assert done.exit_code == 2
    assert "none.toml" in "".join(done.stderr.split())


def test_check_models_asks_the_models_of_a_profile(tmp_path: Path) -> None:
    with serving(FakeGeneral()) as small, serving(FakeGeneral()) as large:
        path = write(tmp_path, TWO % (small.url, large.url))
        with stamina.set_testing(True):
            done = CliRunner(env={"TREEWRIGHT_PROFILES": str(path)}).invoke(
                cli, ["check-models", "--profile", "two"]
            )
    logging.getLogger("backend.models.servers").setLevel(logging.NOTSET)
    assert done.exit_code == 1
    for words in ("small (generator", "large (generator", "judge (verifier", "cannot reach"):
        assert words in done.stdout


@pytest.fixture
def closed() -> Iterator[FakeVllm]:
    """A server that writes for who has the first key."""
    with serving(FakeVllm(read_checkpoint(shipped_weights("generator")), KEYS[0])) as server:
        yield server


def make_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = open_store(settings)
        catalog, close = open_models(settings)
        app.state.service = make_service(store, catalog, settings)
        yield
        await app.state.service.close()
        await store.close()
        close()

    app = FastAPI(lifespan=lifespan)
    add_api(app, None)
    return app


async def test_keys_get_to_the_servers_and_nowhere_else(
    closed: FakeVllm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("JUDGE_KEY", KEYS[1])
    echo = says({"error": {"message": f"wrong key {KEYS[1]}", "code": 401}}, 400)
    async with faulty(echo) as judge:
        path = write(
            tmp_path,
            f"""[profiles.p]
            generators = [{{name = "small", url = "{closed.url}", api_key = "{KEYS[0]}"}}]
            [[profiles.p.verifiers]]
            name = "judge"
            url = "{judge.url}"
            api_key_env = "JUDGE_KEY"
            convention = "yes-no"
            """,
        )
        settings = Settings(profile="p", profiles=path, data=tmp_path / "data")
        seen = await asyncio.to_thread(everything_shown, settings)
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    for key in KEYS:
        assert key not in seen
        assert key.encode() not in stored
        assert key not in caplog.text
        assert key not in repr(settings) + str(settings.model_dump())
        assert key not in settings.model_dump_json()
    assert "[key]" in seen, "what the server said was shown"


def everything_shown(settings: Settings) -> str:
    """All that the API says of a run that ends well and of one that does not."""
    shown = []
    game = {"problem": "Make 24 using 11, 4, 3 and 3.", "budget": {"nodes": 8}}
    with Serving(make_app(settings)) as url, httpx2.Client(base_url=url, timeout=30) as client:
        good = finished(client, **game, verifiers=["symbolic"])["id"]
        bad = start(client, **game, verifiers=["judge"])["id"]
        for run in (good, bad):
            shown.append(str(events(client, run)))
            for part in ("", "/tree", "/labels", "/export?format=policy", "/shares"):
                shown.append(client.get(f"/api/runs/{run}{part}").text)
            shown.append(client.post(f"/api/runs/{run}/shares", json={}).text)
        paths = ("/api/models", "/api/models/status", "/openapi.json")
        shown += [client.get(path).text for path in paths]
    return "".join(shown)
