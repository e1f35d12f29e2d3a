"""What a strategy asks for, and what comes back."""

from dataclasses import dataclass, field
from enum import StrEnum


class WorkKind(StrEnum):
    """What is to be done at a node."""

    EXPAND = "expand"
    """Propose `n` next steps."""

    COMPLETE = "complete"
    """Sample `n` whole solutions, to the answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is wanted of the models at a node.

    `max_tokens` bounds each of the `n` samples. `by_action`: spread them over thought actions by
    the model's own action prior instead of letting every sample choose freely. `actions`: one per
    sample, the thought action that it begins with. `purpose`: what the strategy wants it for; the
    nodes that come of it carry the word. `model`: the generator of a pool that is to write; "" for
    the run's own.
    """

    kind: WorkKind
    n: int
    temperature: float
    max_tokens: int
    by_action: bool = False
    purpose: str = ""
    actions: tuple[str, ...] | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that may run now: a call at a node. `seed` fixes its outcome for a deterministic
    model; for the other fields see Call.
    """

    id: int
    kind: WorkKind
    node: int
    n: int
    seed: int
    temperature: float
    max_tokens: int
    by_action: bool
    purpose: str = ""
    actions: tuple[str, ...] | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """One step that a model proposes, judged already.

    `corrects` is an index into the path it belongs to (0 = the problem, then the path's steps and
    the chain's own earlier steps): the step that this one revises. `scores`: P(the step is right)
    by verifier; `value`: V(s) after the step, in [0, 1], where a value model judged it.
    `answer_key`: answers with the same key are the same answer. `reward`: 1 or 0 by the reference
    answer, for strategies that collect data only; None everywhere else. `patterns`: the kinds of
    reasoning that the step shows, by name.
    """

    action: str
    text: str
    tokens: int
    mean_logprob: float | None = None
    prior: float | None = None
    scores: dict[str, float | None] = field(default_factory=dict)
    value: float | None = None
    model: str = ""
    temperature: float | None = None
    terminal: bool = False
    answer: str | None = None
    corrects: int | None = None
    answer_key: str | None = None
    reward: float | None = None
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkUsage:
    """What a piece of work cost: tokens and model calls (generator and verifiers together)."""

    generated_tokens: int = 0
    prompt_tokens: int = 0
    calls: int = 0

    def plus(self, generated_tokens: int, prompt_tokens: int, calls: int) -> "WorkUsage":
        """With what more was used."""
        return WorkUsage(
            self.generated_tokens + generated_tokens,
            self.prompt_tokens + prompt_tokens,
            self.calls + calls,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: chains of steps that continue the asked node (or the reason for none)."""

    chains: tuple[tuple[ProposedStep, ...], ...] = ()
    usage: WorkUsage = WorkUsage()
    failure: str | None = None
