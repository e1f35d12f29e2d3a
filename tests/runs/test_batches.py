"""Files of problems: what is read of them, one run each, faults named, the rest searched."""

import json

import pytest

from backend.runs.batches import BatchRequest
from backend.runs.errors import InvalidRequest, Unavailable
from backend.runs.problems import FileKind, read_problems
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.records import RunQuery
from tests.runs.driving import request

TABLE = (
    "\ufeffid,Problem,Answer\r\n"
    '1,"two\nlines, and ""quotes""",4\r\n'
    ",   ,5\r\n"
    "\r\n"
    "x,no answer\r\n"
    "y,long,1,2,3\r\n"
)
BROKEN = ["", "\ufeff", "\x00", '"' * 9, "[" * 99_999, '{"problem": ' + "9" * 5_000, "a,b\rc"]


def test_a_table_is_read_with_its_quotes_and_broken_rows_are_named() -> None:
    problems, faults = read_problems(TABLE, FileKind.CSV)
    assert [(one.line, one.id, one.problem, one.reference_answer) for one in problems] == [
        (3, "1", 'two\nlines, and "quotes"', "4"), (6, "x", "no answer", None),
        (7, "y", "long", "1"),
    ]  # fmt: skip
    assert [str(fault).split(":")[0] for fault in faults] == ["line 4"]


def test_each_line_of_a_text_is_a_problem() -> None:
    problems, faults = read_problems("Make 24 from 4, 7, 8, 13.\r\n\n  3x = 63 \n", FileKind.TEXT)
    assert [(one.line, one.problem, one.reference_answer) for one in problems] == [
        (1, "Make 24 from 4, 7, 8, 13.", None), (3, "3x = 63", None),
    ]  # fmt: skip
    assert faults == []


@pytest.mark.parametrize("kind", [FileKind.JSONL, FileKind.CSV])
@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_no_file_breaks_the_reader(kind: FileKind, number: int) -> None:
    problems, _ = read_problems(BROKEN[number], kind)
    assert problems == []


def batch(text: str, **search: object) -> BatchRequest:
    return BatchRequest("Hard  Ones", text, FileKind.JSONL, request(**search))


async def test_each_problem_is_searched_and_bad_lines_are_named(service: RunService) -> None:
    lines = [
        '{"problem": "one", "answer": "1"}', "{", '{"question": "two"}', '{"answer": "3"}',
        '{"problem": "' + "x" * 9_000 + '"}',
        json.dumps({"problem": "six", "answer": "\\frac{1}{2"}),
    ]  # fmt: skip
    made = await service.batches.start(batch("\n".join(lines), tags=("mine",)))
    assert made.tag == "hard ones"
    assert [run.problem for run in made.runs] == ["one", "two", "six"]
    assert [run.reference_answer is None for run in made.runs] == [False, True, False]
    assert [fault.line for fault in made.faults] == [2, 4, 5, 6]
    for run in made.runs:
        assert (await service.settled(run.id)).status == "finished"
        assert run.tags == ("hard ones", "mine")
    listed = (await service.library.list(RunQuery(tag="hard ones"))).items
    assert {run.id for run in listed} == {run.id for run in made.runs}


@pytest.mark.parametrize(
    ("text", "search", "code"),
    [
        ("", {}, "no_problems"), ("{", {}, "no_problems"),
        ('{"problem": "p"}\n' * 501, {}, "too_many_problems"),
        ('{"problem": "p"}', {"strategy": "magic"}, "unknown_strategy"),
        ('{"problem": "p"}', {"strategy": "omega_prm"}, "no_problems"),
    ],
)  # fmt: skip
async def test_nothing_is_started_where_nothing_can_be(
    service: RunService, text: str, search: dict[str, object], code: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await service.batches.start(batch(text, **search))
    assert caught.value.code == code
    assert caught.value.hint
    assert (await service.library.list()).items == ()


async def test_what_was_started_before_the_disk_was_full_goes_on(
    service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = service.batches._start

    async def until_full(search: RunRequest) -> object:
        if search.problem == "b":
            raise Unavailable("the disk is full")
        return await started(search)

    monkeypatch.setattr(service.batches, "_start", until_full)
    made = await service.batches.start(batch('{"problem":"a"}\n{"problem":"b"}\n{"problem":"c"}'))
    assert [run.problem for run in made.runs] == ["a"]
    assert [str(fault) for fault in made.faults] == [
        "line 2: not started from here on: the disk is full"
    ]
    assert (await service.settled(made.runs[0].id)).status == "finished"
