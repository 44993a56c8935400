"""The web application that the plugin mounts: its routes, its headers, and the shape of its errors.

Every route is a GET and depends on a signed-in user. Nothing is connected to, and no thread started, by making it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from aurora_migration.web import access, pages, routes
from aurora_migration.web.answers import Answers
from aurora_migration.web.catalogue import Catalogue
from aurora_migration.web.headers import HEADERS, Headers

PREFIX: Final = "/aurora-migration"
STATIC: Final = Path(__file__).parent / "static"


def create_app(static: Path = STATIC) -> FastAPI:
    """A new application with caches of its own."""
    app = FastAPI(
        title="Migrations",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[access.SIGNED_IN],
    )
    app.state.answers = Answers()
    app.state.catalogue = Catalogue()
    app.state.static = static.resolve()
    app.add_middleware(Headers)
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)
    app.include_router(routes.router)
    app.include_router(pages.router)
    return app


def _error(status: int, code: str, message: str) -> JSONResponse:
    headers = {**HEADERS, "cache-control": "no-store"}
    return JSONResponse({"code": code, "message": message}, status, headers=headers)


_CODES: Final = {401: "not-signed-in", 403: "not-allowed", 404: "not-found", 405: "read-only"}


def _refusal(_: Request, error: Any) -> Response:
    return _error(error.status_code, _CODES.get(error.status_code, "error"), str(error.detail))


def _invalid(_: Request, __: Any) -> Response:
    return _error(422, "not-valid", "a parameter is not of the form that is expected")


def _fault(_: Request, __: Exception) -> Response:
    return _error(500, "fault", "the page's server failed; the API server's log says why")
