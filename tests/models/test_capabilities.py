"""What is asked of a server to know what it can do, and what people are told is missing."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.responses import Response

from backend.models.errors import BadReply, ModelUnavailable
from backend.models.protocols import GenerationRequest, Prefix, Stop
from backend.models.servers.capabilities import Capabilities, Kind, probe
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.generator import ServedGenerator
from tests.models.fake_general import FakeGeneral
from tests.models.faulty import drops, faulty, says
from tests.models.serving import serving

Serve = Callable[..., FakeGeneral]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as servers:
        yield lambda *kind, **about: servers.enter_context(serving(FakeGeneral(*kind, **about)))


async def told(server: FakeGeneral, model: str | None = None) -> Capabilities:
    return await probe(ServerClient(server.url), model)


@pytest.mark.parametrize(
    ("kind", "version", "window", "can"),
    [
        (Kind.VLLM, "0.32.0", 4000,
         {"token_prompts", "label_logprobs", "n", "logprobs", "continues", "seed", "by_flag"}),
        (Kind.SGLANG, None, 4000, {"n", "logprobs", "continues", "by_flag"}),
        (Kind.LLAMA_CPP, "b8681", 4000, {"logprobs", "continues", "seed"}),
        (Kind.OLLAMA, "0.33.0", 4000, {"logprobs", "continues", "seed", "by_flag"}),
        (Kind.OTHER, None, None, {"n", "logprobs", "continues", "by_flag"}),
    ],
)  # fmt: skip
async def test_kinds_are_told_apart(
    serve: Serve, kind: Kind, version: str | None, window: int | None, can: set[str]
) -> None:
    found = await told(serve(kind))
    assert (found.kind, found.version, found.window) == (kind, version, window)
    flags = ("token_prompts", "label_logprobs", "n", "logprobs", "continues", "seed", "by_flag")
    assert {name for name in flags if getattr(found, name)} == can
    assert found.title.startswith(str(kind))


async def test_a_gateway_that_passes_on_v1_only_leaves_the_chat(serve: Serve) -> None:
    found = await told(serve(Kind.VLLM, gateway=True))
    assert (found.kind, found.version) == (Kind.VLLM, None)
    assert found.continues
    assert not found.token_prompts


async def test_an_older_vllm_has_no_exact_label_logprobs(serve: Serve) -> None:
    found = await told(serve(Kind.VLLM, knows_labels=False))
    assert found.token_prompts
    assert not found.label_logprobs


@pytest.mark.parametrize("kind", [Kind.OLLAMA, Kind.OTHER])
async def test_a_server_that_begins_anew_does_not_go_on(serve: Serve, kind: Kind) -> None:
    server = serve(kind, continues=False)
    found = await told(server)
    assert not found.continues
    assert "only whole solutions" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("refused", "by_flag", "n"),
    [(("continue_final_message",), False, True), (("continue_final_message", "n"), False, False)],
)
async def test_fields_that_a_hosted_api_refuses_are_left_out(
    serve: Serve, refused: tuple[str, ...], by_flag: bool, n: bool
) -> None:
    server = serve(Kind.OTHER, refuses=(*refused, "top_k", "min_p", "chat_template_kwargs"))
    found = await told(server)
    assert (found.continues, found.by_flag, found.n) == (True, by_flag, n)
    generator = ServedGenerator(ServerClient(server.url), "served")
    assert (await generator.generate(GenerationRequest(Prefix("1?"), (1, 2)))).samples


async def test_all_that_is_missing_is_said() -> None:
    nothing = Capabilities(Kind.OTHER, None, "m", None, others=3)
    said = " ".join(nothing.notes)
    for word in (
        "whole solutions",
        "log-prob",
        "caching",
        "seeds",
        "per request",
        "window",
        "3 other models",
    ):
        assert word in said
    everything = Capabilities(
        Kind.VLLM, "1", "m", 100, token_prompts=True, label_logprobs=True, n=True, logprobs=True,
        continues=True, seed=True, prefix_cache=True,
    )  # fmt: skip
    assert everything.notes == ()


async def test_what_is_missing_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(Kind.OTHER, continues=False)
    generator = ServedGenerator(ServerClient(server.url), "served")
    await generator.generate(GenerationRequest(Prefix("1?"), (1,), Stop.ANSWER))
    assert "only whole solutions can be sampled" in caplog.text


async def test_it_is_asked_once(serve: Serve) -> None:
    for kind in Kind:
        server = serve(kind)
        generator = ServedGenerator(ServerClient(server.url), "served")
        for _ in range(2):
            await generator.generate(GenerationRequest(Prefix("1?"), (1,), Stop.ANSWER))
        before = len(server.asked)
        await generator.generate(GenerationRequest(Prefix("1?"), (1,), Stop.ANSWER))
        assert len(server.asked) == before + 1


async def test_a_server_that_was_away_is_asked_again(serve: Serve) -> None:
    server = serve()
    generator = ServedGenerator(ServerClient(server.url), "served")
    first = await generator.capabilities()
    down: list[int] = []

    def restarts(path: str, body: dict[str, Any]) -> Response | None:
        # One reply is lost; after it another window is served.
        if down or body.get("max_tokens") == 1:
            return None
        down.append(1)
        server.window = 3000
        return Response(b"{", headers={"Content-Length": "9"})

    server.before = restarts
    await generator.generate(GenerationRequest(Prefix("1?"), (1,)))
    assert (first.window, (await generator.capabilities()).window) == (4000, 3000)


@pytest.mark.parametrize(
    ("listed", "says_what"),
    [
        ({"data": []}, "lists no model"),
        ({"data": [{"id": 7}]}, "has no id"),
        ({"data": [{"id": "two\nlines"}]}, "is no model"),
        ([], "has no data"),
    ],
)
async def test_lists_without_a_model_are_bad(listed: object, says_what: str) -> None:
    async with faulty(says(listed)) as server:
        with pytest.raises(BadReply, match=says_what):
            await probe(ServerClient(server.url))


async def test_a_server_in_trouble_is_not_taken_for_one_that_can_little() -> None:
    listed = says({"data": [{"id": "m"}]})
    async with faulty(listed, drops) as server:
        with pytest.raises(ModelUnavailable):
            await probe(ServerClient(server.url))


async def test_many_calls_at_once_ask_once(serve: Serve) -> None:
    server = serve(Kind.OTHER)
    generator = ServedGenerator(ServerClient(server.url), "served")
    request = GenerationRequest(Prefix("1?"), (1,), Stop.ANSWER)
    await asyncio.gather(*(generator.generate(request) for _ in range(8)))
    assert len(server.asked) == 9
