"""A cutover under the real scheduler, with a person at the API and an application that writes all the time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymysql
import pytest

from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.servers import Pair
from local.workload import OPERATIONS, Size, Workload, WorkloadSettings, create
from tests.e2e.runs import assert_equal, full_log, run, sql, states

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.timeout(1800),
]
SCHEMA, USER, PASSWORD = "move", "app_move", "let me in"
DAG = f"{SCHEMA}.cutover"
SIZE = Size(rows=400, big_rows=1_000)
LOCKED = 3118
RUN_SECONDS = 420
UNDONE_SECONDS = 5.0
READING_SECONDS = 10.0
NO_XA = tuple(one.__name__ for one in OPERATIONS if one.__name__ not in {"two_phase", "visits"})
_MIGRATION = f"""
name: {SCHEMA}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
type: full-load-and-cdc
selection:
  - include: "{SCHEMA}.*"
accounts: {{mode: skip}}
load: {{parallel_units: 2}}
sync: {{schedule: null}}
cutover:
  connection: source_admin
  probe_connection: app_on_source
  accounts: ["{USER}@*"]
  approval_minutes: 1
"""


@pytest.fixture(scope="module")
def root(server_pair: Pair) -> Mapping[str, Login]:
    return {
        role: Login("127.0.0.1", server.port, "root", server.root_password)
        for role, server in (("source", server_pair.source), ("target", server_pair.target))
    }


@pytest.fixture(scope="module")
def app(root: Mapping[str, Login]) -> Mapping[str, Login]:
    """The application's account on both sides."""
    for login in root.values():
        sql(login, f"CREATE USER {USER} IDENTIFIED BY '{PASSWORD}'", f"GRANT ALL ON {SCHEMA}.* TO {USER}")
    return {role: Login(login.host, login.port, USER, PASSWORD) for role, login in root.items()}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def airflow(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    root: Mapping[str, Login],
    app: Mapping[str, Login],
    tmp_path_factory: pytest.TempPathFactory,
    reports: Path,
) -> AirflowInstance:
    with root["source"].connect() as connection:
        create(connection, SCHEMA, SIZE, 7)
    sql(
        root["source"],
        f"CREATE TABLE {SCHEMA}.marks (id INT PRIMARY KEY, word VARCHAR(20))",
        f"INSERT INTO {SCHEMA}.marks VALUES (1, 'one'), (2, 'two')",
        f"CREATE TRIGGER {SCHEMA}.noted BEFORE INSERT ON {SCHEMA}.marks FOR EACH ROW "
        "SET NEW.word = UPPER(NEW.word)",
    )
    others = {"source_admin": root["source"], "app_on_source": app["source"]}
    connections = dict(pair_connections) | {
        name: ConnectionParams(one.host, one.port, one.user, one.password, extra='{"ssl_mode": "REQUIRED"}')
        for name, one in others.items()
    }
    folder = tmp_path_factory.mktemp("migrations")
    (folder / f"{SCHEMA}.yaml").write_text(f"{_MIGRATION}report: {{folder: {reports}}}\n")
    return start_airflow(connections, migrations=folder)


@pytest.fixture
def writer(airflow: AirflowInstance, app: Mapping[str, Login]) -> Iterator[Workload]:
    settings = WorkloadSettings(SCHEMA, 7, threads=4, size=SIZE, rate=60, only=NO_XA)
    with Workload(app["source"], settings) as running:
        yield running


def refusal(login: Login) -> int:
    """0 if the application may write there, else MySQL's number."""
    try:
        with login.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {SCHEMA}.marks WHERE FALSE")
    except pymysql.err.MySQLError as error:
        return int(error.args[0])
    return 0


def wait_for(login: Login, wanted: int) -> None:
    """Until the application is refused so, or taken (0)."""
    deadline = time.monotonic() + RUN_SECONDS
    while (found := refusal(login)) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def begin(airflow: AirflowInstance) -> tuple[str, dict[str, Any]]:
    """Trigger a cutover and wait until a person is asked: the run, and what the person is shown."""
    client = airflow.client
    client.wait_for_dag(DAG)
    client.unpause(DAG)
    run_id = client.trigger(DAG)
    deadline = time.monotonic() + RUN_SECONDS
    while states(airflow, DAG, run_id).get("approve") != "awaiting_input":
        found = states(airflow, DAG, run_id)
        assert "failed" not in found.values(), full_log(airflow, DAG, run_id, "readiness")
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    # Airflow takes a task for failed that is answered before its scheduler has seen the process end that asked
    time.sleep(READING_SECONDS)
    return run_id, client.get(_question(run_id))


def answer(airflow: AirflowInstance, run_id: str, word: str) -> None:
    airflow.client.send("PATCH", _question(run_id), {"chosen_options": [word], "params_input": {}})


def _question(run_id: str) -> str:
    return f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"


def end(airflow: AirflowInstance, run_id: str) -> tuple[str, dict[str, str]]:
    state = airflow.client.wait_for_run(DAG, run_id, RUN_SECONDS)
    found = states(airflow, DAG, run_id)
    print(state, found)
    for task in sorted(found):
        if found[task] == "failed":
            print(full_log(airflow, DAG, run_id, task))
    return state, found


def finished_at(airflow: AirflowInstance, run_id: str, task: str) -> float:
    tasks = airflow.client.task_instances(DAG, run_id)
    text = next(one["end_date"] for one in tasks if one["task_id"] == task)
    return datetime.fromisoformat(text).timestamp()


def kept(reports: Path, run_id: str) -> dict[str, Any]:
    """The report of a cutover as its folder has it; it holds no password and no address."""
    place = reports / SCHEMA / run_id
    texts = [(place / f"report.{form}").read_text() for form in ("json", "html")]
    assert not [text for text in texts if PASSWORD in text or "127.0.0.1" in text]
    report: dict[str, Any] = json.loads(texts[0])
    return report


def test_no_means_no_a_difference_means_no_and_yes_means_yes(
    airflow: AirflowInstance, root: Mapping[str, Login], app: Mapping[str, Login], writer: Workload, reports: Path
) -> None:
    run_id, found = run(airflow, f"{SCHEMA}.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, f"{SCHEMA}.migrate", run_id, "report")
    _rejected_and_unanswered(airflow, app, reports)
    _differing(airflow, root, app, reports)
    _approved(airflow, root, app, reports)
    writer.check()
    run_id, found = run(airflow, f"{SCHEMA}.sync")
    assert found["sync"] == "skipped", "it follows the source no more"


def _rejected_and_unanswered(airflow: AirflowInstance, app: Mapping[str, Login], reports: Path) -> None:
    for word in ("Reject", ""):
        run_id, question = begin(airflow)
        assert "lock-accounts" in question["body"]
        assert "last proved equal" in question["body"]
        if word:
            answer(airflow, run_id, word)
        state, found = end(airflow, run_id)
        assert state == "success"
        assert {found[task] for task in ("move_writes", "analyze")} == {"skipped"}
        assert (found["release"], found["summary"]) == ("success", "skipped")
        assert "not approved" in full_log(airflow, DAG, run_id, "summary")
        assert kept(reports, run_id)["verdict"] == "not approved"
        assert refusal(app["source"]) == 0


def _differing(
    airflow: AirflowInstance, root: Mapping[str, Login], app: Mapping[str, Login], reports: Path
) -> None:
    sql(root["target"], f"DELETE FROM {SCHEMA}.marks WHERE id = 2")
    run_id, _ = begin(airflow)
    answer(airflow, run_id, "Approve")
    wait_for(app["source"], LOCKED)
    wait_for(app["source"], 0)
    writable_at = time.time()
    state, found = end(airflow, run_id)
    assert (state, found["move_writes"], found["release"]) == ("failed", "failed", "success")
    took = writable_at - finished_at(airflow, run_id, "move_writes")
    print(f"the source took writes {took:.2f} s after the verification failed")
    assert took < UNDONE_SECONDS
    assert f"{SCHEMA}.marks" in full_log(airflow, DAG, run_id, "move_writes")
    assert "the source takes writes" in full_log(airflow, DAG, run_id, "summary")
    report = kept(reports, run_id)
    assert (report["verdict"], report["cutover"]["writes_go_to"]["side"]) == ("not cut over", "source")
    assert {table["source"]: table["verdict"] for table in report["tables"]}[f"{SCHEMA}.marks"] == "differs"
    assert refusal(app["target"]) == LOCKED
    sql(root["target"], f"INSERT INTO {SCHEMA}.marks VALUES (2, 'two')")


def _approved(
    airflow: AirflowInstance, root: Mapping[str, Login], app: Mapping[str, Login], reports: Path
) -> None:
    run_id, _ = begin(airflow)
    answer(airflow, run_id, "Approve")
    state, found = end(airflow, run_id)
    assert state == "success", full_log(airflow, DAG, run_id, "summary")
    assert set(found.values()) == {"success"}
    summary = airflow.client.xcom(DAG, run_id, "summary")
    print(summary)
    assert summary["state"] == "open"
    assert summary["approved_by"] == "admin"
    assert summary["writes_go_to"] == "target_aurora"
    assert 0 < summary["write_downtime_seconds"] < 120
    assert (refusal(app["source"]), refusal(app["target"])) == (LOCKED, 0)
    assert_equal(root, SCHEMA, structure=False)
    sql(app["target"], f"INSERT INTO {SCHEMA}.marks VALUES (3, 'three')")
    assert sql(root["target"], f"SELECT word FROM {SCHEMA}.marks WHERE id = 3") == [("THREE",)]
    report = kept(reports, run_id)
    told = report["cutover"]
    assert (report["verdict"], told["approved_by"], told["state"]) == ("cut over", "admin", "open")
    assert told["write_downtime_seconds"] == pytest.approx(summary["write_downtime_seconds"], abs=0.001)
    assert told["writes_go_to"]["connection"] == "target_aurora"
    assert told["accounts_locked"] == [f"{USER}@%"]
    assert len(told["proofs"]) == 3, told["proofs"]
    path = f"/aurora-migration/api/migrations/{SCHEMA}/report?form=json&run_id={quote(run_id)}"
    assert airflow.client.get(path) == report
