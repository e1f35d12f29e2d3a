"""What every RunStore promises about listing runs: order, filters, pages."""

import pytest

from storage.port import RunStore
from tests.contracts.samples import a_run, minute


async def _pages(store: RunStore, limit: int, **filters: str) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = await store.list_runs(limit=limit, cursor=cursor, **filters)
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
    assert await _pages(run_store, 2, query="äpfel", status="finished") == [["run-3", "run-2"]]
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
async def test_a_query_is_a_part_of_the_problem(
    run_store: RunStore, problem: str, query: str, found: bool
) -> None:
    await run_store.create_run(a_run(problem=problem))
    assert (await _pages(run_store, 9, query=query) == [["run-1"]]) is found


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", "MjAyNg==", "MjAyNi0xMS0yMXxy", "\ud800"])
async def test_a_foreign_cursor_is_refused(run_store: RunStore, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await run_store.list_runs(cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 2**63])
async def test_an_impossible_limit_is_refused(run_store: RunStore, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        await run_store.list_runs(limit=limit)
