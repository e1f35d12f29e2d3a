"""What goes out over HTTP about choices between steps, and between answers. Scripts rely on these
names: add only.
"""

from pydantic import BaseModel, ConfigDict, Field

from backend.runs.choices import Choice


class CandidateOut(BaseModel):
    """A step that could be gone on with; `node` null: none yet, but what `name` says."""

    model_config = ConfigDict(from_attributes=True)

    node: int | None
    name: str
    terms: dict[str, float | None]
    score: float | None
    open: bool
    chosen: bool
    shut: str | None = Field(
        description="why it could not be chosen: pruned, answer, in_flight, exhausted, visited or "
        "waiting; null where it is open"
    )


class ChoiceOut(BaseModel):
    """A choice between steps, as it was after event `seq`; `rule` null: there was none."""

    seq: int
    made: bool
    rule: str | None
    about: str
    formula: str
    shared: dict[str, float | None]
    candidates: list[CandidateOut]

    @classmethod
    def of(cls, choice: Choice) -> "ChoiceOut":
        """The choice for the wire."""
        weighing = choice.weighing
        return cls(
            seq=choice.seq,
            made=choice.made,
            rule=None if weighing is None else weighing.rule,
            about=choice.about,
            formula="" if weighing is None else weighing.formula,
            shared={} if weighing is None else dict(weighing.shared),
            candidates=[
                CandidateOut.model_validate(one)
                for one in (() if weighing is None else weighing.candidates)
            ],
        )


class SupportOut(BaseModel):
    """What speaks for an answer: solutions that end with it, the sum of their values, and the value
    of the best of them, which ends at step `node`.
    """

    model_config = ConfigDict(from_attributes=True)

    answer: str
    solutions: int
    weight: float
    best: float | None
    node: int
    chosen: bool


class VotesOut(BaseModel):
    """All answers of a tree, those first for which most speaks."""

    model_config = ConfigDict(from_attributes=True)

    rule: str | None = Field(
        description="max, majority or weighted; null: a rule of the strategy's own"
    )
    items: list[SupportOut]
