"""Who may do what: the owner everything, a share link the reading of one run."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Path
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer

from backend.runs.errors import Forbidden, NotFound, RunsError
from backend.runs.service import RunService
from storage.records import ShareRecord

OWNER_COOKIE: Final = "treewright_owner"
SHARE_COOKIE: Final = "treewright_share_"
_SHARED: Final = "shared"

RunId = Annotated[str, Path(max_length=64, pattern=r"^[\w-]+$")]
NodeId = Annotated[int, Path(ge=0, le=2**31 - 1)]

_BEARER: Final = HTTPBearer(auto_error=False, description="a share link's token, or the owner's")


class NotSignedIn(Forbidden):
    """Nothing in the request says who is asking."""

    code = "not_signed_in"


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who may read a run: its owner, or the holder of a link to it."""

    share: ShareRecord | None
    still_allowed: Callable[[], Awaitable[object]] | None = None
    """Raises once the link no longer holds; None: nothing can end the right to read."""

    @property
    def until(self) -> int | None:
        """The last event that a snapshot link shows; None: no limit."""
        return None if self.share is None else self.share.snapshot_seq

    def seen(self, at: int | None) -> int | None:
        """The last event to be seen by a reader who asks for the state after event `at`."""
        if self.until is None or at is None:
            return self.until if at is None else at
        return min(at, self.until)


def service(request: HTTPConnection) -> RunService:
    """The application's one RunService."""
    found = request.app.state.service
    assert isinstance(found, RunService)
    return found


Service = Annotated[RunService, Depends(service)]


def same_origin(request: HTTPConnection) -> None:
    """Refuse what another site makes a browser send (every browser names the origin then).

    Reading is safe: the other site does not get the answer. Of a WebSocket, which has no method, it
    would.
    """
    if request.scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("origin")
    foreign = origin is not None and _host_of(origin) != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise Forbidden(
            "this request comes from another site", code="cross_site", hint="open the page itself"
        )


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def owner(request: HTTPConnection, service: Service) -> None:
    """Only the owner passes."""
    same_origin(request)
    if not await _is_owner(request, service):
        raise Forbidden(
            "this link is for reading only", code="read_only", hint="ask the owner to do this"
        )


async def reader(run_id: RunId, request: HTTPConnection, service: Service) -> Reader:
    """The owner passes, and who holds a link to this very run."""
    if not _wants_shared(request):
        bearer = _bearer(request)
        if bearer is None and _owner_signed_in(request):
            return Reader(None)
        if bearer is not None and _matches_owner(request, bearer):
            return Reader(None)
    token = _bearer(request) or request.cookies.get(SHARE_COOKIE + run_id)
    if token is None:
        raise _who_are_you(request)
    share = await service.shares.resolve(token)
    if share.run_id != run_id:
        raise NotFound("this link is for another run", code="unknown_link", hint="check the link")
    return Reader(share, lambda: service.shares.resolve(token))


Owner = Depends(owner)
Reading = Annotated[Reader, Depends(reader)]
DocumentedBearer = Depends(_BEARER)


async def _is_owner(request: HTTPConnection, service: RunService) -> bool:
    if _wants_shared(request):
        return False
    bearer = _bearer(request)
    if bearer is not None:
        if _matches_owner(request, bearer):
            return True
        await service.shares.resolve(bearer)  # unknown tokens are told so
        return False
    if _owner_signed_in(request):
        return True
    raise _who_are_you(request)


def _wants_shared(request: HTTPConnection) -> bool:
    """The page of a shared tree says so, so that the owner sees a link as others do."""
    return _SHARED in (request.headers.get("x-treewright-view"), request.query_params.get("view"))


def _owner_signed_in(request: HTTPConnection) -> bool:
    token = request.app.state.owner_token
    return token is None or _matches_owner(request, request.cookies.get(OWNER_COOKIE, ""))


def _matches_owner(request: HTTPConnection, token: str) -> bool:
    expected: str | None = request.app.state.owner_token
    return bool(expected) and hmac.compare_digest(token.encode(), str(expected).encode())


def _bearer(request: HTTPConnection) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _who_are_you(request: HTTPConnection) -> RunsError:
    if _wants_shared(request):
        return NotFound(
            "this link is unknown, expired or revoked",
            code="unknown_link",
            hint="open the link again, or ask whoever sent it for a new one",
        )
    return NotSignedIn(
        "this server needs its owner's token",
        hint="open the address with ?token=… that the server printed when it started",
    )
