"""Route: one way to have a server write steps; token ids where it takes them, else chat."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from backend.models.embedded.text import ACTIONS
from backend.models.protocols import Generation, ModelUsage, Prefix, Stop

TOP_LOGPROBS: Final = 20
"""The most that vLLM and OpenAI give unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a general model is used.

    `model`: one of those that the server lists, by default the first. `examples`: worked ones in
    the prompt; more make the format surer and each prompt longer. `cache_salt`: set to keep a
    vLLM server's prefix cache apart from that of its other users.
    """

    model: str | None = None
    examples: int = 2
    cache_salt: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What the samples of one request to a server share."""

    prefix: Prefix
    action: str | None
    stop: Stop
    temperature: float
    max_tokens: int


class Route(Protocol):
    """One way to have steps written. Errors of both methods: ModelError and its subclasses."""

    async def write(self, order: Order, seeds: Sequence[int]) -> Generation:
        """One sample per seed, in one request."""
        ...

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """As Generator.action_prior."""
        ...


def distribution(logprobs: Mapping[str, float]) -> dict[str, float] | None:
    """P(action) over all actions from log-probabilities of some; None where there are none.

    An action without one is less likely than all that the server gave: it has 0.
    """
    if not logprobs:
        return None
    top = max(logprobs.values())
    weights = {a: math.exp(logprobs[a] - top) if a in logprobs else 0.0 for a in ACTIONS}
    total = math.fsum(weights.values())
    return {action: weight / total for action, weight in weights.items()}
