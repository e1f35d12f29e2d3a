"""The API as one FastAPI application, around a RunService that is given to it."""

from fastapi import FastAPI

from backend.api.access import DocumentedBearer
from backend.api.error_responses import install_error_handlers
from backend.api.routes import labels, menu, runs, shares


def add_api(app: FastAPI, owner_token: str | None) -> None:
    """Add routes and error handling. `app.state.service` must be set before the first request.

    `owner_token`: None lets everybody who reaches the server act as its owner, which is right on
    a loopback address only.
    """
    app.state.owner_token = owner_token
    install_error_handlers(app)
    # Only a server with a token wants one: the description should not ask for it elsewhere.
    described = [] if owner_token is None else [DocumentedBearer]
    for router in (runs.router, labels.router, shares.router):
        app.include_router(router, dependencies=described)
    app.include_router(menu.router)
