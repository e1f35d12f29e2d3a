"""Routes on share links, and the address that a link leads to."""

import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from backend.api.access import SHARE_COOKIE, Owner, RunId, Service
from backend.api.error_responses import responses
from backend.api.schemas import ShareCreate, ShareCreated, ShareList, ShareOut
from backend.runs.errors import NotFound
from backend.runs.shares import ShareRequest

router = APIRouter(tags=["shares"])
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


@router.post(
    "/api/runs/{run_id}/shares",
    status_code=201,
    dependencies=[Owner],
    responses=responses(400, 401, 403, 404, 422, 503),
)
async def share_run(
    run_id: RunId, body: ShareCreate, request: Request, service: Service
) -> ShareCreated:
    """Make a link to a run. Its address is shown this once."""
    wanted = ShareRequest(body.role, body.expires_in, body.snapshot)
    share, token = await service.shares.create(run_id, wanted)
    url = f"{str(request.base_url).rstrip('/')}/t/{token}"
    return ShareCreated(**ShareOut.of(share).model_dump(), url=url)


@router.get(
    "/api/runs/{run_id}/shares", dependencies=[Owner], responses=responses(401, 403, 404, 422)
)
async def list_shares(run_id: RunId, service: Service) -> ShareList:
    """All links to a run, revoked and expired ones too."""
    return ShareList(items=[ShareOut.of(share) for share in await service.shares.list(run_id)])


@router.delete(
    "/api/shares/{share_id}",
    status_code=204,
    dependencies=[Owner],
    responses=responses(401, 403, 404, 422, 503),
)
async def revoke_share(share_id: RunId, service: Service) -> None:
    """Make a link worthless from now on."""
    await service.shares.revoke(share_id)


@router.get("/t/{token}", include_in_schema=False)
async def open_link(token: str, request: Request, service: Service) -> Response:
    """Trade a link for a cookie and a clean address, so that the token is not passed on; `?at=`,
    the moment that the page is to show, `?lang=` and `?embed=1` are.
    """
    lang = request.query_params.get("lang", "")
    language = f"&lang={lang}" if _LANGUAGE.fullmatch(lang) else ""
    try:
        share = await service.shares.resolve(token)
    except NotFound:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        frame = "&embed=1" if request.query_params.get("embed") == "1" else ""
        return RedirectResponse(f"/?view=shared{language}{frame}", 303)
    at = request.query_params.get("at", "")
    moment = f"&at={at}" if at.isascii() and at.isdigit() else ""
    embedded = request.query_params.get("embed") == "1"
    frame = "&embed=1" if embedded else ""
    # Behind the # no server and no other site sees it, and whoever copies the address has a link.
    address = f"/?run={share.run_id}{moment}&view=shared{language}{frame}#{token}"
    response = RedirectResponse(address, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(
        SHARE_COOKIE + share.run_id, token, httponly=True, path="/api", secure=secure,
        samesite="none" if embedded and secure else "lax", expires=share.expires_at,
    )  # fmt: skip
    if embedded and secure:
        # In another site's page browsers keep it, but apart. Starlette can say so from Python 3.14.
        response.headers["set-cookie"] += "; Partitioned"
    response.headers["Cache-Control"] = "private, no-store"
    return response
