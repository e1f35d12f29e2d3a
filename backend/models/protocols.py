"""The two protocols every model speaks: Generator and Verifier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ModelStep:
    """One reasoning step as a model reads or writes it: a thought action and its text."""

    action: str
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """What the model continues or judges: the problem and the steps so far."""

    problem: str
    steps: tuple[ModelStep, ...] = ()


class Stop(StrEnum):
    """How far a sample goes."""

    STEP = "step"
    ANSWER = "answer"


class Finish(StrEnum):
    """Why a sample ended: at a step boundary, with the answer given, or cut at max_tokens."""

    STEP = "step"
    ANSWER = "answer"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a call cost. One call is one request to a model, however many samples it holds."""

    prompt_tokens: int = 0
    generated_tokens: int = 0
    calls: int = 1


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Continue `prefix` len(seeds) times.

    `seeds`: one per sample; the same request with the same seeds gives the same samples, whatever
    else the model is doing. `actions`: None lets each sample choose its own thought action; else
    one per sample, each an action of the generator, or None for that sample's free choice.
    `temperature` 0 is greedy. `max_tokens` bounds one sample.
    """

    prefix: Prefix
    seeds: tuple[int, ...]
    stop: Stop = Stop.STEP
    temperature: float = 0.8
    max_tokens: int = 256
    actions: tuple[str | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class SampledStep:
    """One generated step. `logprob`: sum over its `tokens` tokens at temperature 1, or None."""

    action: str
    text: str
    tokens: int
    logprob: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One continuation, split into steps (a single one for Stop.STEP)."""

    steps: tuple[SampledStep, ...]
    finish: Finish


@dataclass(frozen=True, slots=True)
class Generation:
    """The reply to a GenerationRequest: samples in the order of its seeds."""

    samples: tuple[Sample, ...]
    usage: ModelUsage


class Generator(Protocol):
    """Writes reasoning steps."""

    @property
    def name(self) -> str:
        """The name under which nodes say who wrote them."""
        ...

    @property
    def actions(self) -> tuple[str, ...]:
        """The thought actions this generator knows."""
        ...

    async def generate(self, request: GenerationRequest) -> Generation:
        """Sample continuations. Errors: ModelError and its subclasses."""
        ...

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """P(next action | state): probabilities over `actions` that sum to 1.

        None where the model does not tell: even shares would be a guess that looks like knowledge.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verifier says of the judged chains: one tuple per chain, one number per step of it.

    `scores`: P(the step is right), in [0, 1]. `values`: V(s), P(a solution that goes on from after
    the step ends right), where the verifier is a value model too. A number that could not be had
    is None, never 0. `reasons`: one per chain, why numbers of it are missing where the verifier
    can tell, for people; None where there is nothing to say.
    """

    scores: tuple[tuple[float | None, ...], ...]
    usage: ModelUsage
    values: tuple[tuple[float | None, ...], ...] | None = None
    reasons: tuple[str | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """What a Writer wrote. `finished`: False when it was cut at max_tokens."""

    text: str
    finished: bool
    usage: ModelUsage


@runtime_checkable
class Writer(Protocol):
    """A model that does as it is told in words: judges by criteria, sums up a path.

    What its chat template could take for marks of its own it takes out of both messages.
    """

    async def write(
        self, system: str, user: str, *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Writing:
        """Answer one message under a system message. Errors: ModelError and its subclasses."""
        ...


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problems, for people: its name in the plural, and an example."""

    name: str
    example: str


@runtime_checkable
class Specialist(Protocol):
    """A generator that knows only some kinds of problems, and says so."""

    @property
    def knows(self) -> tuple[ProblemKind, ...]:
        """The kinds that it knows."""
        ...

    def refusal(self, problem: str) -> str | None:
        """Why it cannot work on a problem, for people; None where it can."""
        ...

    def caution(self, problem: str) -> str | None:
        """Why it is likely to get a problem wrong that it can work on, for people; or None."""
        ...


class Verifier(Protocol):
    """Judges the steps of chains (a process reward model, for example)."""

    @property
    def name(self) -> str:
        """The name under which its scores are kept."""
        ...

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain. Errors: ModelError and its subclasses."""
        ...


@dataclass(frozen=True, slots=True)
class ServerQueue:
    """How much a server has to do: requests that it works on, and requests that wait."""

    running: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the server of a model is and can do, as it says now.

    `window`: tokens, None where it is not told. `answers_in`: seconds until it had listed its
    models. `capabilities`: by name, None where nobody knows; `notes`: what is missing and what that
    costs, for people. `whole_only`: it samples whole solutions and nothing else. `convention`: how
    a verifier judges. `prefix_hits`: share of the prompt tokens since its start that it had in
    its prefix cache. `queue`: None where it is not told.
    """

    kind: str
    version: str | None
    model: str
    window: int | None
    answers_in: float
    capabilities: Mapping[str, bool | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    whole_only: bool = False
    convention: str | None = None
    prefix_hits: float | None = None
    queue: ServerQueue | None = None


@runtime_checkable
class Remote(Protocol):
    """A model behind an address, which may be away."""

    @property
    def address(self) -> str:
        """Where its server is."""
        ...

    async def facts(self) -> ServerFacts:
        """Ask the server now. Errors: ModelError and its subclasses."""
        ...

    async def queue(self) -> ServerQueue | None:
        """How much the server has to do, as of a moment ago; None where it does not tell, or is
        away.
        """
        ...


@runtime_checkable
class Described(Protocol):
    """A verifier that tells people what its numbers mean."""

    @property
    def about(self) -> str:
        """What a score says, where it comes from, what it needs."""
        ...

    @property
    def uncalibrated(self) -> bool:
        """Whether its scores order steps only: 0.9 does not mean right nine times in ten."""
        ...
