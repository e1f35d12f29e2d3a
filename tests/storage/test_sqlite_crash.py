"""kill -9 at random moments: nothing that was acknowledged is lost, nothing is torn."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import a_label, grow
from tests.storage.crash_writer import RUNS

ROOT = Path(__file__).parents[2]
KILLS = 15


def _write_until_killed(nursery: "subprocess.Popen[str]", lines: int) -> list[str]:
    """Acknowledged commits of a writer that is killed some time after its `lines`-th one."""
    assert nursery.stdin
    nursery.stdin.write("start\n")
    nursery.stdin.flush()
    printed = _lines_of_one_writer(nursery)
    writer = int(next(printed))
    acknowledged = list(islice(printed, lines))
    os.kill(writer, signal.SIGKILL)
    return acknowledged + list(printed)


def _lines_of_one_writer(nursery: "subprocess.Popen[str]") -> Iterator[str]:
    assert nursery.stdout
    while (line := nursery.stdout.readline().strip()) != "ended":
        assert line not in ("failed", ""), "the writer failed by itself; see its stderr"
        yield line


def _assert_sound(path: Path, acknowledged: set[str]) -> None:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        labels = database.execute("SELECT run_id, node_id, id FROM labels").fetchall()
        assert acknowledged <= {" ".join(map(str, label)) for label in labels}
        for run_id in RUNS:
            (seq,) = database.execute("SELECT seq FROM runs WHERE id = ?", [run_id]).fetchone()
            counted = [
                database.execute(f"SELECT {what} WHERE run_id = ?", [run_id]).fetchone()[0]
                for what in (
                    "count(*) FROM events",
                    "max(seq) FROM events",
                    "count(*) - 1 FROM nodes",
                    "max(visits) FROM nodes",
                    "count(*) FROM labels",
                )
            ]
            # Every commit adds one of each, so they can only differ if one was torn.
            assert counted == [seq] * len(counted)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    random = Random(9)
    path = tmp_path / "crash.db"
    acknowledged: set[str] = set()
    command = [sys.executable, "-m", "tests.storage.crash_writer", str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    ) as nursery:
        try:
            for _ in range(KILLS):
                lines = random.randrange(1, 60)
                new = _write_until_killed(nursery, lines)
                assert len(new) >= lines
                acknowledged.update(new)
                _assert_sound(path, acknowledged)
        finally:
            # Should the test fail, its writer would otherwise go on for ever.
            os.killpg(nursery.pid, signal.SIGKILL)
    asyncio.run(_assert_usable(path))


async def _assert_usable(path: Path) -> None:
    store = SqliteRunStore.open(path)
    for run_id in RUNS:
        run, nodes = await store.nodes(run_id)
        assert len(nodes) == run.seq + 1
        await grow(store, run_id, run.seq + 1, a_label(f"after {run_id}", run.seq, run_id))
    await store.close()
