"""The JSON routes. Each answers within three seconds, whatever the targets do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi import Path as PathParameter
from fastapi.responses import Response

from aurora_migration.bridge import report_files
from aurora_migration.bridge.reading import control_of, reading
from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control
from aurora_migration.web import access, airflow_runs, listing, run_view, tables, times
from aurora_migration.web.activity import KINDS, RunActivity, dag_of
from aurora_migration.web.answers import Answer, Answers
from aurora_migration.web.dms import load_dms

NAME = r"^[a-z][a-z0-9_-]{0,47}$"
Name = Annotated[str, PathParameter(pattern=NAME)]
RunId = Annotated[str | None, Query(max_length=250)]
Kind = Annotated[str | None, Query(pattern=r"^[a-z_]{1,32}$")]

router = APIRouter(prefix="/api")
one = APIRouter(prefix="/migrations/{name}", dependencies=[Depends(access.require_migration)])


@router.get("/migrations", dependencies=[Depends(access.require_reader)])
async def migrations(request: Request, user: access.User) -> Response:
    """All migrations that the user may read; a target that does not answer delays only its own."""
    answers: Answers = request.app.state.answers
    configs, newest = await answers.run(lambda: _readable(request, user))
    by_target: dict[str, list[MigrationConfig]] = {}
    for config in request.app.state.catalogue.all().values():
        by_target.setdefault(config.target.connection, []).append(config)
    needed = {config.target.connection for config in configs}
    found = dict(
        zip(needed, await asyncio.gather(*(_list(answers, name, by_target[name]) for name in needed)), strict=True)
    )
    return _json(
        {
            "migrations": [
                listing.shown_migration(
                    config,
                    (found[config.target.connection].value or {}).get(config.name, {}),
                    newest,
                    found[config.target.connection].told(),
                )
                for config in configs
            ]
        }
    )


def _readable(request: Request, user: access.User) -> tuple[list[MigrationConfig], dict[str, RunActivity]]:
    configs = [
        config for config in request.app.state.catalogue.all().values() if access.may_read(user, config.name)
    ]
    dag_ids = [dag_of(config.name, kind) for config in configs for kind in KINDS]
    return configs, airflow_runs.newest_runs(dag_ids)


async def _list(answers: Answers, connection_id: str, configs: list[MigrationConfig]) -> Answer:
    def load() -> dict[str, Any]:
        with reading(connection_id) as session:
            return listing.load_migrations(session, configs)

    names = tuple((config.name, config.control_schema) for config in configs)
    return await answers.ask(connection_id, ("list", connection_id, names), load)


@one.get("")
async def overview(request: Request, name: Name, run_id: RunId = None, kind: Kind = None) -> Response:
    """One run (the newest, if none is named), its phases, totals, throughput and lag."""
    config = _config(request, name)
    answers: Answers = request.app.state.answers
    seen, recent = await answers.run(lambda: _seen(config, run_id, kind))
    wanted = run_id or (seen.run_id if seen else None)
    answer = await _ask(answers, config, "overview", run_view.load_overview, wanted)
    shown = run_view.shown_run(config, answer.value or {}, seen, recent)
    return _json({"target": answer.told(), **shown})


def _seen(
    config: MigrationConfig, run_id: str | None, kind: str | None
) -> tuple[RunActivity | None, list[RunActivity]]:
    dag_ids = [dag_of(config.name, one_kind) for one_kind in KINDS]
    asked = [dag_of(config.name, kind)] if kind else dag_ids
    recent = airflow_runs.recent_runs(dag_ids, run_view.RUNS_SHOWN)
    if run_id is None:
        run_id = next((run.run_id for run in recent if run.dag_id in asked), None)
    return (airflow_runs.one_run(asked, run_id) if run_id else None), recent


@one.get("/tables")
async def table_list(request: Request, name: Name, run_id: RunId = None, known: str = "") -> Response:
    """The tables with load and verdict; ``known`` is the digest that the page has."""
    config = _config(request, name)
    load = tables.load_tables_by_dms if config.engine == "dms" else tables.load_tables
    answer = await _ask(request.app.state.answers, config, "tables", load, run_id)
    told = json.dumps(answer.told(), default=_default).encode()
    if answer.value is None:
        return _raw(b'{"target":' + told + b"}")
    if answer.value.digest == known:
        return _raw(b'{"unchanged":true,"target":' + told + b"}")
    return _raw(b'{"target":' + told + b"," + answer.value.body[1:])


@one.get("/evidence")
async def evidence(request: Request, name: Name, run_id: Annotated[str, Query(max_length=250)]) -> Response:
    """Findings, differences, incidents and accounts of one run."""
    answer = await _ask(
        request.app.state.answers, _config(request, name), "evidence", run_view.load_evidence, run_id
    )
    return _json({"target": answer.told(), **(answer.value or {})})


@one.get("/dms")
async def dms(request: Request, name: Name, known: str = "") -> Response:
    """What AWS DMS said last: resources, latencies, statistics; ``known`` is the digest that the page has."""
    answer = await _ask(request.app.state.answers, _config(request, name), "dms", load_dms, None)
    told = answer.told()
    if answer.value is not None and answer.value["digest"] == known:
        return _json({"unchanged": True, "target": told})
    return _json({"target": told, "dms": answer.value})


@one.get("/report")
async def report(
    request: Request,
    name: Name,
    run_id: Annotated[str, Query(max_length=250)],
    form: Annotated[str, Query(pattern=r"^(html|json)$")] = "html",
) -> Response:
    """The report of one run as a file to keep; as an attachment, since its page has a style of its own."""
    config = _config(request, name)

    def document(session: Session, _: Control, run: Any) -> report_files.ReportDocument:
        return report_files.report_document(session, config, run)

    answer = await _ask(request.app.state.answers, config, "report", document, run_id)
    if answer.value is None:
        raise HTTPException(503, "the report is not ready, or the target does not answer: try again in a moment")
    body = answer.value.html() if form == "html" else answer.value.json()
    kind = "text/html; charset=utf-8" if form == "html" else "application/json"
    file = f"{config.name}-{report_files.file_name(run_id)}.{form}"
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{file}"'})


router.include_router(one)


def _config(request: Request, name: str) -> MigrationConfig:
    config: MigrationConfig | None = request.app.state.catalogue.all().get(name)
    if config is None:
        raise HTTPException(404, "no valid migration file has this name")
    return config


async def _ask(
    answers: Answers,
    config: MigrationConfig,
    part: str,
    read: Callable[[Session, Control, Any], Any],
    run_id: str | None,
) -> Answer:
    def load() -> Any:
        with reading(config.target.connection) as session:
            return read(session, control_of(config), run_id)

    key = (part, config.name, config.control_schema, config.target.connection, run_id)
    return await answers.ask(config.target.connection, key, load)


def _json(content: Any) -> Response:
    return _raw(json.dumps(content, default=_default, ensure_ascii=False, separators=(",", ":")).encode())


def _raw(text: bytes) -> Response:
    return Response(text, media_type="application/json")


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return times.text(value)
    raise TypeError(f"{type(value).__name__} does not belong into an answer")
