"""Full load: the position before it, the plan of its units, and the units themselves."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from aurora_migration.bridge import following, loading, report_log
from aurora_migration.bridge.run import Run
from aurora_migration.model.position import Position
from aurora_migration.mysql.position import read_position
from aurora_migration.operators.base import MigrationOperator
from aurora_migration.store import runs


class PositionOperator(MigrationOperator):
    """Records the source's binlog position before the first row is read."""

    ui_color = "#e6f4ea"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with run.sessions() as (source, target), run.phase(target, "position") as summary:
            if run.config.follows_changes_natively:
                position: Position | None = following.begin(run, source, target)
            else:
                position = read_position(source)
            if position is not None:
                runs.save_position(target, run.control, run.run_id, "before-load", position)
            summary.update(position=str(position) if position else "binlog off or not visible")
            self.log.info("Position before the load position=%s", summary["position"])
        return summary


class PlanOperator(MigrationOperator):
    """Cuts tables into key ranges and load units; what is loaded already keeps its cut."""

    ui_color = "#e6f4ea"
    own_last_lines = True

    def run_phase(self, run: Run, context: Context) -> list[dict[str, Any]]:
        with run.sessions(several=True) as (source, target), run.phase(target, "plan") as summary:
            units = loading.plan_units(run, run.plan(source), source, target)
            summary.update(units=len(units), ranges=sum(len(unit.ranges) for unit in units))
            report_log.log_units(units)
        return [{"number": unit.number, "label": unit.label, "table": unit.only_table} for unit in units]


class LoadOperator(MigrationOperator):
    """Loads one unit, from its first chunk that is not recorded."""

    ui_color = "#e6f4ea"
    own_last_lines = True

    def __init__(self, *, unit: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return loading.load_unit(run, int(self.unit["number"]))
