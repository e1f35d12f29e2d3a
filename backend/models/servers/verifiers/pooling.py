"""Reward models with a head of their own, through vLLM's POST /pooling (token_classify)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.models.servers.client import ServerClient, together
from backend.models.servers.verifiers.chains import Findings, Scores, distinct
from backend.models.servers.verifiers.replies import Row, Scored, parse_rows
from backend.models.servers.verifiers.tokens import Ids, problem_too_long

INPUTS_PER_REQUEST: Final = 128
TOKENS_PER_REQUEST: Final = 100_000
"""A reply has up to two numbers of 22 characters for each: far below the client's size limit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A chain as token ids; `ends` are the positions of its steps' last tokens."""

    ids: Ids
    ends: tuple[int, ...]

    def within(self, window: int) -> "Reading":
        """What fits: all of it, or up to the end of the last step that does."""
        if len(self.ids) <= window:
            return self
        ends = tuple(end for end in self.ends if end < window)
        return Reading(self.ids[: ends[-1] + 1] if ends else (), ends)


class PooledFormat(Protocol):
    """How a chain is read, and which of the rows that come back are its steps'."""

    async def read(self, chain: Prefix) -> Reading:
        """The chain as tokens. Errors: ModelError."""
        ...

    async def problem_length(self, problem: str) -> int:
        """Tokens of a problem without steps. Errors: ModelError."""
        ...

    def scores(self, rows: Sequence[Row], reading: Reading) -> Scores:
        """One score per step of the reading. Errors: BadReply when the rows do not fit it."""
        ...


class PooledPRM:
    """A process reward model that a pooling server serves.

    Siblings go in one request, and the server reads each whole: token_classify does not use its
    prefix cache. Steps beyond the context window are None.
    """

    def __init__(self, client: ServerClient, pooled: PooledFormat) -> None:
        self._client = client
        self._format = pooled

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain. Errors: ContextOverflow when a problem alone fills the
        window, BadReply when the rows do not fit the steps, ModelUnavailable.
        """
        asked, findings = distinct(chains), Findings()
        window = (await self._client.served()).window if asked else 0
        whole = await together(self._format.read(chain) for chain in asked)
        sent: dict[Prefix, Reading] = {}
        for chain, reading in zip(asked, whole, strict=True):
            if len(reading.ends) != len(chain.steps):
                # Only text that made a mark of the format out of nothing can do that.
                said = f"{len(reading.ends)} step tags for {len(chain.steps)} steps: not judged"
                findings.missing(chain, said)
            elif (part := reading.within(window)).ends:
                sent[chain] = part
            elif (length := await self._format.problem_length(chain.problem)) >= window:
                raise problem_too_long(length, window)
            else:
                findings.missing(chain, f"the first step ends beyond the window of {window} tokens")
        rows, usage = await self._pool(list(sent.values()))
        for (chain, reading), given in zip(sent.items(), rows, strict=True):
            known = self._format.scores(given, reading)
            findings.scores[chain] = known + (None,) * (len(chain.steps) - len(known))
        return findings.judgement(chains, usage)

    async def _pool(self, readings: Sequence[Reading]) -> tuple[list[tuple[Row, ...]], ModelUsage]:
        """The rows of each reading, and what all cost: one call, however it is divided."""
        replies = await together(self._ask(batch) for batch in _batches(readings))
        rows = [rows for reply in replies for rows in reply.values]
        read = sum(reply.prompt_tokens for reply in replies)
        return rows, ModelUsage(read, calls=1 if replies else 0)

    async def _ask(self, batch: Sequence[Reading]) -> Scored[tuple[Row, ...]]:
        body = {
            "model": (await self._client.served()).model,
            "task": "token_classify",
            "input": [list(reading.ids) for reading in batch],
            "use_activation": True,
        }
        parse = partial(parse_rows, inputs=len(batch))
        return await self._client.exchange("POST", "/pooling", body, parse)


def _batches(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    batch: list[Reading] = []
    tokens = 0
    for reading in readings:
        tokens += len(reading.ids)
        if batch and (len(batch) == INPUTS_PER_REQUEST or tokens > TOKENS_PER_REQUEST):
            yield batch
            batch, tokens = [], len(reading.ids)
        batch.append(reading)
    if batch:
        yield batch
