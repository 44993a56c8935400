"""Cutover: readiness, the write block, the drain, the hand-over, and the way back from each of them."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import cutover_readiness, cutting_over, outcomes
from aurora_migration.bridge.run import Run
from aurora_migration.mysql.session import Session
from aurora_migration.operators.base import MigrationOperator


class ReadinessOperator(MigrationOperator):
    """Gathers the facts for the person who approves, and stops unless everything is ready."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return cutover_readiness.check(run)


class BlockWritesOperator(MigrationOperator):
    """Blocks writes on the source and proves it."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        answer: Any = context["ti"].xcom_pull(task_ids="approve") or {}
        with Session.open(run.target) as target, run.phase(target, "block-writes") as summary:
            summary.update(cutting_over.block(run, _who(answer)))
        return summary


class DrainAndVerifyOperator(MigrationOperator):
    """Applies the last changes and compares both sides, which stand still."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with Session.open(run.target) as target, run.phase(target, "drain-and-verify") as summary:
            summary.update(cutting_over.drain_and_verify(run))
        return summary


class HandOverOperator(MigrationOperator):
    """Makes the target complete and opens it."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with Session.open(run.target) as target, run.phase(target, "hand-over") as summary:
            summary.update(cutting_over.hand_over(run))
        return summary


class ReleaseOperator(MigrationOperator):
    """Lets the source take writes again unless the target was handed over; runs whatever happened before."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return cutting_over.release(run)


class CutoverSummaryOperator(MigrationOperator):
    """Says where the applications are to write, and decides whether the run is green."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        summary = cutting_over.summary(run, outcomes.states_of_others(context))
        if summary["state"] == "not approved":
            raise AirflowSkipException("not approved: nothing was changed, the source takes writes")
        return summary


def _who(answer: Any) -> str:
    """Who approved, as Airflow names them; an unattended cutover says so."""
    user = answer.get("responded_by_user") if isinstance(answer, dict) else None
    if not user:
        return "unattended"
    return str(user.get("name") or user.get("id")) if isinstance(user, dict) else str(user)
