"""What every RunStore promises about listing runs: order, filters, pages."""

from typing import Any

import pytest

from storage.port import RunStore
from storage.records import Outcome, RunQuery, Sort, TagCount
from tests.contracts.samples import (
    a_label,
    a_labelled_run,
    a_node,
    a_patch,
    a_run,
    grow,
    minute,
)


async def _pages(store: RunStore, limit: int, **wanted: Any) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = await store.list_runs(RunQuery(**wanted), limit=limit, cursor=cursor)
        pages.append([run.id for run in page.items])
        cursor = page.cursor
        if cursor is None:
            return pages


async def test_an_empty_store_lists_nothing(run_store: RunStore) -> None:
    page = await run_store.list_runs()
    assert page.items == ()
    assert page.cursor is None


async def test_runs_are_listed_newest_first_in_pages(run_store: RunStore) -> None:
    for number in (3, 0, 4, 1, 2):
        await run_store.create_run(a_run(f"run-{number}", created_at=minute(number)))
    assert await _pages(run_store, 2) == [["run-4", "run-3"], ["run-2", "run-1"], ["run-0"]]
    assert await _pages(run_store, 5) == [["run-4", "run-3", "run-2", "run-1", "run-0"]]
    assert (await run_store.list_runs(limit=1)).items == (a_run("run-4", created_at=minute(4)),)


async def test_runs_of_one_moment_are_paged_without_gaps(run_store: RunStore) -> None:
    for number in range(5):
        await run_store.create_run(a_run(f"run-{number}"))
    assert await _pages(run_store, 1) == [[f"run-{number}"] for number in (4, 3, 2, 1, 0)]


async def test_a_page_boundary_stays_while_runs_come_and_go(run_store: RunStore) -> None:
    for number in range(4):
        await run_store.create_run(a_run(f"run-{number}", created_at=minute(number)))
    first = await run_store.list_runs(limit=2)
    await run_store.create_run(a_run("run-new", created_at=minute(9)))
    await run_store.delete_run("run-2")
    second = await run_store.list_runs(limit=2, cursor=first.cursor)
    assert [run.id for run in second.items] == ["run-1", "run-0"]


async def test_filters_combine_and_page(run_store: RunStore) -> None:
    for number in range(8):
        run = a_run(
            f"run-{number}",
            created_at=minute(number),
            strategy="beam" if number % 2 else "mcts",
            status="finished" if number < 4 else "running",
            problem=f"Problem {number}: ÄPFEL und 100%_sure" if number > 1 else "other",
        )
        await run_store.create_run(run)
    assert await _pages(run_store, 9, strategy="beam") == [["run-7", "run-5", "run-3", "run-1"]]
    assert await _pages(run_store, 9, status="finished", strategy="mcts") == [["run-2", "run-0"]]
    assert await _pages(run_store, 2, text="äpfel", status="finished") == [["run-3", "run-2"]]
    assert await _pages(run_store, 9, strategy="unknown") == [[]]


@pytest.mark.parametrize(
    ("problem", "query", "found"),
    [
        ("Count the PRIMES", "primes", True),
        ("Größe", "GRÖSSE", True),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", True),
        ("100% sure", "100%", True),
        ("100 sure", "100%", False),
        ("a_b", "a_b", True),
        ("axb", "a_b", False),
        ("anything", "", True),
        ("it's", "'", True),
        ("back\\slash", "\\s", True),
    ],
)
async def test_a_text_is_a_part_of_the_problem_or_of_the_answer(
    run_store: RunStore, problem: str, query: str, found: bool
) -> None:
    await run_store.create_run(a_run(problem=problem))
    await run_store.create_run(a_run("run-2", problem="what?", answer=problem))
    found_in = [["run-2", "run-1"]] if found else [[]]
    assert await _pages(run_store, 9, text=query) == found_in


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", "MjAyNg==", "MjAyNi0xMS0yMXxy", "\ud800"])
async def test_a_foreign_cursor_is_refused(run_store: RunStore, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await run_store.list_runs(cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 2**63])
async def test_an_impossible_limit_is_refused(run_store: RunStore, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        await run_store.list_runs(limit=limit)


@pytest.mark.parametrize("sort", list(Sort))
async def test_a_cursor_of_another_order_is_refused(run_store: RunStore, sort: Sort) -> None:
    for number in range(2):
        await run_store.create_run(a_run(f"run-{number}"))
    cursor = (await run_store.list_runs(RunQuery(sort=sort), limit=1)).cursor
    for other in set(Sort) - {sort}:
        with pytest.raises(ValueError, match="cursor"):
            await run_store.list_runs(RunQuery(sort=other), cursor=cursor)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, "43210"), (Sort.OLDEST, "01234"), (Sort.TOKENS, "34120"),
        (Sort.NODES, "42310"), (Sort.LEAST_SURE, "42301"),
    ],
)  # fmt: skip
async def test_every_order_pages_without_gaps(run_store: RunStore, sort: Sort, order: str) -> None:
    used = [(0, 0), (30, 0), (5.5, 2), (100, 1), (30, 11)]
    worth = [0.5, None, 0.1, 0.5, 1.0]
    for number, ((tokens, nodes), value) in enumerate(zip(used, worth, strict=True)):
        usage = {"generated_tokens": tokens, "nodes": nodes} if number else {}
        run = a_run(
            f"run-{number}", created_at=minute(number), usage=usage, answer_value=value,
            caution="it is hard" if number == 4 else None,
        )  # fmt: skip
        await run_store.create_run(run)
    expected = [f"run-{number}" for number in order]
    assert await _pages(run_store, 9, sort=sort) == [expected]
    assert await _pages(run_store, 1, sort=sort) == [[one] for one in expected]
    assert await _pages(run_store, 2, sort=sort, strategy="mcts") == [
        expected[:2], expected[2:4], expected[4:],
    ]  # fmt: skip


async def test_runs_are_found_by_what_came_of_them(run_store: RunStore) -> None:
    graded = {"right": True, "wrong": False, "unknown": None}
    for number, (name, correct) in enumerate(graded.items()):
        run = a_run(name, answer="7", correct=correct, created_at=minute(number))
        await run_store.create_run(run)
    # What was said of an answer that the run has no more counts for nothing.
    await run_store.create_run(a_run("none", answer=None, correct=True))
    for outcome in Outcome:
        assert await _pages(run_store, 9, outcome=outcome) == [[outcome.value]]


async def test_runs_are_found_by_labels_that_still_stand(run_store: RunStore) -> None:
    await a_labelled_run(run_store, "cleared")
    await run_store.create_run(a_run("labelled", created_at=minute(1)))
    await grow(run_store, "labelled", 1)
    assert await _pages(run_store, 9, labelled=True) == [[]], "no label stands on a step"
    label = a_label("new", 0, "labelled")
    await run_store.append("labelled", [], [a_node(0, label=1)], a_patch(), label)
    assert await _pages(run_store, 9, labelled=True) == [["labelled"]]
    assert await _pages(run_store, 9, labelled=False) == [["cleared"]]


async def test_tags_are_set_counted_and_searched_for(run_store: RunStore) -> None:
    for number, status in enumerate(("queued", "running", "finished")):
        run = a_run(f"run-{number}", created_at=minute(number), status=status, tags=('ä, "b"',))
        await run_store.create_run(run)
    await run_store.set_tags("run-2", ("100%", "a"))
    assert (await run_store.get_run("run-2")).tags == ("100%", "a")
    assert await run_store.tags() == (
        TagCount("100%", 1, 0), TagCount("a", 1, 0), TagCount("ä, \"b\"", 2, 2),
    )  # fmt: skip
    assert await _pages(run_store, 9, tag='ä, "b"') == [["run-1", "run-0"]]
    assert await _pages(run_store, 9, tag="ä") == [[]], "a part of a tag is not the tag"
    await grow(run_store, "run-2", 1)
    assert (await run_store.get_run("run-2")).tags == ("100%", "a"), "growing leaves them alone"
    await run_store.set_tags("run-2", ())
    assert [one.tag for one in await run_store.tags()] == ['ä, "b"']
