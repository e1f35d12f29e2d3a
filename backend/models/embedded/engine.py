"""One worker thread per model that keeps the sequences of all requests in flight together."""

import logging
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from backend.models.embedded.checkpoint import Floats
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.past import Past, PrefixCache
from backend.models.errors import ModelUnavailable

MAX_STREAMS = 64
"""Sequences that decode together; more wait. Beyond 32 a crowd gains nothing per token."""

MAX_ROWS = 256
"""Tokens per forward pass: bounds how long a long prompt holds up everybody's next token."""

CACHE_BYTES = 64 * 2**20
"""Default bound of the prefix cache."""

Result = TypeVar("Result")
_logger = logging.getLogger(__name__)


class Job(ABC, Generic[Result]):
    """One call to the model. Everything but `future` belongs to the worker thread."""

    def __init__(self) -> None:
        self.future: Future[Result] = Future()

    @abstractmethod
    def start(self) -> "Sequence[Stream]":
        """The sequences to read first; a job without any has finished itself."""

    def finish(self, result: Result) -> None:
        """Give the caller the result, if the caller is still there."""
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_result(result)

    def fail(self, error: Exception) -> None:
        """Give the caller an error, if the caller is still there."""
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


class Stream:
    """One sequence in flight.

    `wanted`: rising positions of `ids` whose logits the program must see. `past`: what has been
    read, None until the stream gets its turn. `source`: a past to start from. `cached`: whether
    ids may come from, and go to, the prefix cache.
    """

    __slots__ = ("cached", "done", "ids", "job", "past", "source", "wanted")

    def __init__(self, job: Job[Any], ids: list[int], wanted: list[int], cached: bool) -> None:
        self.job = job
        self.ids = ids
        self.wanted = wanted
        self.cached = cached
        self.past: Past | None = None
        self.source: Past | None = None
        self.done = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of logits: what `stream` predicts after the token at `position`."""

    stream: Stream
    position: int


class Program(Protocol):
    """What a model is used for: turns hidden states into decisions."""

    def consume(self, rows: Sequence[Row], hidden: Floats) -> Sequence[Stream]:
        """Use the hidden states (rows, hidden) that streams wanted; returns new streams.

        Gives a stream its next token and the position wanted next, or marks it done.
        """
        ...


class Engine:
    """Continuous batching: streams join and leave between any two tokens."""

    def __init__(
        self, llama: Llama, program: Program, name: str, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self._llama = llama
        self._program = program
        self._name = name
        self._cache = PrefixCache(cache_bytes)
        self._waiting: deque[Stream] = deque()
        self._active: list[Stream] = []
        self._inbox: list[Job[Any]] = []
        self._closed = False
        self._wake = threading.Condition()
        # A daemon, so that an application that forgot to close can still exit.
        self._thread = threading.Thread(target=self._run, name=f"model {name}", daemon=True)
        self._thread.start()

    def submit(self, job: Job[Result]) -> Future[Result]:
        """Queue a job. Cancel its future to give it up. Errors: ModelUnavailable once closed."""
        with self._wake:
            if self._closed:
                raise self._closing()
            self._inbox.append(job)
            self._wake.notify()
        return job.future

    def close(self) -> None:
        """Stop after the current token; calls in flight fail with ModelUnavailable."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while self._take():
            try:
                self._drop_finished()
                self._fill()
                self._step()
            except Exception as error:
                _logger.exception("%s failed; its calls in flight get the error", self._name)
                self._fail_all(self._failure(error))
        self._fail_all(self._closing())

    def _take(self) -> bool:
        """Admit new jobs, waiting for one when there is nothing else to do; False once closed."""
        with self._wake:
            while not (self._inbox or self._active or self._waiting or self._closed):
                self._wake.wait()
            jobs, self._inbox = self._inbox, []
            closed = self._closed
        for job in jobs:
            if closed:
                job.fail(self._closing())
            elif not job.future.cancelled():
                self._start(job)
        return not closed

    def _start(self, job: Job[Any]) -> None:
        try:
            self._waiting.extend(job.start())
        except Exception as error:
            _logger.exception("%s could not start a call", self._name)
            job.fail(self._failure(error))

    def _drop_finished(self) -> None:
        self._active = [s for s in self._active if not (s.done or s.job.future.cancelled())]

    def _fill(self) -> None:
        """Give waiting streams their turn, oldest first."""
        while self._waiting and len(self._active) < MAX_STREAMS:
            stream = self._waiting.popleft()
            if not stream.job.future.cancelled():
                stream.past = self._past_for(stream)
                self._active.append(stream)

    def _past_for(self, stream: Stream) -> Past:
        if stream.source is not None:
            past, stream.source = stream.source.clone(len(stream.ids)), None
            return past
        past = Past(self._llama.config)
        if stream.cached:
            self._cache.load(stream.ids, stream.wanted[0], past)
        return past

    def _step(self) -> None:
        """Read one token of every decoding stream and, as rows permit, prompts."""
        work = self._choose()
        if not work:
            return
        hidden = self._llama.forward([span for _, span in work])
        rows: list[Row] = []
        picked: list[int] = []
        first = 0
        for stream, span in work:
            length = span.past.length
            begin = length - len(span.tokens)
            while stream.wanted and stream.wanted[0] < length:
                picked.append(first + stream.wanted[0] - begin)
                rows.append(Row(stream, stream.wanted.pop(0)))
            if stream.cached and length == len(stream.ids):
                self._cache.store(stream.ids, span.past)
            first += len(span.tokens)
        if rows:
            self._waiting.extend(self._program.consume(rows, hidden[picked]))

    def _choose(self) -> list[tuple[Stream, Span]]:
        streams = [
            (stream, stream.past, len(stream.ids) - stream.past.length)
            for stream in self._active
            if stream.past is not None
        ]
        spare = MAX_ROWS - len(streams)
        work: list[tuple[Stream, Span]] = []
        for stream, past, pending in streams:
            # Each stream has one row of its own, so that none ever waits for another's prompt.
            count = min(pending, spare + 1)
            spare -= count - 1
            work.append((stream, Span(past, stream.ids[past.length : past.length + count])))
        return work

    def _fail_all(self, error: ModelUnavailable) -> None:
        jobs = [stream.job for stream in (*self._active, *self._waiting)]
        self._active = []
        self._waiting.clear()
        for job in jobs:
            job.fail(error)

    def _failure(self, error: Exception) -> ModelUnavailable:
        failure = ModelUnavailable(f"{self._name} failed: {error!r}. Try again.")
        failure.__cause__ = error
        return failure

    def _closing(self) -> ModelUnavailable:
        return ModelUnavailable(f"{self._name} was closed: load it again")
