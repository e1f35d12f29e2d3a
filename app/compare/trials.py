"""Searching every problem by every entrant, and keeping what came out so that it can go on."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from app.compare.contenders import Entrant
from app.compare.problems import GradedProblem
from backend.runs.errors import RunsError
from backend.runs.grades import Grades
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.runs.standings import Search
from backend.runs.timeline import answer_moments, right_solutions
from storage.records import EventRecord
from training.turns import TwoTurns


@dataclass(frozen=True, slots=True)
class Trial(Search):
    """A search as it is kept. `right` of `solutions`: over all solutions in the tree. `error`: why
    there was no search, if so.
    """

    right: int = 0
    solutions: int = 0
    error: str | None = None

    @property
    def turns(self) -> TwoTurns:
        """Whether its first answer was right, and its last: SCoRe's two turns."""
        rights = [right for _, right in self.moments] or [False]
        return TwoTurns(rights[0], rights[-1])


Key = tuple[str, str, int]


class TrialLog:
    """A file of finished trials, a JSON line each; it survives being killed while writing.

    Failed ones are not taken over: the model may be back by now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trials: dict[Key, Trial] = {}
        if path.exists():
            for trial in _readable(path.read_text("utf-8").splitlines()):
                if trial.error is None:
                    self.trials[trial.problem, trial.entrant, trial.seed] = trial

    def add(self, trial: Trial) -> None:
        """Keep a trial, on disk first."""
        with self._path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(trial)) + "\n")
        self.trials[trial.problem, trial.entrant, trial.seed] = trial


def _readable(lines: Iterable[str]) -> Iterator[Trial]:
    for line in lines:
        try:
            fields = json.loads(line)
        except json.JSONDecodeError:
            continue  # cut off when the process was killed: that trial is done again
        fields["moments"] = tuple((int(t), bool(right)) for t, right in fields["moments"])
        yield Trial(**fields)


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be searched, and within which budget each time."""

    problems: tuple[GradedProblem, ...]
    entrants: tuple[Entrant, ...]
    seeds: tuple[int, ...]
    budget: dict[str, float]

    def __iter__(self) -> Iterator[tuple[GradedProblem, Entrant, int]]:
        """Problem by problem, so that a comparison cut short compares the same problems."""
        for seed in self.seeds:
            for problem in self.problems:
                for entrant in self.entrants:
                    yield problem, entrant, seed

    def __len__(self) -> int:
        return len(self.problems) * len(self.entrants) * len(self.seeds)


async def run_course(
    service: RunService, course: Course, log: TrialLog, at_once: int, done: Callable[[], None]
) -> None:
    """Search whatever the log does not hold yet, `at_once` searches at a time."""
    left = [task for task in course if _key(*task) not in log.trials]
    for _ in range(len(course) - len(left)):
        done()
    tasks = iter(left)

    async def worker() -> None:
        for problem, entrant, seed in tasks:
            log.add(await _search(service, problem, entrant, seed, course.budget))
            done()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())


def _key(problem: GradedProblem, entrant: Entrant, seed: int) -> Key:
    return problem.id, entrant.label, seed


async def _search(
    service: RunService, problem: GradedProblem, entrant: Entrant, seed: int,
    budget: dict[str, float],
) -> Trial:  # fmt: skip
    key = _key(problem, entrant, seed)
    request = RunRequest(
        problem.problem,
        entrant.strategy,
        entrant.settings,
        budget=budget,
        reference_answer=problem.reference_answer,
        seed=seed,
    )
    try:
        run = await service.start(request)
        run = await service.settled(run.id)
    except RunsError as error:
        return Trial(*key, error=error.message)
    view = await service.tree(run.id)
    events = await _events(service, run.id)
    grades = Grades(run.problem, run.reference_answer).read(events)
    moments = answer_moments(events, grades)
    right, solutions = right_solutions(view.nodes, grades)
    await service.delete(run.id, for_good=True)
    return Trial(
        *key,
        moments=tuple((moment.generated_tokens, moment.correct is True) for moment in moments),
        generated_tokens=int(run.usage["generated_tokens"]),
        prompt_tokens=int(run.usage["prompt_tokens"]),
        calls=int(run.usage["calls"]),
        nodes=int(run.usage["nodes"]),
        seconds=run.usage["seconds"],
        right=right,
        solutions=solutions,
        error=run.reason if run.status == "failed" else None,
    )


async def _events(service: RunService, run_id: str) -> list[EventRecord]:
    events: list[EventRecord] = []
    async for part in await service.watch(run_id):
        if isinstance(part, tuple):
            events += part
    return events
