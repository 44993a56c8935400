"""Preflight: every check on both servers, before anything is written."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from aurora_migration.bridge import report_log
from aurora_migration.bridge.dms_preflight import check_with_dms
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.preflight import Checked, check
from aurora_migration.bridge.run import Run
from aurora_migration.dms.division import uses_dms
from aurora_migration.operators.base import MigrationOperator


class PreflightOperator(MigrationOperator):
    """Runs all checks, logs all findings, fails on blockers, and in a dry run logs the plan.

    Writes nothing to the target while there are blockers, and nothing at all in a dry run.
    """

    ui_color = "#e8f0fe"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        result = self.check(run)
        report_log.log_findings(result.findings)
        context["ti"].xcom_push(key="findings", value=report_log.findings_json(result.findings))
        return result.finish()

    def check(self, run: Run) -> Checked:
        """Every check that the migration needs: both servers, and AWS where DMS takes part."""
        return check_with_dms(DmsRun(run)) if uses_dms(run.config) else check(run)
