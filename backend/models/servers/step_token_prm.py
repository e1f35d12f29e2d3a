"""StepTokenPRM: judges steps by the label token that a served model would write next."""

import math
from collections.abc import Mapping

from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import CORRECT, VALUE, pair_of
from backend.models.errors import ContextOverflow
from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.models.servers.client import ServerClient, together

PROMPTS_PER_REQUEST = 128
"""Fewer than the 1024 that vLLM takes, so that a reply stays far below the size limit."""

Ids = tuple[int, ...]
Known = Mapping[int, float]
"""Log-probabilities by label token."""


class StepTokenPRM:
    """A Verifier. Safe to use from many tasks at once: the server batches their chains.

    Scores and values are those of EmbeddedPRM: the balance of two pairs of label tokens after a
    step's line end. One is None when the server does not give both log-probabilities of its pair,
    and for steps beyond the context window.
    """

    def __init__(self, client: ServerClient, tokenizer: StepTokenizer, name: str) -> None:
        """`tokenizer` is that of the served model.

        Errors: ValueError when the tokenizer lacks a token of CORRECT or VALUE.
        """
        self._client = client
        self._tokenizer = tokenizer
        self._correct = pair_of(tokenizer, CORRECT)
        self._value = pair_of(tokenizer, VALUE)
        self._name = name

    @property
    def name(self) -> str:
        """The name under which its scores are kept."""
        return self._name

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain. Usage counts each distinct prefix once.

        Errors: ContextOverflow when a problem alone fills the window, ModelUnavailable, BadReply.
        """
        if not any(chain.steps for chain in chains):
            return Judgement(tuple(() for _ in chains), ModelUsage(calls=0))
        window = (await self._client.served()).window
        prefixes = [self._prefixes(chain, window) for chain in chains]
        # Chains of one tree share their first steps. The label takes one token of the window.
        asked = dict.fromkeys(p for chain in prefixes for p in chain if len(p) < window)
        known, usage = await self._judge(list(asked))
        scores = _balances(prefixes, known, self._correct)
        values = _balances(prefixes, known, self._value)
        return Judgement(scores, usage, values)

    def close(self) -> None:
        """Refuse further calls; those in flight end by themselves. Needs no event loop."""
        self._client.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._client.aclose()

    async def _judge(self, asked: list[Ids]) -> tuple[dict[Ids, Known], ModelUsage]:
        size = PROMPTS_PER_REQUEST
        labels = (*self._correct, *self._value)
        parts = [asked[start : start + size] for start in range(0, len(asked), size)]
        replies = await together(self._client.labels(part, labels) for part in parts)
        found: dict[Ids, Known] = {
            prefix: known
            for part, (given, _) in zip(parts, replies, strict=True)
            for prefix, known in zip(part, given, strict=True)
        }
        read = sum(completion.prompt_tokens for _, completion in replies)
        return found, ModelUsage(read, sum(c.generated_tokens for _, c in replies))

    def _prefixes(self, chain: Prefix, window: int) -> list[Ids]:
        """The tokens up to the end of each step."""
        ids = self._tokenizer.prompt(chain.problem)
        if len(ids) >= window:
            raise ContextOverflow(
                f"{self._name} reads at most {window} tokens; the problem alone takes "
                f"{len(ids)}. Shorten it."
            )
        prefixes: list[Ids] = []
        for step in chain.steps:
            ids.extend(self._tokenizer.step(step, chain.problem))
            prefixes.append(tuple(ids))
        return prefixes


def _balances(
    chains: list[list[Ids]], known: Mapping[Ids, Known], pair: tuple[int, int]
) -> tuple[tuple[float | None, ...], ...]:
    """The balance of a label pair after each prefix of each chain."""
    return tuple(tuple(balance(known.get(p, {}), pair) for p in chain) for chain in chains)


def balance(known: Known, pair: tuple[int, int]) -> float | None:
    """P(first label) against the second; None when one of them is not known."""
    good, bad = (known.get(label) for label in pair)
    if good is None or bad is None:
        return None
    # The log-probabilities share their normaliser, so their difference is the logits'.
    top = max(good, bad)
    weight = math.exp(good - top)
    return weight / (weight + math.exp(bad - top))
