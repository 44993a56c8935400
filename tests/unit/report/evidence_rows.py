"""Evidence of runs as the store reads it, without a server: small, hostile or large."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.store.reports import Evidence, PlannedKey

HOSTILE = "<img src=x onerror=alert(1)>\"'&`{{7*7}}"
RUN = "manual__2026-01-31T12:00:00+00:00"
BEGAN = datetime(2026, 1, 31, 12)


def migration(**changes: Any) -> MigrationConfig:
    """A migration whose connections nobody may read in a report."""
    settings: dict[str, Any] = {
        "name": "shop",
        "description": HOSTILE,
        "source": {"connection": "secret_source_connection"},
        "target": {"connection": "secret_target_connection"},
        "selection": [{"include": "shop.*"}, {"exclude": f"shop.{HOSTILE}"}],
        "renames": {"schemas": {"shop": HOSTILE}},
    }
    return MigrationConfig.model_validate(settings | changes)


def evidence(count: int = 1, **changes: Any) -> Evidence:
    """A verified run of tables that are all equal; ``changes`` replace whole parts."""
    names = [TableName("shop", f"t{number}") for number in range(count)]
    parts: dict[str, Any] = {
        "run": run_row(),
        "phases": [phase("preflight", 0, 2), phase("verify-objects", 60, 3, {"objects": 1, "account_plan": [1]})],
        "spans": [span("load", count, 10, 20), span("verify-rows", count, 30, 40)],
        "findings": [],
        "plan": tuple(PlannedKey(one, one, ("id",), 90, 1000) for one in names),
        "tables": [loaded(one) for one in names],
        "verdicts": [verdict(one) for one in names],
        "differences": [],
        "accounts": None,
        "incidents": [],
        "checkpoint": None,
        "followed": [],
        "lag": None,
    }
    return Evidence(**(parts | changes))


def run_row(state: str = "success", kind: str = "migrate") -> dict[str, Any]:
    versions = {"source": "8.4.3 (MySQL)", "target": "8.0.39 (Aurora)", "airflow": "3.3.2"}
    return {
        "run_id": RUN,
        "kind": kind,
        "state": state,
        "options": json.dumps({"tables": [], "dry_run": False, "level": "checksum"}),
        "versions": json.dumps(versions),
        "started_at": BEGAN,
        "finished_at": BEGAN + timedelta(seconds=70) if state != "running" else None,
    }


def phase(name: str, at: float, seconds: float, summary: dict[str, Any] | None = None) -> dict[str, Any]:
    began = BEGAN + timedelta(seconds=at)
    ended = began + timedelta(seconds=seconds)
    text = json.dumps(summary or {})
    return {"phase": name, "state": "success", "started_at": began, "finished_at": ended, "summary": text}


def span(name: str, done: int, first: float, last: float) -> dict[str, Any]:
    moments = {"first_at": BEGAN + timedelta(seconds=first), "last_at": BEGAN + timedelta(seconds=last)}
    return {"phase": name, "done": done, **moments}


def loaded(table: TableName, **changes: Any) -> dict[str, Any]:
    row = {
        "source_schema": table.schema,
        "source_table": table.name,
        "target_schema": table.schema,
        "target_table": table.name,
        "row_estimate": 90,
        "byte_estimate": 1000,
        "ranges": 1,
        "in_units": 1,
        "row_count": 100,
        "byte_count": 2048,
        "run_rows": 100,
        "chunks": 2,
        "seconds": 5,
    }
    return row | changes


def verdict(table: TableName, **changes: Any) -> dict[str, Any]:
    row = {
        "source_schema": table.schema,
        "source_table": table.name,
        "verdicts": "equal",
        "level": "checksum",
        "ranges": 1,
        "source_rows": 100,
        "target_rows": 100,
        "chunks": 2,
        "chunks_differing": 0,
        "seconds": 0.25,
    }
    return row | changes


def difference(area: str, kind: str, rule: str = "", scope: str = "", text: str = HOSTILE) -> dict[str, Any]:
    return {"area": area, "scope": scope, "kind": kind, "subject": text, "detail": text, "rule": rule}


def finding(severity: str, code: str = "code", text: str = HOSTILE) -> dict[str, Any]:
    words = {"subject": text, "observed": text, "remedy": text}
    return {"phase": "preflight", "severity": severity, "code": code, **words}


def hostile() -> Evidence:
    """Every place that holds a text holds a hostile one."""
    table = TableName(HOSTILE, HOSTILE)
    change = {"what": HOSTILE, "rule": HOSTILE, "became": HOSTILE, "remedy": HOSTILE}
    account = {
        "account": HOSTILE,
        "action": HOSTILE,
        "plugin": HOSTILE,
        "locked": True,
        "default_roles": [HOSTILE],
        "kept": [HOSTILE],
        "dropped": [change],
        "changed": [change],
        "missing": [HOSTILE],
    }
    return evidence(
        run=run_row("failed")
        | {"versions": json.dumps({HOSTILE: HOSTILE}), "options": json.dumps({HOSTILE: HOSTILE})},
        phases=[phase(HOSTILE, 0, 1, {HOSTILE: HOSTILE})],
        findings=[finding(severity) for severity in ("blocker", "warning", "note")] + [finding("note", "rule-a")],
        plan=(PlannedKey(table, TableName("other", HOSTILE), (HOSTILE,), 1, 1),),
        tables=[loaded(table)],
        verdicts=[verdict(table, verdicts="equal\ndiffers", chunks_differing=1, target_rows=99)],
        differences=[
            difference("rows", "differs", scope=f"{table}#1"),
            difference("objects", "missing"),
            difference("accounts", "extra"),
            difference("objects", "changed on purpose", HOSTILE),
        ],
        accounts=[account],
        incidents=[
            {
                "scope": HOSTILE,
                "kind": HOSTILE,
                "detail": f"{HOSTILE}\n{HOSTILE}",
                "statements": HOSTILE,
                "noted_at": BEGAN,
            }
        ],
        checkpoint=checkpoint() | {"state": "paused", "words": HOSTILE},
        followed=[followed(HOSTILE, "stopped")],
        lag={"lag_seconds": 1.5},
        cutover=cutover(
            HOSTILE, changes={"source_accounts": [HOSTILE], "source_events": [{"schema": "shop", "name": HOSTILE}]}
        ),
    )


def cutover(approved_by: str = "ada", state: str = "open", **more: Any) -> dict[str, Any]:
    """A cutover that kept writes waiting for 7.5 s."""
    changes = {"source_accounts": ["app@%"], "target_accounts": ["app@%"], "source_events": []}
    return {
        "run_id": RUN,
        "direction": more.pop("direction", "forward"),
        "state": state,
        "policy": "lock-accounts",
        "approved_by": approved_by,
        "changes": json.dumps(more.pop("changes", changes)),
        "reason": "",
        "started_at": BEGAN,
        "blocked_at": BEGAN + timedelta(seconds=20),
        "opened_at": BEGAN + timedelta(seconds=27.5),
        **more,
    }


def cutover_run(row: dict[str, Any] | None, state: str = "success") -> Evidence:
    """The evidence of a run that cut over, or tried to; ``row`` is what is recorded of it."""
    proofs = phase("block-writes", 20, 1, {"state": "blocked", "proofs": ["accounts that are locked: 1"]})
    return evidence(run=run_row(state, "cutover"), plan=None, phases=[proofs], cutover=row)


def checkpoint() -> dict[str, Any]:
    return {
        "gtid_set": "",
        "binlog_file": "binlog.000007",
        "binlog_offset": 157,
        "by_gtid": 0,
        "state": "running",
        "words": "",
        "committed_at": 1_769_860_800_000_000,
        "transactions": 10,
        "row_changes": 20,
    }


def followed(table: str, mode: str) -> dict[str, Any]:
    until = {"until_gtid_set": "", "until_file": "binlog.000007", "until_offset": 4}
    return {"source_schema": "shop", "source_table": table, "mode": mode, "row_changes": 3, **until}
