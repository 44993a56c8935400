"""Migrations that AWS DMS carries, under the real scheduler and triggerer, against the local stand-in.

Rows really move from the source to the target; what goes wrong is ordered from the stand-in. One account and one
Airflow serve all tests, each with a migration of its own.
"""

from __future__ import annotations

import json
import math
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pymysql
import pytest

from local import LocalError
from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.dms import Cloud
from local.dms.cloud import ROLES
from local.dms.faults import (
    ConnectionTestFails,
    Deny,
    FailInstance,
    FatalError,
    NoTables,
    RoleNotEffective,
    SuspendTable,
    TableError,
    ThrottleEvery,
)
from local.dms.operations import OPERATIONS
from local.login import Login
from tests.e2e.cutovers import LOCKED, Desk, refusal
from tests.e2e.gates import until
from tests.e2e.runs import RUN_SECONDS, begin, full_log, run, sql, states

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.timeout(14400),
]
AWS_KEY = "an-aws-secret-Key-71"
TIME_FACTOR = 0.002
_TABLES = (
    "CREATE DATABASE carried",
    "CREATE TABLE carried.customer (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), note TEXT, "
    "UNIQUE KEY (name))",
    "INSERT INTO carried.customer VALUES (1, 'Ann', 'x'), (2, 'Bob', NULL), (3, 'Çelik', REPEAT('long ', 3000))",
    "CREATE TABLE carried.purchase (id BIGINT PRIMARY KEY, customer_id INT, total DECIMAL(10,2), "
    "FOREIGN KEY (customer_id) REFERENCES carried.customer (id))",
    "INSERT INTO carried.purchase VALUES (10, 1, 12.50), (11, 1, 0.99), (12, 3, 100.00)",
    "CREATE VIEW carried.totals AS SELECT customer_id, SUM(total) AS total FROM carried.purchase GROUP BY 1",
)
_MIGRATION = """
name: {name}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
engine: dms
type: {type}
selection:
  - include: "carried.*"
renames: {{schemas: {{carried: {schema}}}}}
accounts: {{mode: skip}}
control_schema: control_{schema}
sync: {{schedule: null}}
dms:
  connection: aws_local
  poll_seconds: 1
  {network}
  source: {{ssl_mode: none}}
  target: {{ssl_mode: none}}
  {more}
"""
APP_PASSWORD = "the-Application-8"
_LEAVING = """
name: {name}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
engine: {engine}
cdc_engine: dms
type: full-load-and-cdc
selection: [{{include: "{name}.*"}}]
accounts: {{mode: skip}}
control_schema: control_{name}
sync: {{schedule: null}}
cutover: {{connection: source_admin, accounts: ["app_{name}@*"], approval: {approval}, rollback_window: {back}}}
dms: {{connection: aws_local, poll_seconds: 1, {network}, source: {{ssl_mode: none}}, target: {{ssl_mode: none}}}}
"""


def leaving(name: str, engine: str, network: str, approval: str, back: str) -> str:
    return _LEAVING.format(name=name, engine=engine, network=network, approval=approval, back=back)


def migration(name: str, network: str, more: str = "", kind: str = "full-load") -> str:
    return _MIGRATION.format(name=name, schema=f"carried_{name}", network=network, more=more, type=kind)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud(time_factor=TIME_FACTOR) as made:
        made.make_roles()
        yield made


@pytest.fixture(scope="module")
def airflow(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    root: Mapping[str, Login],
    cloud: Cloud,
    tmp_path_factory: pytest.TempPathFactory,
) -> AirflowInstance:
    sql(root["source"], *_TABLES)
    network = cloud.make_network()
    good = f"subnets: [{', '.join(network.subnet_ids)}]"
    files = {
        "instance": migration("instance", good, f"security_groups: [{network.security_group_id}]"),
        "serverless": migration("serverless", good, "compute: serverless"),
        "nogroup": migration("nogroup", "subnet_group: not-there"),
        "denied": migration("denied", good),
        "faulty": migration("faulty", good),
        "restarted": migration("restarted", good),
        "killed": migration("killed", good),
        "following": migration("following", good, kind="full-load-and-cdc"),
        "leaving": leaving("leaving", "dms", good, "required", "false"),
        "mixed": leaving("mixed", "native", good, "none", "true"),
    }
    folder = tmp_path_factory.mktemp("migrations")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    extra = json.dumps(cloud.connection_extra())
    aws = ConnectionParams("", 0, cloud.account.access_key, AWS_KEY, extra=extra, conn_type="aws")
    one = root["source"]
    admin = ConnectionParams(one.host, one.port, one.user, one.password, extra='{"ssl_mode": "REQUIRED"}')
    connections = {**pair_connections, "aws_local": aws, "source_admin": admin}
    return start_airflow(connections, migrations=folder)


@pytest.fixture(autouse=True)
def no_faults(cloud: Cloud) -> Iterator[None]:
    cloud.dms.faults.clear()
    yield
    cloud.dms.faults.clear()


@pytest.fixture(scope="module", autouse=True)
def nothing_secret_is_kept(
    airflow: AirflowInstance, pair_connections: Mapping[str, ConnectionParams], root: Mapping[str, Login]
) -> Iterator[None]:
    """After all runs: no password in a log, an XCom, a rendered field, a trigger, or elsewhere in the database."""
    yield
    secrets = [AWS_KEY, root["source"].password, *(one.password for one in pair_connections.values())]
    assert all(len(one) > 8 for one in secrets)
    files = [path for path in (airflow.home / "logs").rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in [*files, airflow.log_file, *airflow.home.glob("airflow.db*")]:
        content = path.read_bytes()
        for number, secret in enumerate(secrets):
            assert secret.encode() not in content, f"secret {number} is in {path.relative_to(airflow.home)}"


@pytest.fixture
def without_roles(cloud: Cloud) -> Iterator[None]:
    iam = cloud.client("iam")
    for name, policy in ROLES.items():
        iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        iam.delete_role(RoleName=name)
    yield
    cloud.make_roles()


def assert_arrived(root: Mapping[str, Login], name: str) -> None:
    for table in ("customer", "purchase", "totals"):
        here = sql(root["source"], f"SELECT * FROM carried.{table} ORDER BY 1")
        assert sql(root["target"], f"SELECT * FROM carried_{name}.{table} ORDER BY 1") == here
        assert here


def assert_found_before_anything_is_created(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login], name: str, words: str
) -> None:
    before = sql(root["target"], "SHOW DATABASES"), [one.arn for one in cloud.dms.world.everything()]
    run_id, found = run(airflow, f"{name}.migrate")
    assert found.pop("preflight") == "failed"
    assert found.pop("report") == "failed"
    assert set(found.values()) == {"upstream_failed"}
    log = full_log(airflow, f"{name}.migrate", run_id, "preflight")
    assert words in log
    assert "nothing was written" in log
    assert (sql(root["target"], "SHOW DATABASES"), [one.arn for one in cloud.dms.world.everything()]) == before


def test_a_missing_subnet_group_is_found(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    words = "aws dms create-replication-subnet-group"
    assert_found_before_anything_is_created(airflow, cloud, root, "nogroup", words)


def test_a_missing_role_is_found(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login], without_roles: None
) -> None:
    words = "aws iam create-role --role-name dms-vpc-role"
    assert_found_before_anything_is_created(airflow, cloud, root, "denied", words)


def test_a_missing_permission_is_found(airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]) -> None:
    cloud.dms.faults.add(Deny("CreateReplicationInstance"))
    words = "attach this policy to the identity"
    assert_found_before_anything_is_created(airflow, cloud, root, "denied", words)


def test_a_role_just_created_works_and_the_migration_is_proved(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    cloud.dms.faults.add(RoleNotEffective(seconds=1_000_000, times=4))
    run_id, found = run(airflow, "instance.migrate")
    log = full_log(airflow, "instance.migrate", run_id, "dms_provision")
    assert set(found.values()) == {"success"}, full_log(airflow, "instance.migrate", run_id, "report")
    assert_arrived(root, "instance")
    assert "Cost of what is provisioned now: dms.t3.medium" in log
    assert airflow.client.xcom("instance.migrate", run_id, "report")["proven"] is True
    load = full_log(airflow, "instance.migrate", run_id, "dms_load")
    assert "table=carried.customer rows=3" in load
    url = airflow.client.xcom("instance.migrate", run_id, "dms_load", key="dms_console")
    assert url == "https://us-east-1.console.aws.amazon.com/dms/v2/home?region=us-east-1#taskDetails/m2a-instance"
    links = airflow.client.get(f"/api/v2/dags/instance.migrate/dagRuns/{run_id}/taskInstances/dms_load/links")
    assert links["extra_links"]["DMS console"] == url


def test_a_serverless_migration_is_proved_while_aws_throttles(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    cloud.dms.faults.add(ThrottleEvery(3))
    run_id, found = run(airflow, "serverless.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "serverless.migrate", run_id, "report")
    assert_arrived(root, "serverless")


def test_one_run_survives_every_fault_once_it_is_mended(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    cloud.dms.faults.add(FailInstance())
    run_id, found = run(airflow, "faulty.migrate")
    assert found["dms_provision"] == "failed"
    assert "replication instance m2a-faulty: is failed" in full_log(
        airflow, "faulty.migrate", run_id, "dms_provision"
    )

    _, torn = run(airflow, "faulty.dms_teardown")
    assert torn == {"dms_teardown": "failed"}  # not confirmed
    _, torn = run(airflow, "faulty.dms_teardown", {"confirm": "faulty"})
    assert torn == {"dms_teardown": "success"}
    assert not [one for one in cloud.dms.world.everything() if "faulty" in one.identifier]

    for task, mishap, words in (
        ("dms_provision", ConnectionTestFails("source"), "source endpoint m2a-faulty-source: DMS cannot connect"),
        ("dms_provision", FatalError(after_rows=1), "FATAL_ERROR"),
        ("dms_load", TableError("carried.purchase"), "dms-table-error (table carried.purchase)"),
        ("dms_load", NoTables(), "No tables"),
    ):
        cloud.dms.faults.clear()
        cloud.dms.faults.add(mishap)
        airflow.client.clear("faulty.migrate", run_id, task)
        assert airflow.client.wait_for_run("faulty.migrate", run_id, RUN_SECONDS) == "failed"
        now = states(airflow, "faulty.migrate", run_id)
        failed = "dms_provision" if isinstance(mishap, ConnectionTestFails) else "dms_load"
        assert now[failed] == "failed", now
        assert now["schema_wave_2"] == "upstream_failed"
        assert words.lower() in newest_log(airflow, "faulty.migrate", run_id, failed).lower()

    cloud.dms.faults.clear()
    airflow.client.clear("faulty.migrate", run_id, "dms_load")
    assert airflow.client.wait_for_run("faulty.migrate", run_id, RUN_SECONDS) == "success"
    assert_arrived(root, "faulty")


def newest_log(airflow: AirflowInstance, dag_id: str, run_id: str, task: str) -> str:
    (one,) = [each for each in airflow.client.task_instances(dag_id, run_id) if each["task_id"] == task]
    return full_log(airflow, dag_id, run_id, task, one["try_number"])


def test_changes_follow_after_the_load_and_are_watched(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    run_id, found = run(airflow, "following.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "following.migrate", run_id, "report")
    assert cloud.dms.tasks_running() == ["m2a-following"]
    sql(root["source"], "INSERT INTO carried.purchase VALUES (13, 2, 7.77)")
    arrived = "SELECT total FROM carried_following.purchase WHERE id = 13"
    until(lambda: sql(root["target"], arrived), "the row that was inserted")
    _, watched = run(airflow, "following.sync")
    assert watched == {"dms_watch": "success"}
    assert_arrived(root, "following")
    cloud.dms.faults.add(SuspendTable("carried.purchase"))
    sql(root["source"], "UPDATE carried.purchase SET total = 8.88 WHERE id = 13")
    until(lambda: table_state(cloud, "m2a-following", "purchase") == "Table error", "DMS that has met the change")
    run_id, watched = run(airflow, "following.sync")
    assert watched == {"dms_watch": "failed"}
    assert "dms-table-suspended" in full_log(airflow, "following.sync", run_id, "dms_watch")
    seen = airflow.client.get("/aurora-migration/api/migrations/following/dms")["dms"]
    assert (seen["rows"][0][0], seen["replication"]["status"]) == ("carried.purchase", "running")
    _, torn = run(airflow, "following.dms_teardown", {"confirm": "following"})
    assert torn == {"dms_teardown": "success"}


def table_state(cloud: Cloud, task: str, table: str) -> str:
    """How a task of the stand-in has a table."""
    dms = cloud.client("dms")
    filters = [{"Name": "replication-task-id", "Values": [task]}]
    (one,) = dms.describe_replication_tasks(Filters=filters)["ReplicationTasks"]
    found = dms.describe_table_statistics(ReplicationTaskArn=one["ReplicationTaskArn"])["TableStatistics"]
    return next(str(each["TableState"]) for each in found if each["TableName"] == table)


def test_an_airflow_that_dies_while_dms_loads_goes_on_and_makes_nothing_twice(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    usual = cloud.dms.world.delays
    before = Counter(cloud.dms.calls)
    cloud.dms.world.delays = replace(usual, task_starting=math.inf)
    run_id = begin(airflow, "restarted.migrate")
    until(
        lambda: states(airflow, "restarted.migrate", run_id).get("dms_load") == "deferred",
        "a load that the triggerer waits for",
    )
    airflow.stop()
    cloud.dms.world.delays = usual
    start_again(airflow)
    assert airflow.client.wait_for_run("restarted.migrate", run_id, RUN_SECONDS) == "success"
    assert_arrived(root, "restarted")
    calls = Counter(cloud.dms.calls) - before
    assert calls["StartReplicationTask"] - probes("StartReplicationTask") == 1
    identifiers = [one.identifier for one in cloud.dms.world.everything()]
    assert identifiers.count("m2a-restarted") == 3  # subnet group, instance, task


def start_again(airflow: AirflowInstance) -> None:
    """Start it; its work begins at once, and SQLite may then refuse to write the connections again."""
    for _ in range(60):
        try:
            airflow.start()
            return
        except LocalError as error:
            if "/api/v2/connections" not in str(error):
                raise
            time.sleep(1)
    raise AssertionError("the connections cannot be written")


def probes(operation: str) -> int:
    """How often preflight asks an operation to say whether it would be allowed."""
    return int(operation.startswith(("Create", "Start", "Stop", "Modify", "Delete")))


def test_a_worker_that_is_killed_after_a_call_finds_what_it_has_made(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies by SIGKILL once AWS has done what it asked for, and before it has the answer."""
    operations = {"CreateReplicationInstance": "dms_provision", "StartReplicationTask": "dms_load"}
    killed: dict[str, int] = {}
    runs: list[str] = []

    def killing(operation: str, task: str) -> Callable[[Any, Any], Any]:
        real = OPERATIONS[operation]

        def call(world: Any, request: Any) -> Any:
            answer = real(world, request)  # raises for preflight's probe
            if operation not in killed:
                (one,) = [
                    each
                    for each in airflow.client.task_instances("killed.migrate", runs[0])
                    if each["task_id"] == task
                ]
                killed[operation] = int(one["pid"])
                os.kill(killed[operation], signal.SIGKILL)
            return answer

        return call

    for operation, task in operations.items():
        monkeypatch.setitem(OPERATIONS, operation, killing(operation, task))
    before = Counter(cloud.dms.calls)
    client = airflow.client
    runs.append(begin(airflow, "killed.migrate"))
    assert client.wait_for_run("killed.migrate", runs[0], RUN_SECONDS) == "success", killed
    assert set(killed) == set(operations)
    tries = {one["task_id"]: one["try_number"] for one in client.task_instances("killed.migrate", runs[0])}
    assert min(tries[task] for task in operations.values()) > 1, tries
    assert_arrived(root, "killed")
    calls = Counter(cloud.dms.calls) - before
    for operation in ("CreateReplicationInstance", "CreateReplicationTask", "StartReplicationTask"):
        assert calls[operation] - probes(operation) == 1, operation
    assert [one.identifier for one in cloud.dms.world.everything()].count("m2a-killed") == 3


def make_application(root: Mapping[str, Login], name: str) -> dict[str, Login]:
    """A schema with a trigger, and an account that writes to it, as both sides know it."""
    sql(
        root["source"],
        f"CREATE DATABASE {name}",
        f"CREATE TABLE {name}.marks (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(40))",
        f"INSERT INTO {name}.marks VALUES (1, 'one'), (2, 'two')",
        f"CREATE TRIGGER {name}.shout BEFORE INSERT ON {name}.marks FOR EACH ROW SET NEW.word = UPPER(NEW.word)",
    )
    for login in root.values():
        sql(
            login,
            f"CREATE USER app_{name} IDENTIFIED BY '{APP_PASSWORD}'",
            f"GRANT ALL ON {name}.* TO app_{name}",
        )
    return {role: Login(one.host, one.port, f"app_{name}", APP_PASSWORD) for role, one in root.items()}


@contextmanager
def writing(login: Login, name: str) -> Iterator[list[int]]:
    """An application that writes whenever it may; the ids of rows whose commit was acknowledged."""
    enough, written = threading.Event(), list[int]()

    def write() -> None:
        while not enough.wait(0.1):
            try:
                with login.connect() as connection, connection.cursor() as cursor:
                    while not enough.wait(0.05):
                        cursor.execute(f"INSERT INTO {name}.marks (word) VALUES ('written')")
                        connection.commit()
                        written.append(int(cursor.lastrowid))
            except pymysql.err.MySQLError:
                continue

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        enough.set()
        thread.join()


def test_a_cutover_drains_and_stops_dms_and_gives_it_back_where_it_is_undone(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    app, desk = make_application(root, "leaving"), Desk(airflow, "leaving.cutover")
    run_id, found = run(airflow, "leaving.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "leaving.migrate", run_id, "report")
    with writing(app["source"], "leaving") as written:
        run_id = desk.begin()
        desk.answer(run_id, "Reject")
        state, found = desk.end(run_id)
        assert (state, found["dms_drain"], found["move_writes"]) == ("success", "skipped", "skipped")
        assert (cloud.dms.tasks_running(), refusal(app["source"], "leaving")) == (["m2a-leaving"], 0)

        sql(root["target"], "UPDATE leaving.marks SET word = 'by hand' WHERE id = 1")
        run_id = desk.begin()
        desk.answer(run_id, "Approve")
        state, found = desk.end(run_id)
        assert state == "failed"
        expected = {
            "dms_drain": "success",
            "dms_stop": "success",
            "move_writes": "failed",
            "dms_resume": "success",
        }
        assert found.items() >= expected.items()
        assert "rows differ" in desk.log(run_id, "move_writes")
        assert (cloud.dms.tasks_running(), refusal(app["source"], "leaving")) == (["m2a-leaving"], 0)
        assert refusal(app["target"], "leaving") == LOCKED
        sql(root["target"], "UPDATE leaving.marks SET word = 'one' WHERE id = 1")
        count = len(written)
        until(lambda: len(written) > count, "another row of the application")
        failures = "SELECT COUNT(*) FROM control_leaving.awsdms_validation_failures_v1"
        until(lambda: sql(root["target"], failures) == [(0,)], "another look of DMS's own validation")

        run_id = desk.begin()
        desk.answer(run_id, "Approve")
        state, found = desk.end(run_id)
    assert state == "success"
    assert (cloud.dms.tasks_running(), refusal(app["source"], "leaving")) == ([], LOCKED)
    assert refusal(app["target"], "leaving") == 0
    here, there = (sql(root[role], "SELECT id, word FROM leaving.marks ORDER BY id") for role in root)
    assert here == there
    assert {id_ for id_, _ in there} >= set(written)
    summary = airflow.client.xcom("leaving.cutover", run_id, "summary")
    print(summary)
    assert (summary["state"], summary["writes_go_to"]) == ("open", "target_aurora")
    _, watched = run(airflow, "leaving.sync")
    assert watched == {"dms_watch": "skipped"}
    sql(app["target"], "INSERT INTO leaving.marks (word) VALUES ('home')")
    assert sql(root["target"], "SELECT word FROM leaving.marks ORDER BY id DESC LIMIT 1") == [("HOME",)]


def test_changes_that_dms_followed_after_our_load_go_both_ways(
    airflow: AirflowInstance, cloud: Cloud, root: Mapping[str, Login]
) -> None:
    app = make_application(root, "mixed")
    run_id, found = run(airflow, "mixed.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "mixed.migrate", run_id, "report")
    _, watched = run(airflow, "mixed.sync")
    assert watched == {"dms_watch": "success", "sync": "skipped"}
    sql(app["source"], "INSERT INTO mixed.marks (word) VALUES ('last')")
    run_id, found = run(airflow, "mixed.cutover")
    assert set(found.values()) == {"success"}, found
    assert (refusal(app["source"], "mixed"), refusal(app["target"], "mixed")) == (LOCKED, 0)
    sql(app["target"], "INSERT INTO mixed.marks (word) VALUES ('on the target')")
    _, watched = run(airflow, "mixed.sync")
    assert watched == {"dms_watch": "skipped", "sync": "success"}
    run_id, found = run(airflow, "mixed.cutover", {"direction": "back"})
    assert set(found.values()) == {"success"}, found
    assert (refusal(app["source"], "mixed"), refusal(app["target"], "mixed")) == (0, LOCKED)
    rows = [sql(root[role], "SELECT id, word FROM mixed.marks ORDER BY id") for role in root]
    assert rows[0] == rows[1]
    assert [word for _, word in rows[0]] == ["one", "two", "LAST", "ON THE TARGET"]
    assert cloud.dms.tasks_running() == []
