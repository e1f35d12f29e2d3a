"""The one boundary where storage errors become errors for people."""

from collections.abc import Awaitable
from typing import TypeVar

from backend.runs.errors import Conflict, InvalidRequest, NotFound, Unavailable
from storage import errors as storage_errors

T = TypeVar("T")


async def stored(access: Awaitable[T]) -> T:
    """What the store answers, its errors put in words for people."""
    try:
        return await access
    except storage_errors.StorageFull as error:
        raise Unavailable(
            "the disk is full: nothing of this was stored",
            code="storage_full",
            hint="free some space and try again; everything stored before is intact",
        ) from error
    except storage_errors.NotFound as error:
        raise NotFound(str(error), hint="it may have been deleted") from error
    except storage_errors.Conflict as error:
        raise Conflict(str(error), hint="read it again and try once more") from error
    except storage_errors.StorageError as error:
        raise Unavailable(
            f"storage failed: {error}", code="storage_failed", hint="see the server's log"
        ) from error
    except ValueError as error:
        raise InvalidRequest(str(error), hint="remove characters that are not text") from error
