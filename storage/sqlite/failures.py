"""The one place where driver errors become storage errors."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from storage.errors import Conflict, StorageError, StorageFull, StorageUnavailable

# SQLite puts details in the higher bits of an error code; the low byte is the class.
_CLASS = 0xFF


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise what the driver or the file system reports about `path` as a StorageError.

    StorageFull: no space. Conflict: a constraint refused the write. StorageUnavailable: the rest.
    """
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise _from_sqlite(error.orig, path) from error
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path, error) from error
        raise StorageUnavailable(
            f"cannot use {path}: {error.strerror or error}. Check the path and its permissions."
        ) from error


def _from_sqlite(error: sqlite3.Error, path: Path) -> StorageError:
    # Errors of the Python driver itself carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _CLASS
    if code == sqlite3.SQLITE_FULL:
        return _full(path, error)
    if code == sqlite3.SQLITE_CONSTRAINT:
        return Conflict(f"the database refused the write: {error}")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageUnavailable(
            f"{path} is locked by another program ({error}). Close what has it open."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StorageUnavailable(
            f"{path} is damaged or is no SQLite database ({error}). Restore a backup, or use "
            "another file."
        )
    return StorageUnavailable(
        f"cannot use the database {path}: {error}. Check the path, its permissions and the disk."
    )


def _full(path: Path, error: Exception) -> StorageFull:
    return StorageFull(
        f"no space left for {path} ({error}). Nothing of this write was kept; free some space and "
        "try again."
    )
