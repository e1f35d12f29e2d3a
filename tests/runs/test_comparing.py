"""Comparing runs: how one went, and which runs count when strategies are compared."""

import pytest

from backend.runs.errors import InvalidRequest, NotFound
from backend.runs.grades import Grades
from backend.runs.grading import GradeRequest
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from backend.runs.timeline import answer_moments
from storage.records import EventRecord, RunQuery, RunRecord
from tests.runs.driving import Gate, request
from tests.scripted import ScriptedGenerator

PAIR = ("mcts", "best_of_n")


async def finished(service: RunService, strategy: str, **fields: object) -> RunRecord:
    """A run to its end, of a problem that some of the scripted model's answers are right for."""
    wanted = {"reference_answer": "7", "budget": {"nodes": 80}, **fields}
    run = await service.start(request(strategy=strategy, **wanted))
    return await service.settled(run.id)


async def logged(service: RunService, run_id: str) -> list[EventRecord]:
    parts = [part async for part in await service.watch(run_id) if isinstance(part, tuple)]
    return [event for part in parts for event in part]


@pytest.mark.parametrize("strategy", ["mcts", "best_of_n", "chain_of_thought", "self_refine"])
async def test_the_course_says_what_the_tree_was_then(service: RunService, strategy: str) -> None:
    run = await finished(service, strategy)
    points = await service.comparing.course(run.id)
    assert [point.seq for point in points] == sorted({point.seq for point in points})
    for point in points:
        then = await service.tree(run.id, point.seq)
        assert point.generated_tokens == then.run.usage["generated_tokens"]
        assert (point.answer, point.correct) == (then.run.answer, then.run.correct)
        assert point.node == then.run.best_node
        assert point.value == (None if point.node is None else then.nodes[point.node].value)
    assert points[0].generated_tokens == 0
    assert points[-1].seq == run.seq


async def test_the_course_has_every_answer_and_is_short(service: RunService) -> None:
    settings = {"n": 600}
    run = await finished(service, "self_consistency", settings=settings, budget={"nodes": 5000})
    points = await service.comparing.course(run.id)
    moments = answer_moments(
        await logged(service, run.id), Grades(run.problem, run.reference_answer)
    )
    answers = {moment.generated_tokens: moment.answer for moment in moments}
    assert len(answers) > 1
    assert answers.items() <= {(point.generated_tokens, point.answer) for point in points}
    assert len(points) < 400 + len(moments) + 2


async def test_a_course_ends_where_a_snapshot_does(service: RunService) -> None:
    run = await finished(service, "mcts")
    part = await service.comparing.course(run.id, 20)
    assert part[-1].seq == 20
    with pytest.raises(NotFound):
        await service.comparing.course("no-such-run")


async def test_strategies_meet_on_what_both_searched(service: RunService) -> None:
    for problem in ("1 + 1?", "2 + 2?"):
        for strategy in PAIR:
            await finished(service, strategy, problem=problem)
    await finished(service, "mcts", problem="only one of them")
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out) == (2, 0)
    assert [(each.entrant, each.searches) for each in found.standings] == [
        ("mcts", 2), ("best_of_n", 2),
    ]  # fmt: skip
    for standing in found.standings:
        runs = (await service.library.list(RunQuery(strategy=standing.entrant))).items
        counted = [run for run in runs if run.problem != "only one of them"]
        right = sum(run.correct is True for run in counted) / 2
        tokens = sum(run.usage["generated_tokens"] for run in counted) / 2
        assert (standing.accuracy.value, standing.generated_tokens) == (right, tokens)
        assert standing.curve[-1].accuracy == standing.accuracy
        assert standing.calls == sum(run.usage["calls"] for run in counted) / 2


@pytest.mark.parametrize(
    "other",
    [{"budget": {"nodes": 50}}, {"reference_answer": "8"}, {"reference_answer": None},
     {"problem": "1 + 2?"}],
)  # fmt: skip
async def test_runs_on_other_terms_do_not_count(service: RunService, other: object) -> None:
    assert isinstance(other, dict)
    await finished(service, "mcts")
    await finished(service, "best_of_n", **other)
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out, found.standings) == (0, 0, ())


async def test_a_run_that_a_person_steered_is_left_out(
    service: RunService, generator: ScriptedGenerator
) -> None:
    await finished(service, "best_of_n")
    gate = Gate(generator, generator.calls + 5)
    run = await service.start(request(reference_answer="7"))
    await gate.reached.wait()
    await service.label(run.id, 1, LabelRequest(rating=1))
    gate.opened.set()
    assert (await service.settled(run.id)).status == "finished"
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out) == (0, 1)


async def test_a_run_labelled_after_its_end_counts_as_it_ended(service: RunService) -> None:
    await finished(service, "best_of_n")
    run = await finished(service, "mcts")
    before = await service.comparing.strategies(PAIR)
    assert run.best_node is not None
    await service.label(run.id, run.best_node, LabelRequest(rating=-1))
    assert (await service.get(run.id)).answer != run.answer
    assert await service.comparing.strategies(PAIR) == before


async def test_a_persons_word_on_the_answer_counts(service: RunService) -> None:
    runs = [await finished(service, name, reference_answer="a banana") for name in PAIR]
    for run, correct in zip(runs, (True, False), strict=True):
        moments = answer_moments(await logged(service, run.id), Grades("", None))
        for answer in {moment.answer for moment in moments if moment.answer is not None}:
            await service.grading.grade(run.id, GradeRequest(answer, correct))
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out) == (1, 0)
    assert [standing.accuracy.value for standing in found.standings] == [1, 0]
    points = await service.comparing.course(runs[0].id)
    assert points[-1].correct is True


async def test_an_answer_that_cannot_be_graded_is_not_wrong(service: RunService) -> None:
    for strategy in PAIR:
        run = await finished(service, strategy, reference_answer="a banana")
        assert run.correct is None
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out) == (0, 2)


@pytest.mark.parametrize("names", [("mcts",), ("mcts", "mcts"), ("mcts", "magic"), ("",), ()])
async def test_strategies_have_to_be_two_that_exist(
    service: RunService, names: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await service.comparing.strategies(names)
    assert caught.value.hint


async def test_an_answer_that_came_when_the_budget_was_spent_is_too_late(
    service: RunService,
) -> None:
    budget = {"generated_tokens": 60}
    known = await finished(service, "best_of_n", budget=budget)
    for strategy in ("best_of_n", "self_consistency"):
        run = await finished(service, strategy, budget=budget, reference_answer=known.answer)
        assert run.usage["generated_tokens"] > 60
    found = await service.comparing.strategies(("best_of_n", "self_consistency"))
    listed = await service.library.list(RunQuery(strategy="best_of_n"))
    assert listed.items[0].correct is True
    assert found.problems == 1
    assert [standing.accuracy.value for standing in found.standings] == [0, 0]
