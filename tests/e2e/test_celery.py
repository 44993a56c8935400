"""CeleryExecutor for real: a Redis, two workers as processes of their own, one of them killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import pytest

from local.airflow_client import ConnectionParams
from local.celery_cluster import CeleryCluster
from local.login import Login
from tests.e2e.runs import assert_equal, full_log, sql, states

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.long,
    pytest.mark.timeout(1200),
]
RUN_SECONDS = 600
_MIGRATION = """
name: spread
source: {connection: source_mysql}
target: {connection: target_aurora}
selection: [{include: "spread.*"}]
accounts: {mode: skip}
load: {chunk_mib: 1, parallel_units: 2, max_units: 4}
"""


@pytest.fixture(scope="module")
def cluster(
    pair_connections: Mapping[str, ConnectionParams], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CeleryCluster]:
    folder = tmp_path_factory.mktemp("celery")
    migrations = folder / "migrations"
    migrations.mkdir()
    (migrations / "spread.yaml").write_text(_MIGRATION)
    # a worker that is gone is noticed after its tasks' heartbeats have been missing for this long
    noticed = {"task_instance_heartbeat_timeout": "20", "task_instance_heartbeat_timeout_detection_interval": "5"}
    made = CeleryCluster(folder, pair_connections, migrations, {"scheduler": noticed})
    try:
        made.start()
        made.add_worker("one", 1)
        made.add_worker("two", 1)
        yield made
    finally:
        made.remove()


def test_a_worker_killed_in_the_middle_costs_time_and_no_row(
    cluster: CeleryCluster, root: Mapping[str, Login]
) -> None:
    sql(
        root["source"],
        "CREATE DATABASE spread",
        "SET SESSION cte_max_recursion_depth = 1000000",
        "CREATE TABLE spread.big (id INT PRIMARY KEY, a VARCHAR(700), KEY (a(10)))",
        "INSERT INTO spread.big WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 400000) SELECT i, CONCAT(SHA2(i, 512), REPEAT('é', 250)) FROM n",
        *(f"CREATE TABLE spread.small{n} (id INT PRIMARY KEY, v CHAR(9))" for n in range(20)),
        *(f"INSERT INTO spread.small{n} VALUES (1, 'a'), (2, 'b')" for n in range(20)),
        "ANALYZE TABLE spread.big",
    )
    client = cluster.airflow.client
    client.wait_for_dag("spread.migrate")
    client.unpause("spread.migrate")
    run_id = client.trigger("spread.migrate")
    doomed, killed_at = cluster.workers[0], 0
    deadline = time.monotonic() + RUN_SECONDS
    while client.run_state("spread.migrate", run_id) not in {"success", "failed"} and time.monotonic() < deadline:
        if not killed_at and _chunks(root["target"]) >= 12 and _loading(cluster, run_id) == 2:
            doomed.kill()
            killed_at = _chunks(root["target"])
        time.sleep(0.1)
    found = states(cluster.airflow, "spread.migrate", run_id)
    assert client.run_state("spread.migrate", run_id) == "success", full_log(
        cluster.airflow, "spread.migrate", run_id, "report"
    )
    assert set(found.values()) == {"success"}
    assert 12 <= killed_at < _chunks(root["target"])
    tries = {
        one["map_index"]: one["try_number"]
        for one in client.task_instances("spread.migrate", run_id)
        if one["task_id"] == "load"
    }
    print(f"killed after {killed_at} chunks; tries of the load units: {tries}")
    assert max(tries.values()) == 2
    assert_equal(root, "spread")


def _chunks(target: Login) -> int:
    there = (
        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'aurora_migration' AND TABLE_NAME = 'chunks'"
    )
    if not sql(target, there):
        return 0
    return int(sql(target, "SELECT COUNT(*) FROM aurora_migration.chunks WHERE migration = 'spread'")[0][0])


def _loading(cluster: CeleryCluster, run_id: str) -> int:
    """How many load units run: with one task a worker, two means that each worker has one."""
    tasks = cluster.airflow.client.task_instances("spread.migrate", run_id)
    return sum(one["task_id"] == "load" and one["state"] == "running" for one in tasks)
