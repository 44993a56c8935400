"""Runs of DAGs to their end, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.airflow_instance import AirflowInstance
from local.login import Login
from local.oracle import ServerParams, compare_databases

RUN_SECONDS = 3000  # a minute or two on a quiet machine
DAG_SECONDS = 1200


def run(
    airflow: AirflowInstance, dag_id: str, conf: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, str]]:
    """Run a DAG to its end: the run's id, and the state of each task (mapped ones as ``task[i]``)."""
    client = airflow.client
    run_id = begin(airflow, dag_id, conf)
    client.wait_for_run(dag_id, run_id, RUN_SECONDS)
    found = states(airflow, dag_id, run_id)
    for task, state in found.items():
        if state == "failed" and task != "report":
            print(full_log(airflow, dag_id, run_id, task))
    return run_id, found


def begin(airflow: AirflowInstance, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
    """Begin a run as soon as the DAG is there, whatever else cannot be imported; its id."""
    airflow.client.wait_for_dag(dag_id, DAG_SECONDS, DAG_SECONDS)
    airflow.client.unpause(dag_id)
    return airflow.client.trigger(dag_id, conf)


def states(airflow: AirflowInstance, dag_id: str, run_id: str) -> dict[str, str]:
    return {
        one["task_id"] + (f"[{one['map_index']}]" if one["map_index"] >= 0 else ""): str(one["state"])
        for one in airflow.client.task_instances(dag_id, run_id)
    }


def full_log(airflow: AirflowInstance, dag_id: str, run_id: str, task: str, try_number: int = 1) -> str:
    name, _, index = task.partition("[")
    map_index = int(index.rstrip("]")) if index else -1
    return "\n".join(airflow.client.log(dag_id, run_id, name, try_number, map_index))


def params(login: Login) -> ServerParams:
    return ServerParams(login.host, login.port, login.user, login.password)


def assert_equal(root: Mapping[str, Login], *schemas: str, structure: bool = True) -> None:
    result = compare_databases(params(root["source"]), params(root["target"]), list(schemas), structure=structure)
    assert result.equal, result


def sql(login: Login, *statements: str) -> list[tuple[Any, ...]]:
    with login.connect() as connection, connection.cursor() as cursor:
        for text in statements:
            cursor.execute(text)
        rows = list(cursor.fetchall())
        connection.commit()
    return rows
