"""Answers in mathematics: what is the same, and what happens to questions that never end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from backend.reasoning import checker as checker_module
from backend.reasoning.answers import answer_key
from backend.reasoning.checker import AnswerChecker, CheckerLimits, Verdict

ROOT = Path(__file__).parents[2]
TOWER = r"\boxed{\dfrac{5^{(5^{(5^{(5^5)})}-4)}-5}{16}}"
HANGING = [TOWER, "9^{9^{9^9}}", "99999999!"]
HALF = r"\frac{1}{2}"

RIGHT = [
    # answer, reference
    (HALF, "0.5"), (r"\dfrac12", "1/2"), ("0.5", "1/2"), (r"$\frac{1}{2}$", r"\frac{2}{4}"),
    (r"\boxed{\frac{1}{2}}", "0.5"), (r"2\frac{1}{2}", "5/2"), ("40000", r"40,\!000"),
    (r"40{,}000", "40000"), (r"12\,345", "12345"), ("1 000 000", "1000000"), ("10^5", "1e5"),
    (r"2\sqrt{2}", r"\sqrt{8}"), (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}"),
    ("sqrt(2)/2", r"\frac{\sqrt{2}}{2}"), ("2pi", r"2\pi"), (r"1+\sqrt2", r"\sqrt{3+2\sqrt2}"),
    ("(x+1)^2", "x^2 + 2x + 1"), ("2(x+1)", "2x + 2"), (r"x + 1", r"\frac{x^2-1}{x-1}"),
    (r"\log_2 8", "3"), (r"\binom{5}{2}", "10"), ("3i + 2", "2 + 3i"), (r"5\times 10^3", "5000"),
    ("2, 1", "1, 2"), (r"\{2, 1\}", "1,2"), (r"2 \text{ or } 1", "1,2"), (r"\pm 2", "2, -2"),
    ("1 < x < 2", "(1,2)"), ("(1,2)", "1 < x < 2"), (r"1 \le x < 2", "[1,2)"),
    ("x < 1 or x > 2", r"(-\infty,1)\cup(2,\infty)"), (r"\left( 3, \tfrac{\pi}{2} \right)",
     r"(3,\frac{\pi}{2})"), (r"\begin{bmatrix}1\\2\end{bmatrix}",
     r"\begin{pmatrix}1\\2\end{pmatrix}"), ("y=2, x=1", "x=1, y=2"), (r"x = \frac{1}{2}", "0.5"),
    ("y = 2x + 3", "2x + 3"), ("6x + 4y = 12", "3x + 2y = 6"), (r"\text{(A)}", "A"), ("(b)", "B"),
    (r"\text{Yes}", "yes"), ("10%", r"10\%"), (r"10\%", "0.1"), ("10 percent", "10%"),
    ("5 apples", "5"), ("5", r"5\text{ cm}"), ("5 cm^2", r"5\text{ cm}^2"), (r"90^\circ", "90"),
    ("90 degrees", r"90^{\circ}"), (r"\$12", "12"), ("12 dollars", r"\$12"), ("1011", "1011_2"),
    ("x = 1 and y = 2", "x = 1, y = 2"), (r"(13 - 7) \times (8 - 4)", "(13 - 7) * (8 - 4)"),
]  # fmt: skip
WRONG = [
    (r"\frac{1}{3}", "0.5"), ("0.333333", r"\frac{1}{3}"), ("3.14159265", r"\pi"), ("11", r"1\%"),
    ("9%", "10%"), (r"\{1,2\}", "(1,2)"), ("(1,2)", r"\{1,2\}"), ("(1,2)", "1,2"),
    ("[1,2]", "(1,2)"), ("(2,1)", "(1,2)"), ("(2,1)", "(3,1)"), ("1", "1, 2"), ("x > 1", "x < 1"),
    ("y = 5x", "y = 6x"), (r"x = \frac12", r"y = \frac12"), ("0", "1 000 000"),
    ("12 or 13", r"\frac{24}{2}"), ("not 5", r"\sqrt{25}"), ("5 apples", "6 apples"),
    ("11", "1011_2"), (r"\text{(B)}", "A"), ("x^2", "y^2"), ("1/0", r"\frac22"),
    (r"24\text{ }", "(13 - 7) * (8 - 4)"),
]  # fmt: skip
UNTOLD = [
    ("10", "10%", "percent"), (r"10\%", "10", "percent"), (r"5\text{ m}", r"5\text{ cm}", "units"),
    ("1 hour", r"60\text{ minutes}", "units"), ("1011_3", "1011_2", "units"),
    ("1, 2", "x=2, y=1", "which value is which"), (r"\frac{1}{", "1/2", "answer cannot be read"),
    (r"\frac{1}{3}", r"\frac{1}{2", "never closed"), ("12 13", r"\frac12", "cannot be read"),
    (r"\frac{1}{2}" * 100, r"\frac12", "characters"),
]  # fmt: skip


@pytest.fixture
async def checker() -> AsyncIterator[AnswerChecker]:
    """One with little patience."""
    checker = AnswerChecker(CheckerLimits(seconds=1, deadline=60, megabytes=300))
    yield checker
    await checker.close()


Children = Callable[[], list[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """What gives the processes that were started since, by nobody but this test."""
    before = psutil.Process().children()
    return lambda: [child for child in psutil.Process().children() if child not in before]


async def verdicts(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Verdict]:
    checker = AnswerChecker()
    try:
        found = await asyncio.gather(*(checker.same(*pair) for pair in pairs))
        return dict(zip(pairs, found, strict=True))
    finally:
        await checker.close()


async def test_what_is_the_same() -> None:
    assert await verdicts(RIGHT) == {pair: Verdict(True) for pair in RIGHT}


async def test_what_is_not() -> None:
    assert await verdicts(WRONG) == {pair: Verdict(False) for pair in WRONG}


async def test_where_nobody_can_tell_it_says_why() -> None:
    found = await verdicts([(answer, reference) for answer, reference, _ in UNTOLD])
    for answer, reference, why in UNTOLD:
        verdict = found[answer, reference]
        assert verdict.correct is None, (answer, reference)
        assert why in verdict.why


async def test_what_means_the_same_votes_for_the_same(checker: AnswerChecker) -> None:
    same = [
        (HALF, "0.5", "1/2", "2^{-1}", r"x = \frac12", r"50\%", r"\int_0^1 x dx"),
        (r"\sqrt{8}", r"2\sqrt2"), ("(x+1)^2", "x^2+2x+1"), ("1,2", r"\{2, 1\}"),
        ("3x+2y=6", "6x + 4y = 12"), ("x<3y", "3y > x"), ("5 cm", r"5\text{ cm}"),
        (r"\sin^2 x + \cos^2 x", "1"), ("(1, 2)", r"\left(1,2\right)", "1 < x < 2"),
        ("2x+3", "y = 2x+3"), ("(a)", r"\text{A}", "A"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1.0\\2\end{bmatrix}"),
    ]  # fmt: skip
    keys = [[await checker.key(answer) for answer in group] for group in same]
    assert [set(group) for group in keys if len(set(group)) > 1] == []
    assert len({group[0] for group in keys}) == len(same)
    assert await checker.key("x=1,y=2") != await checker.key("x=2,y=1")
    assert await checker.key(None) is None
    assert await checker.key("banana") == "banana"


async def test_keys_do_not_depend_on_what_was_asked_before() -> None:
    answers = [r"\sqrt{8}", "(a+b)^2", "x<3y", "1,2", r"\frac{x}{y}"]
    found = []
    for order in (answers, answers[::-1]):
        checker = AnswerChecker()
        found.append({answer: await checker.key(answer) for answer in order})
        await checker.close()
    assert found[0] == found[1]


async def test_what_is_exact_needs_no_process(checker: AnswerChecker, children: Children) -> None:
    for answer, reference in (
        ("12", "12.0"),
        ("Paris", "12"),
        ("13", "12"),
        (None, "1"),
        ("1", None),
    ):
        await checker.same(answer, reference)
    assert await checker.key("x = 5") == answer_key("5")
    assert children() == []


@pytest.mark.parametrize("bad", HANGING)
async def test_what_hangs_is_killed_and_the_next_question_is_answered(
    checker: AnswerChecker, children: Children, bad: str
) -> None:
    verdict, after = await asyncio.gather(checker.same(bad, "12"), checker.same(HALF, "0.5"))
    assert verdict == Verdict(None, "it could not be decided within 1 seconds")
    assert after == Verdict(True)
    assert await checker.same("12", bad) == Verdict(
        None, "it could not be decided within 1 seconds"
    )
    assert len(children()) <= 1


async def test_a_deadline_ends_what_uses_no_processor_time(
    checker: AnswerChecker, children: Children
) -> None:
    checker = AnswerChecker(CheckerLimits(seconds=600, deadline=0.2))
    assert (await checker.same(TOWER, "12")).correct is None
    await checker.close()
    assert children() == []


async def test_what_could_not_be_read_once_is_not_tried_again(
    checker: AnswerChecker, children: Children
) -> None:
    assert await checker.key(TOWER) == answer_key(TOWER)
    before = len(children())
    assert (await checker.same(TOWER, "12")).why == "it could not be decided within 1 seconds"
    assert len(children()) == before == 0, "nothing was started for it"


async def test_what_needs_too_much_memory_has_no_verdict(
    checker: AnswerChecker, children: Children
) -> None:
    bomb = r"\binom{" + "9" * 9 + "}{" + "4" * 8 + "}"
    assert (await checker.same(bomb, "12")).correct is None
    assert await checker.same(HALF, "0.5") == Verdict(True)
    (process,) = children()
    if psutil.LINUX:
        assert process.rlimit(psutil.RLIMIT_AS) == (300 << 20, 300 << 20)


def test_running_out_of_memory_is_said() -> None:
    """Within one question, as Python itself reports it; the process goes on."""
    script = (
        "import backend.reasoning.mathematics as m; m.same = lambda *pair: bytearray(1 << 40);"
        "m.main(60, 2048)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=b'{"same": ["1", "2"]}\n' * 2,
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert replies[1:] == [{"value": None, "why": "it takes too much memory to decide"}] * 2


async def test_a_process_that_dies_over_a_question_is_replaced(
    checker: AnswerChecker, children: Children
) -> None:
    await checker.same(HALF, "0.5")
    (process,) = children()
    process.suspend()
    asking = asyncio.create_task(checker.same("0.75", r"\frac34"))
    await asyncio.sleep(0)
    os.kill(process.pid, signal.SIGKILL)
    broke_down = "the program that compares mathematics broke down over it"
    assert await asking == Verdict(None, broke_down)
    assert await checker.same("0.25", r"\frac14") == Verdict(True)


async def test_a_hundred_questions_at_once(checker: AnswerChecker, children: Children) -> None:
    pairs = [(rf"\frac{{{k}}}{{2}}", f"{k / 2 + k % 3}") for k in range(100)]
    found = await asyncio.gather(*(checker.same(*pair) for pair in pairs))
    assert [verdict.correct for verdict in found] == [k % 3 == 0 for k in range(100)]
    assert len(children()) == 1


async def test_the_same_question_is_asked_once(
    checker: AnswerChecker, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker_module, "_REMEMBERED", 2)
    await asyncio.gather(*(checker.same(HALF, "0.5") for _ in range(20)))
    children()[0].suspend()
    assert await checker.same(HALF, "0.5") == Verdict(True), "remembered"
    children()[0].resume()
    for k in range(5):
        await checker.same(HALF, f"0.{k}")
    assert len(checker._asked) == 2


async def test_who_leaves_takes_nobodys_reply(checker: AnswerChecker) -> None:
    leaving = asyncio.create_task(checker.same(HALF, "0.6"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await checker.same(HALF, "0.5") == Verdict(True)
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_closing_ends_everything(checker: AnswerChecker, children: Children) -> None:
    await checker.same(HALF, "0.5")
    asking = [asyncio.create_task(checker.same(f"{k}!", TOWER)) for k in range(3)]
    await asyncio.sleep(0)
    await checker.close()
    assert {verdict.correct for verdict in await asyncio.gather(*asking)} == {None}
    assert children() == []
    assert (await checker.same(HALF, "0.7")).why == "the server is shutting down"
    await checker.close()


async def test_a_program_that_does_not_start_is_said(
    checker: AnswerChecker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checker_module, "_PROGRAM", tmp_path / "missing.py")
    for reference in ("0.5", "0.6", "0.7"):
        assert "does not start" in (await checker.same(HALF, reference)).why
    assert await checker.key(HALF) == answer_key(HALF)


ORPHAN = f"""
import asyncio
from backend.reasoning.checker import AnswerChecker
async def main():
    checker = AnswerChecker()
    await checker.same({HALF!r}, "0.5")
    print(checker._process.pid, flush=True)
    await checker.same({TOWER!r}, "12")
asyncio.run(main())
"""


def test_no_orphan_is_left_when_the_server_is_killed() -> None:
    command = [sys.executable, "-c", ORPHAN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as server:
        assert server.stdout is not None
        worker = psutil.Process(int(server.stdout.readline()))
        server.kill()
    worker.wait(30)


def test_the_server_itself_never_loads_the_algebra() -> None:
    script = "import sys, backend.api.api; print('sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.split()[-1] == b"False"
