"""The owner's way in: an address with the token, traded for a cookie."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from backend.api.access import OWNER_COOKIE

_YEAR: Final = 365 * 24 * 3600


def add_sign_in(app: FastAPI, owner_token: str | None) -> None:
    """Let `/?token=…` set the owner's cookie and go to the clean address.

    Nothing to do without a token: then everybody who reaches the server is its owner.
    """
    if owner_token is None:
        return
    expected = owner_token.encode()

    @app.middleware("http")
    async def sign_in(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        given = request.query_params.get("token")
        if request.url.path != "/" or given is None:
            return await call_next(request)
        response = RedirectResponse("/", 303)
        if hmac.compare_digest(given.encode(), expected):
            response.set_cookie(
                OWNER_COOKIE,
                owner_token,
                max_age=_YEAR,
                httponly=True,
                samesite="lax",
                path="/api",
                secure=request.url.scheme == "https",
            )
        response.headers["Cache-Control"] = "private, no-store"
        return response
