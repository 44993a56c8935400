"""What AWS DMS does in a run: its resources, its load, and the changes after it.

Each operator goes one step further whenever it is called, and is deferred while AWS takes its time: no worker
waits, and a task that is killed or cleared goes on from what is there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from airflow.sdk import Context

from aurora_migration.bridge import dms_changes, dms_load, dms_provision
from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.bridge.dms_sight import keep_sight
from aurora_migration.bridge.dms_trigger import DmsTrigger
from aurora_migration.bridge.failures import translated
from aurora_migration.bridge.run import Run
from aurora_migration.dms.waiting import Wait
from aurora_migration.operators.base import MigrationOperator
from aurora_migration.operators.dms_link import CONSOLE_KEY, DmsConsoleLink


class DmsOperator(MigrationOperator):
    """Advances until it is done; subclasses implement `advance`."""

    ui_color = "#fce8e6"
    operator_extra_links = (*MigrationOperator.operator_extra_links, DmsConsoleLink())
    waits_for_load = False
    shows = True  # whether what DMS says is kept for the page on the way
    most_poll_seconds: ClassVar[float] = float("inf")
    own_last_lines = True  # a task that was deferred ends elsewhere

    def run_phase(self, run: Run, context: Context) -> Any:
        return self.step(run, context, fresh=True)

    def resume(self, context: Context, event: dict[str, Any]) -> Any:
        """Look again: what the trigger saw is only a reason to."""
        self.log.info("Looking again, last seen: %s", event.get("seen"))
        with translated():
            return self.step(self.run_of(context), context, fresh=False)

    def run_of(self, context: Context) -> Run:
        return Run.of(self.migration, context)

    def step(self, run: Run, context: Context, *, fresh: bool) -> Any:
        dms_run = DmsRun(run)
        if fresh:
            context["ti"].xcom_push(key=CONSOLE_KEY, value=dms_run.console_url)
        try:
            result = self.advance(dms_run, fresh=fresh)
        finally:
            if self.shows:
                keep_sight(dms_run)
        if isinstance(result, Wait):
            config = run.config.dms
            self.defer(
                trigger=DmsTrigger(
                    config.connection,
                    result.to_json(),
                    min(config.poll_seconds, self.most_poll_seconds),
                    load=self.waits_for_load,
                ),
                method_name="resume",
                timeout=timedelta(hours=config.max_hours if self.waits_for_load else 2),
            )
        self.log_result(result)
        return result

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        """One step: a `Wait`, or the summary at the end."""
        raise NotImplementedError


class DmsProvisionOperator(DmsOperator):
    """Makes sure that subnet group, instance, endpoints and replication are there; makes nothing twice."""

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_provision.advance(dms_run, fresh=fresh)


class DmsLoadOperator(DmsOperator):
    """Starts the load, waits for its end, and believes it only if every table is whole."""

    waits_for_load = True

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_load.advance(dms_run, fresh=fresh)


class DmsFollowOperator(DmsOperator):
    """Lets the task follow the changes from here on, and looks at its health."""

    def advance(self, dms_run: DmsRun, *, fresh: bool) -> Wait | dict[str, Any]:
        return dms_changes.advance(dms_run, fresh=fresh)
