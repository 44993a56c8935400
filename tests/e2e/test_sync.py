"""A migration that follows changes, under the real scheduler and a live application on the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from aurora_migration.store.control import Control
from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.servers import Pair
from local.workload import Size, Workload, WorkloadSettings, create
from tests.e2e.gates import before_the_first_chunk, until
from tests.e2e.runs import RUN_SECONDS, assert_equal, begin, full_log, run, sql, states

pytestmark = [pytest.mark.e2e, pytest.mark.airflow, pytest.mark.servers, pytest.mark.timeout(14400)]
SCHEMA, CONTROL = "flow", "aurora_migration"
SIZE = Size(rows=1_000, big_rows=5_000, keyless=True)
_MIGRATION = """
name: flow
source: {connection: source_mysql}
target: {connection: target_aurora}
type: full-load-and-cdc
selection:
  - include: "flow.*"
accounts: {mode: skip}
load: {chunk_mib: 1, parallel_units: 2}
sync: {schedule: null, keyless_tables: row-image}
"""


@pytest.fixture(scope="module")
def airflow(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    server_pair: Pair,
    tmp_path_factory: pytest.TempPathFactory,
) -> AirflowInstance:
    with server_pair.source.connect() as connection:
        create(connection, SCHEMA, SIZE, 7)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {SCHEMA}.noted (id INT PRIMARY KEY, at TIMESTAMP(6) NOT NULL)")
            cursor.execute(
                f"CREATE TRIGGER {SCHEMA}.note AFTER INSERT ON {SCHEMA}.noted FOR EACH ROW SET @noted = NEW.id"
            )
            for schema in ("hashed", "alone"):
                cursor.execute(f"CREATE DATABASE {schema}")
                cursor.execute(f"CREATE TABLE {schema}.t (id INT PRIMARY KEY, v VARCHAR(20), UNIQUE (v))")
                cursor.execute(f"INSERT INTO {schema}.t VALUES (1,'a'),(2,'b'),(3,'c')")
        connection.commit()
    with server_pair.target.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE alone")
        cursor.execute("CREATE TABLE alone.t (id INT PRIMARY KEY, v VARCHAR(20), UNIQUE (v))")
        cursor.execute("INSERT INTO alone.t VALUES (1,'a'),(2,'x'),(9,'c')")
        connection.commit()
    folder = tmp_path_factory.mktemp("migrations")
    (folder / "flow.yaml").write_text(_MIGRATION)
    (folder / "hashed.yaml").write_text(
        _MIGRATION.replace("flow", "hashed").replace("{schedule: null,", "{schedule: null, strategy: checksum,")
    )
    (folder / "alone.yaml").write_text(_MIGRATION.replace("flow", "alone").replace("full-load-and-cdc", "cdc"))
    return start_airflow(pair_connections, migrations=folder)


@dataclass(frozen=True, slots=True)
class Application:
    """It writes all the time. What it always does is to insert, so that a row comes to rest once it is there.

    Everything else it does where a test says so: rows that go on changing would be found equal by luck alone, if
    the machine is slow enough.
    """

    inserting: Workload
    everything: Workload

    def write(self, most: int = 300) -> None:
        """Transactions of all kinds, among them one that moves money."""
        before = self.everything.tally()
        self.everything.resume()

        def enough() -> bool:
            now = self.everything.tally()
            self.everything.check()
            moved = now.by_name["transfer"] > before.by_name["transfer"]
            return moved and now.committed >= before.committed + most

        until(enough, "transactions of the application")
        self.everything.pause()

    def stop(self) -> None:
        assert self.inserting.stop().committed > 0
        self.everything.stop()


@pytest.fixture
def writer(airflow: AirflowInstance, root: Mapping[str, Login]) -> Iterator[Application]:
    settings = WorkloadSettings(SCHEMA, 7, size=SIZE, rate=150)
    inserting = Workload(root["source"], replace(settings, seed=8, threads=2, rate=30, only=("log",)))
    everything = Workload(root["source"], settings)
    everything.pause()
    with ExitStack() as running:
        yield Application(running.enter_context(inserting), running.enter_context(everything))


def _an_application_writes_from_the_first_task_to_the_last_sync(
    airflow: AirflowInstance, root: Mapping[str, Login], writer: Application, server_pair: Pair
) -> None:
    writer.everything.resume()
    with before_the_first_chunk(server_pair.target_login, root["target"], Control(CONTROL, "flow")) as gate:
        run_id = begin(airflow, "flow.migrate")
        until(gate.waiting, "a load that claims its first chunk")
        writer.write()
    airflow.client.wait_for_run("flow.migrate", run_id, RUN_SECONDS)
    found = states(airflow, "flow.migrate", run_id)
    assert set(found.values()) == {"success"}, full_log(airflow, "flow.migrate", run_id, "report")
    caught_up = airflow.client.xcom("flow.migrate", run_id, "catch_up")
    assert caught_up["reached"]
    assert caught_up["transactions"] > 0, "nobody wrote during the load"
    assert sql(root["target"], f"SHOW TRIGGERS FROM {SCHEMA}") == [], "they would fire on applied rows"
    writer.write()
    writer.everything.resume()
    run_id, found = run(airflow, "flow.sync")
    writer.everything.pause()
    synced = airflow.client.xcom("flow.sync", run_id, "sync")
    assert found["sync"] == "success"
    assert synced["reached"]
    assert synced["row_changes"] > 0
    run_id, found = run(airflow, "flow.verify")
    assert set(found.values()) == {"success"}, full_log(airflow, "flow.verify", run_id, "report")
    writer.stop()
    run(airflow, "flow.sync")
    assert_equal(root, SCHEMA, structure=False)
    events = airflow.client.get("/api/v2/assets/events", {"limit": 1000})["asset_events"]
    by_table = {event["uri"]: event["extra"] for event in events}
    assert f"mysql-to-aurora://flow/{SCHEMA}/accounts" in by_table
    assert all(extra["row_changes"] > 0 for extra in by_table.values())


def _a_sync_over_an_idle_source_is_short(airflow: AirflowInstance) -> None:
    run(airflow, "flow.sync")
    run_id, _ = run(airflow, "flow.sync")
    tasks = airflow.client.task_instances("flow.sync", run_id)
    print(f"idle sync: {sum(task['duration'] or 0 for task in tasks):.2f} s of task time")
    assert airflow.client.xcom("flow.sync", run_id, "sync")["transactions"] == 0


def _ddl_pauses_and_is_acknowledged(airflow: AirflowInstance, root: Mapping[str, Login]) -> None:
    sql(
        root["source"],
        f"INSERT INTO {SCHEMA}.noted VALUES (1, NOW(6))",
        f"ALTER TABLE {SCHEMA}.noted ADD COLUMN who VARCHAR(20) NOT NULL DEFAULT 'me'",
        f"INSERT INTO {SCHEMA}.noted (id, at) VALUES (2, NOW(6))",
    )
    for _ in range(2):  # the next sync stops at the same place
        run_id, found = run(airflow, "flow.sync")
        assert found["sync"] == "failed"
        log = full_log(airflow, "flow.sync", run_id, "sync")
        assert "paused in front of DDL" in log
        assert "ADD COLUMN who" in log
        assert sql(root["target"], f"SELECT id FROM {SCHEMA}.noted") == [(1,)]
    mark = log.split("acknowledge_ddl is ")[1].split()[0].strip('".')
    sql(root["target"], f"ALTER TABLE {SCHEMA}.noted ADD COLUMN who VARCHAR(20) NOT NULL DEFAULT 'me'")
    run_id, found = run(airflow, "flow.sync", {"acknowledge_ddl": mark})
    assert found["sync"] == "success", full_log(airflow, "flow.sync", run_id, "sync")
    assert_equal(root, SCHEMA, structure=False)
    run_id, found = run(airflow, "flow.verify")
    assert set(found.values()) == {"success"}, "the new definition is the one that is verified"


def _a_table_changed_by_hand_is_stopped_and_resynced(airflow: AirflowInstance, root: Mapping[str, Login]) -> None:
    sql(root["target"], f"DELETE FROM {SCHEMA}.noted WHERE id = 1")
    sql(
        root["source"], f"UPDATE {SCHEMA}.noted SET who = 'you'", f"UPDATE {SCHEMA}.accounts SET cents = cents + 0"
    )
    run_id, found = run(airflow, "flow.sync")
    assert found["sync"] == "failed"
    assert f"{SCHEMA}.noted" in full_log(airflow, "flow.sync", run_id, "sync")
    run_id, found = run(airflow, "flow.sync", {"resync": [f"{SCHEMA}.noted"]})
    assert found["sync"] == "success", full_log(airflow, "flow.sync", run_id, "sync")
    assert_equal(root, SCHEMA, structure=False)


def _a_purged_position_is_told_and_overcome(
    airflow: AirflowInstance, root: Mapping[str, Login], server_pair: Pair
) -> None:
    sql(root["source"], f"INSERT INTO {SCHEMA}.noted (id, at) VALUES (7, NOW(6))", "FLUSH BINARY LOGS")
    last = sql(root["source"], "SHOW BINARY LOGS")[-1][0]

    def purged() -> bool:
        """One that a reader has in hand is left: the server may not have missed the last reader yet."""
        sql(root["source"], f"PURGE BINARY LOGS TO '{last}'")
        return bool(sql(root["source"], "SHOW BINARY LOGS")[0][0] == last)

    until(purged, "older binlogs that nobody reads")
    run_id, found = run(airflow, "flow.sync")
    assert found["sync"] == "failed"
    assert "PositionLostError" in full_log(airflow, "flow.sync", run_id, "sync")
    run_id, found = run(airflow, "flow.sync", {"resync": ["*"]})
    assert found["sync"] == "success", full_log(airflow, "flow.sync", run_id, "sync")
    assert_equal(root, SCHEMA, structure=False)
    sql(root["source"], f"DELETE FROM {SCHEMA}.noted WHERE id = 7")
    run(airflow, "flow.sync")
    assert_equal(root, SCHEMA, structure=False)


def test_a_migration_that_follows_changes(
    airflow: AirflowInstance, root: Mapping[str, Login], writer: Application, server_pair: Pair
) -> None:
    """One story, since each part begins where the one before it has ended."""
    _an_application_writes_from_the_first_task_to_the_last_sync(airflow, root, writer, server_pair)
    _a_sync_over_an_idle_source_is_short(airflow)
    _ddl_pauses_and_is_acknowledged(airflow, root)
    _a_table_changed_by_hand_is_stopped_and_resynced(airflow, root)
    _a_purged_position_is_told_and_overcome(airflow, root, server_pair)


def test_a_sync_by_checksum_rewrites_what_differs(airflow: AirflowInstance, root: Mapping[str, Login]) -> None:
    run_id, found = run(airflow, "hashed.sync")
    assert found["plan"] == "skipped", "nothing is loaded yet"
    run_id, found = run(airflow, "hashed.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "hashed.migrate", run_id, "report")
    sql(
        root["source"],
        "UPDATE hashed.t SET v = NULL WHERE id = 1",
        "UPDATE hashed.t SET v = 'a' WHERE id = 2",
        "DELETE FROM hashed.t WHERE id = 3",
        "INSERT INTO hashed.t VALUES (7, 'c')",
    )
    run_id, found = run(airflow, "hashed.sync")
    assert set(found.values()) == {"success"}, full_log(airflow, "hashed.sync", run_id, "done")
    assert airflow.client.xcom("hashed.sync", run_id, "compare_and_rewrite", 0)["changed"] == {"hashed.t": 4}
    assert_equal(root, "hashed")


def test_changes_alone_onto_tables_that_another_tool_filled(
    airflow: AirflowInstance, root: Mapping[str, Login]
) -> None:
    run_id, found = run(airflow, "alone.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "alone.migrate", run_id, "report")
    assert_equal(root, "alone")
    sql(root["source"], "UPDATE alone.t SET v = 'z' WHERE id = 1", "DELETE FROM alone.t WHERE id = 2")
    run_id, found = run(airflow, "alone.sync")
    assert found["sync"] == "success", full_log(airflow, "alone.sync", run_id, "sync")
    assert_equal(root, "alone")
