"""CeleryExecutor for real: a Redis, two workers as processes of their own, one of them killed in the middle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from aurora_migration.store.control import Control
from local.airflow_client import ConnectionParams
from local.celery_cluster import CeleryCluster
from local.login import Login
from local.servers import Pair
from tests.e2e.gates import before_rows, before_the_first_chunk, keys_within_ranges, until
from tests.e2e.runs import RUN_SECONDS, assert_equal, begin, full_log, sql, states

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.long,
    pytest.mark.timeout(14400),
]
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
    noticed = {"task_instance_heartbeat_timeout": "60", "task_instance_heartbeat_timeout_detection_interval": "5"}
    made = CeleryCluster(folder, pair_connections, migrations, {"scheduler": noticed})
    try:
        made.start()
        made.add_worker("one", 1)
        made.add_worker("two", 1)
        yield made
    finally:
        made.remove()


def test_a_worker_killed_in_the_middle_costs_time_and_no_row(
    cluster: CeleryCluster, root: Mapping[str, Login], server_pair: Pair
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
    target, control, doomed = root["target"], Control("aurora_migration", "spread"), cluster.workers[0]
    with before_the_first_chunk(server_pair.target_login, target, control) as first:
        run_id = begin(cluster.airflow, "spread.migrate")
        until(first.waiting, "a load that claims its first chunk")
        middles = keys_within_ranges(target, control, 400_000, 2, "big")
        with before_rows(target, "spread.big", middles, together=True) as (middle,):
            first.open()
            until(lambda: len(middle.waiting()) == 2, "a load of each worker in the middle of a range")
            assert _loading(cluster, run_id) == 2
            killed_at = _chunks(target)
            doomed.kill()
            until(lambda: len(middle.waiting()) == 1, "a worker that is gone")
    state = client.wait_for_run("spread.migrate", run_id, RUN_SECONDS)
    found = states(cluster.airflow, "spread.migrate", run_id)
    assert state == "success", full_log(cluster.airflow, "spread.migrate", run_id, "report")
    assert set(found.values()) == {"success"}
    assert 0 < killed_at < _chunks(target)
    tries = {
        one["map_index"]: one["try_number"]
        for one in client.task_instances("spread.migrate", run_id)
        if one["task_id"] == "load"
    }
    print(f"killed after {killed_at} chunks; tries of the load units: {tries}")
    assert max(tries.values()) == 2
    assert_equal(root, "spread")


def _chunks(target: Login) -> int:
    return int(sql(target, "SELECT COUNT(*) FROM aurora_migration.chunks WHERE migration = 'spread'")[0][0])


def _loading(cluster: CeleryCluster, run_id: str) -> int:
    """How many load units run: with one task a worker, two means that each worker has one."""
    tasks = cluster.airflow.client.task_instances("spread.migrate", run_id)
    return sum(one["task_id"] == "load" and one["state"] == "running" for one in tasks)
