"""Settings refuse what would let strangers in."""

import pytest
from pydantic import ValidationError

from app.parts import executor_limits
from app.settings import Settings
from backend.runs.executor import ExecutorLimits

TOKEN = "a long and random owner's token"


def test_a_server_for_this_machine_needs_nothing() -> None:
    settings = Settings(host="127.0.0.2")
    assert settings.owner_token is None
    assert "127.0.0.2" in settings.hosts


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "0.0.0.0"},
        {"host": "192.168.1.5", "owner_token": ""},
        {"host": "example.org"},
        {"allowed_hosts": ["tree.example"]},
        {"allowed_hosts": ["*"]},
        {"owner_token": "short"},
        {"owner_token": "ü" * 20},
        {"port": -1},
        {"in_flight": 0},
        {"in_flight": "all"},
        {"in_flight": "auto", "reproducible": True},
        {"frame_ancestors": "'self'; script-src *"},
        {"frame_ancestors": ""},
        {"frame_ancestors": "slides.example"},
    ],
)
def test_open_or_senseless_servers_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**fields)  # type: ignore[arg-type]


def test_what_a_verifier_needs_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREEWRIGHT_VERIFIER_CONVENTION", "rubric")
    monkeypatch.setenv("TREEWRIGHT_VERIFIER_CRITERIA", '["Every sum is right", "It is clear"]')
    settings = Settings()
    assert settings.verifier_convention == "rubric"
    assert settings.verifier_criteria == ("Every sum is right", "It is clear")


@pytest.mark.parametrize(
    "framers",
    ["'none'", "*", "https:", "'self' https://*.slides.example http://127.0.0.1:8000"],
)
def test_who_may_frame_a_tree_is_the_operators_to_say(
    framers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREEWRIGHT_FRAME_ANCESTORS", framers)
    assert Settings().frame_ancestors == framers


def test_with_a_token_others_may_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREEWRIGHT_OWNER_TOKEN", TOKEN)
    settings = Settings(host="0.0.0.0")
    assert settings.hosts == ["*"]
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ({}, ExecutorLimits(8, automatic=False, reproducible=True)),
        ({"IN_FLIGHT": "32"}, ExecutorLimits(32, automatic=False, reproducible=True)),
        ({"REPRODUCIBLE": "0"}, ExecutorLimits(8, automatic=False, reproducible=False)),
        ({"IN_FLIGHT": "auto"}, ExecutorLimits(8, automatic=True, reproducible=False)),
    ],
)
def test_how_much_is_in_flight_is_said_or_left_to_the_servers(
    written: dict[str, str], limits: ExecutorLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in written.items():
        monkeypatch.setenv(f"TREEWRIGHT_{name}", value)
    assert executor_limits(Settings()) == limits
