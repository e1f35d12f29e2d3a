"""Which answers of a run are right: what the log says of them, and what the exact check does."""

from collections.abc import Iterable

from backend.reasoning.answers import is_open, same_answer
from backend.reasoning.evident import evidently_right
from backend.search.events import Graded
from storage.records import EventRecord


class Grades:
    """The verdicts on a run's answers, read from its log in order. A person's comes before the
    check's, and what was never checked (older runs, most answers) is compared exactly: with the
    reference answer, and where there is none, with what the problem itself asks for.
    """

    def __init__(self, problem: str, reference: str | None) -> None:
        self._problem = problem
        self._reference = reference
        self._by_people: dict[str, bool] = {}
        self._checked: dict[str, bool | None] = {}
        self.last: dict[str, EventRecord] = {}
        """What was said of each answer last, by whom."""
        self._met: set[str] = set()
        self._new: list[str] = []

    def read(self, records: Iterable[EventRecord]) -> "Grades":
        """Take in what happened next."""
        for record in records:
            if record.kind == "node_added":
                self._meet(record.payload["answer"])
            elif record.kind == "graded":
                self._take(record)
        return self

    def of(self, answer: str | None) -> bool | None:
        """Whether an answer is right; None where there is none, or nobody can tell (yet)."""
        if answer is None:
            return None
        if answer in self._by_people:
            return self._by_people[answer]
        if answer in self._checked:
            return self._checked[answer]
        if self._reference is None:
            return evidently_right(self._problem, answer)
        return same_answer(answer, self._reference)

    def holds(self, grade: Graded) -> bool:
        """Whether this was said of the answer already, and nothing else since."""
        last = self.last.get(grade.answer)
        said = ("by", "correct", "why")
        return last is not None and all(last.payload[name] == getattr(grade, name) for name in said)

    def met(self, answer: str) -> bool:
        """Whether some path of the run has come to this answer."""
        return answer in self._met

    def take_unchecked(self) -> list[str]:
        """Answers that the exact check leaves open, each given out once."""
        new, self._new = self._new, []
        reference = self._reference
        return [one for one in new if one not in self._checked and is_open(one, reference)]

    def _meet(self, answer: str | None) -> None:
        if answer is not None and answer not in self._met:
            self._met.add(answer)
            self._new.append(answer)

    def _take(self, record: EventRecord) -> None:
        answer, correct = record.payload["answer"], record.payload["correct"]
        self.last[answer] = record
        if record.payload["by"] != "person":
            self._checked[answer] = correct
        elif correct is None:
            self._by_people.pop(answer, None)
        else:
            self._by_people[answer] = correct
