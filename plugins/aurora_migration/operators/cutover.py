"""Cutover: readiness, the write block, the drain, the hand-over, and the way back from each of them."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import cutover_outcome, cutover_readiness, cutting_over, moving_writes, outcomes
from aurora_migration.bridge.report_files import keep_report
from aurora_migration.bridge.run import Run
from aurora_migration.operators.base import MigrationOperator


class ReadinessOperator(MigrationOperator):
    """Gathers the facts for the person who approves, and stops unless everything is ready."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return cutover_readiness.check(run)


class BlockWritesOperator(MigrationOperator):
    """Blocks writes on the source and proves it, where another task has to do something before they move."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return moving_writes.block_writes(run, _who(_answer(context)))


class MoveWritesOperator(MigrationOperator):
    """Blocks writes on the source, applies and proves what is left, opens the target; undoes it if that fails."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return moving_writes.move_writes(run, _who(_answer(context)))


class ReleaseOperator(MigrationOperator):
    """Lets the source take writes again unless the target was handed over; runs whatever happened before."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return cutting_over.release(run)


class AnalyzeOperator(MigrationOperator):
    """Gathers statistics of the tables that applications write to now; no write waits for it."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        summary = moving_writes.analyze(run)
        if not summary:
            raise AirflowSkipException("there was no cutover")
        return summary


class CutoverSummaryOperator(MigrationOperator):
    """Says where the applications are to write, keeps the report, and decides whether the run is green."""

    ui_color = "#fce8e6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        try:
            summary = cutover_outcome.summary(run, outcomes.states_of_others(context))
        finally:
            keep_report(run)
        if summary["state"] == cutover_outcome.NOT_APPROVED:
            raise AirflowSkipException("not approved: nothing was changed, the source takes writes")
        return summary


def _answer(context: Context) -> Any:
    """What the person said; empty where nobody was asked."""
    return context["ti"].xcom_pull(task_ids="approve") or {}


def _who(answer: Any) -> str:
    """Who answered, as Airflow names them; an unattended cutover says so."""
    user = answer.get("responded_by_user") if isinstance(answer, dict) else None
    if not user:
        return "unattended"
    return str(user.get("name") or user.get("id")) if isinstance(user, dict) else str(user)
