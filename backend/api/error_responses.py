"""Errors of every kind as one JSON shape: {"error": {"code", "message", "hint"}}."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route

from backend.runs.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    RunsError,
    Unavailable,
)
from storage.errors import StorageError

_LOG: Final = logging.getLogger(__name__)

_STATUS_OF: Final[dict[type[RunsError], int]] = {
    InvalidRequest: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unavailable: 503,
}
# The client's disk is not the matter: 507 says that it is the server's.
_STATUS_OF_CODE: Final = {"storage_full": 507, "not_signed_in": 401}


class ErrorBody(BaseModel):
    """What went wrong: a stable code, a sentence, and what to do about it."""

    code: str
    message: str
    hint: str


class ErrorResponse(BaseModel):
    """The body of every response with a status of 400 or more."""

    error: ErrorBody


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error statuses of a route, for its OpenAPI description."""
    return {status: {"model": ErrorResponse} for status in statuses}


def error_response(status: int, code: str, message: str, hint: str = "") -> JSONResponse:
    """One error as a response."""
    body = ErrorResponse(error=ErrorBody(code=code, message=message, hint=hint))
    return JSONResponse(body.model_dump(), status_code=status)


def install_error_handlers(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Make every error of the application take the one shape. `routes`: those of the API."""
    app.state.api_routes = [route for route in routes if isinstance(route, Route)]
    app.add_exception_handler(RunsError, _on_runs_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(StorageError, _on_storage)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_runs_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RunsError)
    status = _STATUS_OF_CODE.get(error.code) or _STATUS_OF[type(error)]
    return error_response(status, error.code, error.message, error.hint)


async def _on_storage(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("%s %s: storage failed", request.method, request.url.path, exc_info=error)
    return error_response(503, "storage_failed", f"storage failed: {error}", "try again later")


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    message = "; ".join(_fault(fault) for fault in error.errors()[:5])
    if any(fault.get("type") == "json_invalid" for fault in error.errors()):
        return error_response(400, "invalid_json", message, "send a JSON object")
    return error_response(422, "invalid_request", message, "see /openapi.json for what is allowed")


def _fault(fault: dict[str, Any]) -> str:
    where: Sequence[Any] = [part for part in fault.get("loc", ()) if part != "body"]
    name = ".".join(str(part)[:40] for part in where)
    said = str(fault.get("msg", "is wrong"))
    return f"{name}: {said}" if name else said


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    response = error_response(error.status_code, code, str(error.detail), "see /openapi.json")
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    if error.status_code == 405:
        # Starlette names the methods of one of the routes at this path only.
        methods = _methods_at(request)
        if methods:
            response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def _methods_at(request: Request) -> set[str]:
    routes: Sequence[Route] = request.app.state.api_routes
    here = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return set().union(*(route.methods or () for route in here))


async def no_such_address(request: Request) -> JSONResponse:
    """Answers what no route of the API takes, before the page mounted at / can."""
    status = 405 if _methods_at(request) else 404
    raise HTTPException(status)


async def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_response(
        500, "internal_error", "the server made a mistake", "its log says more; please report it"
    )
