"""Whole runs under the real scheduler, against real servers."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from aurora_migration.store.control import Control
from local import shop
from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.servers import Pair
from tests.e2e.gates import Gate, before_rows, before_the_first_chunk, keys_within_ranges, until
from tests.e2e.runs import RUN_SECONDS, assert_equal, begin, full_log, run, sql, states
from tests.sakila import load_sakila, sakila_folder

pytestmark = [pytest.mark.e2e, pytest.mark.airflow, pytest.mark.servers, pytest.mark.timeout(14400)]

_MIGRATION = """
name: {name}
source: {{connection: {source}}}
target: {{connection: target_aurora}}
selection:
{selection}
accounts: {{mode: {accounts}}}
load: {{chunk_mib: 1, parallel_units: {parallel}}}
"""


def migration(
    name: str, *schemas: str, accounts: str = "skip", source: str = "source_mysql", parallel: int = 2
) -> str:
    selection = "\n".join(f'  - include: "{schema}.*"' for schema in schemas)
    return _MIGRATION.format(name=name, selection=selection, accounts=accounts, source=source, parallel=parallel)


@pytest.fixture(scope="module")
def airflow(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    root: Mapping[str, Login],
    tmp_path_factory: pytest.TempPathFactory,
) -> AirflowInstance:
    """One Airflow for the module, with a migration file for each test."""
    folder = tmp_path_factory.mktemp("migrations")
    files = {
        "shop": migration("shop", "shop", "shop_archive", accounts="migrate"),
        "sakila": migration("sakila", "sakila"),
        "big": migration("big", "big"),
        "many": migration("many", "many"),
        "wrong": migration("wrong", "shop", source="source_wrong_password"),
        "itself": migration("itself", "shop").replace("target_aurora", "source_mysql"),
        "nothing": migration("nothing", "no_such_schema"),
        "dry": migration("dry", "shop", "shop_archive", accounts="migrate")
        + "renames: {schemas: {shop: dry_shop, shop_archive: dry_archive}}\ncontrol_schema: dry_control\n",
        "broken": "name: broken\nselection: 5\n",
    }
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    shop.load(root["source"], scale=0.02)
    wrong = replace(pair_connections["source_mysql"], password="not-the-Password-1")
    return start_airflow({**pair_connections, "source_wrong_password": wrong}, migrations=folder)


def test_a_dry_run_writes_nothing(airflow: AirflowInstance, root: Mapping[str, Login]) -> None:
    before = sql(root["target"], "SHOW DATABASES"), sql(root["target"], "SELECT user, host FROM mysql.user")
    run_id, found = run(airflow, "dry.migrate", {"dry_run": True})
    assert found.pop("preflight") == "success"
    assert set(found.values()) == {"skipped"}
    assert "Plan:" in full_log(airflow, "dry.migrate", run_id, "preflight")
    after = sql(root["target"], "SHOW DATABASES"), sql(root["target"], "SELECT user, host FROM mysql.user")
    assert after == before
    assert not {"dry_shop", "dry_archive", "dry_control"} & {name for (name,) in after[0]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wrong", "source connection source_wrong_password"),
        ("itself", "target-is-source"),
        ("nothing", "matches no table"),
    ],
)
def test_blockers_stop_a_run_before_anything_is_written(
    airflow: AirflowInstance, root: Mapping[str, Login], name: str, words: str
) -> None:
    before = sql(root["target"], "SHOW DATABASES"), sql(root["source"], "SHOW DATABASES")
    run_id, found = run(airflow, f"{name}.migrate")
    assert found.pop("preflight") == "failed"
    assert found.pop("report") == "failed"
    assert set(found.values()) == {"upstream_failed"}
    assert words in full_log(airflow, f"{name}.migrate", run_id, "preflight")
    assert (sql(root["target"], "SHOW DATABASES"), sql(root["source"], "SHOW DATABASES")) == before


def test_a_dry_run_with_blockers_is_not_green(airflow: AirflowInstance) -> None:
    run_id, found = run(airflow, "wrong.migrate", {"dry_run": True})
    assert found.pop("preflight") == "failed"
    assert found.pop("report") == "failed"
    assert set(found.values()) == {"upstream_failed"}
    assert airflow.client.run_state("wrong.migrate", run_id) == "failed"


def test_a_broken_migration_file_is_an_import_error_of_its_own(airflow: AirflowInstance) -> None:
    errors = until(airflow.client.import_errors, "an import error")
    assert len(errors) == 1
    assert "broken.yaml" in errors[0]
    assert "selection: Input should be a valid list" in errors[0]


def test_shop_arrives_whole_and_a_change_by_hand_is_found(
    airflow: AirflowInstance, root: Mapping[str, Login]
) -> None:
    run_id, found = run(airflow, "shop.migrate", {"target_table_prep_mode": "drop-and-create"})
    assert set(found.values()) == {"success"}, full_log(airflow, "shop.migrate", run_id, "report")
    assert_equal(root, "shop", "shop_archive")
    report = airflow.client.xcom("shop.migrate", run_id, "report")
    assert report["proven"] is True
    assert "PROVED" in full_log(airflow, "shop.migrate", run_id, "report")

    # the same again over its own finished target changes nothing and stays green
    run_id, found = run(airflow, "shop.migrate")
    assert set(found.values()) == {"success"}
    assert_equal(root, "shop", "shop_archive")

    # cleared from the first wave on it goes the whole way again; the first wave alone would take triggers away
    airflow.client.clear("shop.migrate", run_id, "schema_wave_1")
    assert airflow.client.wait_for_run("shop.migrate", run_id, RUN_SECONDS) == "success"
    airflow.client.clear("shop.migrate", run_id, "schema_wave_1", downstream=False)
    airflow.client.wait_for_run("shop.migrate", run_id, RUN_SECONDS)
    assert states(airflow, "shop.migrate", run_id)["schema_wave_1"] == "failed"
    assert "clear it together with downstream" in full_log(airflow, "shop.migrate", run_id, "schema_wave_1", 3)
    assert_equal(root, "shop", "shop_archive")

    # one row changed, one deleted, one added by hand, and then put right again by repair
    first, second = (row[0] for row in sql(root["target"], "SELECT id FROM shop.review ORDER BY id LIMIT 2"))
    sql(
        root["target"],
        f"UPDATE shop.review SET title = CONCAT(title, '!') WHERE id = {first}",
        f"DELETE FROM shop.review WHERE id = {second}",
        f"CREATE TEMPORARY TABLE shop.r SELECT * FROM shop.review WHERE id = {first}",
        "UPDATE shop.r SET id = 4000000",
        "INSERT INTO shop.review SELECT * FROM shop.r",
    )
    run_id, found = run(airflow, "shop.verify")
    bad = [task for task, state in found.items() if task.startswith("verify_rows") and state == "failed"]
    assert len(bad) == 1
    assert found["report"] == "failed"
    log = full_log(airflow, "shop.verify", run_id, bad[0])
    assert f"shop.review range 1 chunk 1: row id={first} differs in title" in log
    assert f"row id={second} is missing on the target" in log
    assert "row id=4000000 is only on the target" in log

    run_id, found = run(airflow, "shop.verify", {"repair": "apply"})
    assert set(found.values()) == {"success"}
    assert_equal(root, "shop", "shop_archive")


def test_sakila_arrives_whole(airflow: AirflowInstance, root: Mapping[str, Login]) -> None:
    if sakila_folder() is None:
        pytest.skip("the Sakila data set is not on this machine")
    load_sakila(root["source"])
    run_id, found = run(airflow, "sakila.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "sakila.migrate", run_id, "report")
    assert_equal(root, "sakila")


def test_five_hundred_tables_take_fewer_than_forty_task_instances(
    airflow: AirflowInstance, root: Mapping[str, Login]
) -> None:
    tables = [f"CREATE TABLE many.t{i} (id INT PRIMARY KEY, v VARCHAR(20), KEY (v))" for i in range(500)]
    rows = [f"INSERT INTO many.t{i} VALUES (1, 'a'), ({i + 2}, 'b')" for i in range(500)]
    sql(root["source"], "CREATE DATABASE many", *tables, *rows)
    started = time.monotonic()
    _, found = run(airflow, "many.migrate")
    print(f"500 tables: {len(found)} task instances, {time.monotonic() - started:.0f} s")
    assert set(found.values()) == {"success"}
    assert len(found) < 40
    assert_equal(root, "many")


def test_a_killed_load_task_resumes_and_stays_in_its_memory(
    airflow: AirflowInstance, root: Mapping[str, Login], server_pair: Pair
) -> None:
    sql(
        root["source"],
        "CREATE DATABASE big",
        "SET SESSION cte_max_recursion_depth = 1000000",
        "CREATE TABLE big.t (id INT PRIMARY KEY, a VARCHAR(700), KEY (a(10)))",
        "INSERT INTO big.t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
        "SELECT i, CONCAT(SHA2(i, 512), REPEAT('é', 250)) FROM n",
        "ANALYZE TABLE big.t",
    )
    client = airflow.client
    control = Control("aurora_migration", "big")
    with before_the_first_chunk(server_pair.target_login, root["target"], control) as first:
        run_id = begin(airflow, "big.migrate")
        until(first.waiting, "a load that claims its first chunk")
        keys = keys_within_ranges(root["target"], control, 300_000, 3)
        with before_rows(root["target"], "big.t", keys) as gates:
            first.open()
            killed, peaks = kill_at(gates, 4, lambda: chunks(root["target"]))

    def look(_: object) -> None:
        peaks.extend(high_water_kib(pid) for pid in loading_processes(airflow, run_id, root["target"]))

    state = client.wait_for_run("big.migrate", run_id, RUN_SECONDS, look)
    tries = max(one["try_number"] for one in client.task_instances("big.migrate", run_id))
    print(f"killed={killed} tries={tries} peak_mib={max(peaks) / 1024:.0f}")
    assert len(set(killed)) == 4
    assert tries > 1
    assert state == "success"
    assert_equal(root, "big")
    assert min(peaks[:4]) > 0
    assert max(peaks) < 200 * 1024

    # cleared after it is done, a load unit finds nothing to do
    client.clear("big.migrate", run_id, "load", 0)
    assert client.wait_for_run("big.migrate", run_id, RUN_SECONDS) == "success"
    assert_equal(root, "big")


def kill_at(gates: list[Gate], kills: int, loaded: Callable[[], int]) -> tuple[list[int], list[int]]:
    """Kill the first loads that come to a gate, which is opened then: their PIDs, and their peaks of memory.

    Each has some chunks behind it that are loaded, and one that is half written.
    """
    killed: list[int] = []
    peaks: list[int] = []
    closed = list(gates)

    def arrived() -> tuple[Gate, int] | None:
        found = ((gate, pid) for gate in closed for pid in gate.waiting() if pid not in killed)
        return next(found, None)

    while len(killed) < kills:
        came = until(arrived, f"load number {len(killed) + 1} at a gate")
        assert came is not None
        gate, pid = came
        assert loaded() > len(killed)
        peaks.append(high_water_kib(pid))
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)
        closed.remove(gate)
        gate.open()
    return killed, peaks


def loading_processes(airflow: AirflowInstance, run_id: str, target: Login) -> list[int]:
    """PIDs of the load tasks' processes, as the target knows its clients; empty while no load task runs."""
    tasks = airflow.client.task_instances("big.migrate", run_id)
    if not any(one["task_id"] == "load" and one["state"] == "running" for one in tasks):
        return []
    rows = sql(
        target,
        "SELECT p.attr_value FROM performance_schema.session_connect_attrs p "
        "JOIN performance_schema.session_connect_attrs n USING (processlist_id) "
        "WHERE p.attr_name = '_pid' AND n.attr_name = 'program_name' AND n.attr_value = 'mysql-to-aurora'",
    )
    return sorted({int(row[0]) for row in rows})


def chunks(target: Login) -> int:
    return int(sql(target, "SELECT COUNT(*) FROM aurora_migration.chunks WHERE migration = 'big'")[0][0])


def high_water_kib(pid: int) -> int:
    """Peak resident memory of a process; 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def test_no_secret_is_written_down(airflow: AirflowInstance, server_pair: Pair) -> None:
    """Whatever ran before this one, no password may be in any log or row of Airflow's database."""
    secrets = {
        server_pair.source_login.password,
        server_pair.target_login.password,
        "not-the-Password-1",
    }
    run(airflow, "shop.migrate", {"target_table_prep_mode": "truncate-before-load"})
    for path in airflow.home.rglob("*"):
        if path.is_file() and ("logs" in path.parts or path.suffix == ".log"):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [secret for secret in secrets if secret in text], path
    database = next(airflow.home.glob("*.db"))
    with sqlite3.connect(database, timeout=600) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in connection.execute(f'SELECT * FROM "{name}"').fetchall():
                text = json.dumps([str(value) for value in row])
                assert not [secret for secret in secrets if secret in text], name
