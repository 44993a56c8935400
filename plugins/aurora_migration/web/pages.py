"""The page and its files. They hold no data, so the right to read some DAG is enough for them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, Response

from aurora_migration.web import access

router = APIRouter(dependencies=[Depends(access.require_reader)])
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@router.get("/")
def page(request: Request) -> Response:
    """The page; what it shows is decided by its query."""
    return _file(request, "index.html")


@router.get("/static/{path:path}")
def static(request: Request, path: str) -> Response:
    """A file of the page."""
    return _file(request, path)


def _file(request: Request, name: str) -> Response:
    root: Path = request.app.state.static
    path = (root / name).resolve()
    if root not in path.parents or path.suffix not in TYPES or not path.is_file():
        raise HTTPException(404, "there is no such file")
    # revalidated at each use: the files change with the project, and only who is signed in may have them
    headers = {"cache-control": "private, no-cache"}
    response = FileResponse(path, media_type=TYPES[path.suffix], headers=headers, stat_result=path.stat())
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return Response(status_code=304, headers={**headers, "etag": response.headers["etag"]})
    return response
