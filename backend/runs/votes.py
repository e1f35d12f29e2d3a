"""Why an answer became the run's: what speaks for each answer, read from the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.runs.recorder import replay_records
from backend.search.votes import Choice, Vote
from storage.records import EventRecord, RunRecord

_SURE: Final = 0.5


def doubtful(run: RunRecord) -> bool:
    """Whether the run's answer is rather wrong than right: so the verifiers find, or the generator
    is likely to get such a problem wrong.
    """
    if run.answer is None:
        return False
    return bool(run.caution) or (run.answer_value is not None and run.answer_value < _SURE)


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for an answer: how many solutions end with it, the sum of their values (each
    from 0 to 1), and the value of the best of them, which ends at step `node`; None: not scored.
    """

    answer: str
    solutions: int
    weight: float
    best: float | None
    node: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Votes:
    """All answers, those first for which most speaks. `rule`: what decided; None where that was a
    rule of the strategy's own.
    """

    rule: Choice | None
    items: tuple[Support, ...]


def answer_rule(run: RunRecord) -> Choice | None:
    """The rule by which the run's strategy chooses among answers; None: one of its own."""
    rule = run.settings.get("choose")
    return None if rule is None else Choice(rule)


def read_votes(run: RunRecord, records: Sequence[EventRecord]) -> Votes:
    """What speaks for each answer after these events. Pruned solutions do not count."""
    if not records:
        return Votes(answer_rule(run), ())
    tree = replay_records(records, run.seed)
    rule = answer_rule(run)
    ranked = tree.votes.ranked(rule or Choice.MAJORITY)
    answer = None if tree.answer_node is None else tree.votes.of(tree.nodes[tree.answer_node])
    if rule is not None and answer is not None and _beaten(answer, ranked[0], rule):
        rule = None  # as where rStar asks, after the vote, which answer is consistent
    items = tuple(
        Support(
            answer=tree.nodes[vote.best].answer or "",
            solutions=vote.count,
            weight=vote.weight,
            best=vote.top if vote.top >= 0 else None,
            node=vote.best,
            chosen=vote is answer,
        )
        for vote in ranked
    )
    return Votes(rule, items)


def _beaten(answer: Vote, first: Vote, rule: Choice) -> bool:
    return answer.support(rule) < first.support(rule)
