"""The light head: explains labels, keeps to the model where they are few, refuses empty lessons."""

import numpy as np
import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.light_head import LightHead, StepFeatures, fit
from backend.models.embedded.llama import Llama
from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import EmbeddedPRM
from backend.models.protocols import ModelStep, Prefix

STEPS = tuple(ModelStep("solve", f"{i} * 4 = 28, leaving 8.") for i in range(5))


def features(count: int, seed: int = 0) -> tuple[StepFeatures, list[bool]]:
    """Steps whose label depends on the third feature, which the model's logit does not know."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(count, 16))
    return StepFeatures(hidden, rng.normal(size=count)), list(hidden[:, 2] > 0.3)


def accuracy(head: LightHead, data: StepFeatures, labels: list[bool]) -> float:
    return float(((data.logits + head.shift(data.hidden) > 0) == np.array(labels)).mean())


def test_it_learns_what_the_model_does_not_know() -> None:
    nothing = LightHead(np.zeros(16), 0.0)
    test, truth = features(2000, seed=1)
    train, labels = features(400)
    assert accuracy(nothing, test, truth) < 0.6
    assert accuracy(fit(train, labels, ridge=1.0), test, truth) > 0.85


def test_few_labels_change_little() -> None:
    train, labels = features(6)
    test, _ = features(200, seed=1)
    assert np.abs(fit(train, labels, ridge=30.0).shift(test.hidden)).mean() < 1.0


def test_it_needs_right_and_wrong_steps_and_a_label_for_each() -> None:
    train, labels = features(20)
    with pytest.raises(ValueError, match="all say the same"):
        fit(train, [True] * 20)
    with pytest.raises(ValueError, match="20 steps but 19 labels"):
        fit(train, labels[:-1])


async def test_features_are_what_the_model_judges_by(
    prm: EmbeddedPRM, checkpoint: Checkpoint, tokenizer: StepTokenizer
) -> None:
    chains = (Prefix("he has 7", STEPS), Prefix("he", STEPS[:2]))
    found = StepFeatures.of(Llama(checkpoint), tokenizer, chains)
    scores = [score for chain in (await prm.score(chains)).scores for score in chain]
    assert found.hidden.shape == (7, checkpoint.config.hidden)
    assert 1 / (1 + np.exp(-found.logits)) == pytest.approx(scores, abs=1e-4)
