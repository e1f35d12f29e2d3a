"""The implementations of the storage port that the contract suites run on."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.memory import InMemoryRunStore
from storage.port import RunStore
from storage.sqlite.migrate import migrate
from storage.sqlite.store import SqliteRunStore


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, so that not every test pays for the migrations."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    migrate(path)
    return path


@pytest.fixture(params=["memory", "sqlite"])
async def run_store(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path
) -> AsyncIterator[RunStore]:
    """An empty, open store."""
    store: RunStore
    if request.param == "memory":
        store = InMemoryRunStore()
    else:
        store = SqliteRunStore.open(Path(shutil.copy(empty_database, tmp_path / "runs.db")))
    yield store
    await store.close()
