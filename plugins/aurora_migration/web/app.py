"""The web application that the plugin mounts: its routes, its headers, and the shape of its errors.

Every route is a GET and depends on a signed-in user. Nothing is connected to, and no thread started, by making it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aurora_migration.web import access, pages, routes
from aurora_migration.web.answers import Answers
from aurora_migration.web.catalogue import Catalogue

PREFIX: Final = "/aurora-migration"
STATIC: Final = Path(__file__).parent / "static"
# Inline styles are refused too: the libraries set theirs through the DOM, which the policy does not mean.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


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
    app.add_middleware(_Headers)
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)
    app.include_router(routes.router)
    app.include_router(pages.router)
    return app


class _Headers:
    """Puts the security headers on every answer, refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


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
