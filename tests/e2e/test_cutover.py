"""A cutover under the real scheduler, with a person at the API and an application that writes all the time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.workload import Size, Workload, WorkloadSettings, create
from tests.e2e.cutovers import LOCKED, NO_XA, Desk, Gaps, Records, refusal
from tests.e2e.runs import assert_equal, full_log, run, sql

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.timeout(14400),
]
SCHEMA, USER, PASSWORD = "move", "app_move", "let me in"
DAG = f"{SCHEMA}.cutover"
SIZE = Size(rows=400, big_rows=1_000)
UNANSWERED = "unanswered"
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
  approval_minutes: 1440
"""
# of one table, and nobody is waited for longer than a minute
_UNANSWERED = (
    _MIGRATION.replace(f"name: {SCHEMA}", f"name: {UNANSWERED}\nrenames: {{schemas: {{{SCHEMA}: {UNANSWERED}}}}}")
    .replace(f"{SCHEMA}.*", f"{SCHEMA}.marks")
    .replace("approval_minutes: 1440", "approval_minutes: 1")
)


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
    for name, text in ((SCHEMA, _MIGRATION), (UNANSWERED, _UNANSWERED)):
        (folder / f"{name}.yaml").write_text(f"{text}report: {{folder: {reports}}}\n")
    return start_airflow(connections, migrations=folder)


@pytest.fixture
def writer(airflow: AirflowInstance, app: Mapping[str, Login]) -> Iterator[Workload]:
    settings = WorkloadSettings(SCHEMA, 7, threads=4, size=SIZE, rate=60, only=NO_XA)
    with Workload(app["source"], settings) as running:
        yield running


def kept(reports: Path, run_id: str, name: str = SCHEMA) -> dict[str, Any]:
    """The report of a cutover as its folder has it; it holds no password and no address."""
    place = reports / name / run_id
    texts = [(place / f"report.{form}").read_text() for form in ("json", "html")]
    assert not [text for text in texts if PASSWORD in text or "127.0.0.1" in text]
    report: dict[str, Any] = json.loads(texts[0])
    return report


def test_no_means_no_a_difference_means_no_and_yes_means_yes(
    airflow: AirflowInstance, root: Mapping[str, Login], app: Mapping[str, Login], writer: Workload, reports: Path
) -> None:
    for name in (SCHEMA, UNANSWERED):
        run_id, found = run(airflow, f"{name}.migrate")
        assert set(found.values()) == {"success"}, full_log(airflow, f"{name}.migrate", run_id, "report")
    desk, records = Desk(airflow, DAG), Records(root["target"], "aurora_migration")
    _rejected_and_unanswered(airflow, records, app, reports)
    _differing(desk, records, root, app, reports)
    _approved(desk, records, root, app, reports)
    writer.check()
    run_id, found = run(airflow, f"{SCHEMA}.sync")
    assert found["sync"] == "skipped", "it follows the source no more"


def _rejected_and_unanswered(
    airflow: AirflowInstance, records: Records, app: Mapping[str, Login], reports: Path
) -> None:
    for name, word in ((SCHEMA, "Reject"), (UNANSWERED, "")):
        desk = Desk(airflow, f"{name}.cutover")
        with Gaps(app["source"], SCHEMA) as gaps:
            run_id = desk.begin()
            question = desk.asked(run_id)
            assert "lock-accounts" in question["body"]
            assert "last proved equal" in question["body"]
            if word:
                desk.answer(run_id, word)
            state, found = desk.end(run_id)
        print(
            f"{word or 'no answer'}: {gaps.taken} writes, none refused, {gaps.longest:.2f} s between two at most"
        )
        assert (state, records.run_state(run_id)) == ("success", "not approved")
        assert {found[task] for task in ("move_writes", "analyze")} == {"skipped"}
        assert (found["release"], found["summary"]) == ("success", "skipped")
        assert "not approved: nothing was changed, the source takes writes" in desk.log(run_id, "summary")
        assert kept(reports, run_id, name)["verdict"] == "not approved"
        assert gaps.last_refused is None
        assert gaps.taken
        assert not records.was_blocked(run_id)


def _differing(
    desk: Desk, records: Records, root: Mapping[str, Login], app: Mapping[str, Login], reports: Path
) -> None:
    sql(root["target"], f"DELETE FROM {SCHEMA}.marks WHERE id = 2")
    with Gaps(app["source"], SCHEMA) as gaps:
        run_id = desk.begin()
        desk.answer(run_id, "Approve")
        state, found = desk.end(run_id)
    assert (state, found["move_writes"], found["release"]) == ("failed", "failed", "success")
    assert gaps.last_refused is not None
    assert gaps.taken_again is not None
    undone = records.taken_again_at(run_id)
    took = undone - records.failed_at(run_id, "drain-and-verify")
    print(f"the source took writes {took:.2f} s after the verification failed, none for {gaps.longest:.2f} s")
    ended = datetime.fromisoformat(desk.task(run_id, "move_writes")["end_date"]).timestamp()
    assert undone < ended, "the task that failed did it, before the next one began"
    assert records.was_blocked(run_id)
    assert f"{SCHEMA}.marks" in desk.log(run_id, "move_writes")
    assert "the source takes writes" in desk.log(run_id, "summary")
    assert records.run_state(run_id) == "failed"
    report = kept(reports, run_id)
    assert (report["verdict"], report["cutover"]["writes_go_to"]["side"]) == ("not cut over", "source")
    assert {table["source"]: table["verdict"] for table in report["tables"]}[f"{SCHEMA}.marks"] == "differs"
    assert refusal(app["target"], SCHEMA) == LOCKED
    sql(root["target"], f"INSERT INTO {SCHEMA}.marks VALUES (2, 'two')")


def _approved(
    desk: Desk, records: Records, root: Mapping[str, Login], app: Mapping[str, Login], reports: Path
) -> None:
    run_id = desk.begin()
    desk.answer(run_id, "Approve")
    state, found = desk.end(run_id)
    assert state == "success", desk.log(run_id, "summary")
    assert set(found.values()) == {"success"}
    summary = desk.airflow.client.xcom(DAG, run_id, "summary")
    print(summary)
    assert summary["state"] == "open"
    assert summary["approved_by"] == "admin"
    assert summary["writes_go_to"] == "target_aurora"
    assert summary["write_downtime_seconds"] == pytest.approx(records.writes_down(run_id), abs=0.01)
    assert summary["write_downtime_seconds"] > 0
    assert (refusal(app["source"], SCHEMA), refusal(app["target"], SCHEMA)) == (LOCKED, 0)
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
    assert desk.airflow.client.get(path) == report
