"""Verification: rows by unit, objects and accounts as a whole, and the report that a green run rests on."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from aurora_migration.bridge import judging, outcomes, verifying
from aurora_migration.bridge.run import Run
from aurora_migration.operators.base import MigrationOperator


class VerifyPlanOperator(MigrationOperator):
    """Lists the load units to verify, for runs that verify alone."""

    ui_color = "#e0f7fa"

    def run_phase(self, run: Run, context: Context) -> list[dict[str, Any]]:
        return verifying.units_to_compare(run, "verify")


class VerifyRowsOperator(MigrationOperator):
    """Compares the rows of one unit; fails if any differ, naming table, chunk and key."""

    ui_color = "#e0f7fa"
    own_last_lines = True

    def __init__(self, *, unit: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return verifying.verify_unit(run, int(self.unit["number"]))


class VerifyObjectsOperator(MigrationOperator):
    """Compares tables' definitions, views, routines, triggers, events, accounts and grants."""

    ui_color = "#e0f7fa"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return verifying.verify_objects(run)


class ReportOperator(MigrationOperator):
    """Gathers the evidence of a run and fails unless everything in the plan is proved."""

    ui_color = "#e0f7fa"
    own_last_lines = True

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        findings = context["ti"].xcom_pull(task_ids="preflight", key="findings") or ()
        return judging.report(run, outcomes.states_of_others(context), findings)
