"""Upgrades: every schema that users may have on disk becomes the current one, labels and all."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.errors import StorageUnavailable
from storage.sqlite.migrate import migrate, migration_config
from storage.sqlite.store import SqliteRunStore
from storage.sqlite.tables import metadata
from tests.contracts.samples import a_label, a_node, a_share, an_event, grow, minute

SAVED = Path(__file__).parents[1] / "assets" / "schema_versions"
HEAD = ScriptDirectory.from_config(migration_config()).get_current_head()
# What SQLite can only do by copying the table that all labels hang on.
BATCH_CHANGE = """
    with op.batch_alter_table("runs", recreate="always") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch.alter_column("problem", existing_type=sa.Text(), nullable=True)
    with op.batch_alter_table("nodes", recreate="always") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=True))
"""


def _plant(folder: Path, body: str, after: str | None = HEAD) -> Path:
    """A folder with one more revision than the program has."""
    versions = folder / "planted"
    versions.mkdir()
    header = f"""
        '''A change planted by a test.'''
        import sqlalchemy as sa
        from alembic import op
        revision = "9999_planted"
        down_revision = {after!r}
        def upgrade() -> None:
    """
    lines = dedent(header) + "".join(f"    {line}\n" for line in dedent(body).splitlines())
    (versions / "9999_planted.py").write_text(lines)
    return versions


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A copy of the oldest saved database."""
    return Path(shutil.copy(sorted(SAVED.glob("*.db"))[0], tmp_path / "runs.db"))


def _query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def _contents(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def _backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob("*.backup*"))


# What nodes stored under an old schema say of themselves in the columns that they did not have.
MADE_WITHOUT: dict[str, dict[str, Any]] = {
    "0001_initial": {"patterns": (), "flagged": False, "estimate": None},
    "0002_patterns": {"flagged": False, "estimate": None},
    "0003_library": {"flagged": False, "estimate": None},
    "0004_flags": {"estimate": None},
    "0005_beginnings": {"estimate": None},
    "0006_answer_values": {"estimate": None},
}
LABELS = "SELECT * FROM labels ORDER BY id"
REVISION = "SELECT version_num FROM alembic_version"


def test_the_migrated_schema_is_the_one_the_program_expects(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    assert migrate(path) is None
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    assert _backups(path) == []


def test_every_revision_has_a_saved_database() -> None:
    script = ScriptDirectory.from_config(migration_config())
    known = {revision.revision for revision in script.walk_revisions()}
    assert {path.stem for path in SAVED.glob("*.db")} == known


@pytest.mark.parametrize("saved", sorted(SAVED.glob("*.db")), ids=lambda path: path.stem)
async def test_a_saved_database_is_upgraded_and_used(tmp_path: Path, saved: Path) -> None:
    path = Path(shutil.copy(saved, tmp_path / "runs.db"))
    store = SqliteRunStore.open(path)
    assert len(_backups(path)) == (saved.stem != HEAD)
    for run_id in ("run-1", "run-2"):
        assert await store.labels(run_id) == (
            a_label(f"first of {run_id}", 0, run_id),
            a_label(f"second of {run_id}", 1, run_id, rating=-1, at=minute(1)),
        )
        run, nodes = await store.nodes(run_id)
        assert nodes == tuple(a_node(i, **MADE_WITHOUT.get(saved.stem, {})) for i in range(3))
        assert await store.events(run_id) == tuple(an_event(seq, run_id) for seq in (1, 2, 3))
        assert await store.list_shares(run_id) == (a_share(f"share of {run_id}", run_id),)
        await grow(store, run_id, run.seq + 1, a_label(f"third of {run_id}", 2, run_id))
        assert len(await store.labels(run_id)) == 3
    await store.delete_run("run-1")
    assert await store.get_label("third of run-1") is None
    assert len(await store.labels("run-2")) == 3
    await store.close()
    assert _query(path, "PRAGMA foreign_key_check") == []


def test_a_batch_change_keeps_every_label_and_leaves_a_backup(
    tmp_path: Path, old_file: Path
) -> None:
    labels, before = _query(old_file, LABELS), _query(old_file, REVISION)
    keys = _query(old_file, "PRAGMA foreign_key_list(labels)")
    assert len(labels) == 4
    backup = migrate(old_file, [_plant(tmp_path, BATCH_CHANGE)])
    assert _query(old_file, REVISION) == [("9999_planted",)]
    assert _query(old_file, "SELECT DISTINCT note FROM runs") == [(None,)]
    assert _query(old_file, LABELS) == labels
    assert _query(old_file, "PRAGMA foreign_key_list(labels)") == keys
    assert _query(old_file, "PRAGMA foreign_key_check") == []
    assert backup
    assert _backups(old_file) == [backup]
    assert _query(backup, REVISION) == before
    assert _query(backup, LABELS) == labels


async def test_the_backup_can_be_put_back(tmp_path: Path, old_file: Path) -> None:
    backup = migrate(old_file, [_plant(tmp_path, BATCH_CHANGE)])
    assert backup
    backup.replace(old_file)
    store = SqliteRunStore.open(old_file)
    assert len(await store.labels("run-1")) == 2
    await store.close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (BATCH_CHANGE + "    op.drop_table('no_such_table')\n", "no such table"),
        ("    op.execute('DELETE FROM nodes')\n", "4 dangling references.*labels"),
    ],
    ids=["fails half-way", "leaves orphans"],
)
def test_an_upgrade_that_goes_wrong_changes_nothing(
    tmp_path: Path, old_file: Path, body: str, message: str
) -> None:
    before = _contents(old_file)
    planted = _plant(tmp_path, body)
    for attempt in (1, 2):
        with pytest.raises(StorageUnavailable, match=message):
            migrate(old_file, [planted])
        assert _contents(old_file) == before
        assert len(_backups(old_file)) == attempt


def test_what_was_only_in_the_log_is_upgraded_and_backed_up(tmp_path: Path, old_file: Path) -> None:
    killed = tmp_path / "killed.db"
    with closing(sqlite3.connect(old_file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("UPDATE labels SET comment = 'only in the log'")
        database.commit()
        # A copy of file and log while both are open: what a killed process leaves behind.
        shutil.copy(old_file, killed)
        shutil.copy(f"{old_file}-wal", f"{killed}-wal")
    backup = migrate(killed, [_plant(tmp_path, BATCH_CHANGE)])
    assert backup
    for path in (killed, backup):
        assert _query(path, "SELECT DISTINCT comment FROM labels") == [("only in the log",)]


def test_a_newer_schema_is_refused(tmp_path: Path, old_file: Path) -> None:
    migrate(old_file, [_plant(tmp_path, BATCH_CHANGE)])
    backups = _backups(old_file)
    with pytest.raises(StorageUnavailable, match=r"newer Treewright \(schema 9999_planted\)"):
        SqliteRunStore.open(old_file)
    assert _backups(old_file) == backups


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StorageUnavailable, match="database of another program"):
        SqliteRunStore.open(path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*-wal"))
