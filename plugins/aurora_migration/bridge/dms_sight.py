"""Keeps what DMS says in the control schema, where the page finds it: it never asks AWS itself.

Looking is not the work: what cannot be looked at, or kept, is passed over, and the task goes on.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, Final

from aurora_migration.bridge.dms_latency import latencies
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.inventory import inventory
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.statistics import TableStatistics
from aurora_migration.mysql.session import Session
from aurora_migration.store import dms_states, overview, runs, sync

_log = logging.getLogger(__name__)
_KEPT_DAYS: Final = 14
COLUMNS: Final = (
    "table",
    "state",
    "rows",
    "rows_refused",
    "changes",
    "changes_applied",
    "validation",
    "validation_failed",
)


def keep_sight(dms_run: DmsRun) -> None:
    """Look at everything and keep it; a migration whose control schema is not there yet has nothing to keep."""
    try:
        _keep(dms_run)
    except Exception as error:
        _log.info("What DMS says was not kept for the page reason=%s", error)


def _keep(dms_run: DmsRun) -> None:
    run, replication = dms_run.run, dms_run.replication
    observed = replication.observe()
    tables = () if observed.status == "absent" or observed.never_started else replication.statistics()
    seconds = latencies(dms_run) if observed.status == "running" else {}
    seen = document(dms_run, observed, tables, seconds)
    changes = sum(one.changes_applied for one in tables)
    with Session.open(run.target) as target:
        if not run.control.exists(target):
            return
        run.control.ensure(target)
        before = overview.dms(target, run.control)
        stopped = sum(one.suspended or one.failed for one in tables)
        dms_states.save_state(target, run.control, run.run_id, observed.status, changes, stopped, seen)
        if seconds:
            since = max(0, changes - int(before["row_changes"])) if before else changes
            sync.save_sample(target, run.control, run.run_id, 0, since, max(seconds.values()))
            runs.forget_syncs(target, run.control, _KEPT_DAYS)


def document(
    dms_run: DmsRun, observed: Observed, tables: tuple[TableStatistics, ...], seconds: dict[str, float]
) -> dict[str, Any]:
    """All of it as JSON-able values, without a failure's words: they may name a host."""
    return {
        "resources": [asdict(one) for one in inventory(dms_run.provisioner, serverless=dms_run.serverless)],
        "replication": {
            "name": dms_run.names.replication,
            "status": observed.status,
            "stop_reason": observed.stop_reason,
            "percent": observed.percent,
            "loaded": observed.tables_loaded,
            "loading": observed.tables_loading,
            "queued": observed.tables_queued,
            "errored": observed.tables_errored,
        },
        "latencies": seconds,
        "columns": COLUMNS,
        "rows": [_row(one) for one in sorted(tables, key=_worst_first)],
    }


def _row(one: TableStatistics) -> list[Any]:
    refused = one.error_rows + one.check_failed_rows
    return [
        str(one.table),
        one.state,
        one.rows,
        refused,
        one.changes,
        one.changes_applied,
        one.validation,
        one.validation_failed,
    ]


def _worst_first(one: TableStatistics) -> tuple[bool, str]:
    return not (one.failed or one.suspended or one.validation_failed), str(one.table)
