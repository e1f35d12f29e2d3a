"""`treewright check-models`: what it finds, what it says of servers that cannot be used."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
from starlette.responses import JSONResponse, Response
from typer.testing import CliRunner, Result

from app.cli import cli
from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import shipped_weights
from backend.models.servers.capabilities import Kind
from backend.search.strategies.registry import STRATEGIES
from tests.models.fake_general import FakeGeneral
from tests.models.fake_judges import FakeJudge, judging
from tests.models.fake_vllm import FakeVllm
from tests.models.faulty import drips, faulty, hangs, says
from tests.models.serving import serving

NOWHERE = "http://127.0.0.1:9"
KEY = "sk-not-to-be-shown-to-anybody"
METRICS = """# HELP vllm:prefix_cache_queries_total Prefix cache queries, in tokens.
vllm:prefix_cache_queries_total{engine="0",model_name="general"} 300.0
vllm:prefix_cache_queries_created{engine="0",model_name="general"} 1.76e+09
vllm:prefix_cache_queries_total{engine="1",model_name="general"} 1e+02
vllm:prefix_cache_hits_total{engine="0",model_name="general"} 90.0
vllm:prefix_cache_hits_total{engine="1",model_name="general"} 10.0
vllm:num_requests_running{engine="0",model_name="general"} 3.0
vllm:num_requests_waiting{engine="0",model_name="general"} 0.0
"""


@pytest.fixture(autouse=True)
def quick_and_loud() -> Iterator[None]:
    """What is tried again is tried at once, and the command's silence ends with the test."""
    with stamina.set_testing(True, attempts=2):
        yield
    logging.getLogger("backend.models.servers").setLevel(logging.NOTSET)


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check-models", *arguments])


def checked(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    done = check("--json", *arguments)
    assert done.exit_code == code, done.output
    models: list[dict[str, Any]] = json.loads(done.stdout)["models"]
    return models


def test_a_server_that_can_do_everything() -> None:
    with serving(FakeGeneral(metrics=METRICS)) as server:
        (model,) = checked(server.url)
        said = check(server.url)
    facts = model["server"]
    assert (facts["kind"], facts["version"], facts["window"]) == ("vLLM", "0.32.0", 4000)
    assert set(facts["capabilities"].values()) == {True}
    assert facts["prefix_hits"] == pytest.approx(0.25)
    assert facts["queue"] == {"running": 3, "waiting": 0}
    assert model["step"]["text"].startswith("Number ")
    assert model["step"]["action"] != "answer"
    assert model["latency"] > 0
    assert set(model["strategies"]) == set(STRATEGIES)
    assert said.exit_code == 0
    for words in ("can be used", "vLLM 0.32.0", "25% of prompt tokens", "0 waiting", "Number "):
        assert words in said.stdout


def test_what_is_missing_is_said_with_its_cost() -> None:
    with serving(FakeGeneral(Kind.OTHER, continues=False)) as server:
        (model,) = checked(server.url)
    assert model["strategies"] == ["best_of_n", "self_consistency", "chain_of_thought"]
    assert not model["server"]["capabilities"]["continue"]
    assert any("only whole solutions can be sampled" in note for note in model["notes"])
    assert model["step"]["text"].startswith("Number ")


def test_models_of_the_step_format_are_checked_too() -> None:
    with (
        serving(FakeVllm(read_checkpoint(shipped_weights("generator")))) as writer,
        serving(FakeVllm(read_checkpoint(shipped_weights("prm")))) as judge,
    ):
        generator, verifier = checked(writer.url, "--verifier", judge.url)
    assert generator["step"]["text"]
    assert verifier["server"]["convention"] == "treewright"
    assert verifier["right"][-1] > 2 * verifier["wrong"][-1]
    assert verifier["notes"] == []


def test_a_verifier_that_cannot_tell_right_from_wrong_gets_a_note() -> None:
    def undecided(reply: dict[str, Any]) -> None:
        for one in reply["data"]:
            one["data"] = [[0.5, 0.5] for _ in one["data"]]

    with judging(FakeJudge(model="Qwen2.5-Math-PRM-7B", change=undecided)) as judge:
        (model,) = checked("--verifier", judge.url)
    assert model["right"] == model["wrong"] == [0.5, 0.5]
    assert "convention" in model["notes"][-1]


def test_a_verifier_without_scores_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREEWRIGHT_VERIFIER_CONVENTION", "critic")
    with judging(FakeJudge(("/v1/chat/completions",), says=lambda _: "I cannot say.")) as judge:
        (model,) = checked("--verifier", judge.url, code=1)
    assert model["usable"] is False
    assert model["problem"]


def test_one_bad_server_fails_the_check_and_is_named() -> None:
    with serving(FakeGeneral()) as server:
        good, gone, none = checked(server.url, NOWHERE, "no address", code=1)
    assert good["usable"]
    assert "cannot reach the model server at http://127.0.0.1:9" in gone["problem"]
    assert "http://host:8000" in none["problem"]


def test_nothing_to_check_is_wrong_usage() -> None:
    done = check()
    assert done.exit_code == 2
    assert "nothing to check" in done.stderr


@pytest.mark.parametrize("answer", [hangs, drips])
async def test_a_server_that_never_answers_does_not_hang_the_check(answer: Any) -> None:
    async with faulty(answer) as server:
        arguments = ("--deadline", "0.3", server.url, "--verifier", server.url)
        models = await asyncio.to_thread(checked, *arguments, code=1)
    assert [("within 0.3 s" in model["problem"]) for model in models] == [True, True]


async def test_a_model_that_never_writes_leaves_what_was_found_before() -> None:
    def after_the_probe(path: str, body: dict[str, Any]) -> Response | None:
        if body.get("max_tokens", 0) <= 1:
            return None
        return JSONResponse({"error": {"message": "out of memory"}}, 500)

    with serving(FakeGeneral(before=after_the_probe)) as server:
        (model,) = await asyncio.to_thread(checked, server.url, code=1)
    assert model["server"]["model"] == "general"
    assert "out of memory" in model["problem"]
    assert model["step"] is None


async def test_a_model_without_words_cannot_be_used() -> None:
    with serving(FakeGeneral(writes=lambda begun, seed: " " * 2000)) as server:
        (model,) = await asyncio.to_thread(checked, server.url, code=1)
    assert "wrote no step" in model["problem"]


async def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREEWRIGHT_MODEL_API_KEY", KEY)
    # The key begins within the part of the message that is shown, and ends beyond it.
    echo = says({"error": {"message": "x" * 290 + f" wrong key {KEY}", "code": 401}}, 400)
    with serving(FakeVllm(read_checkpoint(shipped_weights("prm")), "another key")) as closed:
        async with faulty(echo) as server:
            arguments = (
                server.url,
                closed.url,
                f"http://me:{KEY}@host:1",
                f"http://host?key={KEY}",
            )
            for form in ((), ("--json",)):
                done = await asyncio.to_thread(check, *form, *arguments, "--verifier", server.url)
                assert done.exit_code == 1
                shown = "".join(done.output.split())
                assert "refusedtheAPIkey(401)" in shown
                assert KEY[:8] not in shown
