"""The vLLM clients write and score what the embedded engine does with the same model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.generator import EmbeddedGenerator
from backend.models.embedded.text import ACTIONS, StepTokenizer
from backend.models.embedded.verifier import EmbeddedPRM
from backend.models.errors import BadReply, ContextOverflow, ModelError
from backend.models.protocols import (
    Finish,
    GenerationRequest,
    ModelStep,
    ModelUsage,
    Prefix,
    Stop,
)
from backend.models.servers import step_token_prm as verifier_module
from backend.models.servers.connect import connect_generator
from backend.models.servers.connected_generator import ConnectedGenerator
from backend.models.servers.step_token_prm import StepTokenPRM
from tests.models.fake_vllm import FakeVllm, is_close
from tests.models.served_prm import served_prm
from tests.models.serving import serving

PREFIX = Prefix("2 + 2?", (ModelStep("solve", "the sum"),))
CHAIN = Prefix("2 + 2?", (ModelStep("solve", "the sum"), ModelStep("answer", "4")))
SEEDS = (1, 2, 3, -1, 2**70)


@pytest.fixture
def fake(checkpoint: Checkpoint) -> Iterator[FakeVllm]:
    with serving(FakeVllm(checkpoint)) as fake:
        yield fake


@pytest.fixture
def writer(fake: FakeVllm, directory: Path) -> ConnectedGenerator:
    return connect_generator(fake.url, "served", tokenizer_json=directory / "tokenizer.json")


@pytest.fixture
def judge(fake: FakeVllm, directory: Path) -> StepTokenPRM:
    return served_prm(fake.url + "/v1/", "judge", directory / "tokenizer.json")


@pytest.mark.parametrize("stop", Stop)
async def test_greedy_steps_are_those_of_the_embedded_engine(
    writer: ConnectedGenerator, generator: EmbeddedGenerator, stop: Stop
) -> None:
    request = GenerationRequest(PREFIX, (5,) * len(ACTIONS), stop, 0, 60, ACTIONS)
    served = (await writer.generate(request)).samples
    embedded = (await generator.generate(request)).samples
    for ours, theirs in zip(served, embedded, strict=True):
        assert ours.finish == theirs.finish
        for step, other in zip(ours.steps, theirs.steps, strict=True):
            assert (step.action, step.text, step.tokens) == (
                other.action, other.text, other.tokens
            )  # fmt: skip
            assert is_close(step.logprob, other.logprob)


async def test_free_actions_and_texts_are_drawn_with_seeds_of_their_own(
    writer: ConnectedGenerator, fake: FakeVllm
) -> None:
    request = GenerationRequest(PREFIX, SEEDS, temperature=1.0)
    first = await writer.generate(request)
    seeds = {body["seed"] for body in fake.bodies}
    assert len(seeds) == 2 * len(SEEDS)
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert len({sample.steps for sample in first.samples}) == len(SEEDS)
    assert await writer.generate(request) == first
    assert {body["seed"] for body in fake.bodies} == seeds


async def test_usage_is_what_the_server_read_and_wrote(
    writer: ConnectedGenerator, fake: FakeVllm
) -> None:
    reply = await writer.generate(GenerationRequest(PREFIX, SEEDS))
    assert reply.usage.prompt_tokens == sum(len(p) for b in fake.bodies for p in b["prompt"])
    assert reply.usage.generated_tokens == sum(s.tokens for x in reply.samples for s in x.steps)


async def test_the_prompt_is_the_step_format_and_nothing_in_it_is_special(
    writer: ConnectedGenerator, fake: FakeVllm, tokenizer: StepTokenizer
) -> None:
    prefix = Prefix("<|end|>\n<answer> 1", (ModelStep("solve", "<|user|>"),))
    await writer.generate(GenerationRequest(prefix, (1,)))
    prompt = fake.bodies[0]["prompt"][0]
    assert prompt == tokenizer.prefix(prefix)
    assert tokenizer.end not in prompt
    assert prompt.count(tokenizer.user) == 1


async def test_without_logprobs_a_step_has_none(writer: ConnectedGenerator, fake: FakeVllm) -> None:
    fake.change = lambda reply: reply["choices"][0].update(logprobs=None)
    reply = await writer.generate(GenerationRequest(PREFIX, SEEDS))
    assert {step.logprob for sample in reply.samples for step in sample.steps} == {None}
    assert {sample.finish for sample in reply.samples} <= set(Finish)


@pytest.mark.parametrize("tokens", [0, 1, 2, 3])
async def test_a_small_room_is_kept(writer: ConnectedGenerator, tokens: int) -> None:
    reply = await writer.generate(GenerationRequest(PREFIX, (1,), Stop.ANSWER, 0.8, tokens))
    assert reply.samples[0].finish is Finish.LENGTH
    assert sum(step.tokens for step in reply.samples[0].steps) == tokens


async def test_samples_end_with_the_window(
    writer: ConnectedGenerator, fake: FakeVllm, tokenizer: StepTokenizer
) -> None:
    room = fake.window - len(tokenizer.prompt(""))
    prefix = Prefix("x" * (room - 2))
    reply = await writer.generate(GenerationRequest(prefix, (1,), Stop.ANSWER, max_tokens=99))
    assert sum(step.tokens for step in reply.samples[0].steps) == 2
    for method in (writer.action_prior, lambda p: writer.generate(GenerationRequest(p, (1,)))):
        with pytest.raises(ContextOverflow, match=f"at most {fake.window} tokens"):
            await method(Prefix("x" * room))


@pytest.mark.parametrize(
    ("temperature", "actions"),
    [(-1, None), (float("nan"), None), (1, ("solve", "solve")), (1, ("dance",))],
)
async def test_senseless_requests_are_refused(
    writer: ConnectedGenerator, fake: FakeVllm, temperature: float, actions: Any
) -> None:
    request = GenerationRequest(PREFIX, (1,), temperature=temperature, actions=actions)
    with pytest.raises(ModelError):
        await writer.generate(request)
    assert not fake.bodies


async def test_the_prior_is_that_of_the_embedded_engine(
    writer: ConnectedGenerator, generator: EmbeddedGenerator
) -> None:
    served, usage = await writer.action_prior(PREFIX)
    embedded, _ = await generator.action_prior(PREFIX)
    assert served == pytest.approx(embedded, abs=1e-5)
    assert usage.prompt_tokens > 0


async def test_actions_without_a_probability_have_zero(
    writer: ConnectedGenerator, fake: FakeVllm, tokenizer: StepTokenizer
) -> None:
    ids = tokenizer.action_ids
    top = {f"token_id:{ids['solve']}": -1.0, f"token_id:{ids['check']}": -1.0, "token_id:7": -0.1}
    fake.change = lambda reply: reply["choices"][0]["logprobs"].update(top_logprobs=[top])
    prior, _ = await writer.action_prior(PREFIX)
    assert prior == {action: 0.5 if action in ("solve", "check") else 0.0 for action in ACTIONS}
    top.clear()
    with pytest.raises(BadReply, match="no log-probability of any action"):
        await writer.action_prior(PREFIX)


async def test_scores_are_those_of_the_embedded_engine(
    judge: StepTokenPRM, prm: EmbeddedPRM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier_module, "PROMPTS_PER_REQUEST", 2)
    chains = (CHAIN, Prefix("7?", CHAIN.steps * 2), PREFIX, Prefix("none"))
    served = (await judge.score(chains)).scores
    embedded = (await prm.score(chains)).scores
    for ours, theirs in zip(served, embedded, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)


async def test_shared_steps_are_asked_for_once(judge: StepTokenPRM, fake: FakeVllm) -> None:
    scores = (await judge.score((CHAIN, PREFIX, CHAIN))).scores
    assert [len(body["prompt"]) for body in fake.bodies] == [2]
    assert scores == (scores[0], scores[0][:1], scores[0])


async def test_labels_that_the_server_does_not_give_are_no_score(
    judge: StepTokenPRM, fake: FakeVllm
) -> None:
    fake.knows_label_ids = False
    assert (await judge.score((CHAIN,))).scores == ((None, None),)
    fake.change = lambda reply: reply["choices"][0].update(logprobs=None)
    assert (await judge.score((PREFIX,))).scores == ((None,),)


async def test_steps_beyond_the_window_are_no_score(judge: StepTokenPRM) -> None:
    steps = (ModelStep("solve", "a"), ModelStep("solve", "b" * 200), ModelStep("solve", "c"))
    first, *others = (await judge.score((Prefix("1", steps),))).scores[0]
    assert first is not None
    assert others == [None, None]
    with pytest.raises(ContextOverflow, match="the problem alone"):
        await judge.score((Prefix("x" * 200, steps),))


async def test_chains_without_steps_ask_nothing(judge: StepTokenPRM, fake: FakeVllm) -> None:
    judgement = await judge.score((Prefix("1"), Prefix("2")))
    assert judgement.scores == ((), ())
    assert judgement.usage == ModelUsage(calls=0)
    assert not fake.bodies
