"""Schema on the target: tables before the load, indexes and keys after it, then programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from aurora_migration.bridge import outcomes, report_log
from aurora_migration.bridge.rules import save_rules
from aurora_migration.bridge.run import Run
from aurora_migration.engine.schema import complete_tables, create_programs, create_tables
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.operators.base import MigrationOperator
from aurora_migration.store import load, runs, sync


class SchemaWave1Operator(MigrationOperator):
    """Creates databases and tables with the key they are walked by, small ones with plain indexes; no trigger."""

    ui_color = "#fef7e0"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        if run.options.dry_run:
            raise AirflowSkipException("dry run: preflight and plan only; nothing was written")
        outcomes.check_not_alone(outcomes.states_of_others(context), "position")
        with run.sessions() as (source, target), run.phase(target, "schema-wave-1") as summary:
            plan = run.plan(source)
            rules = create_tables(
                plan,
                run.options,
                source,
                target,
                lambda mappings: _forget(run, target, [mapping.source for mapping in mappings]),
                run.config.load.parallel_units,
            )
            save_rules(run, target, "schema-wave-1", rules)
            summary.update(tables=len(plan.tables), rules=len(rules))
        return summary


def _forget(run: Run, target: Session, tables: Sequence[TableName]) -> None:
    load.forget_chunks(target, run.control, *tables)
    sync.forget_tables(target, run.control, tables)


class SchemaWave2Operator(MigrationOperator):
    """Builds secondary and unique indexes, foreign keys and counters, and gathers statistics."""

    ui_color = "#fef7e0"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with run.sessions() as (source, target), run.phase(target, "schema-wave-2") as summary:
            plan = run.plan(source)
            rules = complete_tables(plan, source, target, self.log.info, run.config.load.parallel_units)
            save_rules(run, target, "schema-wave-2", rules)
            summary.update(tables=len(plan.tables), rules=len(rules))
        return summary


class ObjectsOperator(MigrationOperator):
    """Creates views, routines, triggers and, disabled, events."""

    ui_color = "#fef7e0"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with run.sessions() as (source, target), run.phase(target, "objects") as summary:
            result = create_programs(run.plan(source), source, target)
            save_rules(run, target, "objects", result.rules)
            for state in result.event_states:
                runs.save_event_state(target, run.control, state.schema, state.name, state.status)
            runs.save_findings(target, run.control, run.run_id, "objects", result.findings)
            report_log.log_findings(result.findings)
            summary.update(rules=len(result.rules), findings=len(result.findings))
        return summary
