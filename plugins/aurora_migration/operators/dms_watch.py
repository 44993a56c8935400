"""The watchdog of changes that DMS applies; the replication is made first where our engine did the load."""

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

    def resume(self, context: Context, event: dict[str, Any]) -> Any:
        """A cutover may have begun since: it stops the replication, which is not to be resumed then."""
        with translated():
            if reason := dms_changes.not_ready(self.run_of(context)):
                raise AirflowSkipException(reason)
        return super().resume(context, event)

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_changes.watch(dms_run, fresh=fresh)
