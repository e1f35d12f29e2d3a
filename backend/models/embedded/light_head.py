"""A light head on a reward model: learns from people's labels in milliseconds, without torch.

Logistic regression on the hidden state at a step's end, added to the model's own logit:
logit' = logit + w·h + b. With few labels the strong pull towards w = 0 leaves the model as it is.
The head cannot teach what the hidden states do not hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.models.embedded.checkpoint import Floats
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.past import Past
from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import CORRECT, pair_of
from backend.models.protocols import Prefix

_STEPS: Final = 25
_TOLERANCE: Final = 1e-6

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LightHead:
    """What is added to the logit of P(step correct): `weights` (hidden,) and a bias."""

    weights: Doubles
    bias: float

    def shift(self, hidden: Floats | Doubles) -> Doubles:
        """The change of the logits (rows,) for hidden states (rows, hidden)."""
        changed: Doubles = hidden @ self.weights + self.bias
        return changed


@dataclass(frozen=True, slots=True)
class StepFeatures:
    """Steps as the head sees them: hidden states (steps, hidden) and logits (steps,)."""

    hidden: Doubles
    logits: Doubles

    @classmethod
    def of(cls, llama: Llama, tokenizer: StepTokenizer, chains: Sequence[Prefix]) -> "StepFeatures":
        """All steps of all chains, in order. Chains must fit the model's window."""
        head = llama.head(pair_of(tokenizer, CORRECT))
        states = []
        for chain in chains:
            ids = tokenizer.prefix(chain)
            start = len(tokenizer.prompt(chain.problem))
            ends = [i for i, token in enumerate(ids) if i >= start and token == tokenizer.newline]
            states.append(llama.forward([Span(Past(llama.config), ids)])[ends])
        hidden = np.concatenate(states)
        pairs = head(hidden)
        return cls(hidden.astype(np.float64), (pairs[:, 0] - pairs[:, 1]).astype(np.float64))


def fit(features: StepFeatures, labels: Sequence[bool], ridge: float = 30.0) -> LightHead:
    """The head that explains labels best, by Newton's method on the penalised log-likelihood.

    `ridge`: strength of the pull of the weights towards 0, per standardised feature. Errors:
    ValueError when labels do not match the steps or all say the same.
    """
    target = np.asarray(labels, np.float64)
    if len(target) != len(features.logits):
        raise ValueError(f"{len(features.logits)} steps but {len(target)} labels")
    if target.min(initial=1.0) == target.max(initial=0.0):
        raise ValueError("the labels all say the same: some right and some wrong steps are needed")
    mean, scale = features.hidden.mean(0), features.hidden.std(0) + 1e-6
    inputs = np.column_stack([(features.hidden - mean) / scale, np.ones(len(target))])
    # The bias is pulled less: that a model is too strict or too mild shows in few labels already.
    penalty = np.append(np.full(inputs.shape[1] - 1, ridge), ridge / 10)
    solution = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features.logits + inputs @ solution, -30, 30)))
        slope = inputs.T @ (chance - target) + penalty * solution
        spread = np.maximum(chance * (1 - chance), 1e-6)
        curve = (inputs * spread[:, None]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        solution -= step
        if np.abs(step).max() < _TOLERANCE:
            break
    weights = solution[:-1] / scale
    return LightHead(weights, float(solution[-1] - weights @ mean))
