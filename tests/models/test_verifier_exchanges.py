"""Real exchanges with vLLM 0.32 and tiny models of random weights, recorded, and replayed here."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.models.errors import BadReply
from backend.models.protocols import ModelStep, Prefix
from backend.models.servers.client import ServerClient
from backend.models.servers.replies import parse_completion
from backend.models.servers.step_token_prm import balance
from backend.models.servers.verifiers.connect import ServedVerifier, connect_verifier
from backend.models.servers.verifiers.conventions import StepTagConvention, convention_named
from backend.models.servers.verifiers.layout import Layout, Turn
from backend.models.servers.verifiers.replies import parse_classes, parse_rows, parse_scores
from tests.models.serving import running

EXCHANGES = Path(__file__).parents[1] / "assets" / "exchanges"
CHAIN = Prefix(
    "What is 2 + 3?",
    (
        ModelStep("solve", "Step 1: 2 + 3 = 5."),
        ModelStep("solve", "Step 2: 5 times 1 = 5."),
        ModelStep("answer", "answer 5"),
    ),
)
SCORES = (0.1743089258670807, 0.17350199818611145, 0.18625408411026)


def recorded(name: str) -> dict[str, Any]:
    """One exchange: `request`, `status` and `response`."""
    exchange: dict[str, Any] = json.loads((EXCHANGES / f"{name}.json").read_text("utf-8"))
    return exchange


@contextmanager
def replaying(*names: str) -> Iterator[tuple[str, list[Any]]]:
    """A server that gives the recorded answers, by path; its address and what it was asked."""
    answers = {recorded(name)["request"]["path"]: recorded(name) for name in names}
    asked: list[Any] = []

    async def answer(request: Request) -> Response:
        body = json.loads(await request.body() or b"null")
        asked.append(body)
        if body is not None and body.get("prompt") == "<extra_0>":
            return JSONResponse({"tokens": [3]})  # its id in that model, as the requests show
        found = answers[request.url.path]
        return JSONResponse(found["response"], found["status"])

    routes = [Route(path, answer, methods=["GET", "POST"]) for path in answers]
    with running(Starlette(routes=routes)) as url:
        yield url, asked


def tiny_prm(url: str) -> ServedVerifier:
    """The convention of the recorded model: Qwen's, whose template adds the system turn."""
    qwen = convention_named("qwen-prm")
    assert isinstance(qwen, StepTagConvention)
    turns = (Turn(role="user", text="$problem"), Turn(role="assistant", text="$steps"))
    layout = Layout(turns=turns, each="$step<extra_0>", between="")
    own = qwen.model_copy(update={"layout": layout})
    return ServedVerifier(ServerClient(url), "tiny-prm", own, ())


async def test_a_real_reward_model_is_asked_as_it_was_and_understood() -> None:
    names = ("prm_models", "prm_tokenize_messages", "prm_pooling_token_ids")
    with replaying(*names) as (url, asked):
        judgement = await tiny_prm(url).score((CHAIN,))
    assert judgement.scores == (pytest.approx(SCORES),)
    assert judgement.usage.prompt_tokens == 90
    messages = recorded("prm_tokenize_messages")["request"]["body"]
    assert messages in asked
    ids = recorded("prm_pooling_token_ids")["request"]["body"]["input"]
    assert asked[-1]["input"] == [ids]


async def test_a_real_server_without_the_task_is_refused_with_its_words() -> None:
    names = ("prm_models", "prm_tokenize_messages", "prm_err_bad_task")
    with replaying(*names) as (url, _), pytest.raises(BadReply, match="Unsupported task: 'embed'"):
        await tiny_prm(url).score((CHAIN,))


async def test_a_real_token_classifier_does_not_classify_sequences() -> None:
    with replaying("prm_models", "prm_tokenize_messages", "tokcls_classify") as (url, _):
        verifier = connect_verifier(url, "orm", "outcome")
        with pytest.raises(Exception, match="does not support Classification API"):
            await verifier.score((CHAIN,))


def test_a_prompt_without_a_tag_has_no_rows() -> None:
    rows = parse_rows(recorded("prm_pooling_batch_token_ids")["response"], 2)
    assert [len(given) for given in rows.values] == [3, 0]
    assert rows.prompt_tokens == 120


def test_a_real_token_classifier_gives_a_row_per_token() -> None:
    rows = parse_rows(recorded("tokcls_pooling_batch")["response"], 2)
    assert sum(map(len, rows.values)) == rows.prompt_tokens
    assert all(sum(filter(None, row)) == pytest.approx(1) for given in rows.values for row in given)


def test_real_sequence_classifiers_give_one_number() -> None:
    classes = parse_classes(recorded("seqcls_classify")["response"], 2)
    assert classes.values == (pytest.approx((0.42341438,)), pytest.approx((0.47941345,)))
    scores = parse_scores(recorded("seqcls_score")["response"], 2)
    assert scores.values == pytest.approx((0.47733265, 0.53254634))


def test_both_routes_to_real_labels_say_the_same() -> None:
    exact = recorded("gen_generative_scoring")
    labels = exact["request"]["body"]["label_token_ids"]
    completion = parse_completion(recorded("gen_completion_labels")["response"], 2)
    shares = [balance(choice.first, labels) for choice in completion.choices]
    scored = parse_scores(exact["response"], 2)
    assert shares == pytest.approx(list(scored.values))
    assert scored.prompt_tokens == completion.prompt_tokens
    assert scored.generated_tokens == completion.generated_tokens == 2


@pytest.mark.parametrize(
    ("name", "parse"),
    [("prm_pooling_token_ids", parse_rows), ("seqcls_classify", parse_classes)],
)
def test_a_reply_to_another_number_of_inputs_is_bad(
    name: str, parse: Callable[[Any, int], object]
) -> None:
    with pytest.raises(BadReply, match="for 7 inputs"):
        parse(recorded(name)["response"], 7)
