"""One process per database file: a lock that dies with its owner."""

import os
import sys
from pathlib import Path

from storage.errors import StorageUnavailable
from storage.sqlite.failures import translated

if sys.platform == "win32":
    import msvcrt

    # Windows forbids reading locked bytes; one far behind the owner's number keeps that readable.
    _LOCKED_BYTE = 2**30

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        # flock, not lockf: it also refuses a second opening by the same process, and closing some
        # other descriptor of the file does not drop it.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class DatabaseLock:
    """Holds `<database>.lock` until `release` or the end of the process, however it ends."""

    def __init__(self, database: Path) -> None:
        """Take the lock. StorageUnavailable if another process, or this one, has it."""
        self.path = database.with_name(database.name + ".lock")
        with translated(self.path):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _try_lock(descriptor)
        except OSError as error:
            owner = _read_owner(descriptor)
            os.close(descriptor)
            raise StorageUnavailable(
                f"{database} is in use by another Treewright process{owner}. Stop that one, or "
                "start this one with another database file."
            ) from error
        self._descriptor: int | None = descriptor
        # The file stays when the lock goes: deleting it would let two processes each lock "it".
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode("ascii"))

    def release(self) -> None:
        """Let others have the file. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _read_owner(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    written = os.read(descriptor, 20)
    return f" (process {written.decode('ascii')})" if written.isdigit() else ""
