"""Batches: one run for each problem of a file, all with one tag."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from backend.runs.errors import InvalidRequest, RunsError
from backend.runs.problems import Fault, FileKind, ListedProblem, read_problems
from backend.runs.request import RunRequest, clean_tags
from storage.records import RunRecord

MOST_PROBLEMS: Final = 500
_MOST_NAMED: Final = 5
# What can be wrong with one problem and right with the next; anything else is wrong with them all.
_ABOUT_THE_PROBLEM: Final = frozenset(
    {"empty_problem", "problem_too_long", "unknown_kind_of_problem", "reference_needed"}
)


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A file to search. `name` becomes the tag; `search` says how, whatever its problem."""

    name: str
    text: str
    kind: FileKind
    search: RunRequest


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of it: the runs by their tag, and what is wrong with lines of the file. A line may
    be searched in spite of its fault: one whose reference answer cannot be read.
    """

    tag: str
    runs: tuple[RunRecord, ...]
    faults: tuple[Fault, ...]


class Batches:
    """Starts runs; watching and finding them again is the library's, by the tag."""

    def __init__(
        self,
        check: Callable[[RunRequest], None],
        start: Callable[[RunRequest], Awaitable[RunRecord]],
    ) -> None:
        self._check = check
        self._start = start

    async def start(self, request: BatchRequest) -> Batch:
        """Queue a run for each problem that can be searched. InvalidRequest, with nothing started,
        where none can, or the request itself makes no sense.
        """
        (tag,) = clean_tags((request.name,))
        problems, faults = read_problems(request.text, request.kind)
        if len(problems) > MOST_PROBLEMS:
            raise InvalidRequest(
                f"the file holds {len(problems):,} problems; {MOST_PROBLEMS} are taken at once",
                code="too_many_problems",
                hint="split the file",
            )
        searches = [(each, _search(request.search, each, tag)) for each in problems]
        good = [(each, search) for each, search in searches if self._passes(each, search, faults)]
        if not good:
            raise InvalidRequest(
                "the file holds no problem that can be searched",
                code="no_problems",
                hint="; ".join(map(str, sorted(faults)[:_MOST_NAMED]))
                or 'write one JSON object per line: {"problem": "…", "answer": "…"}',
            )
        runs: list[RunRecord] = []
        for each, search in good:
            try:
                runs.append(await self._start(search))
            except RunsError as error:
                # What was started goes on: say where to go on with the rest.
                faults.append(Fault(each.line, f"not started from here on: {error.message}"))
                break
        return Batch(tag, tuple(runs), tuple(sorted(faults)))

    def _passes(self, each: ListedProblem, search: RunRequest, faults: list[Fault]) -> bool:
        try:
            self._check(search)
        except InvalidRequest as error:
            if error.code not in _ABOUT_THE_PROBLEM:
                raise
            faults.append(Fault(each.line, error.message))
            return False
        return True


def _search(search: RunRequest, each: ListedProblem, tag: str) -> RunRequest:
    tags = (*search.tags, tag)
    return replace(search, problem=each.problem, reference_answer=each.reference_answer, tags=tags)
