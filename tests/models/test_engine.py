"""The worker thread: company, caches and cancels change nothing; it fails and ends cleanly."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.generator import EmbeddedGenerator
from backend.models.embedded.loader import load_generator, load_prm
from backend.models.embedded.text import ACTIONS, StepTokenizer
from backend.models.embedded.verifier import EmbeddedPRM
from backend.models.errors import ModelUnavailable
from backend.models.protocols import Generation, GenerationRequest, ModelStep, Prefix, Stop
from tests.models.tiny import CountingLlama

WORDS = ("he", "7", "*", "4", "=", "28")
LONG = GenerationRequest(Prefix("he has 1"), tuple(range(8)), Stop.ANSWER, 1.2, 150)


def random_prefix(rng: random.Random) -> Prefix:
    steps = tuple(
        ModelStep(rng.choice(ACTIONS), " ".join(rng.choices(WORDS, k=5)))
        for _ in range(rng.randint(0, 5))
    )
    return Prefix(rng.choice(("he has 7", "Make 24 of 4, 7, 8 and 13.")), steps)


def random_request(rng: random.Random) -> GenerationRequest:
    count = rng.randint(1, 5)
    actions = tuple(rng.choice((None, *ACTIONS)) for _ in range(count))
    return GenerationRequest(
        random_prefix(rng),
        tuple(rng.randrange(2**40) for _ in range(count)),
        rng.choice(tuple(Stop)),
        rng.choice((0.0, 0.7, 1.0)),
        rng.randint(1, 60),
        rng.choice((None, actions)),
    )


@pytest.fixture
def llama(checkpoint: Checkpoint) -> CountingLlama:
    return CountingLlama(checkpoint)


@pytest.fixture
def counted(llama: CountingLlama, tokenizer: StepTokenizer) -> Iterator[EmbeddedGenerator]:
    generator = EmbeddedGenerator(llama, tokenizer, "counted")
    yield generator
    generator.close()


@pytest.fixture
def uncached(checkpoint: Checkpoint, tokenizer: StepTokenizer) -> Iterator[EmbeddedGenerator]:
    generator = EmbeddedGenerator(CountingLlama(checkpoint), tokenizer, "uncached", cache_bytes=0)
    yield generator
    generator.close()


async def later(turns: int, call: Callable[[], Coroutine[Any, Any, Generation]]) -> Generation:
    """Make a call after some turns of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await call()


async def reached(llama: CountingLlama, passes: int, task: asyncio.Task[Generation]) -> None:
    """Wait for a number of passes, or for the task to end."""
    while len(llama.passes.spans) < passes and not task.done():  # noqa: ASYNC110
        # The worker is a thread that knows no event loop; a turn of the loop is all there is.
        await asyncio.sleep(0)


async def test_a_request_gets_the_same_bits_alone_and_in_a_crowd(
    llama: CountingLlama, counted: EmbeddedGenerator, uncached: EmbeddedGenerator
) -> None:
    rng = random.Random(1)
    requests = [random_request(rng) for _ in range(60)]
    alone = [await uncached.generate(request) for request in requests]
    for _ in range(2):  # the second time with a full cache
        order = rng.sample(range(len(requests)), len(requests))
        crowd = await asyncio.gather(
            *(
                later(rng.randint(0, 400), lambda i=i: counted.generate(requests[i]))  # type: ignore[misc]
                for i in order
            )
        )
        assert crowd == [alone[i] for i in order]
    assert max(llama.passes.spans) > 20


async def test_priors_and_scores_are_the_same_bits_in_a_crowd(
    directory: Path, counted: EmbeddedGenerator, uncached: EmbeddedGenerator
) -> None:
    rng = random.Random(2)
    prefixes = [random_prefix(rng) for _ in range(40)]
    crowd_prm, lone_prm = load_prm(directory, "crowd"), load_prm(directory, "lone")
    try:
        alone = [await uncached.action_prior(prefix) for prefix in prefixes]
        crowd = await asyncio.gather(*(counted.action_prior(prefix) for prefix in prefixes))
        assert crowd == alone
        together = (await crowd_prm.score(tuple(prefixes))).scores
        assert together == tuple([(await lone_prm.score((p,))).scores[0] for p in prefixes])
    finally:
        crowd_prm.close()
        lone_prm.close()


async def test_a_known_prefix_is_extended_by_its_new_tokens_only(
    llama: CountingLlama, counted: EmbeddedGenerator, tokenizer: StepTokenizer
) -> None:
    parent = Prefix("he has 7 * 4", (ModelStep("solve", "7 * 4 = 28, leaving 8 and 13."),))
    child = Prefix(parent.problem, (*parent.steps, ModelStep("check", "28 holds.")))
    await counted.action_prior(parent)
    llama.passes.tokens.clear()
    await counted.action_prior(child)
    new = len(tokenizer.prefix(child)) - len(tokenizer.prefix(parent))
    assert new <= sum(llama.passes.tokens) < new + 16


async def test_scores_are_not_computed_twice(
    checkpoint: Checkpoint, tokenizer: StepTokenizer
) -> None:
    llama = CountingLlama(checkpoint)
    prm = EmbeddedPRM(llama, tokenizer, "prm")
    chain = Prefix("he", tuple(ModelStep("solve", f"{i} * 4 = 28 holds") for i in range(6)))
    before = await prm.score((Prefix("he", chain.steps[:5]),))
    llama.passes.tokens.clear()
    after = await prm.score((chain,))
    assert 0 < sum(llama.passes.tokens) < 16 + len(tokenizer.step(chain.steps[5], "he"))
    llama.passes.tokens.clear()
    assert await prm.score((chain,)) == after
    assert after.scores[0][:5] == before.scores[0]
    assert llama.passes.tokens == []
    prm.close()


async def test_hundreds_of_cancellations_leave_the_engine_healthy(
    llama: CountingLlama, counted: EmbeddedGenerator
) -> None:
    rng = random.Random(3)
    expected = await counted.generate(LONG)
    for _ in range(250):
        task = asyncio.create_task(counted.generate(random_request(rng)))
        target = len(llama.passes.spans) + rng.randint(0, 5)
        await reached(llama, target, task)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await counted.generate(LONG) == expected


async def test_cancelled_sequences_leave_the_batch(
    llama: CountingLlama, counted: EmbeddedGenerator
) -> None:
    tasks = [asyncio.create_task(counted.generate(LONG)) for _ in range(15)]
    await reached(llama, 5, tasks[0])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    before = len(llama.passes.spans)
    await counted.generate(GenerationRequest(Prefix("he"), (1, 2), temperature=1.0))
    # The first pass may have been under way already.
    assert len(llama.passes.spans[before + 1 :]) >= 1
    assert max(llama.passes.spans[before + 1 :]) <= 2
    assert max(llama.passes.spans[:before]) > 2


async def test_cancelling_one_call_leaves_the_others(
    counted: EmbeddedGenerator, uncached: EmbeddedGenerator
) -> None:
    expected = await uncached.generate(LONG)
    kept = asyncio.create_task(counted.generate(LONG))
    given_up = [asyncio.create_task(counted.generate(LONG)) for _ in range(20)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    assert await kept == expected
    assert all(task.cancelled() for task in given_up)


async def test_more_samples_than_fit_wait_for_their_turn(
    llama: CountingLlama, counted: EmbeddedGenerator
) -> None:
    request = GenerationRequest(Prefix("he"), tuple(range(150)), temperature=1.0, max_tokens=12)
    reply = await counted.generate(request)
    assert len(reply.samples) == 150
    assert max(llama.passes.spans) == 64


async def test_long_prompts_do_not_hold_up_a_pass(
    llama: CountingLlama, counted: EmbeddedGenerator
) -> None:
    problems = [Prefix(f"{i} {'7' * 150}") for i in range(12)]
    await asyncio.gather(*(counted.action_prior(problem) for problem in problems))
    assert max(llama.passes.tokens) <= 256


async def test_closing_ends_calls_in_flight(directory: Path) -> None:
    generator = load_generator(directory, "closing")
    calls = [asyncio.create_task(generator.generate(LONG)) for _ in range(30)]
    await asyncio.sleep(0)
    generator.close()
    replies = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(r, Generation | ModelUnavailable) for r in replies)
    assert any(isinstance(r, ModelUnavailable) for r in replies)


async def test_a_failing_pass_fails_its_calls_and_no_later_one(
    llama: CountingLlama, counted: EmbeddedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(spans: object) -> None:
        raise MemoryError("no room")

    expected = await counted.generate(LONG)
    with monkeypatch.context() as patch:
        patch.setattr(llama, "forward", broken)
        with pytest.raises(ModelUnavailable, match=r"counted failed: MemoryError.*Try again"):
            await counted.generate(LONG)
    assert await counted.generate(LONG) == expected
