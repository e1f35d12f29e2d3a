"""EmbeddedGenerator: writes reasoning steps with a small Llama in this process."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.models.embedded.checkpoint import Floats
from backend.models.embedded.engine import CACHE_BYTES, Engine, Job, Row, Stream
from backend.models.embedded.llama import Llama
from backend.models.embedded.past import Past
from backend.models.embedded.problems import KINDS, Reading, read, why_unknown
from backend.models.embedded.sampling import Draw, Phase, Sampler, log_softmax
from backend.models.embedded.text import ACTIONS, FINAL_ACTION, StepTokenizer
from backend.models.embedded.wording import FAMILIAR, KNOWN, Wording
from backend.models.errors import ContextOverflow
from backend.models.protocols import (
    Finish,
    Generation,
    GenerationRequest,
    ModelUsage,
    Prefix,
    ProblemKind,
    Sample,
    SampledStep,
    Stop,
)
from backend.models.requests import check_request


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the samples of one request share. `room`: most tokens of one sample."""

    tokenizer: StepTokenizer
    problem: str
    ids: list[int]
    stop: Stop
    temperature: float
    room: int


class _Writing:
    """One sample on its way."""

    def __init__(self, plan: _Plan, seed: int, action: str | None) -> None:
        self._plan = plan
        # Seeding by text keeps every int apart (random.Random(-1) equals random.Random(1)).
        self._random = random.Random(str(seed))
        self._forced = None if action is None else plan.tokenizer.action_ids[action]
        self._action_of = {token: name for name, token in plan.tokenizer.action_ids.items()}
        self._phase = Phase.ACTION
        self._current: list[int] = []
        self._logprob = 0.0
        self._steps: list[SampledStep] = []
        self.tokens = 0
        self.finish: Finish | None = None if plan.room > 0 else Finish.LENGTH

    def next_draw(self, row: int) -> Draw:
        """How to draw the next token."""
        forced, self._forced = self._forced, None
        chance = self._random.random()
        return Draw(row, self._phase, self._plan.temperature, chance, forced)

    def accept(self, token: int, logprob: float) -> None:
        """Take the drawn token; sets `finish` when it is the last one."""
        tokenizer = self._plan.tokenizer
        self._current.append(token)
        self._logprob += logprob
        self.tokens += 1
        if self._phase is not Phase.TEXT:
            self._phase = Phase(self._phase + 1)
        elif token in (tokenizer.newline, tokenizer.end):
            self._end_step(token)
        if self.finish is None and self.tokens >= self._plan.room:
            if self._current:
                self._close_step(self._current[1:])
            self.finish = Finish.LENGTH

    def sample(self) -> Sample:
        """The finished sample."""
        return Sample(tuple(self._steps), self.finish or Finish.LENGTH)

    def _end_step(self, token: int) -> None:
        self._close_step(self._current[1:-1])
        self._phase = Phase.ACTION
        if self._steps[-1].action == FINAL_ACTION:
            self.finish = Finish.ANSWER
        elif self._plan.stop is Stop.STEP or token == self._plan.tokenizer.end:
            # A model that ends its text before an answer has given none: the path stops here.
            self.finish = Finish.STEP

    def _close_step(self, body: Sequence[int]) -> None:
        action = self._action_of[self._current[0]]
        text = self._plan.tokenizer.text(body, self._plan.problem)
        self._steps.append(SampledStep(action, text, len(self._current), self._logprob))
        self._current = []
        self._logprob = 0.0


class _SampleStream(Stream):
    __slots__ = ("writing",)

    def __init__(self, job: "_GenerateJob", writing: _Writing, token: int, source: Past) -> None:
        ids = [*job.plan.ids, token]
        super().__init__(job, ids, [len(ids) - 1], cached=False)
        self.source = source
        self.writing = writing


class _GenerateJob(Job[Generation]):
    def __init__(self, plan: _Plan, writings: list[_Writing]) -> None:
        super().__init__()
        self.plan = plan
        self.writings = writings
        self._open = len(writings)

    def start(self) -> Sequence[Stream]:
        if not self.writings or self.plan.room <= 0:
            self._finish()
            return ()
        return (_prefix_stream(self, self.plan.ids),)

    def ended(self) -> None:
        """One more sample is finished."""
        self._open -= 1
        if not self._open:
            self._finish()

    def _finish(self) -> None:
        usage = ModelUsage(len(self.plan.ids), sum(w.tokens for w in self.writings))
        self.finish(Generation(tuple(w.sample() for w in self.writings), usage))


class _PriorJob(Job[Floats]):
    """Asks for the logits after a prefix."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__()
        self._ids = ids

    def start(self) -> Sequence[Stream]:
        return (_prefix_stream(self, self._ids),)


class _Writer:
    """The program of a generator: draws every stream's next token."""

    def __init__(self, llama: Llama, tokenizer: StepTokenizer) -> None:
        self._head = llama.head()
        self._sampler = Sampler(tokenizer, llama.config.vocabulary)

    def consume(self, rows: Sequence[Row], hidden: Floats) -> Sequence[Stream]:
        logits = self._head(hidden)
        drawing: list[tuple[Stream, _Writing]] = []
        draws: list[Draw] = []
        for index, row in enumerate(rows):
            job = row.stream.job
            if isinstance(row.stream, _SampleStream):
                drawing.append((row.stream, row.stream.writing))
            else:
                row.stream.done = True
                if isinstance(job, _GenerateJob):
                    drawing.extend((row.stream, writing) for writing in job.writings)
                else:
                    job.finish(logits[index].copy())
            draws.extend(w.next_draw(index) for _, w in drawing[len(draws) :])
        if not draws:
            return ()
        tokens, logprobs = self._sampler.draw(logits, draws)
        return [
            stream
            for drawn, token, logprob in zip(drawing, tokens, logprobs, strict=True)
            if (stream := _advance(*drawn, token, logprob)) is not None
        ]


def _advance(stream: Stream, writing: _Writing, token: int, logprob: float) -> _SampleStream | None:
    """Give a sample its token; returns the stream to add when it has just left its prefix."""
    job = stream.job
    assert isinstance(job, _GenerateJob)
    writing.accept(token, logprob)
    if writing.finish is not None:
        stream.done = True
        job.ended()
    elif isinstance(stream, _SampleStream):
        stream.wanted.append(len(stream.ids))
        stream.ids.append(token)
    elif stream.past is not None:
        return _SampleStream(job, writing, token, stream.past)
    return None


def _prefix_stream(job: Job[Generation] | Job[Floats], ids: list[int]) -> Stream:
    return Stream(job, ids, [len(ids) - 1], cached=True)


class EmbeddedGenerator:
    """A Generator. Safe to use from many tasks at once: their samples are written together.

    Each step begins with one of `actions` and says something: tokens that would break this are
    not drawn, while log-probabilities remain the model's own. A sample is cut with Finish.LENGTH
    at `max_tokens` or at the end of the context window, whichever comes first.
    """

    def __init__(
        self, llama: Llama, tokenizer: StepTokenizer, name: str, cache_bytes: int = CACHE_BYTES,
        wording: Wording | None = None,
    ) -> None:  # fmt: skip
        """`cache_bytes` bounds the memory for prefixes read before; `wording`: that of the stories
        that it knows (None: it tries any).
        """
        self._tokenizer = tokenizer
        self._wording = wording
        self._window = llama.config.window
        self._name = name
        self._engine = Engine(llama, _Writer(llama, tokenizer), name, cache_bytes)

    @property
    def name(self) -> str:
        """The name under which nodes say who wrote them."""
        return self._name

    @property
    def actions(self) -> tuple[str, ...]:
        """The thought actions this generator knows."""
        return ACTIONS

    @property
    def knows(self) -> tuple[ProblemKind, ...]:
        """The kinds of problems that embedded models are trained on."""
        return tuple(KINDS.values())

    def refusal(self, problem: str) -> str | None:
        """Why it cannot work on a problem, and what it could: the problem is of no kind that the
        model was trained on, or told in words that none of its stories had.
        """
        reading = read(problem)
        if reading is None:
            return f"{self._name} is a small model that {why_unknown(problem)}"
        if self._wording is None or self._known_share(reading) >= KNOWN:
            return None
        return (
            f"{self._name} is a small model that does not know stories in such words as "
            f"“{self._wording.strangest(problem)}”"
        )

    def caution(self, problem: str) -> str | None:
        """Why it is likely to get a problem wrong: few of its stories had such words."""
        reading = read(problem)
        if reading is None or self._known_share(reading) >= FAMILIAR:
            return None
        return f"few stories in such words are known to {self._name}: expect it to be wrong"

    def _known_share(self, reading: Reading) -> float:
        """How much of a problem is worded as in training; games and equations are spelled anew."""
        if reading.kind != "word" or self._wording is None:
            return 1.0
        return self._wording.known_share(reading.text)

    async def generate(self, request: GenerationRequest) -> Generation:
        """Sample continuations.

        Errors: ContextOverflow when the prefix leaves no room in the window, ModelError for a
        request that makes no sense, ModelUnavailable once closed.
        """
        check_request(request, ACTIONS)
        ids = self._encode(request.prefix)
        room = min(request.max_tokens, self._window - len(ids))
        problem = request.prefix.problem
        plan = _Plan(self._tokenizer, problem, ids, request.stop, request.temperature, room)
        actions = request.actions or (None,) * len(request.seeds)
        writings = [_Writing(plan, s, a) for s, a in zip(request.seeds, actions, strict=True)]
        return await asyncio.wrap_future(self._engine.submit(_GenerateJob(plan, writings)))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float], ModelUsage]:
        """P(next action | state) at temperature 1 over `actions`. Errors: as for generate."""
        ids = self._encode(prefix)
        logits = await asyncio.wrap_future(self._engine.submit(_PriorJob(ids)))
        columns = [self._tokenizer.action_ids[action] for action in ACTIONS]
        probabilities = np.exp(log_softmax(logits[None, columns])[0]).tolist()
        return dict(zip(ACTIONS, probabilities, strict=True)), ModelUsage(len(ids))

    def close(self) -> None:
        """Stop the worker thread; calls in flight fail with ModelUnavailable."""
        self._engine.close()

    def _encode(self, prefix: Prefix) -> list[int]:
        ids = self._tokenizer.prefix(prefix)
        if len(ids) >= self._window:
            raise ContextOverflow(
                f"{self._name} reads at most {self._window} tokens; the problem and its "
                f"{len(prefix.steps)} steps take {len(ids)}, which leaves no room to write. "
                "Shorten the problem or branch from an earlier step."
            )
        return ids
