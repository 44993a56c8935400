"""Reports of real runs: what they say, where they are kept, and that no store and no secret gets in the way."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aurora_migration.bridge import judging, report_files
from aurora_migration.bridge.reading import control_of
from aurora_migration.bridge.report_files import report_document
from aurora_migration.bridge.run import Run
from aurora_migration.errors import DataMismatchError, RetryableError
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.store import reports, runs
from tests.fresh_databases import Databases
from tests.integration.bridge import phases
from tests.plugin.control_rows import RUN, write_many

pytestmark = [pytest.mark.servers, pytest.mark.airflow]

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())
TABLES = (
    "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(20), n INT AUTO_INCREMENT UNIQUE)",
    "INSERT INTO orders (id, v) VALUES (7001, 'secretvalue'), (7002, 'secretvalue')",
    "CREATE TABLE `<img src=x onerror=alert(1)>` (v VARCHAR(20))",
    "INSERT INTO `<img src=x onerror=alert(1)>` VALUES ('secretvalue')",
    "CREATE DEFINER = 'nobody'@'%' VIEW seen AS SELECT id FROM orders",
    "CREATE EVENT tick ON SCHEDULE EVERY 1 DAY DO SELECT 1",
)
NEW = Callable[..., Databases]


def run_with_report(made: Databases, folder: str | None, run_id: str = "run", **options: Any) -> Run:
    return phases.run_of(made, run_id, {"report": {"folder": folder}}, **options)


def kept(folder: Path, run: Run) -> tuple[dict[str, Any], str]:
    """The two files of a run's report."""
    place = folder / run.config.name / run.run_id
    assert sorted(path.name for path in place.iterdir()) == ["report.html", "report.json"]
    return json.loads((place / "report.json").read_bytes()), (place / "report.html").read_text()


def assert_discreet(made: Databases, *texts: str) -> None:
    """No login, address or value of a row is in the texts."""
    pair = made.pair
    words = {
        pair.source_login.password,
        pair.target_login.password,
        str(pair.source_login.port),
        str(pair.target_login.port),
        pair.source_login.host,
        "secretvalue",
        "source_mysql",
        "target_aurora",
    }
    for text in texts:
        assert not [word for word in words if word in text]


def test_the_report_of_a_proved_run(databases: NEW, tmp_path: Path) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    phases.migrate(run)
    report, html = kept(tmp_path, run)
    jsonschema.validate(report, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert report["verdict"] == "proved"
    tables = {table["source"].partition(".")[2]: table for table in report["tables"]}
    assert set(tables) == {"orders", "<img src=x onerror=alert(1)>"}
    assert tables["orders"]["key"] == ["id"]
    assert tables["<img src=x onerror=alert(1)>"]["key"] == []
    assert [tables["orders"][name] for name in ("rows_loaded", "source_rows", "target_rows")] == [2, 2, 2]
    assert tables["orders"]["verdict"] == "equal"
    order = ["preflight", "schema-wave-1", "position", "plan", "load", "schema-wave-2", "objects", "accounts"]
    assert [phase["phase"] for phase in report["phases"]][:8] == order
    assert {"source", "target", "mysql-to-aurora", "airflow", "python"} == set(report["versions"])
    rules = {one["rule"]: one["changes"] for one in report["changed_on_purpose"]}
    assert any("tick" in change["subject"] for changes in rules.values() for change in changes), rules
    for changes in rules.values():
        assert len({change["subject"] for change in changes}) == len(changes)
    assert "<img" not in html
    assert_discreet(made, html, json.dumps(report))


def test_later_runs_change_nothing_in_the_report_of_an_earlier_one(databases: NEW, tmp_path: Path) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    phases.migrate(run)
    first = kept(tmp_path, run)[0]
    again = run_with_report(made, None, "second", tables=(f"{made.name}.orders",))
    phases.migrate(phases.again(again, "second", run.options.prep_mode.TRUNCATE))
    assert report_document(made.target, run.config, "run").content == first
    second = report_document(made.target, run.config, "second").content
    assert [table["source"] for table in second["tables"]] == [f"{made.name}.orders"]
    assert sorted(path.name for path in (tmp_path / run.config.name).iterdir()) == ["run"]


def test_a_run_that_goes_on_is_not_finished_and_the_report_needs_no_source(databases: NEW) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, None)
    phases.load(run, phases.tables(run))
    report = report_document(made.target, run.config, "run").content
    assert report["verdict"] == "not finished"
    assert [table["verdict"] for table in report["tables"]] == ["not compared"] * 2
    assert sum(table["rows_loaded_by_this_run"] for table in report["tables"]) == 3
    assert (
        report_document(made.target, run.config, "never").content["verdict"]
        == "stopped before anything was written"
    )


def test_a_failed_run_says_what_stands_against_it(databases: NEW, tmp_path: Path) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    phases.migrate(run)
    made.on_target("UPDATE orders SET v = 'other' WHERE id = 7001", "DROP VIEW seen")
    verify = phases.again(run, "verify")
    with pytest.raises(DataMismatchError):
        phases.verify(verify)
    with pytest.raises(DataMismatchError):
        phases.report(verify, verify_rows="failed")
    report, html = kept(tmp_path, verify)
    jsonschema.validate(report, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert report["verdict"] == "not proved"
    assert ("task-not-successful", "verify_rows") in {(one["code"], one["subject"]) for one in report["findings"]}
    found = {table["source"]: table for table in report["tables"]}[f"{made.name}.orders"]
    assert found["verdict"] == "differs"
    assert "id=7001" in found["differences"][0]["detail"]
    assert "id=7001" in html
    assert_discreet(made, html, json.dumps(report))


def test_a_report_that_is_repeated_forgets_what_stood_against_it(databases: NEW, tmp_path: Path) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    phases.migrate(run)
    with pytest.raises(DataMismatchError):
        phases.report(run, load="failed")
    assert kept(tmp_path, run)[0]["totals"]["blockers"] == 1
    assert phases.report(run)["proven"]
    report = kept(tmp_path, run)[0]
    assert (report["verdict"], report["totals"]["blockers"]) == ("proved", 0)


def test_a_run_that_preflight_stopped_has_a_report_and_writes_nothing(databases: NEW, tmp_path: Path) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    blocked = [{"severity": "blocker", "code": "no-way", "subject": "x", "observed": "seen", "remedy": "do it"}]
    with pytest.raises(DataMismatchError, match="stopped before it wrote anything"):
        judging.report(run, {"preflight": "failed"}, blocked)
    report = kept(tmp_path, run)[0]
    assert report["verdict"] == "stopped before anything was written"
    assert [one["code"] for one in report["findings"]] == ["no-way"]
    assert not run.control.exists(made.target)


@pytest.mark.parametrize("folder", ["/proc/no/such/place", "no-such-protocol://bucket/reports"])
def test_a_store_that_does_not_take_it_costs_a_warning_with_a_remedy_and_no_verdict(
    databases: NEW, caplog: pytest.LogCaptureFixture, folder: str
) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, folder)
    with caplog.at_level(logging.WARNING):
        assert phases.migrate(run)["proven"]
    words = [record.getMessage() for record in caplog.records if record.name == report_files.__name__]
    assert len(words) == 1
    assert words[0].startswith(f"Report not written folder={folder} reason=")
    assert "What to do: " in words[0]
    assert report_document(made.target, run.config, "run").content["verdict"] == "proved"


def test_a_target_that_is_gone_leaves_the_first_error_as_it_is(
    databases: NEW, tmp_path: Path, caplog: pytest.LogCaptureFixture, dead_port: int
) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, str(tmp_path))
    phases.migrate(run)
    gone = phases.again(run, "gone")
    gone.__dict__["target"] = replace(run.target, port=dead_port)
    with pytest.raises(RetryableError):
        phases.report(gone)
    assert [path.name for path in (tmp_path / run.config.name).iterdir()] == ["run"]
    assert "Report not made" in caplog.text


def test_a_control_schema_of_an_older_version_still_gives_a_report(databases: NEW) -> None:
    made = databases(*TABLES)
    run = run_with_report(made, None)
    phases.migrate(run)
    for table in ("run_plans", "reports"):
        made.target_root.execute(raw(f"DROP TABLE `{run.config.control_schema}`.{table}"))
    report = report_document(made.target, run.config, "run").content
    jsonschema.validate(report, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert report["verdict"] == "proved"
    assert [(table["key"], table["verdict"]) for table in report["tables"]] == [(None, "equal")] * 2
    phases.report(run)  # which cannot keep it there, and says so
    assert reports.saved(made.target, control_of(run.config), "run") is None
    assert runs.phases(made.target, control_of(run.config), "run")


def test_five_thousand_tables_cost_a_reader_few_steps(databases: NEW) -> None:
    """Two million calls are less than half a second of a processor; no other work on the machine changes them."""
    made = databases()
    config = made.config()
    write_many(made.target, control_of(config), 5000)
    session = Session.open(phases.endpoint("target", made.pair.target_login))
    with session:
        session.set_variable("transaction_read_only", 1)  # as the page reads
        asked, worked = _statements(session), time.process_time()
        document = report_document(session, config, RUN)
        html = document.html()
        seconds, asked = time.process_time() - worked, _statements(session) - asked - 1
        calls = _calls(lambda: report_document(session, config, RUN).html())
    print(f"5,000 tables: {asked} statements, {calls:,} calls, {seconds:.2f} s, {len(html):,} bytes")
    assert document.content["totals"]["tables_equal"] == 5000
    assert asked < 25
    assert calls < 4_000_000


def _statements(session: Session) -> int:
    return int(session.query(raw("SHOW SESSION STATUS LIKE 'Questions'"))[0]["Value"])


def _calls(work: Callable[[], object]) -> int:
    """How many functions, Python's and others, a piece of work calls in this thread."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
