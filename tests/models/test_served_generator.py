"""A general model behind vLLM and others: what is asked of the server, and what is made of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.text import ACTIONS
from backend.models.errors import BadReply, ContextOverflow, ModelError
from backend.models.protocols import Finish, GenerationRequest, ModelStep, Prefix, Stop, Writer
from backend.models.servers.capabilities import Kind
from backend.models.servers.client import ServerClient
from backend.models.servers.connect import connect_generator
from backend.models.servers.generators import token_route
from backend.models.servers.generators.generator import ServedGenerator
from backend.models.servers.generators.route import Profile
from tests.models.fake_general import ASSISTANT, END, FakeGeneral
from tests.models.fake_vllm import FakeVllm
from tests.models.serving import serving

PROBLEM = Prefix("What is 2 + 2?")
PATH = Prefix("What is 2 + 2?", (ModelStep("restate", "Find the sum."),))
COMPLETIONS, CHAT, TOKENIZE = "/v1/completions", "/v1/chat/completions", "/tokenize"

Start = Callable[..., tuple[FakeGeneral, ServedGenerator]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server and connect to it."""
    with ExitStack() as servers:

        def start(
            kind: Kind = Kind.VLLM, profile: Profile | None = None, **about: Any
        ) -> tuple[FakeGeneral, ServedGenerator]:
            server = servers.enter_context(serving(FakeGeneral(kind, **about)))
            return server, ServedGenerator(ServerClient(server.url), "served", profile)

        yield start


async def grow(generator: ServedGenerator, prefix: Prefix, seed: int = 1) -> Prefix:
    """The prefix and one more step."""
    reply = await generator.generate(GenerationRequest(prefix, (seed,)))
    step = reply.samples[0].steps[0]
    return Prefix(prefix.problem, (*prefix.steps, ModelStep(step.action, step.text)))


def generations(server: FakeGeneral, path: str = COMPLETIONS) -> list[dict[str, Any]]:
    """What was asked for beside the probe."""
    return [body for body in server.of(path) if body["max_tokens"] > 1]


async def test_a_child_goes_on_with_the_very_tokens_of_its_parent(start: Start) -> None:
    server, generator = start()
    path = PROBLEM
    for seed in (5, 6):
        path = await grow(generator, path, seed)
    first, second = generations(server)
    texts = [len([b for b in server.of(TOKENIZE) if "messages" in b]), len(server.of(TOKENIZE))]
    assert texts == [1, 2]  # the problem, and the probe's text
    assert second["prompt"][: len(first["prompt"])] == first["prompt"]
    assert server.text(second["prompt"]).endswith(f"{path.steps[0].text}\n\n")
    assert path.steps[1].action in ACTIONS


async def test_an_edited_path_is_tokenized_anew_from_where_it_was_changed(start: Start) -> None:
    server, generator = start()
    path = await grow(generator, PROBLEM)
    edited = Prefix(path.problem, (*path.steps, ModelStep("check", "Is <|im_end|>that so?")))
    await grow(generator, edited)
    assert server.of(TOKENIZE)[-1]["prompt"] == "[check] Is that so?\n\n"
    assert server.text(generations(server)[-1]["prompt"]).endswith(
        f"{ASSISTANT}[{path.steps[0].action}] {path.steps[0].text}\n\n[check] Is that so?\n\n"
    )


async def test_a_token_that_reaches_beyond_the_break_is_not_gone_on_from(start: Start) -> None:
    server, generator = start(writes=lambda begun, seed: "[solve] It is 4.\n\n!And so on.")
    path = await grow(generator, PROBLEM)
    assert path.steps == (ModelStep("solve", "It is 4."),)
    await grow(generator, path)
    assert server.text(generations(server)[-1]["prompt"]).endswith("[solve] It is 4.\n\n")


async def test_the_ids_of_a_text_that_the_model_ended_are_not_gone_on_from(start: Start) -> None:
    server, generator = start(writes=lambda begun, seed: f"[solve] It is 4.{END}")
    path = await grow(generator, PROBLEM)
    await grow(generator, path)
    assert server.text(generations(server)[-1]["prompt"]).endswith("[solve] It is 4.\n\n")


async def test_old_prompts_make_room(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server, generator = start()
    monkeypatch.setattr(token_route, "KEPT_TOKENS", 3000)
    for number in range(5):
        await grow(generator, Prefix(f"What is {number} + 1?"))
    before = len(server.of(TOKENIZE))
    await grow(generator, Prefix("What is 4 + 1?"))
    assert len(server.of(TOKENIZE)) == before
    await grow(generator, Prefix("What is 0 + 1?"))
    assert len(server.of(TOKENIZE)) == before + 1


async def test_seeds_that_follow_each_other_share_a_request(start: Start) -> None:
    server, generator = start()
    seeds = (4, 5, 6, 9, -1, 2**70)
    reply = await generator.generate(GenerationRequest(PROBLEM, seeds))
    asked = sorted((body["n"], body["seed"]) for body in generations(server))
    assert asked[-1] == (3, 4)
    assert len(asked) == 4
    assert all(0 <= seed < 2**62 for _, seed in asked)
    for seed, sample in zip(seeds, reply.samples, strict=True):
        alone = await generator.generate(GenerationRequest(PROBLEM, (seed,)))
        assert alone.samples == (sample,)


async def test_greedy_texts_and_other_actions_are_requests_of_their_own(start: Start) -> None:
    server, generator = start()
    await generator.generate(GenerationRequest(PROBLEM, (1, 2), temperature=0))
    await generator.generate(GenerationRequest(PROBLEM, (1, 2), actions=("check", "solve")))
    assert [body["n"] for body in generations(server)] == [1] * 4


async def test_a_forced_action_is_the_end_of_the_prompt(start: Start) -> None:
    for kind in (Kind.VLLM, Kind.LLAMA_CPP):
        server, generator = start(kind)
        reply = await generator.generate(GenerationRequest(PATH, (1,), actions=("check",)))
        assert reply.samples[0].steps[0].action == "check"
        if kind is Kind.VLLM:
            begun = server.text(generations(server)[-1]["prompt"]).rpartition(ASSISTANT)[2]
        else:
            begun = generations(server, CHAT)[-1]["messages"][-1]["content"]
        assert begun == "[restate] Find the sum.\n\n[check]"


async def test_the_prior_is_that_of_the_tags(start: Start) -> None:
    server, generator = start()
    prior, _ = await generator.action_prior(PATH)
    assert prior is not None
    assert list(prior) == list(ACTIONS)
    assert sum(prior.values()) == pytest.approx(1)
    body = server.of(COMPLETIONS)[-1]
    assert server.text(body["prompt"]).endswith("Find the sum.\n\n[")
    assert [server.text([i]) for i in body["logprob_token_ids"]] == list(ACTIONS)


async def test_without_label_logprobs_the_prior_is_that_of_the_likeliest_tokens(
    start: Start,
) -> None:
    for kind in (Kind.VLLM, Kind.LLAMA_CPP, Kind.SGLANG):
        _, generator = start(kind, knows_labels=False)
        prior, usage = await generator.action_prior(PATH)
        assert prior is not None
        # "c" may begin two tags, "x" none.
        assert {action for action, p in prior.items() if p > 0} >= {"solve", "check"}
        assert prior["correct"] == 0
        assert usage.prompt_tokens > 0


@pytest.mark.parametrize("kind", [Kind.LLAMA_CPP, Kind.OTHER])
async def test_without_logprobs_there_is_no_prior_and_no_confidence(
    start: Start, kind: Kind
) -> None:
    _, generator = start(kind, gives_logprobs=False)
    prior, _ = await generator.action_prior(PATH)
    reply = await generator.generate(GenerationRequest(PATH, (1, 2), Stop.ANSWER))
    assert {s.logprob for sample in reply.samples for s in sample.steps} == {None}
    assert prior is None or kind is Kind.LLAMA_CPP


@pytest.mark.parametrize("kind", [Kind.SGLANG, Kind.LLAMA_CPP, Kind.OLLAMA, Kind.OTHER])
@pytest.mark.parametrize("trims", [False, True])
async def test_chat_goes_on_with_what_was_begun(start: Start, kind: Kind, trims: bool) -> None:
    server, generator = start(kind, trims=trims)
    path = PROBLEM
    for seed in range(3):
        path = await grow(generator, path, seed)
    assert [step.action for step in path.steps][-1] == "answer"
    begun = generations(server, CHAT)[-1]["messages"][-1]
    assert begun["role"] == "assistant"
    assert begun["content"].endswith(f"{path.steps[1].text}\n\n[")


@pytest.mark.parametrize("said", ["solve] 4.", "[solve] 4.", "\n[solve] 4."])
async def test_a_bracket_of_the_model_s_own_is_the_only_one(start: Start, said: str) -> None:
    _, generator = start(Kind.LLAMA_CPP, writes=lambda begun, seed: said + END)
    assert (await grow(generator, PATH)).steps[-1] == ModelStep("solve", "4.")
    forced = GenerationRequest(PATH, (1,), actions=("check",))
    assert (await generator.generate(forced)).samples[0].steps[0].action == "check"


async def test_a_server_that_cannot_go_on_gives_whole_solutions_only(start: Start) -> None:
    _, generator = start(Kind.OTHER, continues=False)
    reply = await generator.generate(GenerationRequest(PROBLEM, (1, 2), Stop.ANSWER))
    assert [sample.finish for sample in reply.samples] == [Finish.ANSWER] * 2
    assert all(len(sample.steps) == 3 for sample in reply.samples)
    for request in (
        GenerationRequest(PROBLEM, (1,), Stop.STEP),
        GenerationRequest(PATH, (1,), Stop.ANSWER),
        GenerationRequest(PROBLEM, (1,), Stop.ANSWER, actions=("solve",)),
    ):
        with pytest.raises(ModelError, match="missing: continue_final_message") as caught:
            await generator.generate(request)
        assert "best-of-N" in str(caught.value)


async def test_scaled_logprobs_are_no_confidence(start: Start) -> None:
    _, generator = start(Kind.SGLANG)
    for temperature, known in ((0.8, False), (1, True)):
        reply = await generator.generate(GenerationRequest(PATH, (1,), temperature=temperature))
        assert (reply.samples[0].steps[0].logprob is not None) is known


async def test_without_seeds_one_request_gives_all_texts(start: Start) -> None:
    server, generator = start(Kind.SGLANG)
    await generator.generate(GenerationRequest(PATH, (1, 7, 3)))
    (body,) = generations(server, CHAT)
    assert body["n"] == 3
    assert "seed" not in body


async def test_a_text_fills_the_window_and_no_more(start: Start) -> None:
    server, generator = start(writes=lambda begun, seed: "a " * 500, window=1500)
    await generator.generate(GenerationRequest(PROBLEM, (1,)))
    length = len(generations(server)[0]["prompt"])
    server.window = length + 7
    server, generator = start(writes=server.writes, window=length + 7)
    reply = await generator.generate(GenerationRequest(PROBLEM, (1,), Stop.STEP))
    assert reply.samples[0].finish is Finish.LENGTH
    assert reply.usage.generated_tokens == 7


@pytest.mark.parametrize("kind", [Kind.VLLM, Kind.LLAMA_CPP])
async def test_a_prompt_that_does_not_fit_is_said(start: Start, kind: Kind) -> None:
    _, generator = start(kind, window=50)
    for call in (generator.generate(GenerationRequest(PATH, (1,))), generator.action_prior(PATH)):
        with pytest.raises(ContextOverflow, match=r"[Ss]horten the problem"):
            await call


async def test_a_prompt_that_was_cut_without_a_word_is_noticed(start: Start) -> None:
    server, generator = start(Kind.LLAMA_CPP, window=400)

    def cut(path: str, body: dict[str, Any]) -> Response | None:
        choice = {"index": 0, "finish_reason": "length", "message": {"content": "hm"}}
        usage = {"prompt_tokens": 400, "completion_tokens": 1}
        return JSONResponse({"choices": [choice], "usage": usage})

    server.before = cut
    with pytest.raises(ContextOverflow, match="fill the window"):
        await generator.generate(GenerationRequest(PATH, (1,)))


async def test_every_request_is_salted_on_demand(start: Start) -> None:
    server, generator = start(profile=Profile(cache_salt="mine"))
    await grow(generator, PROBLEM)
    await generator.action_prior(PROBLEM)
    assert {body["cache_salt"] for body in server.of(COMPLETIONS)[1:]} == {"mine"}


async def test_the_model_is_the_one_that_was_asked_for(start: Start) -> None:
    models = ("first", "second")
    server, generator = start(profile=Profile(model="second"), models=models)
    await grow(generator, PROBLEM)
    assert {body["model"] for _, body in server.asked} == {"second"}
    _, missing = start(profile=Profile(model="third"), models=models)
    with pytest.raises(BadReply, match="first, second, but not third"):
        await grow(missing, PROBLEM)


async def test_another_model_after_a_restart_is_learnt_of(start: Start) -> None:
    server, generator = start()
    path = await grow(generator, PROBLEM)
    server.models = ("another",)
    with pytest.raises(BadReply, match="`general` does not exist"):
        await grow(generator, path)
    await grow(generator, path)
    assert {body["model"] for body in generations(server)} == {"general", "another"}
    assert [b for b in server.of(TOKENIZE) if "messages" in b][-1]["model"] == "another"


async def test_it_does_as_it_is_told_in_words(start: Start) -> None:
    def writes(begun: str, seed: int) -> str:
        return f"<think>Hm.</think>\n\nYes, {seed}.{END}"

    for kind in Kind:
        server, generator = start(kind, writes=writes)
        assert isinstance(generator, Writer)
        said = await generator.write("Judge.", "Is <|im_end|>it?", max_tokens=50, temperature=1)
        assert said.text.startswith("Yes")
        assert said.finished
        assert said.usage.prompt_tokens > 0
        messages = server.of(CHAT)[-1]["messages"]
        assert [m["content"] for m in messages] == ["Judge.", "Is  it?"]
        cut = await generator.write("Judge.", "Is it?", max_tokens=2)
        assert not cut.finished


REPLIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no choices": lambda reply: reply.update(choices=[]),
    "too many": lambda reply: reply["choices"].append(dict(reply["choices"][0], index=1)),
    "no text": lambda reply: reply["choices"][0].update(text=7),
    "strange end": lambda reply: reply["choices"][0].update(finish_reason="abort"),
    "no usage": lambda reply: reply.pop("usage"),
    "endless usage": lambda reply: reply["usage"].update(completion_tokens=10**30),
    "over-long": lambda reply: reply["choices"][0].update(text="x" * 10**6),
    "more tokens": lambda reply: reply["choices"][0].update(token_ids=[1] * 300),
    "strange ids": lambda reply: reply["choices"][0].update(token_ids=["a"]),
    "text as logprob": lambda reply: reply["choices"][0]["logprobs"].update(
        tokens=["a"], token_logprobs=["b"]
    ),
    "short logprobs": lambda reply: reply["choices"][0]["logprobs"].update(token_logprobs=[]),
}


@pytest.mark.parametrize("change", REPLIES)
async def test_replies_that_break_a_promise_are_bad(start: Start, change: str) -> None:
    server, generator = start()
    await generator.capabilities()

    def broken(path: str, body: dict[str, Any]) -> Response | None:
        if path != COMPLETIONS:
            return None
        logprobs = {"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": [{"a": -1.0}]}
        choice = {"index": 0, "text": "a", "finish_reason": "stop", "logprobs": logprobs}
        reply = {
            "choices": [{**choice, "token_ids": [1]}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        }
        REPLIES[change](reply)
        return JSONResponse(reply)

    server.before = broken
    with pytest.raises(BadReply, match=server.url):
        await generator.generate(GenerationRequest(PROBLEM, (1,)))


@pytest.mark.parametrize("said", ["", "\n\n", "[solve]"])
async def test_a_model_that_says_nothing_gives_no_step(start: Start, said: str) -> None:
    _, generator = start(writes=lambda begun, seed: said + END)
    reply = await generator.generate(GenerationRequest(PROBLEM, (1,)))
    assert reply.samples[0].steps == ()
    assert reply.samples[0].finish is Finish.STEP


async def test_a_tag_in_a_paragraph_of_its_own_is_given_its_words(start: Start) -> None:
    def writes(begun: str, seed: int) -> str:
        return f" It is 4.{END}" if begun.endswith("]") else "[check]\n\nIt is 4."

    _, generator = start(writes=writes)
    reply = await generator.generate(GenerationRequest(PROBLEM, (1, 2)))
    for sample in reply.samples:
        assert [(step.action, step.text) for step in sample.steps] == [("check", "It is 4.")]
    written = sum(step.tokens for sample in reply.samples for step in sample.steps)
    assert reply.usage.generated_tokens > written
    _, mute = start(Kind.SGLANG, writes=lambda begun, seed: "check]\n\n" if seed else "\n\n")
    assert (await mute.generate(GenerationRequest(PROBLEM, (1,)))).samples[0].steps == ()


async def test_no_tokens_are_no_request(start: Start) -> None:
    server, generator = start()
    reply = await generator.generate(GenerationRequest(PROBLEM, (1, 2), max_tokens=0))
    assert [sample.finish for sample in reply.samples] == [Finish.LENGTH] * 2
    assert not server.asked


async def test_an_address_serves_either_format(
    start: Start, checkpoint: Checkpoint, directory: Path
) -> None:
    general, _ = start()
    tokenizer = directory / "tokenizer.json"
    with serving(FakeVllm(checkpoint)) as own:
        for server, words in ((general, True), (own, False)):
            generator = connect_generator(server.url, "either", tokenizer_json=tokenizer)
            reply = await generator.generate(GenerationRequest(PROBLEM, (1, 2)))
            assert len(reply.samples) == 2
            assert {s.action for x in reply.samples for s in x.steps} <= set(generator.actions)
            if words:
                assert (await generator.write("Judge.", "Is it?", max_tokens=9)).text
                continue
            with pytest.raises(ModelError, match="serve an instruction-tuned model"):
                await generator.write("Judge.", "Is it?", max_tokens=9)


async def test_what_an_address_serves_is_found_out_once(start: Start, directory: Path) -> None:
    for kind in Kind:
        server, _ = start(kind)
        tokenizer = directory / "tokenizer.json"
        generator = connect_generator(server.url, "either", tokenizer_json=tokenizer)
        request = GenerationRequest(PROBLEM, (1,), Stop.ANSWER)
        for _ in range(2):
            await generator.generate(request)
        before = len(server.asked)
        await generator.generate(request)
        assert len(server.asked) == before + 1
