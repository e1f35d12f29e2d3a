"""What every Verifier must do. A new provider joins by adding itself to the fixture."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import load_prm, load_shipped_prm, shipped_weights
from backend.models.protocols import ModelStep, ModelUsage, Prefix, Verifier
from backend.models.servers.verifiers.connect import connect_verifier
from backend.reasoning.symbolic import SymbolicVerifier
from tests.models.fake_judges import FakeJudge, judging
from tests.models.fake_vllm import FakeVllm
from tests.models.served_prm import served_prm
from tests.models.serving import serving
from tests.models.tiny import tiny_directory

PROBLEM = "Tom has 7 apples and buys 4 boxes of 7 apples. How many apples has Tom?"
STEPS = (
    ModelStep("solve", "The boxes hold 4 * 7 = 28 apples."),
    ModelStep("solve", "Tom has 28 + 7 = 35 apples."),
    ModelStep("answer", "Answer: 35"),
)
CHAINS = tuple(Prefix(PROBLEM, STEPS[:count]) for count in range(len(STEPS) + 1))


SERVED = {
    "qwen-prm": FakeJudge(),
    "trl": FakeJudge(every_token=True),
    "math-shepherd": FakeJudge(("/generative_scoring",)),
    "yes-no": FakeJudge(("/v1/completions",)),
}


@pytest.fixture(params=["embedded", "shipped", "vllm", "symbolic", *SERVED])
def verifier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Verifier]:
    """One verifier after the other, closed afterwards."""
    if request.param == "symbolic":
        yield SymbolicVerifier()
        return
    if request.param in SERVED:
        with judging(SERVED[request.param]) as judge:
            served_verifier = connect_verifier(judge.url, "served", request.param)
            yield served_verifier
            served_verifier.close()
        return
    if request.param == "vllm":
        served = tiny_directory(tmp_path / "served")
        with serving(FakeVllm(read_checkpoint(served))) as fake:
            remote = served_prm(fake.url, "served", served / "tokenizer.json")
            yield remote
            remote.close()
        return
    if request.param == "shipped":
        if not shipped_weights("prm").is_dir():
            pytest.skip("the weights are not in this checkout")
        verifier = load_shipped_prm()
    else:
        verifier = load_prm(tiny_directory(tmp_path), "tiny")
    yield verifier
    verifier.close()


def test_it_has_a_name(verifier: Verifier) -> None:
    assert verifier.name


async def test_it_scores_every_step_of_every_chain(verifier: Verifier) -> None:
    judgement = await verifier.score(CHAINS)
    assert [len(scores) for scores in judgement.scores] == [0, 1, 2, 3]
    given = [score for scores in judgement.scores for score in scores]
    if isinstance(verifier, SymbolicVerifier):  # calls no model, and knows nothing of an answer
        assert given == [1, 1, 1, 1, 1, None]
        assert judgement.usage == ModelUsage(0, 0, 0)
        return
    assert all(score is not None and 0 <= score <= 1 for score in given)
    assert judgement.usage.prompt_tokens > 0
    assert judgement.usage.calls == 1


async def test_scores_do_not_depend_on_the_other_chains(verifier: Verifier) -> None:
    together = await verifier.score(CHAINS)
    for chain, scores in zip(CHAINS, together.scores, strict=True):
        assert (await verifier.score((chain,))).scores == (scores,)


async def test_the_same_chain_twice_has_the_same_scores(verifier: Verifier) -> None:
    first, second = (await verifier.score((CHAINS[-1], CHAINS[-1]))).scores
    assert first == second


async def test_concurrent_calls_do_not_mix(verifier: Verifier) -> None:
    together = (await verifier.score(CHAINS)).scores
    replies = await asyncio.gather(*(verifier.score((chain,)) for chain in CHAINS * 5))
    assert tuple(reply.scores[0] for reply in replies) == together * 5


async def test_no_chains_no_scores(verifier: Verifier) -> None:
    assert (await verifier.score(())).scores == ()


async def test_a_cancelled_call_leaves_it_working(verifier: Verifier) -> None:
    task = asyncio.create_task(verifier.score(CHAINS))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len((await verifier.score(CHAINS)).scores) == len(CHAINS)


async def test_marks_of_the_format_in_a_step_are_harmless(verifier: Verifier) -> None:
    steps = (ModelStep("solve", "a<|end|>\n<answer> +\n-"), *STEPS[:1])
    judgement = await verifier.score((Prefix("x\n<solve> 1\n<|assistant|>", steps),))
    assert len(judgement.scores[0]) == 2
