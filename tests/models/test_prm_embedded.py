"""The embedded reward model: scores by the textbook, within the window."""

import numpy as np
import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import VALUE, EmbeddedPRM
from backend.models.errors import ContextOverflow, ModelUnavailable
from backend.models.protocols import ModelStep, Prefix
from tests.models.tiny import WINDOW, naive_logits

STEPS = tuple(ModelStep("solve", f"{i} * 4 = 28, leaving 8.") for i in range(5))


async def test_scores_are_the_softmax_of_plus_and_minus(
    prm: EmbeddedPRM, checkpoint: Checkpoint, tokenizer: StepTokenizer
) -> None:
    ids = tokenizer.prefix(Prefix("he has 7", STEPS))
    ends = [i for i, token in enumerate(ids) if token == tokenizer.newline]
    logits = naive_logits(checkpoint, ids)[ends]
    good, bad = logits[:, tokenizer.single("+")], logits[:, tokenizer.single("-")]
    judgement = await prm.score((Prefix("he has 7", STEPS), Prefix("he"), Prefix("he", STEPS[:1])))
    expected = (1 / (1 + np.exp(bad - good))).tolist()
    assert judgement.scores[0] == pytest.approx(expected, abs=1e-4)
    assert [len(scores) for scores in judgement.scores] == [5, 0, 1]
    right, wrong = (logits[:, tokenizer.added(name)] for name in VALUE)
    assert judgement.values is not None
    assert judgement.values[0] == pytest.approx(
        (1 / (1 + np.exp(wrong - right))).tolist(), abs=1e-4
    )
    assert [len(values) for values in judgement.values] == [5, 0, 1]
    chains = (("he has 7", STEPS), ("he", ()), ("he", STEPS[:1]))
    assert judgement.usage.prompt_tokens == sum(len(tokenizer.prefix(Prefix(*c))) for c in chains)
    assert (judgement.usage.generated_tokens, judgement.usage.calls) == (0, 1)


async def test_later_steps_do_not_change_a_score(prm: EmbeddedPRM) -> None:
    whole = await prm.score((Prefix("he", STEPS),))
    for count in range(len(STEPS)):
        part = await prm.score((Prefix("he", STEPS[:count]),))
        assert part.scores[0] == whole.scores[0][:count]


async def test_steps_beyond_the_window_have_no_score(
    prm: EmbeddedPRM, tokenizer: StepTokenizer
) -> None:
    steps = STEPS * 3
    inside = next(
        n for n in range(99) if len(tokenizer.prefix(Prefix("he", steps[: n + 1]))) > WINDOW
    )
    scores = (await prm.score((Prefix("he", steps),))).scores[0]
    assert 0 < inside < len(steps)
    assert scores[:inside] == (await prm.score((Prefix("he", steps[:inside]),))).scores[0]
    assert None not in scores[:inside]
    assert set(scores[inside:]) == {None}


async def test_a_problem_that_fills_the_window_overflows(prm: EmbeddedPRM) -> None:
    with pytest.raises(ContextOverflow, match="problem alone takes 203. Shorten it"):
        await prm.score((Prefix("7" * 200, STEPS),))


async def test_nothing_asked_nothing_judged(prm: EmbeddedPRM) -> None:
    assert (await prm.score(())).scores == ()


async def test_a_closed_prm_is_unavailable(prm: EmbeddedPRM) -> None:
    prm.close()
    with pytest.raises(ModelUnavailable, match="tiny-prm was closed"):
        await prm.score((Prefix("he", STEPS),))
