"""The API as one FastAPI application, around a RunService that is given to it."""

from typing import Final

from fastapi import FastAPI

from backend.api.access import DocumentedBearer
from backend.api.error_responses import install_error_handlers, no_such_address
from backend.api.export_schemas import SavedPage
from backend.api.routes import (
    comparing,
    exports,
    grades,
    labels,
    library,
    menu,
    models,
    runs,
    shares,
    sockets,
    steering,
    summaries,
)

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OWNED: Final = (
    library.router, runs.router, labels.router, grades.router, summaries.router, steering.router,
    comparing.router, exports.router, shares.router, models.router,
)  # fmt: skip


def add_api(app: FastAPI, owner_token: str | None, saved_page: SavedPage | None = None) -> None:
    """Add routes and error handling. `app.state.service` must be set before the first request.

    `owner_token`: None lets everybody who reaches the server act as its owner, which is right on
    a loopback address only. `saved_page` makes the page that a run is saved as; without it there is
    none.
    """
    app.state.owner_token = owner_token
    app.state.saved_page = saved_page
    routers = (*_OWNED, menu.router)
    install_error_handlers(app, [route for router in routers for route in router.routes])
    # Only a server with a token wants one: the description should not ask for it elsewhere.
    described = [] if owner_token is None else [DocumentedBearer]
    for router in _OWNED:
        app.include_router(router, dependencies=described)
    app.include_router(menu.router)
    app.include_router(sockets.router)
    # Last: a page mounted at / would otherwise answer unknown addresses in a shape of its own.
    for path in ("/api", "/api/{rest:path}"):
        app.router.add_route(path, no_such_address, methods=_METHODS, include_in_schema=False)
