"""What storage can say went wrong.

StorageError
├── NotFound            no such run, node or share
├── Conflict            the caller's view is stale (wrong sequence number), or an id is taken
├── StorageFull         the disk or the database is full; what was acknowledged is intact
└── StorageUnavailable  the database cannot be opened or is held by another process
"""


class StorageError(Exception):
    """Root of every error that leaves the storage layer."""


class NotFound(StorageError):
    """The run, node or share does not exist."""


class Conflict(StorageError):
    """The write was based on a stale view, or reuses an id for something else."""


class StorageFull(StorageError):
    """Nothing of this write was kept; everything acknowledged before is intact."""


class StorageUnavailable(StorageError):
    """The database cannot be opened: missing rights, another process, or damage."""
