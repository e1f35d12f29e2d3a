"""Comparing runs: how one went, and how strategies stand on the problems that all of them searched.

The runs are those that people started here: no benchmark, but nothing is counted that was not paid
for alike, or that a person took part in.
"""

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from backend.runs.errors import InvalidRequest
from backend.runs.grades import Grades
from backend.runs.sessions import known_run
from backend.runs.standings import Search, Standing, make_standings
from backend.runs.stored import stored
from backend.runs.timeline import (
    MARKED,
    CoursePoint,
    Mark,
    Moment,
    answer_moments,
    course,
    marks,
)
from backend.search.strategies.registry import STRATEGIES
from storage.port import RunStore
from storage.records import EventRecord, RunQuery, RunRecord

MOST_RUNS: Final = 200
"""The newest runs of each strategy that are looked at."""
_BY_PEOPLE: Final = frozenset({"labelled", "pruned", "requested"})
_Terms: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Standings of strategies on `problems` problems, from runs on the same terms: problem,
    reference answer, models and budget. `left_out`: runs on such terms that cannot be counted,
    because a person took part in the search or its answer cannot be compared with the reference.
    """

    problems: int
    left_out: int
    standings: tuple[Standing, ...]


class Comparing:
    """Reads what is stored; starts and changes nothing. Raises RunsError subclasses only."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    async def course(self, run_id: str, until: int | None = None) -> list[CoursePoint]:
        """How a run went, up to event `until`: see `timeline.course`."""
        run = await stored(known_run(self._store, run_id))
        events = await stored(self._store.events(run_id, limit=until))
        return await asyncio.to_thread(course, run, events)

    async def answers(self, run_id: str, until: int | None = None) -> list[Moment]:
        """Every change of a run's answer up to event `until`, and whether that was right."""
        run = await stored(known_run(self._store, run_id))
        events = await stored(self._store.events(run_id, limit=until))
        return answer_moments(events, Grades(run.problem, run.reference_answer).read(events))

    async def marks(self, run_id: str, until: int | None = None) -> list[Mark]:
        """What stands out in a run up to event `until`."""
        await stored(known_run(self._store, run_id))
        logs = [await stored(self._store.events(run_id, kind=kind)) for kind in MARKED]
        last = math.inf if until is None else until
        return marks(event for log in logs for event in log if event.seq <= last)

    async def strategies(self, names: Sequence[str]) -> Comparison:
        """How these strategies stand, in this order, on what all of them have searched here."""
        _check(names)
        runs = [await self._graded_runs(name) for name in names]
        shared = set.intersection(*({_terms(run) for run in each} for each in runs))
        searches: list[Search] = []
        left_out = 0
        for run in (run for each in runs for run in each if _terms(run) in shared):
            search = _search(run, await stored(self._store.events(run.id)))
            if search is None:
                left_out += 1
            else:
                searches.append(search)
        return await asyncio.to_thread(_standings, names, searches, left_out)

    async def _graded_runs(self, strategy: str) -> tuple[RunRecord, ...]:
        wanted = RunQuery(strategy=strategy, status="finished")
        page = await stored(self._store.list_runs(wanted, limit=MOST_RUNS))
        return tuple(run for run in page.items if run.reference_answer is not None)


def _check(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in STRATEGIES]
    if unknown:
        raise InvalidRequest(
            f"there is no strategy {unknown[0][:80]!r}",
            code="unknown_strategy",
            hint=f"choose from: {', '.join(STRATEGIES)}",
        )
    if len(names) < 2 or len(set(names)) < len(names):
        raise InvalidRequest(
            "a comparison needs two or more different strategies",
            hint="name each once, for example ?strategies=mcts,best_of_n",
        )


def _terms(run: RunRecord) -> _Terms:
    """What has to be the same for two runs to be comparable."""
    models = run.generator, frozenset(run.settings.get("generators", ())), frozenset(run.verifiers)
    return run.problem, run.reference_answer, models, frozenset(run.budget.items())


def _search(run: RunRecord, events: Sequence[EventRecord]) -> Search | None:
    """The run as the strategy left it; None where it is not the strategy's own or has no grade.

    Answers that came when its budget of tokens was spent are no equal cost any more.
    """
    own = _unaided(events)
    if own is None:
        return None
    # What is right is no part of the search: who found out, and when, makes no difference.
    moments = answer_moments(own, Grades(run.problem, run.reference_answer).read(events))
    if any(moment.answer is not None and moment.correct is None for moment in moments):
        return None
    limit = run.budget.get("generated_tokens", math.inf)
    told = [event.payload for event in own if event.kind == "told"]
    return Search(
        problem=run.problem,
        entrant=run.strategy,
        seed=run.seed,
        moments=tuple(
            (moment.generated_tokens, moment.correct is True)
            for moment in moments
            if moment.generated_tokens <= limit
        ),
        generated_tokens=sum(int(each["generated_tokens"]) for each in told),
        prompt_tokens=sum(int(each["prompt_tokens"]) for each in told),
        calls=sum(int(each["calls"]) for each in told),
        nodes=sum(event.kind == "node_added" for event in own) - 1,
        seconds=float(run.usage.get("seconds", 0.0)),
    )


def _unaided(events: Iterable[EventRecord]) -> list[EventRecord] | None:
    """The events up to the first time that the run was finished; None if a person had a part in
    them.
    """
    own: list[EventRecord] = []
    for event in events:
        if event.kind in _BY_PEOPLE:
            return None
        own.append(event)
        if event.kind == "status" and event.payload["status"] == "finished":
            break
    return own


def _standings(names: Sequence[str], searches: list[Search], left_out: int) -> Comparison:
    """Of the problems that still have a search by everyone."""
    found = [{each.problem for each in searches if each.entrant == name} for name in names]
    problems = set.intersection(*found)
    counted = [each for each in searches if each.problem in problems]
    return Comparison(len(problems), left_out, make_standings(counted))
