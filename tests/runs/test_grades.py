"""Which answers are right: checked beside the search, stored as facts, overruled by people."""

import asyncio
from random import Random

import pytest

from backend.reasoning.checker import AnswerChecker, Verdict
from backend.runs.errors import InvalidRequest, NotFound, RunsError, Unavailable
from backend.runs.grades import Grades
from backend.runs.grading import GradeRequest
from backend.runs.recorder import replay_records
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.records import EventRecord
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, finish, reached, request
from tests.scripted import ScriptedGenerator

HALVES = (r"\frac{1}{2}", r"\dfrac{2}{4}", "0.5", r"\frac{1}{3}", "2")


class Checker(AnswerChecker):
    """Answers at once, or when it is let; counts what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str | None] = []
        self.let = asyncio.Event()
        self.let.set()

    async def same(self, answer: str | None, reference: str | None) -> Verdict:
        self.asked.append(answer)
        await self.let.wait()
        right = answer in HALVES[:3]
        return Verdict(right if answer != "2" else None, "" if answer != "2" else "who knows")

    async def key(self, answer: str | None) -> str | None:
        return "1/2" if answer in HALVES[:3] else answer


@pytest.fixture
def checker() -> Checker:
    return Checker()


@pytest.fixture
def halves(generator: ScriptedGenerator) -> ScriptedGenerator:
    generator.answers = HALVES
    return generator


async def log(service: RunService, run_id: str) -> list[EventRecord]:
    parts = [part async for part in await service.watch(run_id) if isinstance(part, tuple)]
    return [event for part in parts for event in part]


async def graded(service: RunService, run_id: str) -> dict[str, bool | None]:
    return {e.payload["answer"]: e.payload["correct"] for e in await service.grades(run_id)}


async def test_open_answers_are_checked_once_and_stored_before_the_run_ends(
    make_service: MakeService, halves: ScriptedGenerator, checker: Checker
) -> None:
    service = make_service(checker=checker)
    run = await service.start(request(reference_answer=r"\frac{1}{2} + 0"))
    done = await service.settled(run.id)
    events = await log(service, run.id)
    assert sorted(map(str, checker.asked)) == sorted(HALVES)
    assert await graded(service, run.id) == dict.fromkeys(HALVES[:3], True) | {
        r"\frac{1}{3}": False, "2": None,
    }  # fmt: skip
    assert events[-1].kind == "status", "who watches has seen every verdict by then"
    why = [e.payload["why"] for e in await service.grades(run.id) if e.payload["answer"] == "2"]
    assert why == ["who knows"]
    assert done.answer in HALVES
    assert done.correct is (await graded(service, run.id))[done.answer]
    assert (await service.tree(run.id, at=done.seq)).run.correct is done.correct


async def test_what_is_exact_is_not_asked(service: RunService, checker: Checker) -> None:
    run = await service.start(request(reference_answer="12"))
    done = await service.settled(run.id)
    assert await service.grades(run.id) == ()
    assert done.correct is (done.answer == "12")


async def test_a_check_that_hangs_slows_no_search(
    make_service: MakeService, halves: ScriptedGenerator, checker: Checker
) -> None:
    checker.let.clear()
    service = make_service(checker=checker)
    run = await service.start(request(reference_answer=r"\frac12"))
    await reached(service, run.id, nodes=80)
    assert (await service.get(run.id)).status == "running", "it waits for its verdicts"
    assert await service.grades(run.id) == ()
    checker.let.set()
    assert (await service.settled(run.id)).status == "finished"
    assert set(await graded(service, run.id)) >= {r"\frac{1}{3}"}


async def test_stopping_and_deleting_wait_for_no_check(
    make_service: MakeService, halves: ScriptedGenerator, checker: Checker
) -> None:
    checker.let.clear()
    service = make_service(checker=checker)
    runs = [await service.start(request(reference_answer=r"\frac12", seed=s)) for s in (1, 2)]
    for run in runs:
        await reached(service, run.id, nodes=80)
    assert (await service.stop(runs[0].id)).status == "stopped"
    await service.delete(runs[1].id)
    checker.let.set()
    await service.grading.settled(runs[0].id)
    assert len(await service.grades(runs[0].id)) > 1, "the verdicts still come"
    await service.grading.settled(runs[1].id)


async def test_the_tree_is_the_same_whatever_the_timing_and_the_verdicts(
    make_service: MakeService, halves: ScriptedGenerator
) -> None:
    trees = []
    for shuffle, reference in ((None, None), (Random(1), r"\frac12"), (Random(2), "x^2")):

        async def wait(shuffle: Random | None = shuffle) -> None:
            for _ in range(shuffle.randrange(12) if shuffle else 0):
                await asyncio.sleep(0)

        halves.before = wait
        service = make_service(on=InMemoryRunStore(), checker=Checker())
        trees.append(
            await finish(
                service,
                strategy="self_consistency",
                budget={"nodes": 150},
                reference_answer=reference,
            )  # fmt: skip
        )
    assert trees[0] == trees[1] == trees[2]


async def test_answers_that_mean_the_same_vote_together(
    make_service: MakeService, halves: ScriptedGenerator, store: RunStore
) -> None:
    """With the real check, and again from the log."""
    service = make_service()
    run = await service.start(
        request(strategy="self_consistency", reference_answer="0.50", budget={"nodes": 200})
    )
    done = await service.settled(run.id)
    events = await store.events(run.id)
    keys = {e.payload["answer"]: e.payload["answer_key"] for e in events if e.kind == "node_added"}
    assert {keys[half] for half in HALVES[:3]} == {"1/2"}
    tree = replay_records(events, run.seed)
    same = [node for node in tree.nodes if node.answer_key == "1/2"]
    vote = tree.votes.of(same[0])
    assert vote is not None
    assert vote.count == sum(node.samples for node in same) == tree.votes.agreed
    assert done.answer in HALVES[:3]
    assert done.correct is True
    assert all(e.payload["correct"] is not None for e in await service.grades(run.id))


async def test_rewards_are_by_the_meaning(
    make_service: MakeService, halves: ScriptedGenerator
) -> None:
    service = make_service()
    run = await service.start(
        request(strategy="monte_carlo_labels", reference_answer=r"\tfrac{1}{2}")
    )
    await service.settled(run.id)
    ends = [e.payload for e in await log(service, run.id) if e.payload.get("terminal")]
    found = {(end["answer"], end["reward"]) for end in ends}
    assert found == {(half, 1.0) for half in HALVES[:3]} | {(r"\frac{1}{3}", 0.0), ("2", 0.0)}


async def test_verdicts_that_a_crash_left_out_are_asked_for_again(
    make_service: MakeService, halves: ScriptedGenerator, checker: Checker
) -> None:
    checker.let.clear()
    first = make_service(checker=checker)
    run = await first.start(request(reference_answer=r"\frac12"))
    await reached(first, run.id, nodes=80)
    await first.close()
    second = make_service(checker=Checker())
    assert await second.recover() == 1
    assert (await second.settled(run.id)).status == "finished"
    assert set(await graded(second, run.id)) == set(HALVES)


async def test_a_person_has_the_last_word(
    make_service: MakeService, halves: ScriptedGenerator, checker: Checker
) -> None:
    service = make_service(checker=checker)
    run = await service.start(request(reference_answer=r"\frac12"))
    done = await service.settled(run.id)
    answer, checked = str(done.answer), done.correct
    said = []
    for correct in (False, False, True, None):
        grade = await service.grading.grade(run.id, GradeRequest(answer, correct, "ann"))
        assert (grade.payload["by"], grade.payload["author"]) == ("person", "ann")
        said.append((await service.get(run.id)).correct)
    assert said == [False, False, True, checked]
    stored = [e for e in await service.grades(run.id) if e.payload["by"] == "person"]
    assert [e.payload["correct"] for e in stored] == [False, True, None], "nothing is deleted"
    before = await service.tree(run.id, at=stored[0].seq)
    assert (before.run.correct, before.seq) == (False, stored[0].seq)
    again = make_service(checker=checker)
    await again.grading.grade(run.id, GradeRequest(answer, False))
    assert (await again.get(run.id)).correct is False
    assert (await again.tree(run.id)).nodes == (await service.tree(run.id, at=done.seq)).nodes


async def test_a_person_can_grade_without_a_reference(service: RunService) -> None:
    run = await service.start(request())
    done = await service.settled(run.id)
    assert done.correct is None
    await service.grading.grade(run.id, GradeRequest(str(done.answer), True))
    assert (await service.get(run.id)).correct is True


@pytest.mark.parametrize(
    ("grade", "error"),
    [(GradeRequest("no such answer", True), NotFound), (GradeRequest("", None), NotFound),
     (GradeRequest("\x00", True), InvalidRequest)],
)  # fmt: skip
async def test_grades_of_nothing_are_refused(
    service: RunService, grade: GradeRequest, error: type[RunsError]
) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    with pytest.raises(error):
        await service.grading.grade(run.id, grade)
    assert await service.grades(run.id) == ()


async def test_a_grade_refused_by_a_full_disk_is_not_shown(make_service: MakeService) -> None:
    store = FullStore()
    service = make_service(on=store)
    run = await service.start(request())
    answer = str((await service.settled(run.id)).answer)
    store.full = True
    with pytest.raises(Unavailable):
        await service.grading.grade(run.id, GradeRequest(answer, True))
    store.full = False
    assert (await service.get(run.id)).correct is None
    await service.grading.grade(run.id, GradeRequest(answer, False))
    assert (await service.get(run.id)).correct is False


def test_without_a_reference_the_problem_itself_may_grade() -> None:
    grades = Grades("Solve x + 2 = 5.", None)
    assert [grades.of(answer) for answer in ("3", "x = 4", None)] == [True, False, None]
    # The reference answer, where there is one, and people have the say.
    assert Grades("Solve x + 2 = 5.", "4").of("3") is False


async def test_a_run_of_before_shows_what_the_exact_check_says(service: RunService) -> None:
    run = await service.start(request(reference_answer="3"))
    await service.settled(run.id)
    events = await log(service, run.id)
    grades = Grades("", "3").read(events)
    assert (grades.of("3.0"), grades.of("4"), grades.of(None)) == (True, False, None)
