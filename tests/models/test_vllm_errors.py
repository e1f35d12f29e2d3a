"""What goes wrong between a model server and its clients, and what they make of it."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.errors import BadReply, ContextOverflow, ModelError, ModelUnavailable
from backend.models.protocols import GenerationRequest, ModelStep, Prefix
from backend.models.servers import transport as transport_module
from backend.models.servers.client import ServerClient
from backend.models.servers.connect import connect_generator
from backend.models.servers.connected_generator import ConnectedGenerator
from tests.models.fake_vllm import BUSY, FakeVllm, garbled, hang, refused, too_long
from tests.models.served_prm import served_prm
from tests.models.serving import serving

PREFIX = Prefix("2 + 2?", (ModelStep("solve", "the sum"),))
REQUEST = GenerationRequest(PREFIX, (1, 2), max_tokens=20)
KEY = "s3kret-key"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def fake(checkpoint: Checkpoint) -> Iterator[FakeVllm]:
    with serving(FakeVllm(checkpoint)) as fake:
        yield fake


@pytest.fixture
def connect(fake: FakeVllm, directory: Path) -> Callable[..., ConnectedGenerator]:
    def connect(key: str | None = None, deadline: float = 20) -> ConnectedGenerator:
        return connect_generator(
            fake.url, "served", None, key, deadline, directory / "tokenizer.json"
        )

    return connect


@pytest.mark.parametrize(
    ("status", "error", "kind", "says"),
    [
        (503, BUSY, ModelUnavailable, "currently busy"),
        (500, "EngineCore encountered an issue.", ModelUnavailable, "EngineCore"),
        (429, {"message": "slow down"}, ModelUnavailable, "slow down"),
        (400, too_long(192, 600), ContextOverflow, "maximum context length"),
        (400, {"message": "top_p must be in (0, 1]", "param": "top_p"}, BadReply, "top_p must"),
        (404, {"message": "The model `x` does not exist."}, BadReply, "does not exist"),
        (401, "Unauthorized", BadReply, "API key"),
        (400, {"message": f"strange {KEY} header"}, BadReply, "strange .key. header"),
        (400, {"message": "half \ud800 a pair"}, BadReply, "half . a pair"),
        (400, ["no", "object"], BadReply, "refused the request .400."),
        (302, None, BadReply, "302"),
    ],
)
async def test_an_error_of_the_server_becomes_a_model_error(
    fake: FakeVllm,
    connect: Callable[..., ConnectedGenerator],
    status: int,
    error: object,
    kind: type[ModelError],
    says: str,
) -> None:
    fake.before = refused(status, error)
    for call in (connect(KEY).generate(REQUEST), connect(KEY).action_prior(PREFIX)):
        with pytest.raises(kind, match=says) as caught:
            await call
        assert fake.url in str(caught.value)
        assert KEY not in str(caught.value)


async def test_a_server_with_a_key_wants_it(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    fake.api_key = KEY
    assert (await connect(KEY).generate(REQUEST)).samples
    for key in (None, "wrong"):
        with pytest.raises(BadReply, match="refused the API key"):
            await connect(key).generate(REQUEST)


@pytest.mark.parametrize(
    "text", ["", "<html>", "[]", "{}", '{"choices": [NaN]}', "[" * 100_000, "\0", '{"choices": 1}']
)
async def test_malformed_replies_are_bad(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator], text: str
) -> None:
    fake.before = garbled(text)
    with pytest.raises(BadReply, match=fake.url):
        await connect().generate(REQUEST)


CHANGES: dict[str, Change] = {
    "too few choices": lambda reply: reply["choices"].clear(),
    "too many choices": lambda reply: reply["choices"].append(reply["choices"][0]),
    "another index": lambda reply: reply["choices"][0].update(index=1),
    "no token ids": lambda reply: reply["choices"][0].update(token_ids=None),
    "no tokens": lambda reply: reply["choices"][0].update(token_ids=[]),
    "ids that are none": lambda reply: reply["choices"][0].update(token_ids=[True]),
    "a tag that is none": lambda reply: reply["choices"][0].update(token_ids=[9]),
    "more than asked for": lambda reply: reply["choices"][0].update(
        token_ids=[9] * 30, logprobs=None
    ),
    "aborted": lambda reply: reply["choices"][0].update(finish_reason="abort"),
    "short logprobs": lambda reply: reply["choices"][0]["logprobs"].update(token_logprobs=[]),
    "huge logprob": lambda reply: reply["choices"][0]["logprobs"].update(token_logprobs=[1.0]),
    "text as logprob": lambda reply: reply["choices"][0]["logprobs"].update(token_logprobs=["1"]),
    "infinite logprob": lambda reply: reply["choices"][0]["logprobs"].update(
        token_logprobs=[-(10**400)]
    ),
    "no usage": lambda reply: reply.pop("usage"),
    "endless usage": lambda reply: reply["usage"].update(completion_tokens=10**30),
    "negative usage": lambda reply: reply["usage"].update(prompt_tokens=-1),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_replies_that_break_a_promise_are_bad(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator], change: str
) -> None:
    fake.change = CHANGES[change]
    with pytest.raises(BadReply):
        await connect().generate(REQUEST)


TEXTS = {"an id of no token": [10_000], "a special token": [0, 9], "an early line end": None}


@pytest.mark.parametrize("text", [*TEXTS, "an end that is none"])
async def test_texts_that_break_the_format_are_bad(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator], text: str
) -> None:
    def change(reply: dict[str, Any]) -> None:
        choice = reply["choices"][0]
        if len(fake.bodies[-1]["prompt"][0]) == first:
            return
        stop = fake.bodies[-1]["stop_token_ids"][0]
        ids = TEXTS.get(text) or ([stop, 9] if "early" in text else [9])
        reason = "stop" if text == "an end that is none" else "length"
        choice.update(token_ids=ids, logprobs=None, finish_reason=reason)

    generator = connect()
    await generator.generate(GenerationRequest(PREFIX, (1,)))
    first = len(fake.bodies[0]["prompt"][0])
    fake.change = change
    with pytest.raises(BadReply, match="step"):
        await generator.generate(GenerationRequest(PREFIX, (1,)))


async def test_nan_in_a_score_is_bad(fake: FakeVllm, directory: Path) -> None:
    fake.before = garbled('{"choices": [{"logprobs": {"token_logprobs": [NaN]}}]}')
    prm = served_prm(fake.url, "judge", directory / "tokenizer.json")
    with pytest.raises(BadReply, match="NaN"):
        await prm.score((PREFIX,))


async def test_a_reply_without_end_is_cut(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MAX_REPLY_BYTES", 10_000)
    fake.before = garbled(" " * 10_001)
    with pytest.raises(BadReply, match="more than 10000 bytes"):
        await connect().generate(REQUEST)


async def test_no_server_is_unavailable(directory: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        generator = connect_generator(url, "served", tokenizer_json=directory / "tokenizer.json")
        with pytest.raises(ModelUnavailable, match=f"{url}.*check that it runs"):
            await generator.generate(REQUEST)


async def test_a_server_that_hangs_meets_the_deadline(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    fake.before = hang
    with pytest.raises(ModelUnavailable, match=r"did not answer within 0\.3 s"):
        await connect(deadline=0.3).generate(REQUEST)


async def test_hundreds_of_cancelled_calls_leave_it_healthy(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    generator = connect()
    expected = await generator.generate(REQUEST)
    fake.before = hang
    tasks = [asyncio.create_task(generator.generate(REQUEST)) for _ in range(300)]
    await fake.has_come(100)
    for task in tasks:
        task.cancel()
    replies = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(reply, asyncio.CancelledError) for reply in replies)
    fake.before = None
    assert await generator.generate(REQUEST) == expected


async def test_a_server_started_again_with_another_model_is_asked_for_its_name(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    generator = connect()
    await generator.generate(REQUEST)
    fake.model = "another"
    with pytest.raises(BadReply, match="`tiny-math` does not exist"):
        await generator.generate(REQUEST)
    assert (await generator.generate(REQUEST)).samples


@pytest.mark.parametrize("name", ["\ud800", "two\nlines"])
async def test_a_model_whose_name_cannot_be_sent_back_is_bad(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator], name: str
) -> None:
    fake.model = name
    with pytest.raises(BadReply, match="is no model"):
        await connect().generate(REQUEST)


async def test_one_failing_sample_ends_the_others(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    hanging: list[object] = []

    async def first_fails(request: Any, body: dict[str, Any]) -> Any:
        if hanging:
            return await refused(503, BUSY)(request, body)
        hanging.append(body)
        return await hang(request, body)

    fake.before = first_fails
    with pytest.raises(ModelUnavailable, match="busy"):
        await connect().generate(REQUEST)


async def test_closed_clients_say_so(connect: Callable[..., ConnectedGenerator]) -> None:
    for close in (ConnectedGenerator.close, ConnectedGenerator.aclose):
        generator = connect()
        await generator.generate(REQUEST)
        if (closing := close(generator)) is not None:
            await closing
        with pytest.raises(ModelUnavailable, match="is closed"):
            await generator.generate(REQUEST)


async def test_closing_ends_what_is_in_flight(
    fake: FakeVllm, connect: Callable[..., ConnectedGenerator]
) -> None:
    fake.before = hang
    generator = connect()
    task = asyncio.create_task(generator.generate(REQUEST))
    await fake.has_come(len(REQUEST.seeds))
    await generator.aclose()
    with pytest.raises(ModelUnavailable):
        await task


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8000", "ftp://host", "http://", "http://me:secret@host", "http://h:99999", "x"],
)
def test_addresses_that_cannot_be_used_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="model server") as caught:
        ServerClient(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nend", "schlüssel"])
def test_keys_that_no_header_can_hold_are_refused_unshown(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        ServerClient("http://host", key)
    assert key not in str(caught.value)


def test_a_tokenizer_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    broken = tmp_path / "tokenizer.json"
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        connect_generator(
            "http://host", "served", tokenizer_json=tmp_path / "no" / "tokenizer.json"
        )
    broken.write_text("{}")
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        connect_generator("http://host", "served", tokenizer_json=broken)
