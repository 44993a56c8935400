"""What the report of a run is made of, what the run planned, and the report as it was when the run ended.

Reads alone but for `save_plan` and `save`. A control schema that is not there, or that an older version made with
fewer tables, reads as nothing, so that a run that stopped early has a report too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.errors import StatementError
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

Row = dict[str, Any]
_NOT_THERE: Final = frozenset({1049, 1146})  # no such database, no such table


@dataclass(frozen=True, slots=True)
class PlannedKey:
    """What a run planned for one source table; no ``key`` is a table that is walked in one chunk."""

    table: TableName
    target: TableName
    key: tuple[str, ...]
    row_estimate: int
    byte_estimate: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the control schema holds about one run, as rows; ``run`` is None if it does not know it."""

    run: Row | None
    phases: list[Row]
    spans: list[Row]
    findings: list[Row]
    plan: tuple[PlannedKey, ...] | None
    tables: list[Row]
    verdicts: list[Row]
    differences: list[Row]
    accounts: list[Row] | None
    incidents: list[Row]
    checkpoint: Row | None
    followed: list[Row]
    lag: Row | None
    cutover: Row | None = None


def evidence(session: Session, control: Control, run_id: str) -> Evidence:
    """Read everything about a run."""

    def rows(path: str, **values: Any) -> list[Row]:
        return _rows(session, control, path, **values)

    accounts = rows("overview_accounts", run_id=run_id)
    account_plan = accounts[0]["account_plan"] if accounts else None
    return Evidence(
        run=_first(rows("overview_run", run_id=run_id)),
        phases=rows("phases", run_id=run_id),
        spans=rows("overview_spans", run_id=run_id),
        findings=rows("findings", run_id=run_id),
        plan=_plan(rows("run_plan", run_id=run_id)),
        tables=rows("run_tables", run_id=run_id),
        verdicts=rows("run_verdicts", run_id=run_id),
        differences=rows("differences", run_id=run_id),
        accounts=json.loads(account_plan) if account_plan else None,
        incidents=rows("incidents", run_id=run_id),
        checkpoint=_first(rows("checkpoint")),
        followed=rows("sync_tables"),
        lag=_first(rows("overview_lag", most=1)),
        cutover=_first(rows("cutover", run_id=run_id)),
    )


def save_plan(session: Session, control: Control, run_id: str, planned: Iterable[PlannedKey]) -> None:
    """Keep what a run planned, so that its report needs no source."""
    tables = [
        [*_parts(one.table), *_parts(one.target), list(one.key), one.row_estimate, one.byte_estimate]
        for one in planned
    ]
    control.execute(session, "save_run_plan", run_id=run_id, tables=json.dumps(tables))


def save(session: Session, control: Control, run_id: str, document: str) -> None:
    """Keep the report of a run (JSON) as it is now."""
    control.execute(session, "save_report", run_id=run_id, document=document)


def saved(session: Session, control: Control, run_id: str) -> dict[str, Any] | None:
    """The report that was kept when the run ended, or None: it has not ended, or an older version made the run."""
    row = _first(_rows(session, control, "report", run_id=run_id))
    known: dict[str, Any] | None = json.loads(row["document"]) if row else None
    return known


def state(session: Session, control: Control, run_id: str) -> str | None:
    """The state of a run, or None if the control schema does not know it."""
    row = _first(_rows(session, control, "overview_run", run_id=run_id))
    return str(row["state"]) if row else None


def _plan(rows: list[Row]) -> tuple[PlannedKey, ...] | None:
    if not rows:
        return None
    return tuple(
        PlannedKey(TableName(schema, name), TableName(target_schema, target), tuple(key), rows_about, bytes_about)
        for schema, name, target_schema, target, key, rows_about, bytes_about in json.loads(rows[0]["tables"])
    )


def _parts(name: TableName) -> tuple[str, str]:
    return name.schema, name.name


def _first(rows: list[Row]) -> Row | None:
    return rows[0] if rows else None


def _rows(session: Session, control: Control, path: str, **values: Any) -> list[Row]:
    try:
        return control.query(session, path, **values)
    except StatementError as error:
        if error.errno in _NOT_THERE:
            return []
        raise
