"""Exchanges recorded from a real vLLM 0.32 with a tiny model of random weights, played again."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backend.models.errors import BadReply, ContextOverflow, ModelError
from backend.models.protocols import Finish, Stop
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.steps import sample_of
from backend.models.servers.generators.texts import End, Text, parse_texts
from backend.models.servers.replies import parse_completion, parse_models
from tests.models.faulty import faulty, says

EXCHANGES = Path(__file__).parents[1] / "assets" / "exchanges"


async def replay(name: str, parse: Callable[[Any], Any]) -> Any:
    """What a client makes of a recorded reply to its recorded request."""
    exchange = json.loads((EXCHANGES / f"{name}.json").read_text("utf-8"))
    asked = exchange["request"]
    async with faulty(says(exchange["response"], exchange["status"])) as server:
        client = ServerClient(server.url)
        return await client.exchange(asked["method"], asked["path"], asked["body"], parse)


async def text_of(name: str, count: int = 1) -> Text:
    """The first of a recorded number of texts."""
    reply = await replay(name, partial(parse_texts, count=count, most=60))
    assert len(reply.texts) == count
    text: Text = reply.texts[0]
    return text


def joined(text: Text) -> str:
    return "".join(piece for piece, _ in text.pieces or ())


async def test_a_step_ends_with_the_break_and_its_tokens_say_just_that() -> None:
    text = await text_of("completion_step")
    assert (text.text, text.ids, text.end) == (" equal\n\n", (343, 265), End.BREAK)
    assert joined(text) == text.text
    sample = sample_of(text, "", Stop.STEP)
    assert (sample.steps[0].text, sample.steps[0].tokens) == ("equal", 2)
    assert sample.steps[0].logprob == pytest.approx(sum(lp for _, lp in text.pieces or ()))


async def test_a_last_token_may_reach_beyond_the_stop_string() -> None:
    text = await text_of("completion_spill", 2)
    assert text.end is End.BREAK
    assert joined(text) != text.text


async def test_the_end_of_text_is_a_token_but_no_text() -> None:
    text = await text_of("completion_end")
    assert text.end is End.TEXT
    assert text.ids is not None
    assert len(text.ids) == text.tokens == 3
    assert joined(text) != text.text
    assert sample_of(text, "", Stop.STEP).finish is Finish.STEP


async def test_several_texts_of_one_prompt_differ_and_are_counted() -> None:
    reply = await replay("completion_n4", partial(parse_texts, count=4, most=16))
    assert len({text.text for text in reply.texts}) == 4
    assert [text.tokens for text in reply.texts] == [16] * 4
    assert {text.end for text in reply.texts} == {End.LENGTH}
    assert all(len(text.tops or {}) >= 3 for text in reply.texts)


async def test_a_chat_that_goes_on_gives_the_rest_only() -> None:
    reply = await replay("chat_continue", partial(parse_texts, count=4, most=8))
    assert [text.tokens for text in reply.texts] == [8] * 4
    assert joined(reply.texts[0])[:4] == reply.texts[0].text[:4]
    assert all(len(text.tops or {}) >= 2 for text in reply.texts)


async def test_labels_come_with_their_exact_logprobs() -> None:
    reply = await replay("labels", partial(parse_completion, prompts=1))
    assert set(reply.choices[0].first) == {293, 5, 6, 7}


async def test_the_model_and_its_window_are_listed() -> None:
    served = await replay("models", parse_models)
    assert (served.model, served.window) == ("tiny-gen", 512)


@pytest.mark.parametrize(
    ("name", "kind", "says_what"),
    [
        ("prompt_too_long", ContextOverflow, "600 input tokens"),
        ("unknown_model", BadReply, "`nope` does not exist"),
        ("wrong_key", BadReply, "refused the API key"),
        ("greedy_n", BadReply, "n must be 1"),
    ],
)
async def test_errors_are_told_apart(name: str, kind: type[ModelError], says_what: str) -> None:
    with pytest.raises(kind, match=says_what):
        await replay(name, lambda payload: payload)
