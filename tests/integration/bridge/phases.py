"""A run's phases in this process, by the operators' own code, against the real pair of servers.

What Airflow does between tasks (states, XCom, connections) is left out; what tasks do to servers is not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

from airflow.sdk import BaseOperator, Context

from aurora_migration.bridge import loading, verifying
from aurora_migration.bridge.preflight import check
from aurora_migration.bridge.run import Run
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.plan import RunOptions
from aurora_migration.operators.accounts import AccountsOperator
from aurora_migration.operators.base import MigrationOperator
from aurora_migration.operators.load import PlanOperator, PositionOperator
from aurora_migration.operators.schema import ObjectsOperator, SchemaWave1Operator, SchemaWave2Operator
from aurora_migration.operators.verify import ReportOperator
from tests.fresh_databases import Databases, endpoint


class TaskOfRun:
    """The task instance that an operator is given: it knows the states of the run's tasks, which a test sets."""

    dag_id, task_id, run_id = "test.migrate", "task", "run"

    def __init__(self, states: dict[str, str] | None = None) -> None:
        self._states = states or {}

    def xcom_pull(self, task_ids: str, key: str) -> Any:
        return None

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> dict[str, dict[str, str]]:
        return {self.run_id: self._states | {self.task_id: "running"}}


def context_of(states: dict[str, str] | None = None) -> Context:
    """What Airflow gives to a task, as far as ours use it."""
    context: Any = {"ti": TaskOfRun(states)}
    made: Context = context
    return made


def run_of(made: Databases, run_id: str = "run", config: Any = None, **options: Any) -> Run:
    """A run of a test database's migration; ``options`` are those of `RunOptions`."""
    settings: dict[str, Any] = {"accounts": {"mode": "skip"}} | (config or {})
    run = Run(made.config(**settings), RunOptions(**options), run_id)
    run.__dict__["source"] = endpoint("source", made.pair.source_login)
    run.__dict__["target"] = endpoint("target", made.pair.target_login)
    return run


def again(run: Run, run_id: str, mode: TargetTablePrepMode = TargetTablePrepMode.DO_NOTHING) -> Run:
    """The same migration under another run id and prep mode."""
    new = Run(run.config, replace(run.options, prep_mode=mode), run_id)
    new.__dict__.update(source=run.source, target=run.target)
    return new


def phase(operator: type[MigrationOperator], run: Run, states: dict[str, str] | None = None) -> Any:
    """What a task of this operator does and returns; ``states`` are those of the run's other tasks."""
    task: BaseOperator = operator(migration=run.config.name, task_id="task")
    assert isinstance(task, operator)
    return task.run_phase(run, context_of(states))


def tables(run: Run) -> list[dict[str, Any]]:
    """From preflight to the plan of load units."""
    check(run).finish()
    phase(SchemaWave1Operator, run)
    phase(PositionOperator, run)
    units: list[dict[str, Any]] = phase(PlanOperator, run)
    return units


def load(run: Run, units: Sequence[dict[str, Any]]) -> int:
    """Load units and return how many rows were written."""
    return sum(loading.load_unit(run, unit["number"])["rows"] for unit in units)


def finish(run: Run, units: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Everything behind the load; the report, or DataMismatchError."""
    for operator in (SchemaWave2Operator, ObjectsOperator, AccountsOperator):
        phase(operator, run)
    for unit in units:
        verifying.verify_unit(run, unit["number"])
    verifying.verify_objects(run)
    return report(run)


def report(run: Run, **states: str) -> dict[str, Any]:
    """The last phase; by name the states of tasks that are not "success"."""
    result: dict[str, Any] = phase(ReportOperator, run, {"preflight": "success"} | states)
    return result


def migrate(run: Run) -> dict[str, Any]:
    """A whole run."""
    units = tables(run)
    load(run, units)
    return finish(run, units)


def verify(run: Run) -> dict[str, Any]:
    """A whole run of ``<name>.verify``."""
    for unit in verifying.units_to_compare(run, "verify"):
        verifying.verify_unit(run, unit["number"])
    verifying.verify_objects(run)
    return report(run)
