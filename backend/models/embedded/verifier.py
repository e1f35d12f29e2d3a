"""EmbeddedPRM: judges the steps of chains with a small Llama in this process."""

import asyncio
import math
from collections.abc import Sequence

from backend.models.embedded.checkpoint import Floats
from backend.models.embedded.engine import CACHE_BYTES, Engine, Job, Row, Stream
from backend.models.embedded.llama import Llama
from backend.models.embedded.past import Lru, prefix_digests
from backend.models.embedded.text import ENDS_RIGHT, ENDS_WRONG, StepTokenizer
from backend.models.errors import ContextOverflow
from backend.models.protocols import Judgement, ModelUsage, Prefix

REMEMBERED = 50_000
"""Judgements kept by the tokens they judge (about 15 MB)."""

CORRECT = ("+", "-")
VALUE = (ENDS_RIGHT, ENDS_WRONG)
"""The tokens whose balance after a line end is the step's score, and the state's value."""

Marks = tuple[float, float]
"""A step's score and the value after it, each in [0, 1]."""


def pair_of(tokenizer: StepTokenizer, names: tuple[str, str]) -> tuple[int, int]:
    """The ids of two label tokens. Errors: ValueError when the tokenizer lacks one."""
    good, bad = (
        tokenizer.added(name) if name.startswith("<") else tokenizer.single(name) for name in names
    )
    return good, bad


class _Chain:
    """One chain: its tokens, where its steps end, and the scores so far."""

    def __init__(self, ids: list[int], ends: list[int], steps: int) -> None:
        """`ends` are the steps' last positions within the window, `steps` counts all of them."""
        self.ids = ids
        self.digests = prefix_digests(ids, [end + 1 for end in ends])
        self.step_at = {end: index for index, end in enumerate(ends)}
        self.marks: list[Marks | None] = [None] * steps


class _ScoreJob(Job[list[list[Marks | None]]]):
    def __init__(self, chains: list[_Chain], known: Lru[Marks]) -> None:
        super().__init__()
        self._chains = chains
        self._known = known
        self._open = 0

    def start(self) -> Sequence[Stream]:
        streams: list[Stream] = []
        for chain in self._chains:
            wanted: list[int] = []
            for end, index in chain.step_at.items():
                marks = self._known.get(chain.digests[index])
                chain.marks[index] = marks
                if marks is None:
                    wanted.append(end)
            if wanted:
                streams.append(_ChainStream(self, chain, wanted))
        self._open = len(streams)
        if not streams:
            self._finish()
        return streams

    def judged(self, chain: _Chain, position: int, marks: Marks) -> None:
        """Keep what was said of the step that ends at a position."""
        index = chain.step_at[position]
        chain.marks[index] = marks
        self._known.put(chain.digests[index], marks)

    def ended(self) -> None:
        """One more chain is judged."""
        self._open -= 1
        if not self._open:
            self._finish()

    def _finish(self) -> None:
        self.finish([chain.marks for chain in self._chains])


class _ChainStream(Stream):
    __slots__ = ("chain",)

    def __init__(self, job: _ScoreJob, chain: _Chain, wanted: list[int]) -> None:
        super().__init__(job, chain.ids[: wanted[-1] + 1], wanted, cached=True)
        self.chain = chain


class _Judge:
    """The program of a verifier: score and value at each step's end."""

    def __init__(self, llama: Llama, tokenizer: StepTokenizer) -> None:
        self._head = llama.head((*pair_of(tokenizer, CORRECT), *pair_of(tokenizer, VALUE)))

    def consume(self, rows: Sequence[Row], hidden: Floats) -> Sequence[Stream]:
        logits = self._head(hidden).tolist()
        for row, (right, wrong, ends_right, ends_wrong) in zip(rows, logits, strict=True):
            stream = row.stream
            assert isinstance(stream, _ChainStream)
            assert isinstance(stream.job, _ScoreJob)
            marks = (_sigmoid(right - wrong), _sigmoid(ends_right - ends_wrong))
            stream.job.judged(stream.chain, row.position, marks)
            # `wanted` loses all positions of a pass at once: the last row of a stream ends it.
            if row.position == len(stream.ids) - 1:
                stream.done = True
                stream.job.ended()
        return ()


class EmbeddedPRM:
    """A Verifier. Safe to use from many tasks at once: their chains are read together.

    The score of a step is P('+') against '-' after its line end, the value there that of
    <ends-right> against <ends-wrong>. Both depend on the problem and the steps up to there only.
    Steps beyond the context window get None.
    """

    def __init__(
        self, llama: Llama, tokenizer: StepTokenizer, name: str, cache_bytes: int = CACHE_BYTES
    ) -> None:
        """`cache_bytes` bounds the memory for prefixes read before.

        Errors: ValueError when the tokenizer lacks a token of CORRECT or VALUE.
        """
        self._tokenizer = tokenizer
        self._window = llama.config.window
        self._name = name
        self._known: Lru[Marks] = Lru(REMEMBERED)
        self._engine = Engine(llama, _Judge(llama, tokenizer), name, cache_bytes)

    @property
    def name(self) -> str:
        """The name under which its scores are kept."""
        return self._name

    @property
    def about(self) -> str:
        """What its scores say."""
        return "P(the step is right) and V(s), by the small PRM in this process"

    @property
    def uncalibrated(self) -> bool:
        """False: docs/models/prm.md has the calibration error."""
        return False

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain.

        Errors: ContextOverflow when a problem alone fills the window, ModelUnavailable once
        closed.
        """
        encoded = [self._encode(chain) for chain in chains]
        job = _ScoreJob(encoded, self._known)
        judged = await asyncio.wrap_future(self._engine.submit(job))
        usage = ModelUsage(prompt_tokens=sum(len(chain.ids) for chain in encoded))
        return Judgement(_part(judged, 0), usage, _part(judged, 1))

    def close(self) -> None:
        """Stop the worker thread; calls in flight fail with ModelUnavailable."""
        self._engine.close()

    def _encode(self, chain: Prefix) -> _Chain:
        ids = self._tokenizer.prompt(chain.problem)
        if len(ids) >= self._window:
            raise ContextOverflow(
                f"{self._name} reads at most {self._window} tokens; the problem alone takes "
                f"{len(ids)}. Shorten it."
            )
        ends: list[int] = []
        for step in chain.steps:
            ids.extend(self._tokenizer.step(step, chain.problem))
            ends.append(len(ids) - 1)
        inside = [end for end in ends if end < self._window]
        return _Chain(ids[: self._window], inside, len(ends))


def _part(judged: list[list[Marks | None]], part: int) -> tuple[tuple[float | None, ...], ...]:
    """The scores (part 0) or values (part 1) of all chains."""
    return tuple(tuple(None if m is None else m[part] for m in marks) for marks in judged)


def _sigmoid(x: float) -> float:
    # Either branch keeps exp from overflowing.
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
