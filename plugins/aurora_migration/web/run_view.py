"""One run of a migration as JSON-able values: what the control schema holds, then what Airflow knows beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.session import Session
from aurora_migration.store import overview
from aurora_migration.store.control import Control
from aurora_migration.web.activity import RunActivity, dag_of
from aurora_migration.web.cutover import shown_cutover
from aurora_migration.web.dms import dms_lag, shown_dms
from aurora_migration.web.phases import phases
from aurora_migration.web.times import utc

RUNS_SHOWN: Final = 40
POINTS: Final = 240  # of a chart, at most
SAMPLES: Final = 500  # of lag: at a few a minute, some hours
SHOWN: Final = 2000  # findings and differences of each run, what matters first
_BUCKETS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)


def load_overview(session: Session, control: Control, run_id: str | None) -> dict[str, Any]:
    """What the control schema has of a run (None: the newest), as rows."""
    runs = overview.newest_runs(session, control, RUNS_SHOWN)
    run_id = run_id or (runs[0]["run_id"] if runs else None)
    known: dict[str, Any] = {
        "runs": runs,
        "run_id": run_id,
        "totals": overview.totals(session, control),
        "checkpoint": overview.checkpoint(session, control),
        "lag": overview.lag_samples(session, control, SAMPLES),
        "dms": overview.dms(session, control),
    }
    if run_id is None:
        return known
    spans = overview.spans(session, control, run_id)
    bucket = _bucket(spans)
    return known | {
        "run": overview.run(session, control, run_id),
        "phases": overview.phases(session, control, run_id),
        "spans": spans,
        "bucket": bucket,
        "throughput": overview.throughput(session, control, run_id, bucket),
        "counts": overview.counts(session, control, run_id),
        "cutover": overview.cutover(session, control, run_id),
        "pauses": overview.pauses(session, control, run_id),
    }


def load_evidence(session: Session, control: Control, run_id: str) -> dict[str, Any]:
    """Findings, differences, incidents and accounts of a run."""
    return {
        "findings": overview.findings(session, control, run_id, SHOWN),
        "differences": overview.differences(session, control, run_id, SHOWN),
        "incidents": [_incident(row) for row in overview.incidents(session, control, run_id)],
        "accounts": overview.account_plan(session, control, run_id),
    }


def shown_run(
    config: MigrationConfig, known: Mapping[str, Any], seen: RunActivity | None, recent: Iterable[RunActivity]
) -> dict[str, Any]:
    """The overview as the page gets it; ``known`` is empty where the target never answered."""
    spans = known.get("spans", {})
    steps = phases(known.get("phases", []), spans, seen)
    throttled(steps, known.get("pauses"))
    moved = totals(known.get("totals"), spans)
    return {
        "migration": about(config),
        "run": _run(config, known, seen),
        "runs": _runs(config, known.get("runs", []), recent),
        "cutover": shown_cutover(known.get("cutover")),
        "phases": steps,
        "totals": told_by_dms(moved, steps) if config.engine == "dms" else moved,
        "throughput": _throughput(known),
        "lag": _lag(known),
        "dms": shown_dms(known.get("dms")),
        "counts": counts(known.get("counts", [])),
    }


def about(config: MigrationConfig) -> dict[str, Any]:
    """What the migration file says, without connections."""
    return {
        "name": config.name,
        "description": config.description,
        "type": str(config.type),
        "engine": config.engine,
        "follows_changes": config.follows_changes,
        "dag_id": dag_of(config.name),
    }


def _run(config: MigrationConfig, known: Mapping[str, Any], seen: RunActivity | None) -> dict[str, Any] | None:
    row = known.get("run")
    if row is None and seen is None:
        return None
    kind = row["kind"] if row else seen.dag_id.rpartition(".")[2] if seen else ""
    newest = known["runs"][0]["run_id"] if known.get("runs") else None
    started = row["started_at"] if row else seen.started_at if seen else None
    finished = row["finished_at"] if row else seen.finished_at if seen else None
    return {
        "run_id": row["run_id"] if row else seen.run_id if seen else None,
        "kind": kind,
        "dag_id": seen.dag_id if seen else dag_of(config.name, kind),
        "state": seen.state if seen else row["state"] if row else "",
        "active": seen.active if seen else False,
        "recorded": row is not None,
        "newest": row is None or row["run_id"] == newest,
        "verdict": verdict_of(row),
        "started_at": utc(started),
        "finished_at": utc(finished),
        "options": _object(row["options"]) if row else {},
        "versions": _object(row["versions"]) if row else {},
    }


def verdict_of(row: Mapping[str, Any] | None) -> str | None:
    """What the report of a run has decided, None while it has not, or for runs that decide nothing."""
    if row is None or row["kind"] not in {"migrate", "verify"}:
        return None
    return {"success": "proved", "failed": "not proved"}.get(row["state"])


def _runs(
    config: MigrationConfig, rows: Iterable[Mapping[str, Any]], recent: Iterable[RunActivity]
) -> list[dict[str, Any]]:
    """Runs that either witness knows, newest first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found[dag_of(config.name, row["kind"]), row["run_id"]] = {
            "run_id": row["run_id"],
            "kind": row["kind"],
            "state": row["state"],
            "started_at": utc(row["started_at"]),
        }
    for run in recent:
        known = found.get((run.dag_id, run.run_id), {"started_at": utc(run.started_at)})
        kind = run.dag_id.rpartition(".")[2]
        found[run.dag_id, run.run_id] = {**known, "run_id": run.run_id, "kind": kind, "state": run.state}
    return sorted(
        found.values(),
        key=lambda run: run["started_at"].timestamp() if run["started_at"] else float("inf"),
        reverse=True,
    )


def totals(row: Mapping[str, Any] | None, spans: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The load as a whole; what a run has verified is counted in key ranges."""
    if row is None or not int(row["table_count"]):
        return None
    recent = min(overview.RECENT_SECONDS, max(1.0, float(row["since_first"] or 0)))
    return {
        "tables": int(row["table_count"]),
        "tables_loaded": int(row["loaded_tables"]),
        "rows": int(row["row_count"]),
        "row_estimate": int(row["row_estimate"]),
        "bytes": int(row["byte_count"]),
        "rows_per_second": round(int(row["recent_rows"]) / recent, 1),
        "ranges": int(row["ranges"]),
        "ranges_verified": int(spans["verify-rows"]["done"]) if "verify-rows" in spans else 0,
    }


def throttled(steps: Iterable[Mapping[str, Any]], row: Mapping[str, Any] | None) -> None:
    """Say at the load how it has waited for the servers, and for what it waits now."""
    for step in steps:
        if row is not None and step["phase"] == "load":
            said = {"pauses": int(row["pauses"]), "paused_seconds": round(float(row["seconds"]))}
            if int(row["waiting_units"]):
                said |= {"units_waiting_now": int(row["waiting_units"]), "waiting_because": row["reason"]}
            step["summary"].update(said)


def told_by_dms(moved: dict[str, Any] | None, steps: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The load of a migration that AWS DMS carries: without chunks, it is what its statistics said at the end."""
    if moved is None:
        return None
    said: dict[str, Any] = next((step["summary"] for step in steps if step["phase"] == "dms-load"), {})
    rows, tables = int(said.get("rows", 0)), int(said.get("tables", 0))
    return {**moved, "rows": rows, "row_estimate": rows or moved["row_estimate"], "tables_loaded": tables}


def _bucket(spans: Mapping[str, Mapping[str, Any]]) -> int:
    span = spans.get("load")
    if not span or not span["done"]:
        return _BUCKETS[0]
    seconds = (span["last_at"] - span["first_at"]).total_seconds()
    return next((bucket for bucket in _BUCKETS if seconds / bucket <= POINTS), _BUCKETS[-1])


def _throughput(known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Rates per second, with a zero in every bucket in which nothing was committed."""
    rows = {int(row["bucket_at"]): row for row in known.get("throughput", [])}
    if not rows:
        return None
    bucket = known["bucket"]
    times = range(min(rows), max(rows) + bucket, bucket)
    return {
        "bucket_seconds": bucket,
        "times": list(times),
        "rows_per_second": [round(int(rows[at]["row_count"]) / bucket, 2) if at in rows else 0 for at in times],
        "bytes_per_second": [round(int(rows[at]["byte_count"]) / bucket, 1) if at in rows else 0 for at in times],
    }


def _lag(known: Mapping[str, Any]) -> dict[str, Any] | None:
    checkpoint, dms = known.get("checkpoint"), known.get("dms")
    if dms and known["lag"] and (checkpoint is None or checkpoint["updated_at"] < dms["seen_at"]):
        return dms_lag(dms, known["lag"])
    if checkpoint is None:
        return None
    samples = known["lag"]
    return {
        "state": checkpoint["state"],
        "words": checkpoint["words"],
        "committed_at": int(checkpoint["committed_at"]) / 1e6 or None,
        "transactions": int(checkpoint["transactions"]),
        "row_changes": int(checkpoint["row_changes"]),
        "stopped_tables": int(checkpoint["stopped_tables"]),
        "updated_at": utc(checkpoint["updated_at"]),
        "lag_seconds": samples[-1]["lag_seconds"] if samples else None,
        "times": [float(row["sampled_at"]) for row in samples],
        "seconds": [row["lag_seconds"] for row in samples],
        "changes": [int(row["row_changes"]) for row in samples],
    }


def counts(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Findings by severity, differences by whether they are explained, incidents."""
    found = dict.fromkeys(("blocker", "warning", "note", "unexplained", "on_purpose", "incidents"), 0)
    for row in rows:
        if row["what"] == "finding":
            found[row["kind"]] += row["number"]
        elif row["what"] == "difference":
            found["on_purpose" if row["explained"] else "unexplained"] += row["number"]
        else:
            found["incidents"] += row["number"]
    return found


def _incident(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "noted_at": utc(row["noted_at"])}


def _object(text: str) -> dict[str, Any]:
    known = json.loads(text or "{}")
    return known if isinstance(known, dict) else {}
