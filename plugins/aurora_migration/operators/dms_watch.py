"""The watchdog of changes that DMS applies, and what a cutover needs of it: drain, then stop."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import dms_changes, migration_files
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.failures import translated
from aurora_migration.bridge.run import Run
from aurora_migration.dms.waiting import Wait
from aurora_migration.model.plan import RunOptions
from aurora_migration.operators.dms import DmsOperator


class DmsWatchOperator(DmsOperator):
    """Fails where the task does not follow, or notes an exception; provisions it where our engine did the load."""

    ui_color = "#ede7f6"

    def execute(self, context: Context) -> Any:
        with translated():
            run = self.run_of(context)
            if reason := dms_changes.not_ready(run):
                raise AirflowSkipException(reason)
            return self.step(run, context, fresh=True)

    def run_of(self, context: Context) -> Run:
        return Run(migration_files.read(self.migration), RunOptions(), str(context["run_id"]))

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_changes.watch(dms_run, fresh=fresh)


class DmsDrainOperator(DmsOperator):
    """Waits until everything that the source has committed is applied; the source must not be written to."""

    def run_of(self, context: Context) -> Run:
        return Run(migration_files.read(self.migration), RunOptions(), str(context["run_id"]))

    def execute(self, context: Context) -> Any:
        with translated():
            return self.step(self.run_of(context), context, fresh=True)

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_changes.drain(dms_run)


class DmsStopOperator(DmsDrainOperator):
    """Stops the replication for good; it can be resumed by hand."""

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_changes.stop(dms_run)
