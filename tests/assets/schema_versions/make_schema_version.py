"""Makes a database of the current schema, to keep as an example of it once the schema moves on.

Run it from the repository root after adding a migration, and commit the new file:

    python -m tests.assets.schema_versions.make_schema_version

Files of older schemas stay as they are: they are what users have on their disks.
"""

import asyncio
import sys
from pathlib import Path

from alembic.script import ScriptDirectory

from storage.sqlite.migrate import migration_config
from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import a_labelled_run

FOLDER = Path(__file__).parent


async def make(path: Path) -> None:
    """Fill a new file with two runs that have events, nodes, labels and a share each."""
    store = SqliteRunStore.open(path)
    for run_id in ("run-1", "run-2"):
        await a_labelled_run(store, run_id)
    await store.close()
    path.with_name(path.name + ".lock").unlink()


if __name__ == "__main__":
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    target = FOLDER / f"{head}.db"
    if target.exists():
        sys.exit(f"{target} exists already")
    asyncio.run(make(target))
