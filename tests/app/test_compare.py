"""`treewright compare`: problem files, resuming, numbers, the page, and the whole command."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from app.cli import cli
from app.compare.command import make_table
from app.compare.contenders import read_entrant
from app.compare.figure import page, percent
from app.compare.problems import GradedProblem, held_out, read_problems
from app.compare.report import Report, difficulty, make_report
from app.compare.trials import Course, Trial, TrialLog, run_course
from backend.reasoning.answers import same_answer
from backend.runs.catalog import ModelCatalog
from backend.runs.estimates import Estimate, mean
from backend.runs.service import RunService
from backend.runs.standings import budgets
from storage.memory import InMemoryRunStore
from tests.scripted import ScriptedGenerator, ScriptedVerifier

LINES = [
    {"question": "How many?", "answer": "7 * 10 = 70, so 72.\n#### 1,072"},
    {"problem": "Find x.", "solution": "so \\boxed{\\frac{1}{2}} it is", "level": "Level 3"},
    {"id": "mine", "problem": "p", "reference_answer": 12},
]


def test_problem_files_of_several_kinds(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)) + "\n\n")
    problems, faults = read_problems(path)
    assert faults == []
    assert problems == [
        GradedProblem("1", "How many?", "1072"),
        GradedProblem("2", "Find x.", "\\frac{1}{2}"),
        GradedProblem("mine", "p", "12"),
    ]


def test_every_broken_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    lines = ['{"problem": "p", "answer": "1"}', "{", "[]", '{"answer": "3"}', '{"problem": "p"}']
    path.write_text("\n".join(lines))
    problems, faults = read_problems(path)
    assert len(problems) == 1
    assert [fault.split(":")[0] for fault in faults] == ["line 2", "line 3", "line 4", "line 5"]
    assert "not JSON" in faults[0]
    assert "no answer to grade by" in faults[3]


def test_an_answer_that_cannot_be_read_is_named_and_searched_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    lines = [{"problem": "p", "answer": "\\frac{1}{2}"}, {"problem": "q", "answer": "\\frac{1}{2"}]
    path.write_text("\n".join(map(json.dumps, lines)))
    problems, faults = read_problems(path)
    assert [problem.problem for problem in problems] == ["p", "q"]
    assert faults == [
        "line 2: the reference answer cannot be read (a { is never closed): it is compared as text "
        "only"
    ]


async def test_answers_in_latex_are_graded_by_their_meaning(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    lines = [
        {"id": "half", "problem": "p", "solution": "so \\boxed{\\frac{1}{2}}"},
        {"id": "root", "problem": "q", "answer": "\\sqrt{8}"},
        {"id": "interval", "problem": "r", "answer": "$1 < x \\le 2$"},
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    answers = {"half": ("\\boxed{\\dfrac{2}{4}}", "0.5"), "root": ("2\\sqrt{2}", "\\sqrt 8"),
               "interval": ("(1, 2]", "1<x\\leq2")}  # fmt: skip
    for problem in read_problems(path)[0]:
        generator = ScriptedGenerator(answers=answers[problem.id])
        service = RunService(InMemoryRunStore(), ModelCatalog((generator,), (ScriptedVerifier(),)))
        course = Course((problem,), (read_entrant("best_of_n:n=4"),), (1,), {"nodes": 30})
        log = TrialLog(tmp_path / f"{problem.id}.jsonl")
        await run_course(service, course, log, 1, lambda: None)
        await service.close()
        (trial,) = log.trials.values()
        assert trial.right_at(1e9), problem.id
        assert trial.right == trial.solutions > 0


@pytest.mark.parametrize("family", ["game24", "word", "linear"])
def test_held_out_problems_come_with_an_answer(family: str) -> None:
    problems = held_out(family, 5, 1)
    assert len({problem.id for problem in problems}) == 5
    for problem in problems:
        assert same_answer(problem.reference_answer, problem.reference_answer) is True


def test_entrants_are_read_as_written() -> None:
    entrant = read_entrant("mcts:children=6,by_action=false,selection=uct")
    assert (entrant.strategy, entrant.settings) == (
        "mcts", {"children": 6, "by_action": False, "selection": "uct"},
    )  # fmt: skip
    assert read_entrant("best_of_n").settings == {"n": 4096, "per_call": 1}, (
        "it spends the whole budget"
    )
    assert read_entrant("best_of_n:n=4").settings["n"] == 4
    with pytest.raises(ValueError, match="children"):
        read_entrant("mcts:children")


def test_a_trial_is_right_or_wrong_at_any_cost() -> None:
    trial = Trial("p", "mcts", 1, ((100, False), (250, True), (400, False)))
    assert [trial.right_at(t) for t in (99, 100, 250, 399, 1e9)] == [
        False, False, True, True, False,
    ]  # fmt: skip


def test_the_log_survives_a_kill_while_writing(tmp_path: Path) -> None:
    log = TrialLog(tmp_path / "trials.jsonl")
    log.add(Trial("p", "mcts", 1, ((10, True),)))
    log.add(Trial("q", "mcts", 1, error="the model is gone"))
    with (tmp_path / "trials.jsonl").open("a") as file:
        file.write('{"problem": "r", "entr')
    again = TrialLog(tmp_path / "trials.jsonl")
    assert list(again.trials.values()) == [Trial("p", "mcts", 1, ((10, True),))]


async def test_a_course_goes_on_where_it_was(tmp_path: Path) -> None:
    generator = ScriptedGenerator()
    catalog = ModelCatalog((generator,), (ScriptedVerifier(),))
    service = RunService(InMemoryRunStore(), catalog)
    problems = (GradedProblem("a", "one", "3"), GradedProblem("b", "", "4"))
    entrants = (read_entrant("best_of_n:n=4"), read_entrant("mcts"))
    course = Course(problems, entrants, (1, 2), {"nodes": 20})
    log, ticks = TrialLog(tmp_path / "trials.jsonl"), list[int]()
    await run_course(service, course, log, 2, lambda: ticks.append(1))
    assert len(log.trials) == len(ticks) == len(course) == 8
    failed = [trial for trial in log.trials.values() if trial.error]
    assert {trial.problem for trial in failed} == {"b"}
    assert failed[0].error == "the problem is empty"
    assert all(t.calls for t in log.trials.values() if not t.error)
    asked = generator.calls
    await run_course(service, course, TrialLog(tmp_path / "trials.jsonl"), 2, lambda: None)
    assert generator.calls == asked, "nothing is searched twice"
    assert (await service.library.list()).items == ()
    await service.close()


TRIALS = [
    *(Trial(f"p{i}", "best_of_n", 1, ((200, i < 4),), 900, 50, 3, 9, 1.0, 9 - i, 10)
      for i in range(9)),
    *(Trial(f"p{i}", "mcts", 1, ((100, False), (300, i < 7)), 800, 60, 9, 20, 2.0, 9 - i, 10)
      for i in range(9)),
]  # fmt: skip


def test_the_report_counts_right_answers_at_every_cost() -> None:
    report = make_report(TRIALS, {"generated_tokens": 1000})
    best, mcts = report.standings
    assert (best.accuracy.value, mcts.accuracy.value) == (
        pytest.approx(4 / 9),
        pytest.approx(7 / 9),
    )
    assert mcts.gain.value == pytest.approx(3 / 9)
    assert mcts.gain.low > -0.2
    early, late = (next(p for p in mcts.curve if p.budget >= tokens) for tokens in (200, 300))
    assert early.gain.value == pytest.approx(-4 / 9), "it has no right answer yet"
    assert late.gain.value == pytest.approx(3 / 9)
    assert {point.gain.value for point in best.curve} == {0}
    at_200 = [point for point in best.curve if 200 <= point.budget < 300]
    assert all(p.accuracy.value == pytest.approx(4 / 9) for p in at_200)
    assert best.curve[-1].tokens == 900, "it ended by itself"
    assert [round(e.value, 2) for e in best.by_difficulty.values()] == [1.0, 0.33, 0.0]
    assert json.loads(json.dumps(report.as_dict()))["standings"][0]["accuracy"][0] == 0.4444


def test_the_table_is_whole_in_80_columns() -> None:
    best = make_report(TRIALS, {"generated_tokens": 1000}).standings[0]
    widest = replace(
        best,
        entrant="beam_search:width=16,children=4,temperature=0.7",
        accuracy=Estimate(1, 1, 1),
        gain=Estimate(-1, -1, -1),
        generated_tokens=1e6,
        calls=12345.6,
        failed=1500,
    )
    console = Console(width=80, file=io.StringIO())
    console.print(make_table(Report(500, 3, {}, (widest, best))))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "…" not in shown
    wanted = "strategy right gain on first tokens calls failed temperature=0.7"
    for words in (*wanted.split(), "[100, 100]", "[-100, -100]", "1,000,000", "12,345.6", "1500"):
        assert words in shown


def test_corrections_are_counted_both_ways() -> None:
    moments = {"a": ((9, False), (20, True)), "b": ((9, True), (20, False)), "c": ((9, False),
               (20, True)), "d": ((9, True),), "e": ()}  # fmt: skip
    trials = [
        Trial(problem, "score:temperature=0", 1, each, 20) for problem, each in moments.items()
    ]
    report = make_report(trials, {"generated_tokens": 100})
    turns = {name: round(each.value, 2) for name, each in report.standings[0].turns.items()}
    assert turns == {
        "turn_1": 0.4, "turn_2": 0.6, "turn_gain": 0.2, "turn_wrong_to_right": 0.4,
        "turn_right_to_wrong": 0.2,
    }  # fmt: skip
    assert "wrong → right" in page(report)
    assert not make_report(TRIALS, {"generated_tokens": 100}).standings[0].turns


def test_difficulty_is_a_third_each() -> None:
    bins = difficulty(TRIALS)
    assert [bins[f"p{i}"] for i in range(9)] == ["easy"] * 3 + ["medium"] * 3 + ["hard"] * 3


def test_one_problem_has_a_value_and_no_interval() -> None:
    alone, two = mean([1.0], 0), mean([1.0, 0.0], 0)
    assert alone.as_list() == [1.0, None, None]
    assert percent(alone) == "100.0%"
    assert two.as_list() == [0.5, 0.0, 1.0]


def test_budgets_end_at_the_limit() -> None:
    points = budgets(3200, [])
    assert (points[0], points[-1]) == (100, 3200)
    assert points == sorted(points)


def test_the_page_holds_everything_and_no_markup_of_others() -> None:
    trials = [Trial("p", "<script>alert(1)</script>", 1, ((10, True),), 10, 1, 1, 1, 0.1, 1, 1)]
    html = page(make_report(trials, {"generated_tokens": 100}))
    assert "<script>alert(1)" not in html
    assert 'src="http' not in html
    assert html.count("plotly-graph-div") == 2


def test_the_page_shows_by_how_much_each_is_ahead_of_the_first_at_every_budget() -> None:
    report = make_report(TRIALS, {"generated_tokens": 1000})
    html = page(report)
    assert html.count("plotly-graph-div") == 3
    assert "Ahead of best_of_n at the same budget" in html
    points = report.as_dict()["standings"][1]["curve"]
    assert points[-1]["gain"] == [0.3333, *points[-1]["gain"][1:]]


def test_the_whole_command(tmp_path: Path) -> None:
    arguments = [
        "compare", "game24", "-s", "chain_of_thought", "-s", "best_of_n:n=2", "--count", "2",
        "--budget", "generated_tokens=300", "--out", str(tmp_path / "out"), "--json",
    ]  # fmt: skip
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [s["entrant"] for s in report["standings"]] == ["chain_of_thought", "best_of_n:n=2"]
    assert all(s["searches"] == 2 and not s["failed"] for s in report["standings"])
    assert "Accuracy against" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere.jsonl", "-s", "mcts"], "nowhere.jsonl"), (["word", "-s", "magic"], "magic"),
     (["word", "-s", "mcts:children=0"], "children"), (["word", "-s", "mcts:x"], "name=value")],
)  # fmt: skip
def test_nonsense_is_refused_before_any_search(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    result = CliRunner().invoke(cli, ["compare", *arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert says in result.output
