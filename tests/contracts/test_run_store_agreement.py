"""Random use of the store in memory and the store in SQLite must have the same outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from storage.errors import StorageError
from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.records import (
    EventRecord,
    LabelRecord,
    Outcome,
    RunQuery,
    RunRecord,
    ShareRecord,
    Sort,
)
from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import START, a_node, a_patch

# NUL and lone surrogates included: both stores must refuse the same.
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
NUMBERS = st.integers() | st.floats() | st.none()
JSON = st.dictionaries(
    TEXT,
    st.recursive(
        TEXT | NUMBERS | st.booleans(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
TIMES = st.datetimes(
    timezones=st.sampled_from([UTC, UTC, timezone(timedelta(hours=5, minutes=30)), None])
)
RUNS = st.sampled_from(["run-1", "run-2", "run-3"])
LABELS = st.sampled_from([f"label-{number}" for number in range(8)])
SHARES = st.sampled_from(["share-1", "share-2", "share-3"])
QUERIES = st.builds(
    RunQuery,
    text=st.none() | TEXT | RUNS,
    strategy=st.none() | st.sampled_from(["mcts", "beam"]),
    outcome=st.none() | st.sampled_from(Outcome),
    labelled=st.none() | st.booleans(),
    tag=st.none() | TEXT,
    sort=st.sampled_from(Sort),
)
Work = Callable[[RunStore], Awaitable[Any]]


class Twins(RuleBasedStateMachine):
    """Does the same to both stores and compares what comes back, errors included."""

    loop: asyncio.Runner
    sqlite: RunStore

    def __init__(self) -> None:
        super().__init__()
        self.memory = InMemoryRunStore()

    def both(self, work: Work) -> Any:
        """The outcome they agree on."""
        first = self.loop.run(_outcome(work, self.memory))
        second = self.loop.run(_outcome(work, self.sqlite))
        assert first == second
        return first

    @rule(run=RUNS, problem=TEXT, created_at=TIMES, seed=NUMBERS, more=JSON)
    def create(
        self, run: str, problem: str, created_at: datetime, seed: Any, more: dict[str, Any]
    ) -> None:
        record = RunRecord(run, problem, "mcts", "queued", created_at, seed or 0, settings=more)
        self.both(lambda store: store.create_run(record))

    @rule(run=RUNS)
    def create_plainly(self, run: str) -> None:
        record = RunRecord(run, f"Problem of {run}", "beam", "queued", START, 1)
        self.both(lambda store: store.create_run(record))

    @rule(
        run=RUNS,
        gap=st.sampled_from([1, 1, 1, 1, 0, 2]),
        payloads=st.lists(JSON, max_size=3),
        nodes=st.lists(st.integers(0, 5), max_size=3),
        label=st.none() | st.tuples(LABELS, st.integers(0, 5), TIMES),
        value=NUMBERS,
    )
    def append(
        self, run: str, gap: int, payloads: list[Any], nodes: list[int], label: Any, value: Any
    ) -> None:
        known = self.loop.run(_outcome(lambda store: store.get_run(run), self.memory))
        start = gap + (known.seq if isinstance(known, RunRecord) else 0)
        events = [
            EventRecord(run, seq, "kind", payload, START)
            for seq, payload in enumerate(payloads, start)
        ]
        records = [
            a_node(number, value=value, text=f"from event {start}", flagged=start % 2 == 0)
            for number in nodes
        ]
        judgement = LabelRecord(label[0], run, label[1], -1, label[2]) if label else None
        patch = a_patch(usage={"at": start})
        self.both(lambda store: store.append(run, events, records, patch, judgement))

    @rule(run=RUNS)
    def delete(self, run: str) -> None:
        self.both(lambda store: store.delete_run(run))

    @rule(run=RUNS, at=TIMES)
    def bin(self, run: str, at: datetime) -> None:
        self.both(lambda store: store.bin_run(run, at))

    @rule(run=RUNS)
    def restore(self, run: str) -> None:
        self.both(lambda store: store.restore_run(run))

    @rule(at=TIMES)
    def purge(self, at: datetime) -> None:
        self.both(lambda store: store.purge_bin(at))

    @rule(run=RUNS, tags=st.lists(TEXT, max_size=2))
    def tag(self, run: str, tags: list[str]) -> None:
        self.both(lambda store: store.set_tags(run, tuple(tags)))
        self.both(lambda store: store.tags())

    @rule(share=SHARES, run=RUNS, token_hash=SHARES, at=TIMES)
    def share(self, share: str, run: str, token_hash: str, at: datetime) -> None:
        record = ShareRecord(share, run, token_hash, "view", at, None)
        self.both(lambda store: store.create_share(record))

    @rule(share=SHARES, at=TIMES)
    def revoke(self, share: str, at: datetime) -> None:
        self.both(lambda store: store.revoke_share(share, at))

    @rule(label=LABELS, token_hash=SHARES | TEXT)
    def look_up(self, label: str, token_hash: str) -> None:
        self.both(lambda store: store.get_label(label))
        self.both(lambda store: store.find_share(token_hash))

    @rule(run=RUNS, after=st.integers(-1, 9), limit=st.none() | st.integers(-1, 4))
    def some_events(self, run: str, after: int, limit: int | None) -> None:
        self.both(lambda store: store.events(run, after=after, limit=limit))

    @rule(wanted=QUERIES)
    def list_in_pages(self, wanted: RunQuery) -> None:
        def page_after(cursor: str | None) -> Any:
            return self.both(lambda store: store.list_runs(wanted, limit=1, cursor=cursor))

        page = page_after(None)
        while not isinstance(page, type) and page.cursor:
            page = page_after(page.cursor)

    @rule(run=RUNS)
    def read_all_of(self, run: str) -> None:
        self.both(lambda store: store.nodes(run))
        self.both(lambda store: store.events(run))
        self.both(lambda store: store.labels(run))
        self.both(lambda store: store.list_shares(run))

    def teardown(self) -> None:
        for run in ("run-1", "run-2", "run-3"):
            self.restore(run)
            self.read_all_of(run)
            self.delete(run)


async def _outcome(work: Work, store: RunStore) -> Any:
    try:
        return await work(store)
    except StorageError as error:
        return type(error)
    except ValueError:
        return ValueError


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_both_stores_agree(tmp_path: Path) -> None:
    with asyncio.Runner() as loop:
        store = SqliteRunStore.open(tmp_path / "twin.db")
        Twins.loop, Twins.sqlite = loop, store
        run_state_machine_as_test(
            Twins,
            settings=settings(
                max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
            ),
        )
        loop.run(store.close())
