"""What the report of a run says, as JSON-able values of a stable form (`FORMAT`; ``docs/report.md`` tells it).

A pure function of the migration file and of what the control schema holds. It has no address, no password and no
value of a row but keys. A new name leaves the format; one that is gone, or means something else, raises it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aurora_migration.bridge.report_cutover import cutover_facts, cutover_verdict
from aurora_migration.bridge.report_tables import shown_tables, table_totals
from aurora_migration.bridge.versions import own_versions
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.finding import Severity
from aurora_migration.model.report import DifferenceKind
from aurora_migration.store.reports import Evidence

FORMAT: Final = 1
RULE: Final = "rule-"  # notes of this code are applications of a rule
JUDGED: Final = frozenset({"migrate", "verify"})  # kinds of runs whose last task is a report
_SEVERITIES: Final = tuple(map(str, Severity))
Row = Mapping[str, Any]


def content(
    config: MigrationConfig,
    run_id: str,
    evidence: Evidence,
    made_at: datetime,
    *,
    not_compared: Collection[str] | None = None,
    findings: Sequence[Row] = (),
) -> dict[str, Any]:
    """The whole report. ``findings`` are those of a preflight that stopped the run before it wrote anything."""
    tables = shown_tables(evidence, not_compared)
    spans = {row["phase"]: row for row in evidence.spans}
    found = _findings(evidence.findings or findings)
    purposes = _purposes(evidence)
    objects, accounts = (_differences(evidence.differences, area) for area in ("objects", "accounts"))
    totals = table_totals(tables, spans.get("load")) | {
        f"{severity}s": sum(one["severity"] == severity for one in found) for severity in _SEVERITIES
    }
    totals |= {
        "unexplained_differences": len(objects) + len(accounts),
        "changed_on_purpose": sum(len(one["changes"]) for one in purposes),
        "incidents": len(evidence.incidents),
    }
    return {
        "format": FORMAT,
        "made_at": _moment(made_at),
        "made_by": own_versions(),
        "migration": _migration(config),
        "run": _run(run_id, evidence.run),
        "versions": _json(evidence.run["versions"]) if evidence.run else {},
        "verdict": verdict_of(evidence.run, evidence.cutover),
        "totals": totals,
        "cutover": cutover_facts(config, evidence),
        "phases": _phases(evidence, spans),
        "findings": found,
        "tables": tables,
        "objects": objects,
        "accounts": {"differences": accounts, "plan": evidence.accounts},
        "changed_on_purpose": purposes,
        "incidents": [_incident(row) for row in evidence.incidents],
        "changes": _changes(evidence),
    }


def verdict_of(run: Row | None, cutover: Row | None = None) -> str:
    """What the run came to, in words."""
    if run is None:
        return "stopped before anything was written"
    if run["kind"] == "cutover" and run["state"] != "running":
        return cutover_verdict(run["state"], cutover)
    judged = run["kind"] in JUDGED
    words = {"success": "proved" if judged else "done", "failed": "not proved" if judged else "failed"}
    return words.get(run["state"], "not finished")


def _migration(config: MigrationConfig) -> dict[str, Any]:
    return {
        "name": config.name,
        "description": config.description,
        "type": str(config.type),
        "engine": config.engine,
        "cdc_engine": (config.cdc_engine or config.engine) if config.follows_changes else None,
        "selection": [
            {"rule": "include" if rule.include is not None else "exclude", "pattern": rule.pattern}
            for rule in config.selection
        ],
        "renames": {"schemas": dict(config.renames.schemas), "tables": dict(config.renames.tables)},
        "accounts": config.accounts.mode,
        "definers": config.definers.policy,
        "control_schema": config.control_schema,
    }


def _run(run_id: str, row: Row | None) -> dict[str, Any]:
    started, finished = (row["started_at"], row["finished_at"]) if row else (None, None)
    return {
        "run_id": run_id,
        "kind": row["kind"] if row else None,
        "state": row["state"] if row else None,
        "started_at": _moment(started),
        "finished_at": _moment(finished),
        "seconds": _seconds(started, finished),
        "options": _json(row["options"]) if row else {},
    }


def _phases(evidence: Evidence, spans: Mapping[str, Row]) -> list[dict[str, Any]]:
    """By their start; load and verify-rows are many tasks, so theirs are the times of first and last record."""
    found = [
        (row["phase"], row["state"], row["started_at"], row["finished_at"], _json(row["summary"]))
        for row in evidence.phases
    ]
    known = {phase for phase, *_ in found}
    for phase, row in spans.items():
        if phase not in known and int(row["done"]):
            found.append((phase, "recorded", row["first_at"], row["last_at"], {"done": int(row["done"])}))
    return [
        {
            "phase": phase,
            "state": state,
            "started_at": _moment(started),
            "finished_at": _moment(finished),
            "seconds": _seconds(started, finished),
            "summary": {key: value for key, value in summary.items() if not isinstance(value, (dict, list))},
        }
        for phase, state, started, finished, summary in sorted(found, key=lambda one: (one[2], one[0]))
    ]


def _findings(rows: Iterable[Row]) -> list[dict[str, str]]:
    names = ("severity", "code", "subject", "observed", "remedy")
    found = [{"phase": row.get("phase", "preflight")} | {name: row[name] for name in names} for row in rows]
    kept = [one for one in found if not one["code"].startswith(RULE)]
    return sorted(kept, key=lambda one: (_SEVERITIES.index(one["severity"]), one["code"], one["subject"]))


def _differences(rows: Iterable[Row], area: str) -> list[dict[str, str]]:
    """Those of an area that no rule explains."""
    return [
        {"kind": row["kind"], "subject": row["subject"], "detail": row["detail"]}
        for row in rows
        if row["area"] == area and row["kind"] != DifferenceKind.ON_PURPOSE
    ]


def _purposes(evidence: Evidence) -> list[dict[str, Any]]:
    """Changes on purpose by rule: as verification saw them, then what was applied and it had no reason to name."""
    rules: dict[str, dict[str, dict[str, str]]] = {}
    for row in evidence.differences:
        if row["kind"] == DifferenceKind.ON_PURPOSE:
            change = {"area": row["area"], "subject": row["subject"], "detail": row["detail"]}
            rules.setdefault(row["rule"], {})[f"{row['subject']}\n{row['detail']}"] = change
    for row in evidence.findings:
        if row["code"].startswith(RULE):
            known = rules.setdefault(row["code"].removeprefix(RULE), {})
            if not any(change["subject"] == row["subject"] for change in known.values()):
                change = {"area": "objects", "subject": row["subject"], "detail": row["observed"]}
                known[f"{row['subject']}\n{row['observed']}"] = change
    return [{"rule": rule, "changes": list(changes.values())} for rule, changes in sorted(rules.items())]


def _incident(row: Row) -> dict[str, Any]:
    return {
        "scope": row["scope"],
        "kind": row["kind"],
        "noted_at": _moment(row["noted_at"]),
        "detail": row["detail"].splitlines(),
        "statements": row["statements"].splitlines(),
    }


def _changes(evidence: Evidence) -> dict[str, Any] | None:
    """How far the source's changes are followed, and how each table takes them."""
    row = evidence.checkpoint
    if row is None:
        return None
    committed = int(row["committed_at"])
    return {
        "state": row["state"],
        "words": row["words"],
        "position": row["gtid_set"] or f"{row['binlog_file']}:{row['binlog_offset']}",
        "by_gtid": bool(row["by_gtid"]),
        "committed_at": _moment(datetime.fromtimestamp(committed / 1e6, UTC)) if committed else None,
        "transactions": int(row["transactions"]),
        "row_changes": int(row["row_changes"]),
        "lag_seconds": float(evidence.lag["lag_seconds"]) if evidence.lag else None,
        "tables": [_followed(one) for one in evidence.followed],
    }


def _followed(row: Row) -> dict[str, Any]:
    until = row["until_gtid_set"] or (f"{row['until_file']}:{row['until_offset']}" if row["until_file"] else None)
    return {
        "table": f"{row['source_schema']}.{row['source_table']}",
        "mode": row["mode"],
        "until": until,
        "row_changes": int(row["row_changes"]),
    }


def _json(text: str | None) -> dict[str, Any]:
    known = json.loads(text or "{}")
    return known if isinstance(known, dict) else {}


def _moment(moment: datetime | None) -> str | None:
    """UTC, as ``2026-01-31T12:00:00.123Z``; the control schema's moments have no zone and are UTC."""
    if moment is None:
        return None
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _seconds(started: datetime | None, finished: datetime | None) -> float | None:
    return round((finished - started).total_seconds(), 3) if started and finished else None
