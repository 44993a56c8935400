"""What a run leaves behind under the real scheduler: logs that end with a table, and a report that is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from local.airflow_client import ConnectionParams
from local.airflow_instance import AirflowInstance
from local.login import Login
from local.servers import Pair
from tests.e2e.runs import full_log, run, sql

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.airflow,
    pytest.mark.servers,
    pytest.mark.timeout(7200),
]

_MIGRATION = """
name: {name}
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
selection: [{{include: "{schema}.*"}}]
accounts: {{mode: skip}}
report: {{folder: {folder}}}
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def airflow(
    start_airflow: Callable[..., AirflowInstance],
    pair_connections: Mapping[str, ConnectionParams],
    tmp_path_factory: pytest.TempPathFactory,
    reports: Path,
) -> AirflowInstance:
    folder = tmp_path_factory.mktemp("migrations")
    for name, schema in (("told", "told"), ("nothing", "no_such_schema")):
        (folder / f"{name}.yaml").write_text(_MIGRATION.format(name=name, schema=schema, folder=reports))
    return start_airflow(pair_connections, migrations=folder)


def own_lines(log: str) -> list[str]:
    """What a task itself logged: Airflow puts its own before and after it into groups."""
    lines, group = [], ""
    for line in log.splitlines():
        if "::group::" in line:
            group = line.partition("::group::")[2]
        elif "::endgroup::" in line:
            group = ""
        elif not group.startswith(("Log message source", "Pre Execute", "Post Execute")):
            lines.append(line)
    return lines


def kept(reports: Path, name: str, run_id: str) -> tuple[dict[str, object], str]:
    place = reports / name / run_id
    return json.loads((place / "report.json").read_text()), (place / "report.html").read_text()


def test_logs_end_with_a_table_and_the_report_tells_the_run(
    airflow: AirflowInstance, root: Mapping[str, Login], reports: Path, server_pair: Pair
) -> None:
    sql(
        root["source"],
        "CREATE DATABASE told",
        "CREATE TABLE told.orders (id INT PRIMARY KEY, v VARCHAR(20))",
        "INSERT INTO told.orders VALUES (1, 'x'), (2, 'y')",
        "CREATE TABLE told.`<img src=x onerror=alert(1)>` (id INT PRIMARY KEY)",
        "CREATE EVENT told.tick ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    )
    run_id, found = run(airflow, "told.migrate")
    assert set(found.values()) == {"success"}, full_log(airflow, "told.migrate", run_id, "report")
    logs = {task: full_log(airflow, "told.migrate", run_id, task) for task in found}
    for task, log in logs.items():
        print(f"\n===== {task}\n{log}")
        last = own_lines(log)[-1]
        if task.startswith(("load", "verify_rows", "plan")):
            assert " total " in last, (task, last)
        elif task == "report":
            assert "verdict" in last
            assert last.endswith("PROVED: the target equals the source")
        else:
            assert f"Done: {task} of told" in log
    orders = next(log for task, log in logs.items() if task.startswith("load") and "told.orders" in log)
    assert "of earlier tries" in orders
    report, html = kept(reports, "told", run_id)
    assert report["verdict"] == "proved"
    assert "<img" not in html
    for login in (server_pair.source_login, server_pair.target_login):
        assert login.password not in html + json.dumps(report) + "".join(logs.values())
    links = airflow.client.get(f"/api/v2/dags/told.migrate/dagRuns/{run_id}/taskInstances/load/links?map_index=0")
    assert links["extra_links"]["Migration page"].startswith(
        "/aurora-migration/?migration=told&kind=migrate&run_id="
    )

    # a row that somebody changed: the run fails, its report says so, and the log says what to do
    sql(root["target"], "UPDATE told.orders SET v = 'z' WHERE id = 2")
    run_id, found = run(airflow, "told.verify")
    bad = next(task for task, state in found.items() if task.startswith("verify_rows") and state == "failed")
    words = full_log(airflow, "told.verify", run_id, bad)
    assert "What to do: look at the rows below by their key" in words
    assert "id=2 differs in v" in words
    report, html = kept(reports, "told", run_id)
    assert report["verdict"] == "not proved"
    assert "id=2 differs in v" in html
    last = full_log(airflow, "told.verify", run_id, "report")
    print(f"\n===== failed verify\n{words}\n===== failed report\n{last}")
    assert "NOT PROVED" in last
    assert "task-not-successful" in last


def test_a_run_that_preflight_stopped_has_a_report_of_its_findings(
    airflow: AirflowInstance, reports: Path
) -> None:
    run_id, found = run(airflow, "nothing.migrate")
    assert (found["preflight"], found["report"]) == ("failed", "failed")
    report, html = kept(reports, "nothing", run_id)
    assert report["verdict"] == "stopped before anything was written"
    assert "matches no table" in html
