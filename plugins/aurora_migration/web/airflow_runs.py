"""Reads Airflow's database for the states of runs and tasks: its models, which are not its public interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import func, select, tuple_

from aurora_migration.web.activity import RunActivity, TaskActivity


def newest_runs(dag_ids: Sequence[str]) -> dict[str, RunActivity]:
    """The newest run of each DAG that has one, with its tasks."""
    newest = select(func.max(DagRun.id)).where(DagRun.dag_id.in_(dag_ids)).group_by(DagRun.dag_id)
    return {run.dag_id: run for run in _runs(select(*_RUN).where(DagRun.id.in_(newest)), tasks=True)}


def recent_runs(dag_ids: Sequence[str], most: int) -> list[RunActivity]:
    """The newest runs of some DAGs together, newest first, without their tasks."""
    chosen = select(*_RUN).where(DagRun.dag_id.in_(dag_ids)).order_by(DagRun.id.desc()).limit(most)
    return _runs(chosen, tasks=False)


def one_run(dag_ids: Sequence[str], run_id: str) -> RunActivity | None:
    """The newest run of this id of one of the DAGs, with its tasks."""
    chosen = select(*_RUN).where(DagRun.dag_id.in_(dag_ids), DagRun.run_id == run_id)
    found = _runs(chosen.order_by(DagRun.id.desc()).limit(1), tasks=True)
    return found[0] if found else None


_RUN = (DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.queued_at, DagRun.start_date, DagRun.end_date)


def _runs(chosen: Any, *, tasks: bool) -> list[RunActivity]:
    with create_session() as session:
        rows = session.execute(chosen).all()
        keys = [(row.dag_id, row.run_id) for row in rows]
        groups = _tasks(session.execute(_task_counts(keys)).all()) if tasks and keys else {}
    return [
        RunActivity(
            row.dag_id,
            row.run_id,
            str(row.state),
            row.start_date or row.queued_at,
            row.end_date,
            groups.get((row.dag_id, row.run_id), ()),
        )
        for row in rows
    ]


def _task_counts(keys: Sequence[tuple[str, str]]) -> Any:
    by = (TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id, TaskInstance.state)
    return (
        select(
            *by,
            func.count().label("number"),
            func.min(TaskInstance.start_date).label("started_at"),
            func.max(TaskInstance.end_date).label("finished_at"),
        )
        .where(tuple_(TaskInstance.dag_id, TaskInstance.run_id).in_(keys))
        .group_by(*by)
    )


def _tasks(rows: Iterable[Any]) -> dict[tuple[str, str], tuple[TaskActivity, ...]]:
    found: dict[tuple[str, str], dict[str, TaskActivity]] = {}
    for row in rows:
        dag_id, run_id, task_id, state, number, started_at, finished_at = row
        tasks = found.setdefault((dag_id, run_id), {})
        known = tasks.get(task_id, TaskActivity(task_id, {}, None, None))
        tasks[task_id] = TaskActivity(
            task_id,
            {**known.states, str(state or "waiting"): number},
            min(filter(None, (known.started_at, started_at)), default=None),
            max(filter(None, (known.finished_at, finished_at)), default=None),
        )
    return {key: tuple(tasks.values()) for key, tasks in found.items()}
