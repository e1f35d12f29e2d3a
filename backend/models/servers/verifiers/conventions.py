"""The conventions of verifiers: read from conventions.toml, found by a model's name."""

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.models.errors import ModelError
from backend.models.servers.verifiers.layout import Layout, TemplateText

SETTING: Final = "TREEWRIGHT_VERIFIER_CONVENTION (`convention` in a profile)"


class UnknownConvention(ModelError):
    """No convention has this name, or fits this model; the message lists them all."""


class _Convention(BaseModel):
    """What all have. `models`: patterns of served names, in lower case; `about`: what a score
    means, for people; `aggregate`: how its authors make one number of the steps'.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    models: tuple[str, ...] = ()
    about: str
    aggregate: str
    source: str
    uncalibrated: bool = False
    strip: tuple[str, ...] = ()
    """Marks of the format that no problem and no step may hold."""
    serve: tuple[str, ...] = ()
    """Options that `vllm serve` needs for such a model."""


class _Classifier(_Convention):
    """A model with a head: how many classes it has, and which of them is "right"."""

    classes: int = Field(2, ge=1)
    column: int = Field(1, ge=0)

    @model_validator(mode="after")
    def _column_is_a_class(self) -> Self:
        if self.column >= self.classes:
            raise ValueError(f"column {self.column} of {self.classes} classes, counted from 0")
        return self


class StepTokenConvention(_Convention):
    """Treewright's own format."""

    form: Literal["step_tokens"]


class StepTagConvention(_Classifier):
    """A reward model that gives one row of class probabilities per step tag."""

    form: Literal["step_tags"]
    layout: Layout
    tag: str


class TokenClassConvention(_Classifier):
    """A token classifier that gives a row for every token: the steps' last tokens count.

    `head` is tokenized with the model's opening token, `separator` ends each step. All three are
    tokenized apart, as TRL's PRMTrainer does (trl/trainer/prm_trainer.py, tokenize_row).
    """

    form: Literal["token_classes"]
    head: TemplateText
    separator: str


class LabelConvention(_Convention):
    """A language model whose next token after each step is a label: the right one and the wrong."""

    form: Literal["labels"]
    layout: Layout
    labels: tuple[str, str]


class CritiqueConvention(_Convention):
    """A model that writes a critique: a boxed verdict on each step, or the first error's index."""

    form: Literal["critique"]
    layout: Layout
    verdicts: Literal["each_step", "first_error"]
    max_tokens: int = Field(4096, ge=1)


class RubricConvention(_Convention):
    """A model that rates a person's criteria on a scale."""

    form: Literal["rubric"]
    layout: Layout
    lowest: int = 1
    highest: int = 5
    max_tokens: int = Field(1024, ge=1)

    @model_validator(mode="after")
    def _scale_is_one(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("lowest must be below highest")
        return self


class OutcomeConvention(_Classifier):
    """A sequence classifier: one number for a finished solution.

    `route` "score" sends problem and solution as a pair, "classify" the whole layout.
    """

    form: Literal["outcome"]
    layout: Layout
    route: Literal["classify", "score"]


Convention = Annotated[
    StepTokenConvention
    | StepTagConvention
    | TokenClassConvention
    | LabelConvention
    | CritiqueConvention
    | RubricConvention
    | OutcomeConvention,
    Field(discriminator="form"),
]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    convention: tuple[Convention, ...]


def read_conventions(toml: str) -> dict[str, Convention]:
    """The conventions in a text, by name. Errors: ValueError, saying what is wrong with it."""
    try:
        listed = _File.model_validate(tomllib.loads(toml)).convention
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"these are no conventions: {error}") from error
    by_name = {convention.name: convention for convention in listed}
    if len(by_name) != len(listed):
        raise ValueError("two conventions have the same name")
    return by_name


@cache
def conventions() -> dict[str, Convention]:
    """Those that come with Treewright."""
    return read_conventions(files(__package__).joinpath("conventions.toml").read_text("utf-8"))


def convention_named(name: str) -> Convention:
    """The convention of that name. Errors: UnknownConvention."""
    if name not in conventions():
        raise UnknownConvention(f"no convention is called {name[:80]!r}. {_known()}")
    return conventions()[name]


def convention_for(model: str) -> Convention:
    """The first convention one of whose patterns fits the name of a served model, in any case.

    Errors: UnknownConvention.
    """
    for convention in conventions().values():
        if any(fnmatchcase(model.lower(), pattern) for pattern in convention.models):
            return convention
    raise UnknownConvention(
        f"the name {model[:80]!r} does not tell how this model judges. Set {SETTING} to one of "
        f"the conventions. {_known()}"
    )


def _known() -> str:
    return f"Conventions: {', '.join(conventions())}."
