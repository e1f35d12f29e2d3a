"""The same weights say the same behind vLLM as in the embedded runtime."""

import pytest

from backend.models.embedded.loader import load_shipped_generator, load_shipped_prm
from backend.models.protocols import GenerationRequest, ModelStep, Prefix, Sample, Stop
from backend.models.servers.connect import connect_generator
from backend.models.servers.verifiers.connect import connect_verifier
from tests.vllm.conftest import Servers

PROBLEMS = (
    "Use the numbers 3, 3, 8, 8 and + - * / to make 24.",
    "Tom has 7 apples and buys 4 boxes of 7 apples. How many apples has Tom?",
    "Solve 3(x + 4) - 5 = 2x + 13 for x.",
)
# Ours and vLLM's sums of the same numbers are done in another order.
LOGPROB, SCORE = 1e-3, 1e-3
STEPS = (
    ModelStep("solve", "The boxes hold 4 * 7 = 28 apples."),
    ModelStep("solve", "Tom has 28 + 7 = 36 apples."),
    ModelStep("answer", "Answer: 36"),
)


def written(sample: Sample) -> list[tuple[str, str]]:
    return [(step.action, step.text) for step in sample.steps]


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_greedy_solutions_are_the_same(servers: Servers, problem: str) -> None:
    request = GenerationRequest(Prefix(problem), (1,), Stop.ANSWER, 0.0)
    embedded = load_shipped_generator()
    served = connect_generator(servers.generator, "served")
    ours, theirs = await embedded.generate(request), await served.generate(request)
    (one,), (other,) = ours.samples, theirs.samples
    assert written(one) == written(other)
    assert [s.tokens for s in one.steps] == [s.tokens for s in other.steps]
    for step, same in zip(one.steps, other.steps, strict=True):
        assert step.logprob == pytest.approx(same.logprob, abs=LOGPROB)
    assert ours.usage.generated_tokens == theirs.usage.generated_tokens
    embedded.close()
    await served.aclose()


async def test_the_prior_over_actions_is_the_same(servers: Servers) -> None:
    embedded = load_shipped_generator()
    served = connect_generator(servers.generator, "served")
    for problem in PROBLEMS:
        ours, _ = await embedded.action_prior(Prefix(problem))
        theirs, _ = await served.action_prior(Prefix(problem))
        assert ours is not None
        assert theirs == pytest.approx(ours, abs=SCORE)
    embedded.close()
    await served.aclose()


async def test_scores_and_values_are_the_same(servers: Servers) -> None:
    embedded = load_shipped_prm()
    served = connect_verifier(servers.prm, "served")
    chains = tuple(Prefix(problem, STEPS[:n]) for problem in PROBLEMS for n in range(4))
    ours, theirs = await embedded.score(chains), await served.score(chains)
    assert ours.values is not None
    assert theirs.values is not None
    for mine, same in zip(
        (*ours.scores, *ours.values), (*theirs.scores, *theirs.values), strict=True
    ):
        assert same == pytest.approx(mine, abs=SCORE)
    embedded.close()
    await served.aclose()
