"""One process per database file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import a_run

ROOT = Path(__file__).parents[2]
OPEN_IT = """
import sys
from pathlib import Path
from storage.errors import StorageUnavailable
from storage.sqlite.store import SqliteRunStore
try:
    SqliteRunStore.open(Path(sys.argv[1]))
except StorageUnavailable as error:
    sys.exit(f"refused: {error}")
"""


def _open_in_another_process(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OPEN_IT, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


async def test_a_second_process_refuses_to_start(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    store = SqliteRunStore.open(path)
    await store.create_run(a_run())
    second = _open_in_another_process(path)
    assert second.returncode == 1
    assert f"refused: {path} is in use by another Treewright process" in second.stderr
    assert f"(process {os.getpid()})" in second.stderr
    assert "Stop that one, or start this one with another database file" in second.stderr
    # The first one did not notice.
    await store.create_run(a_run("run-2"))
    await store.close()
    assert _open_in_another_process(path).returncode == 0
    # That process ended without closing the store; its lock went with it.
    store = SqliteRunStore.open(path)
    assert len((await store.list_runs()).items) == 2
    await store.close()


async def test_the_same_process_cannot_open_a_file_twice(tmp_path: Path) -> None:
    store = SqliteRunStore.open(tmp_path / "runs.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "runs.db")
    for path in (tmp_path / "runs.db", tmp_path / "sub" / ".." / "runs.db", tmp_path / "link.db"):
        with pytest.raises(StorageUnavailable, match="in use"):
            SqliteRunStore.open(path)
    await store.close()


async def test_a_failed_opening_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    path.write_bytes(b"this is no database" * 100)
    for _ in range(2):
        with pytest.raises(StorageUnavailable, match="no SQLite database"):
            SqliteRunStore.open(path)
    path.unlink()
    await SqliteRunStore.open(path).close()
