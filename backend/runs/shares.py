"""Share links: making, resolving and revoking them. Tokens are shown once and stored as hashes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from backend.runs.errors import InvalidRequest, NotFound
from backend.runs.sessions import known_run
from backend.runs.stored import stored
from storage.port import RunStore
from storage.records import ShareRecord

ROLES: Final = ("view",)
DEFAULT_EXPIRY: Final = timedelta(days=30)
LONGEST_EXPIRY: Final = timedelta(days=3650)
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A link to make. `expires_in` in seconds; `snapshot`: show the tree as it is now, for good."""

    role: str = "view"
    expires_in: float | None = None
    snapshot: bool = False


class ShareBook:
    """The links to runs. Unknown, expired and revoked links are told apart by nobody."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    async def create(self, run_id: str, request: ShareRequest) -> tuple[ShareRecord, str]:
        """A new link and its token (32 random bytes, URL-safe), which is not kept."""
        if request.role not in ROLES:
            raise InvalidRequest(
                f"there is no role {request.role[:40]!r}", hint=f"use one of: {', '.join(ROLES)}"
            )
        expiry = _expiry(request.expires_in)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = datetime.now(UTC)
        run = await stored(known_run(self._store, run_id))
        share = ShareRecord(
            id=secrets.token_urlsafe(9),
            run_id=run_id,
            token_hash=_hash(token),
            role=request.role,
            created_at=now,
            expires_at=now + expiry,
            snapshot_seq=run.seq if request.snapshot else None,
        )
        await stored(self._store.create_share(share))
        return share, token

    async def list(self, run_id: str) -> tuple[ShareRecord, ...]:
        """All links to a run, newest first."""
        await stored(known_run(self._store, run_id))
        return await stored(self._store.list_shares(run_id))

    async def revoke(self, share_id: str) -> None:
        """Make a link worthless from now on."""
        await stored(self._store.revoke_share(share_id, datetime.now(UTC)))

    async def resolve(self, token: str) -> ShareRecord:
        """The link that a token opens. NotFound if it is unknown, expired or revoked."""
        share = await stored(self._store.find_share(_hash(token)))
        now = datetime.now(UTC)
        if share is None or share.revoked_at is not None or _past(share.expires_at, now):
            raise NotFound(
                "this link is unknown, expired or revoked",
                code="unknown_link",
                hint="ask whoever sent it for a new one",
            )
        return share


def _expiry(seconds: float | None) -> timedelta:
    if seconds is None:
        return DEFAULT_EXPIRY
    if not 1 <= seconds <= LONGEST_EXPIRY.total_seconds():
        raise InvalidRequest("expires_in must be from 1 second to ten years, in seconds")
    return timedelta(seconds=seconds)


def _past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
