"""What the API says of the models' servers."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from backend.runs.model_check import ModelReport


class QueueOut(BaseModel):
    """How much a server has to do right now."""

    model_config = ConfigDict(from_attributes=True)

    running: int = Field(description="requests that it works on")
    waiting: int = Field(description="requests that wait")


class ServerOut(BaseModel):
    """What a model's server is and can do. Null is what nobody told."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(description="vLLM, SGLang, llama.cpp, Ollama, …")
    version: str | None
    model: str
    window: int | None = Field(description="tokens")
    convention: str | None = Field(description="how a verifier judges")
    answers_in: float = Field(description="seconds until it had listed its models")
    prefix_hits: float | None = Field(description="share of prompt tokens in the prefix cache")
    queue: QueueOut | None
    capabilities: dict[str, bool | None]
    whole_only: bool = Field(description="it samples whole solutions and nothing else")


class TrialOut(BaseModel):
    """What a model did with a small problem."""

    latency: float | None = Field(description="seconds: a few tokens, or the sample scores")
    step: str | None = Field(description="what a generator wrote first")
    right: list[float | None] | None = Field(description="scores of a right solution's steps")
    wrong: list[float | None] | None = Field(description="scores of a wrong solution's steps")

    @classmethod
    def of(cls, report: ModelReport) -> Self | None:
        """From what was found out; None where nothing was tried."""
        if report.step is None and report.right is None:
            return None
        return cls(
            latency=report.latency,
            step=None if report.step is None else f"[{report.step.action}] {report.step.text}",
            right=None if report.right is None else list(report.right),
            wrong=None if report.wrong is None else list(report.wrong),
        )


class ModelStatusOut(BaseModel):
    """A model as it is right now."""

    name: str
    role: str = Field(description="generator or verifier")
    embedded: bool = Field(description="it runs inside this process and has no server")
    usable: bool
    problem: str | None = Field(description="why it cannot be used")
    address: str | None
    server: ServerOut | None
    notes: list[str] = Field(description="what is missing, and what that costs")
    strategies: list[str] = Field(description="what a generator can serve")
    trial: TrialOut | None = Field(description="what it did; null where it was not tried")

    @classmethod
    def of(cls, report: ModelReport) -> Self:
        """From what was found out."""
        return cls(
            name=report.name,
            role=report.role,
            embedded=report.address is None,
            usable=report.usable,
            problem=report.problem,
            address=report.address,
            server=None if report.server is None else ServerOut.model_validate(report.server),
            notes=list(report.notes),
            strategies=list(report.strategies),
            trial=TrialOut.of(report),
        )


class ModelStatusList(BaseModel):
    """Every model that can be chosen: generators, then verifiers."""

    items: list[ModelStatusOut]
