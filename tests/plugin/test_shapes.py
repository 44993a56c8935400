"""What the page gets of a run that a real control schema holds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from aurora_migration.bridge.reading import reading
from aurora_migration.errors import FatalError, MigrationError
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.store import dms_states, load, overview_tables, runs, sync
from aurora_migration.store.control import Control
from aurora_migration.web import listing, run_view, tables, times
from aurora_migration.web.activity import RunActivity, TaskActivity
from aurora_migration.web.dms import load_dms
from tests.fresh_databases import Databases
from tests.plugin.api_server import connection
from tests.plugin.control_rows import HOSTILE, PLAN, RUN, write_run

pytestmark = [pytest.mark.servers, pytest.mark.airflow]


@pytest.fixture
def made(databases: Callable[..., Databases]) -> Databases:
    return databases("CREATE TABLE a (id INT PRIMARY KEY)")


@pytest.fixture
def control(made: Databases) -> Control:
    found = Control(made.config().control_schema, made.config().name)
    write_run(made.target, found)
    return found


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=times.text))


def test_the_overview_of_a_run(made: Databases, control: Control) -> None:
    known = run_view.load_overview(made.target, control, RUN)
    shown = as_json(run_view.shown_run(made.config(), known, None, []))
    assert shown["run"]["verdict"] == "not proved"
    assert shown["run"]["kind"] == "migrate"
    assert shown["run"]["newest"] is True
    assert shown["run"]["versions"] == {"source": "8.4.0", "target": "8.0.39"}
    assert [run["run_id"] for run in shown["runs"]] == [RUN]
    totals = shown["totals"]
    assert (totals["tables"], totals["tables_loaded"], totals["rows"]) == (3, 2, 2300)
    assert totals["row_estimate"] == 900 + 900 + 1000, "loaded tables count with their rows"
    assert (totals["ranges"], totals["ranges_verified"]) == (3, 2)
    assert sum(shown["throughput"]["rows_per_second"]) * shown["throughput"]["bucket_seconds"] == 2300
    counts = {"blocker": 1, "warning": 1, "note": 1, "unexplained": 2, "on_purpose": 1, "incidents": 1}
    assert shown["counts"] == counts
    names = [phase["phase"] for phase in shown["phases"]]
    assert names == ["preflight", "schema-wave-1", "plan", "load", "verify-rows", "verify-objects"]
    assert shown["phases"][-1]["summary"] == {"unexplained": 1}, "the account plan is not part of it"
    assert shown["lag"] is None
    assert all(value.endswith("Z") for value in (shown["run"]["started_at"], shown["phases"][0]["started_at"]))


def test_the_tables_of_a_run(made: Databases, control: Control) -> None:
    answer = json.loads(tables.load_tables(made.target, control, RUN).body)
    rows = {row[0]: dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]}
    assert list(rows) == [f"shop.{HOSTILE}", "shop.equal", "shop.unequal"]
    equal, unequal, hostile = rows["shop.equal"], rows["shop.unequal"], rows[f"shop.{HOSTILE}"]
    assert (equal["state"], equal["rows"], equal["verdict"]) == ("loaded", 900, "equal")
    assert (unequal["verdict"], unequal["chunks_differing"]) == ("differs", 1)
    assert (unequal["source_rows"], unequal["target_rows"]) == (900, 899)
    assert (hostile["state"], hostile["rows"], hostile["row_estimate"]) == ("loading", 500, 1000)
    assert hostile["verdict"] is None
    assert equal["bytes"] == 45_000
    other = json.loads(tables.load_tables(made.target, control, "another run").body)
    assert {row[9] for row in other["rows"]} == {None}, "verdicts belong to a run"


def test_names_with_any_character_stay_whole_and_a_list_that_is_cut_is_refused(
    made: Databases, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = TableName("shop", "a\tb\nc.d|'\"\\")
    load.save_table(made.target, control, RUN, TableMapping(odd, TableName("other", odd.name)), "f" * 64, 7, 9)
    answer = json.loads(tables.load_tables(made.target, control, RUN).body)
    row = next(row for row in answer["rows"] if row[0] == str(odd))
    assert row[1:6] == [f"other.{odd.name}", "waiting", False, 0, 7]
    monkeypatch.setattr(overview_tables, "_LONGEST", 64)
    with pytest.raises(FatalError, match="cut its list of"):
        tables.load_tables(made.target, control, RUN)


def test_a_load_that_dms_carried_is_told_from_its_statistics_and_the_verdicts(
    made: Databases, control: Control
) -> None:
    with made.target.transaction():
        control.forget(made.target, "chunks", [TableName("shop", "equal")])
    runs.start_phase(made.target, control, RUN, "dms-load")
    runs.finish_phase(
        made.target, control, RUN, "dms-load", "success", {"tables": 3, "rows": 2800, "validated": 3}
    )
    known = run_view.load_overview(made.target, control, RUN)
    totals = as_json(run_view.shown_run(made.config(engine="dms"), known, None, []))["totals"]
    assert (totals["rows"], totals["row_estimate"], totals["tables_loaded"]) == (2800, 2800, 3)
    answer = json.loads(tables.load_tables_by_dms(made.target, control, RUN).body)
    rows = {row[0]: dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]}
    assert (rows["shop.equal"]["state"], rows["shop.equal"]["rows"]) == ("loaded", 900)


def test_the_evidence_of_a_run(made: Databases, control: Control) -> None:
    found = as_json(run_view.load_evidence(made.target, control, RUN))
    assert [finding["severity"] for finding in found["findings"]] == ["blocker", "warning", "note"]
    assert found["findings"][0]["remedy"] == "leave it out"
    kinds = [difference["kind"] for difference in found["differences"]]
    assert kinds == ["missing", "differs", "changed on purpose"], "what no rule explains comes first"
    assert "id=7" in found["differences"][1]["detail"]
    assert found["incidents"][0]["statements"] == "REPLACE …"
    assert found["accounts"] == PLAN


def test_one_line_of_the_list(made: Databases, control: Control) -> None:
    known = listing.load_migrations(made.target, [made.config()])[control.migration]
    line = as_json(listing.shown_migration(made.config(), known, {}, {"state": "ok"}))
    assert line["verdict"] == "not proved"
    assert line["run"]["state"] == "failed"
    assert line["phase"] == {"phase": "verify-objects", "state": "failed"}
    assert line["totals"]["tables_loaded"] == 2


def test_a_newer_run_that_has_written_nothing_is_the_newest_all_the_same(
    made: Databases, control: Control
) -> None:
    known = listing.load_migrations(made.target, [made.config()])[control.migration]
    task = TaskActivity("preflight", {"running": 1}, datetime(2027, 1, 1), None)
    dag_id = f"{control.migration}.migrate"
    newest = {dag_id: RunActivity(dag_id, "newer", "running", datetime(2027, 1, 1), None, (task,))}
    line = as_json(listing.shown_migration(made.config(), known, newest, {"state": "ok"}))
    assert (line["run"]["run_id"], line["run"]["active"]) == ("newer", True)
    assert line["phase"] == {"phase": "preflight", "state": "running"}
    assert line["counts"]["unexplained"] == 0, "the differences are another run's"
    shown = run_view.shown_run(made.config(), known | {"runs": known["runs"]}, newest[dag_id], newest.values())
    assert [run["run_id"] for run in shown["runs"]] == ["newer", RUN]


def test_without_a_control_schema_there_is_nothing_to_see(made: Databases) -> None:
    control = Control(made.config().control_schema, made.config().name)
    known = run_view.load_overview(made.target, control, None)
    shown = run_view.shown_run(made.config(), known, None, [])
    assert (shown["run"], shown["totals"], shown["runs"]) == (None, None, [])
    assert json.loads(tables.load_tables(made.target, control, None).body)["rows"] == []


def test_lag_and_checkpoint_of_a_migration_that_follows_changes(made: Databases, control: Control) -> None:

    sync.start_checkpoint(made.target, control, Checkpoint(Position("", "binlog.000001", 4), False, "u"))
    sync.set_state(made.target, control, SyncState.PAUSED, "ALTER TABLE on shop.a")
    sync.save_table(made.target, control, TableSync(TableName("shop", "equal"), TableMode.STOPPED))
    for lag in (3.0, 1.5):
        sync.save_sample(made.target, control, RUN, 10, 100, lag)
    known = run_view.load_overview(made.target, control, RUN)
    lag = as_json(run_view.shown_run(made.config(), known, None, []))["lag"]
    assert (lag["state"], lag["words"]) == ("paused", "ALTER TABLE on shop.a")
    assert lag["seconds"] == [3.0, 1.5]
    assert lag["lag_seconds"] == 1.5
    assert lag["stopped_tables"] == 1


def test_what_dms_said_is_shown_and_its_latency_is_the_lag(made: Databases, control: Control) -> None:
    config = made.config(engine="dms", type="full-load-and-cdc")
    known = run_view.load_overview(made.target, control, RUN)
    assert run_view.shown_run(config, known, None, [])["dms"] is None
    assert load_dms(made.target, control, None) is None
    document = {"resources": [], "columns": ["table", "state"], "rows": [[f"shop.{HOSTILE}", "Table error"]]}
    dms_states.save_state(made.target, control, RUN, "running", 700, 1, document)
    for lag in (8.0, 2.0):
        sync.save_sample(made.target, control, RUN, 0, 350, lag)
    shown = as_json(run_view.shown_run(config, run_view.load_overview(made.target, control, RUN), None, []))
    assert shown["dms"]["status"] == "running"
    lag = shown["lag"]
    assert (lag["state"], lag["lag_seconds"], lag["row_changes"], lag["stopped_tables"]) == (
        "running",
        2.0,
        700,
        1,
    )
    assert lag["changes"] == [350, 350]
    found = as_json(load_dms(made.target, control, None))
    assert found["rows"] == document["rows"]
    assert found["seen_at"].endswith("Z")
    dms_states.save_state(made.target, control, RUN, "stopped", 700, 0, document | {"rows": []})
    again = as_json(load_dms(made.target, control, None))
    assert again["digest"] != found["digest"]
    # from a hand-over on our own engine follows
    sync.start_checkpoint(made.target, control, Checkpoint(Position("", "binlog.000001", 4), False, "u"))
    ours = run_view.shown_run(config, run_view.load_overview(made.target, control, RUN), None, [])["lag"]
    assert (ours["state"], ours["row_changes"]) == (str(SyncState.LOADING), 0)


@pytest.fixture
def web_target(made: Databases) -> Iterator[str]:
    """The id of a connection to the target, as Airflow reads it from the environment."""
    os.environ["AIRFLOW_CONN_WEB_TARGET"] = connection(made.pair.target_login)
    yield "web_target"
    del os.environ["AIRFLOW_CONN_WEB_TARGET"]


def test_a_look_cannot_write(made: Databases, control: Control, web_target: str) -> None:

    with reading(web_target) as session:
        assert isinstance(session, Session)
        assert run_view.load_overview(session, control, RUN)["run"]["run_id"] == RUN
        with pytest.raises(MigrationError, match="READ ONLY"):
            control.execute(session, "finish_run", run_id=RUN, state="success")
        assert session.scalar(raw("SELECT @@max_execution_time")) == 10_000
