"""What goes out over HTTP when runs are compared. Scripts rely on these names: add to them only."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from backend.runs.comparing import Comparison
from backend.runs.standings import Standing


class CoursePointOut(BaseModel):
    """Where a run stood after event `seq`: its answer's step or, while there is no answer, the end
    of the most visited path.
    """

    model_config = ConfigDict(from_attributes=True)

    seq: int
    generated_tokens: int
    node: int | None
    value: float | None
    answer: str | None
    correct: bool | None


class CourseOut(BaseModel):
    """How a run went, oldest point first."""

    items: list[CoursePointOut]


class AnswerOut(BaseModel):
    """From event `seq` on, this was the run's answer; `correct` says what is known of it by now."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    generated_tokens: int
    answer: str | None
    correct: bool | None


class MarkOut(BaseModel):
    """Event `seq` stands out: it gave an `answer`, a `correction`, a `label` or a `flag`."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    kind: Literal["answer", "correction", "label", "flag"]
    node: int
    answer: str | None
    rating: int | None


class MarkList(BaseModel):
    """What stands out in a run, oldest first."""

    items: list[MarkOut]


class AnswerList(BaseModel):
    """Every answer that a run gave, oldest first."""

    items: list[AnswerOut]


class AccuracyPointOut(BaseModel):
    """Accuracy when stopped at `budget` generated tokens, of which `tokens` were used on average,
    and its gain on the first strategy's at that budget; as [value, low, high].
    """

    budget: int
    tokens: float
    accuracy: list[float | None]
    gain: list[float | None]


class StandingOut(BaseModel):
    """One strategy's results: estimates as [value, low, high], costs as means per run."""

    strategy: str
    runs: int
    accuracy: list[float | None]
    gain: list[float | None]
    curve: list[AccuracyPointOut]
    generated_tokens: float
    prompt_tokens: float
    calls: float
    seconds: float

    @classmethod
    def of(cls, standing: Standing) -> "StandingOut":
        """The standing for the wire."""
        return cls(
            strategy=standing.entrant,
            runs=standing.searches,
            accuracy=standing.accuracy.as_list(),
            gain=standing.gain.as_list(),
            curve=[
                AccuracyPointOut(
                    budget=point.budget,
                    tokens=point.tokens,
                    accuracy=point.accuracy.as_list(),
                    gain=point.gain.as_list(),
                )
                for point in standing.curve
            ],
            generated_tokens=standing.generated_tokens,
            prompt_tokens=standing.prompt_tokens,
            calls=standing.calls,
            seconds=standing.seconds,
        )


class ComparisonOut(BaseModel):
    """Strategies on the problems that all of them searched here, on the same terms."""

    problems: int
    left_out: int
    items: list[StandingOut]

    @classmethod
    def of(cls, comparison: Comparison) -> "ComparisonOut":
        """The comparison for the wire."""
        return cls(
            problems=comparison.problems,
            left_out=comparison.left_out,
            items=[StandingOut.of(standing) for standing in comparison.standings],
        )
