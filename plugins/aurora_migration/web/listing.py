"""All migrations on one page: what Airflow knows of each one's newest run, and how far its target says it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aurora_migration.bridge.reading import control_of
from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.session import Session
from aurora_migration.store import overview
from aurora_migration.web.activity import KINDS, RunActivity, dag_of
from aurora_migration.web.phases import phases
from aurora_migration.web.run_view import about, counts, told_by_dms, totals, verdict_of
from aurora_migration.web.times import utc


def load_migrations(session: Session, configs: Iterable[MigrationConfig]) -> dict[str, dict[str, Any]]:
    """What one target's control schemas have of these migrations, by name."""
    return {config.name: _load(session, config) for config in configs}


def _load(session: Session, config: MigrationConfig) -> dict[str, Any]:
    control = control_of(config)
    runs = overview.newest_runs(session, control, 10)
    known: dict[str, Any] = {"runs": runs, "totals": overview.totals(session, control)}
    if runs:
        run_id = runs[0]["run_id"]
        known["spans"] = overview.spans(session, control, run_id)
        known["phases"] = overview.phases(session, control, run_id)
        known["counts"] = overview.counts(session, control, run_id)
    known["lag"] = overview.lag_samples(session, control, 1)
    return known


def shown_migration(
    config: MigrationConfig, known: Mapping[str, Any], newest: Mapping[str, RunActivity], target: Mapping[str, Any]
) -> dict[str, Any]:
    """One line of the list."""
    runs = known.get("runs", [])
    row = runs[0] if runs else None
    seen = _newest(config, newest)
    same = row is not None and seen is not None and row["run_id"] == seen.run_id
    if seen is not None and not same:
        row = None  # Airflow's newest run has not written anything (yet)
    recorded = row is not None
    lag = known.get("lag", [])
    steps = phases(known.get("phases", []) if recorded else [], known.get("spans", {}) if recorded else {}, seen)
    moved = totals(known.get("totals"), known.get("spans", {}) if recorded else {})
    return {
        "migration": about(config),
        "target": target,
        "run": _run(row, seen),
        "phase": _phase(steps),
        "totals": told_by_dms(moved, steps) if config.engine == "dms" else moved,
        "counts": counts(known.get("counts", []) if recorded else []),
        "lag_seconds": lag[-1]["lag_seconds"] if lag else None,
        "verdict": next((verdict for run in runs if (verdict := verdict_of(run))), None),
    }


def _newest(config: MigrationConfig, newest: Mapping[str, RunActivity]) -> RunActivity | None:
    found = [run for kind in KINDS if (run := newest.get(dag_of(config.name, kind)))]
    return max(found, key=lambda run: run.started_at.timestamp() if run.started_at else float("inf"), default=None)


def _run(row: Mapping[str, Any] | None, seen: RunActivity | None) -> dict[str, Any] | None:
    if seen is not None:
        return {
            "run_id": seen.run_id,
            "kind": seen.dag_id.rpartition(".")[2],
            "state": seen.state,
            "active": seen.active,
            "started_at": utc(row["started_at"] if row else seen.started_at),
            "finished_at": utc(seen.finished_at),
        }
    if row is None:
        return None
    return {
        "run_id": row["run_id"],
        "kind": row["kind"],
        "state": row["state"],
        "active": False,
        "started_at": utc(row["started_at"]),
        "finished_at": utc(row["finished_at"]),
    }


def _phase(steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The phase that tells most: one that failed, one at work, or the last that ended."""
    for wanted in ({"failed"}, {"running", "retrying", "waiting for a person"}):
        found = [step for step in steps if step["state"] in wanted]
        if found:
            return {"phase": found[0]["phase"], "state": found[0]["state"]}
    ended = [step for step in steps if step["state"] in {"success", "skipped"}]
    last = ended[-1] if ended else steps[0] if steps else None
    return {"phase": last["phase"], "state": last["state"]} if last else None
