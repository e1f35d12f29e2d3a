"""Brings a database file to this program's schema, with a backup and checks around it."""

import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from storage.errors import StorageUnavailable
from storage.sqlite.engine import migration_engine
from storage.sqlite.failures import translated

_MIGRATIONS = Path(__file__).parent / "migrations"
logger = logging.getLogger(__name__)


def migrate(path: Path, extra_versions: Sequence[Path] = ()) -> Path | None:
    """Upgrade the schema of `path`, creating the file if there is none.

    An existing older schema is copied to a file next to it first, whose path is returned. An
    upgrade that fails changes nothing. `extra_versions` are more folders of revisions, for tests.

    StorageUnavailable: the file is newer than this program, another program's, damaged, or an
    upgrade would leave dangling references. StorageFull: no space for the backup or the upgrade.
    """
    config = migration_config(extra_versions)
    script = ScriptDirectory.from_config(config)
    engine = migration_engine(path)
    with translated(path):
        current = _current_revision(engine, path)
        if current == script.get_current_head():
            return None
        if current is None:
            _upgrade(engine, config, path)
            return None
        if current not in {revision.revision for revision in script.walk_revisions()}:
            raise StorageUnavailable(
                f"{path} was made by a newer Treewright (schema {current}). Update the program, "
                "or use another database file."
            )
        backup = _back_up(path, current)
        logger.info("upgrading %s from schema %s; backup: %s", path, current, backup)
        _upgrade(engine, config, path)
        return backup


def migration_config(extra_versions: Sequence[Path] = ()) -> Config:
    """Alembic's settings, found beside this file so that an installed wheel needs no ini file."""
    config = Config()
    folders = [_MIGRATIONS / "versions", *extra_versions]
    _set(config, "script_location", str(_MIGRATIONS))
    _set(config, "path_separator", "os")
    _set(config, "version_locations", os.pathsep.join(map(str, folders)))
    return config


def _set(config: Config, name: str, value: str) -> None:
    # The ini syntax underneath gives % a meaning.
    config.set_main_option(name, value.replace("%", "%%"))


def _current_revision(engine: Engine, path: Path) -> str | None:
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is None and inspect(connection).get_table_names():
            raise StorageUnavailable(
                f"{path} is a database of another program. Use another database file."
            )
        return current


def _upgrade(engine: Engine, config: Config, path: Path) -> None:
    # One transaction around all steps and the check: SQLite can roll back schema changes too.
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise StorageUnavailable(
                f"the upgrade of {path} would leave {len(dangling)} dangling references, the "
                f"first in table {dangling[0][0]}. Nothing was changed; please report this."
            )


def _back_up(path: Path, revision: str) -> Path:
    """A copy of the database, log included, synced to disk before anything is changed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = path.with_name(f"{path.name}.{revision}.{stamp}.backup")
    partial = target.with_name(target.name + ".partial")
    try:
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(partial)) as copy:
            old.backup(copy)
        with partial.open("r+b") as written:
            os.fsync(written.fileno())
        partial.replace(target)
        _sync_folder(target.parent)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        # Windows cannot open folders; NTFS keeps the rename in its own journal.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
