"""The stand-in really moves rows: all kinds of values, LOB limits, prep modes, rules, errors of tables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from local.dms.faults import FatalError, LoseRows, NoTables, StopTask, TableError
from local.oracle import compare_databases
from tests.fresh_databases import create_like_source
from tests.local_dms.dms_rig import FULL_LOB, Rig, include, mappings, settings, until

pytestmark = pytest.mark.servers
MakeRig = Callable[..., Rig]

ORDERS = "CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)"
MANY_ORDERS = (
    "INSERT INTO orders WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
    "SELECT i, CONCAT('order ', i) FROM n"
)
TORTURE = """CREATE TABLE torture (
  id BIGINT UNSIGNED NOT NULL, part CHAR(3) NOT NULL, f FLOAT, d DOUBLE, n DECIMAL(30,10), b BIT(12), y YEAR,
  ts TIMESTAMP(6) NULL, dt DATETIME(3), t TIME(2), e ENUM('', 'a', '2'), s SET('x','y','z'),
  latin VARCHAR(20) CHARACTER SET latin1, wide VARCHAR(20) CHARACTER SET utf16, bin VARBINARY(20), fixed BINARY(4),
  txt TEXT, big LONGTEXT, raw LONGBLOB, j JSON, g POINT,
  made VARCHAR(30) GENERATED ALWAYS AS (CONCAT(part, '!')) STORED,
  PRIMARY KEY (id, part))"""
TORTURE_ROWS = """INSERT INTO torture (id, part, f, d, n, b, y, ts, dt, t, e, s, latin, wide, bin, fixed, txt, big,
    raw, j, g) VALUES
  (0, 'ä\\'', 1.17549435e-38, -0.0, '-99999999999999999999.0123456789', b'101010101010', 1901,
   '1970-01-02 00:00:01.000001', '0000-00-00 00:00:00', '-838:59:59', 'a', 'x,z', 'é\\\\', '😀',
   x'00ff275c0a1a', x'01',
   'line\\nnext', REPEAT('ü', 40000), x'00275c', '{"a": [1, "ö", 1.5]}', ST_GeomFromText('POINT(1 2)')),
  (18446744073709551615, '', 3.4e38, 1e308, NULL, NULL, NULL, NULL, NULL, NULL, '2', '', NULL, NULL, NULL, NULL,
   '', '', '', 'null', NULL)"""


def test_every_kind_of_value_arrives_as_it_was(make_rig: MakeRig) -> None:
    rig = make_rig(TORTURE, TORTURE_ROWS, ORDERS, MANY_ORDERS, "CREATE TABLE nothing (id INT PRIMARY KEY)")
    create_like_source(rig.databases, ["torture", "orders", "nothing"])
    task = rig.task(given=settings(FULL_LOB, {"ValidationSettings": {"EnableValidation": True}}))
    ended = rig.run(task)
    assert (ended["Status"], ended["StopReason"]) == ("stopped", "Stop Reason FULL_LOAD_ONLY_FINISHED")
    comparison = compare_databases(*rig.databases.oracle_params(), [rig.databases.name])
    assert comparison.equal, str(comparison)
    assert comparison.rows == 902
    found = rig.statistics(task)
    assert {name: one["TableState"] for name, one in found.items()} == dict.fromkeys(found, "Table completed")
    assert {name: one["FullLoadRows"] for name, one in found.items()} == {
        "torture": 2,
        "orders": 900,
        "nothing": 0,
    }
    assert {one["ValidationState"] for one in found.values()} == {"Validated"}
    stats = ended["ReplicationTaskStats"]
    assert (stats["FullLoadProgressPercent"], stats["TablesLoaded"], stats["TablesErrored"]) == (100, 3, 0)


def test_limited_lobs_are_cut_and_only_validation_sees_it(make_rig: MakeRig) -> None:
    table = "CREATE TABLE docs (id INT PRIMARY KEY, body MEDIUMTEXT, short TEXT)"
    rig = make_rig(table, "INSERT INTO docs VALUES (1, REPEAT('x', 5000), REPEAT('y', 5000)), (2, 'whole', NULL)")
    create_like_source(rig.databases, ["docs"])
    limited = {"TargetMetadata": {"LobMaxSize": 1}, "ValidationSettings": {"EnableValidation": True}}
    task = rig.task(given=settings(limited))
    assert rig.run(task)["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    lengths = {row["id"]: (row["b"], row["s"]) for row in rig.rows("docs", "id, LENGTH(body) b, LENGTH(short) s")}
    assert lengths == {1: (1024, 5000), 2: (5, None)}
    found = rig.statistics(task)["docs"]
    assert (found["TableState"], found["FullLoadErrorRows"]) == ("Table completed", 0)
    assert (found["ValidationState"], found["ValidationFailedRecords"]) == ("Mismatched records", 1)


def test_a_cut_can_stop_the_task(make_rig: MakeRig) -> None:
    rig = make_rig(
        "CREATE TABLE docs (id INT PRIMARY KEY, j JSON)",
        "INSERT INTO docs SELECT 1, JSON_ARRAY(REPEAT('x', 2000))",
    )
    create_like_source(rig.databases, ["docs"])
    stop = {"TargetMetadata": {"LobMaxSize": 1}, "ErrorBehavior": {"DataTruncationErrorPolicy": "STOP_TASK"}}
    ended = rig.run(rig.task(given=settings(stop)))
    assert (ended["Status"], ended["StopReason"]) == ("failed", "Stop Reason FATAL_ERROR")
    assert ended["LastFailureMessage"].endswith("Stop Reason FATAL_ERROR Error Level FATAL")


def test_full_lobs_need_a_primary_key(make_rig: MakeRig) -> None:
    rig = make_rig("CREATE TABLE keyless (a INT, body LONGTEXT)", "INSERT INTO keyless VALUES (1, 'lost')")
    create_like_source(rig.databases, ["keyless"])
    rig.run(rig.task())
    assert [dict(row) for row in rig.rows("keyless")] == [{"a": 1, "body": None}]


def test_do_nothing_collides_in_silence_and_truncate_does_not(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, "INSERT INTO orders VALUES (1, 'new'), (2, 'two')")
    create_like_source(rig.databases, ["orders"])
    rig.databases.on_target("INSERT INTO orders VALUES (1, 'old'), (9, 'left over')")
    found = rig.run(rig.task())
    assert found["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert {row["id"]: row["name"] for row in rig.rows("orders")} == {1: "old", 2: "two", 9: "left over"}
    rig.run(rig.task(name="anew", given=settings(FULL_LOB, prepare="TRUNCATE_BEFORE_LOAD")))
    assert {row["id"]: row["name"] for row in rig.rows("orders")} == {1: "new", 2: "two"}


def test_drop_and_create_leaves_a_bare_table(make_rig: MakeRig) -> None:
    table = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, e ENUM('a') DEFAULT 'a', ts TIMESTAMP, KEY (ts))"
    rig = make_rig(table, "INSERT INTO t VALUES (1, 'a', '2020-01-01 00:00:00')")
    create_like_source(rig.databases, ["t"])
    rig.run(rig.task(given=settings(FULL_LOB, prepare="DROP_AND_CREATE")))
    differences = compare_databases(*rig.databases.oracle_params(), [rig.databases.name]).differences
    assert differences
    columns = {row["Field"]: row for row in rig.query("SHOW COLUMNS FROM {schema}.t")}
    assert (columns["id"]["Extra"], columns["ts"]["Key"], columns["e"]["Default"]) == ("", "", None)
    assert (columns["ts"]["Type"], columns["e"]["Type"]) == ("datetime(6)", "varchar(1)")


def test_rules_choose_rename_filter_and_split(make_rig: MakeRig) -> None:
    rig = make_rig(
        ORDERS.replace("orders", "a_1"),
        ORDERS.replace("orders", "ab1"),
        ORDERS.replace("orders", "c"),
        "INSERT INTO a_1 VALUES (1, 'one'), (2, 'two'), (3, 'three'), (10, 'ten')",
        "INSERT INTO ab1 VALUES (1, 'not this one')",
        "INSERT INTO c VALUES (1, 'nor this')",
    )
    schema = rig.databases.name
    kept = {"filter-operator": "noteq", "value": "2"}
    filters = [{"filter-type": "source", "column-name": "id", "filter-conditions": [kept]}]
    rename = {"rule-type": "transformation", "rule-target": "table", "rule-action": "rename", "value": "renamed"}
    load = {"type": "ranges", "columns": ["id"], "boundaries": [["1"], ["3"]]}
    locator = {"schema-name": schema, "table-name": "a_1"}
    rules = mappings(
        include(schema, "a[_]1", 1, filters=filters),
        {**rename, "rule-id": "2", "rule-name": "r", "object-locator": locator},
        include(schema, "c", 3),
        include(schema, "c", 4, "exclude"),
        {
            "rule-type": "table-settings",
            "rule-id": "5",
            "rule-name": "s",
            "object-locator": locator,
            "parallel-load": load,
        },
    )
    create_like_source(rig.databases, [])
    rig.databases.on_target(ORDERS.replace("orders", "renamed"))
    task = rig.task(rules)
    rig.run(task)
    assert {row["id"]: row["name"] for row in rig.rows("renamed")} == {1: "one", 3: "three", 10: "ten"}
    assert list(rig.statistics(task)) == ["a_1"]


def test_a_table_in_error_does_not_stop_the_others_and_the_task_says_finished(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, MANY_ORDERS, "CREATE TABLE zebra (id INT PRIMARY KEY)", "INSERT INTO zebra VALUES (1)")
    create_like_source(rig.databases, ["orders", "zebra"])
    rig.cloud.dms.faults.add(TableError(f"{rig.databases.name}.orders", after_rows=600))
    task = rig.task()
    ended = rig.run(task)
    assert (ended["Status"], ended["StopReason"]) == ("stopped", "Stop Reason FULL_LOAD_ONLY_FINISHED")
    assert ended["ReplicationTaskStats"]["TablesErrored"] == 1
    found = rig.statistics(task)
    assert (found["orders"]["TableState"], found["orders"]["FullLoadRows"]) == ("Table error", 500)
    assert found["zebra"]["TableState"] == "Table completed"


def test_a_missing_target_table_privilege_is_a_table_error(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, "INSERT INTO orders VALUES (1, 'x')")
    create_like_source(rig.databases, ["orders"])
    rig.databases.on_target("ALTER TABLE orders DROP COLUMN name")
    task = rig.task()
    rig.run(task)
    assert rig.statistics(task)["orders"]["TableState"] == "Table error"
    strict = settings(FULL_LOB, {"ErrorBehavior": {"TableErrorPolicy": "STOP_TASK"}})
    assert rig.run(rig.task(name="strict", given=strict))["Status"] == "failed"


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_a_fatal_error_ends_the_task_in_the_middle(make_rig: MakeRig, status: str) -> None:
    rig = make_rig(ORDERS, MANY_ORDERS)
    create_like_source(rig.databases, ["orders"])
    rig.cloud.dms.faults.add(FatalError(after_rows=600, status=status, times=1))
    task = rig.task()
    ended = rig.run(task)
    assert (ended["Status"], ended["StopReason"]) == (status, "Stop Reason FATAL_ERROR")
    assert len(rig.rows("orders")) == 500
    again = rig.run(task, "reload-target")
    assert again["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert len(rig.rows("orders")) == 900


def test_another_stop_reason_and_resuming(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, MANY_ORDERS, "CREATE TABLE a (id INT PRIMARY KEY)", "INSERT INTO a VALUES (1)")
    create_like_source(rig.databases, ["orders", "a"])
    rig.cloud.dms.faults.add(StopTask("Stop Reason STOPPED_DUE_TO_LOW_DISK", after_rows=400, times=1))
    task = rig.task()
    assert rig.run(task)["StopReason"] == "Stop Reason STOPPED_DUE_TO_LOW_DISK"
    assert rig.run(task, "resume-processing")["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert compare_databases(*rig.databases.oracle_params(), [rig.databases.name]).equal
    assert rig.statistics(task)["a"]["FullLoadRows"] == 1


def test_no_table_is_an_error_or_a_success_by_the_settings(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS)
    failed = rig.run(rig.task(mappings(include("nobody_has_this"))))
    assert failed["Status"] == "failed"
    assert "No tables were found at task initialization" in failed["LastFailureMessage"]
    rig.cloud.dms.faults.add(NoTables())
    lax = settings(FULL_LOB, {"ErrorBehavior": {"FailOnNoTablesCaptured": False}})
    task = rig.task(name="lax", given=lax)
    ended = rig.run(task)
    assert (ended["Status"], ended["StopReason"]) == ("stopped", "Stop Reason FULL_LOAD_ONLY_FINISHED")
    assert rig.statistics(task) == {}


def test_lost_rows_are_seen_by_validation_and_written_down(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, MANY_ORDERS)
    create_like_source(rig.databases, ["orders"])
    control = f"control_{rig.databases.key}"
    rig.cloud.dms.faults.add(LoseRows(f"{rig.databases.name}.orders", 3))
    sections = {
        "ValidationSettings": {"EnableValidation": True},
        "ControlTablesSettings": {"ControlSchema": control},
    }
    task = rig.task(given=settings(FULL_LOB, sections))
    assert rig.run(task)["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert rig.statistics(task)["orders"]["ValidationState"] == "Mismatched records"
    failures = rig.query(f"SELECT * FROM `{control}`.awsdms_validation_failures_v1")
    assert {json.loads(one["KEY"])["key"][0] for one in failures} == {"1", "2", "3"}
    assert {one["FAILURE_TYPE"] for one in failures} == {"MISSING_TARGET"}
    assert {one["TASK_NAME"] for one in failures} == {task.rsplit(":", 1)[-1]}


def test_statistics_grow_while_the_task_runs_and_stopping_keeps_what_is_there(make_rig: MakeRig) -> None:
    rig = make_rig(ORDERS, MANY_ORDERS.replace("900", "990"))
    create_like_source(rig.databases, ["orders"])
    rig.cloud.dms.world.delays = replace(rig.cloud.dms.world.delays, batch=math.inf)  # until it is stopped
    task = rig.task()
    rig.start(task)
    until(lambda: rig.statistics(task).get("orders", {}), lambda one: one.get("FullLoadRows", 0) > 0)
    running = rig.statistics(task)["orders"]
    assert (running["TableState"], running["FullLoadRows"]) == ("Full load", 500)
    assert rig.describe(task)["Status"] == "running"
    assert 0 < rig.describe(task)["ReplicationTaskStats"]["FullLoadProgressPercent"] < 100
    rig.dms.stop_replication_task(ReplicationTaskArn=task)
    ended = rig.task_is(task, "stopped")
    assert ended["StopReason"] == "Stop Reason NORMAL"
    assert rig.statistics(task)["orders"]["TableState"] == "Table cancelled"
