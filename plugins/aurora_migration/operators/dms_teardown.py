"""Teardown: the end of a migration's AWS resources, once a person has said so."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from aurora_migration.bridge import dms_teardown, migration_files
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.failures import translated
from aurora_migration.bridge.run import Run
from aurora_migration.dms.waiting import Wait
from aurora_migration.model.plan import RunOptions
from aurora_migration.operators.dms import DmsOperator


class DmsTeardownOperator(DmsOperator):
    """Deletes what carries the migration's tag, and says what it leaves."""

    ui_color = "#fad2cf"

    def execute(self, context: Context) -> Any:
        with translated():
            dms_teardown.check_confirmed(self.migration, context["params"])
            return self.step(self.run_of(context), context, fresh=True)

    def run_of(self, context: Context) -> Run:
        return Run(migration_files.read(self.migration), RunOptions(), str(context["run_id"]))

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_teardown.advance(dms_run)
