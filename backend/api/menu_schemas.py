"""What goes out over HTTP about what can be chosen, and the server's health."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class StrategyOut(BaseModel):
    """A strategy that can be chosen, with the JSON schema of its settings and the thought actions
    that the generator has to know.
    """

    name: str
    title: str
    summary: str
    source: str
    needs_actions: list[str]
    settings: dict[str, Any]


class StrategyList(BaseModel):
    """All strategies; the first is the default."""

    items: list[StrategyOut]


class ProblemKindOut(BaseModel):
    """A kind of problems, and one of them."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    example: str


class GeneratorOut(BaseModel):
    """A generator and the thought actions it knows."""

    name: str
    actions: list[str]
    writes: bool = Field(description="can be told in words what to do: to sum up a path")
    knows: list[ProblemKindOut] = Field(
        description="the only kinds of problems that it knows; empty: it takes any"
    )


class VerifierOut(BaseModel):
    """A verifier: the name its scores are kept under, and what they mean."""

    name: str
    about: str
    uncalibrated: bool = Field(description="scores order steps; they are no checked probabilities")


class ModelList(BaseModel):
    """The models that can be chosen; the first of each is the default."""

    generators: list[GeneratorOut]
    verifiers: list[VerifierOut]


class ExampleOut(BaseModel):
    """A problem to try."""

    title: str
    problem: str
    reference_answer: str | None


class ExampleList(BaseModel):
    """Problems to try."""

    items: list[ExampleOut]


class Health(BaseModel):
    """Whether the server lives, or can serve."""

    status: str
