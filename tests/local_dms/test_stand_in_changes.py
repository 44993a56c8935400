"""Change data capture: positions, policies, reloads, stopping and going on, control tables, latency."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aurora_migration.errors import MigrationError
from aurora_migration.mysql.position import read_position
from aurora_migration.sql.quoting import raw
from local.dms.faults import SuspendTable
from local.oracle import compare_databases
from tests.fresh_databases import create_like_source
from tests.local_dms.dms_rig import FULL_LOB, Rig, settings, until
from tests.local_dms.test_dms_resources import refused
from tests.local_dms.test_dms_rows import TORTURE, TORTURE_ROWS

pytestmark = pytest.mark.servers
MakeRig = Callable[..., Rig]
CONTROL = {
    "StatusTableEnabled": True,
    "SuspendedTablesTableEnabled": True,
    "HistoryTableEnabled": True,
}
ITEMS = "CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(40))"


def position(rig: Rig) -> str:
    found = read_position(rig.databases.source_root)
    assert found is not None
    return f"{found.file}:{found.offset}"


def given(rig: Rig, **errors: str) -> str:
    control = {"ControlSchema": f"control_{rig.databases.key}", **CONTROL}
    return settings(FULL_LOB, {"ControlTablesSettings": control, "ErrorBehavior": errors})


def control(rig: Rig, table: str) -> list[Mapping[str, Any]]:
    return list(rig.query(f"SELECT * FROM `control_{rig.databases.key}`.awsdms_{table}"))


def equal(rig: Rig) -> bool:
    return compare_databases(*rig.databases.oracle_params(), [rig.databases.name]).equal


def test_load_and_follow_until_stopped_then_go_on(make_rig: MakeRig) -> None:
    rig = make_rig(TORTURE, TORTURE_ROWS, ITEMS, "INSERT INTO items VALUES (1, 'one'), (2, 'two')")
    rig.databases.on_source(
        "CREATE TABLE keyless (a INT, b VARCHAR(9))", "INSERT INTO keyless VALUES (1, 'x'), (1, 'x')"
    )
    create_like_source(rig.databases, ["torture", "items", "keyless"])
    task = rig.task(given=given(rig), kind="full-load-and-cdc")
    rig.start(task)
    until(
        lambda: rig.describe(task),
        lambda one: one.get("ReplicationTaskStats", {}).get("FullLoadProgressPercent") == 100,
    )
    rig.databases.on_source(
        "INSERT INTO items VALUES (3, 'three')",
        "UPDATE items SET name = 'uno' WHERE id = 1",
        "UPDATE items SET id = 20 WHERE id = 2",
        "DELETE FROM keyless LIMIT 1",
        "UPDATE torture SET txt = 'new', e = '2', s = 'y', j = '[1]', b = b'1', g = ST_GeomFromText('POINT(3 4)')",
        "DELETE FROM items WHERE id = 3",
    )
    until(lambda: equal(rig), bool)
    assert rig.describe(task)["Status"] == "running"
    found = rig.statistics(task)
    assert {key: found["items"][key] for key in ("Inserts", "Updates", "Deletes", "AppliedDeletes")} == {
        "Inserts": 1,
        "Updates": 2,
        "Deletes": 1,
        "AppliedDeletes": 1,
    }
    assert found["torture"]["AppliedUpdates"] == 2
    rig.dms.stop_replication_task(ReplicationTaskArn=task)
    assert rig.task_is(task, "stopped")["StopReason"] == "Stop Reason NORMAL"
    rig.databases.on_source("INSERT INTO items VALUES (4, 'while it was stopped')")
    assert not equal(rig)
    rig.start(task, "resume-processing")
    until(lambda: equal(rig), bool)
    assert control(rig, "apply_exceptions") == []
    assert control(rig, "status")[0]["TASK_STATUS"] == "CHANGE PROCESSING"


def test_cdc_from_a_native_position(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "INSERT INTO items VALUES (1, 'before')")
    create_like_source(rig.databases, ["items"])
    start = position(rig)
    rig.databases.on_source("INSERT INTO items VALUES (2, 'after')")
    task = rig.task(given=given(rig), kind="cdc", CdcStartPosition=start)
    rig.start(task)
    until(lambda: [row["id"] for row in rig.rows("items")], lambda ids: ids == [2])
    checkpoint = rig.describe(task)["RecoveryCheckpoint"]
    assert checkpoint.startswith("checkpoint:V1#")
    rig.dms.stop_replication_task(ReplicationTaskArn=task)
    rig.task_is(task, "stopped")
    rig.databases.on_source("INSERT INTO items VALUES (3, 'later')")
    last = rig.describe(task)["RecoveryCheckpoint"]
    other = rig.task(name="other", given=given(rig), kind="cdc", CdcStartPosition=last)
    rig.start(other)
    until(lambda: [row["id"] for row in rig.rows("items")], lambda ids: ids == [2, 3])
    assert rig.statistics(other)["items"]["TableState"] == "Table completed"
    assert "FullLoadStartTime" not in rig.statistics(other)["items"]


def test_cdc_from_a_time_to_a_time(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "INSERT INTO items VALUES (1, 'old')", "DO SLEEP(1.2)")
    create_like_source(rig.databases, ["items"])
    start = datetime.now(UTC)
    rig.databases.on_source("INSERT INTO items VALUES (2, 'between')", "DO SLEEP(1.2)")
    stop = datetime.now(UTC)
    rig.databases.on_source("DO SLEEP(1.2)", "INSERT INTO items VALUES (3, 'too late')")
    until_then = f"commit_time:{(stop + timedelta(seconds=0.5)).strftime('%Y-%m-%dT%H:%M:%S')}"
    task = rig.task(given=given(rig), kind="cdc", CdcStartTime=start, CdcStopPosition=until_then)
    assert rig.run(task)["StopReason"] == "Stop Reason STOPPED_AT_COMMIT_TIME"
    assert [row["id"] for row in rig.rows("items")] == [2]


def test_what_does_not_fit_is_logged_by_default(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS)
    create_like_source(rig.databases, ["items"])
    rig.databases.on_target("INSERT INTO items VALUES (1, 'in the way')")
    start = position(rig)
    rig.databases.on_source(
        "INSERT INTO items VALUES (1, 'one')",
        "DELETE FROM items",
        "INSERT INTO items VALUES (2, 'two')",
    )
    task = rig.task(given=given(rig), kind="cdc", CdcStartPosition=start)
    rig.start(task)
    until(lambda: rig.statistics(task)["items"]["AppliedInserts"] if rig.statistics(task) else 0, lambda n: n == 1)
    found = control(rig, "apply_exceptions")
    assert [(one["TABLE_NAME"], one["TASK_NAME"]) for one in found] == [("items", task.rsplit(":", 1)[-1])]
    assert "1062" in found[0]["ERROR"]
    assert found[0]["STATEMENT"].startswith("INSERT")


def test_policies_can_force_the_row_or_stop_the_task(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "INSERT INTO items VALUES (5, 'five')")
    create_like_source(rig.databases, ["items"])
    rig.databases.on_target("INSERT INTO items VALUES (1, 'in the way')")
    start = position(rig)
    rig.databases.on_source("INSERT INTO items VALUES (1, 'one')", "UPDATE items SET name = 'FIVE' WHERE id = 5")
    forced = given(rig, ApplyErrorInsertPolicy="INSERT_RECORD", ApplyErrorUpdatePolicy="UPDATE_RECORD")
    task = rig.task(given=forced, kind="cdc", CdcStartPosition=start)
    rig.start(task)
    until(lambda: equal(rig), bool)
    rig.dms.stop_replication_task(ReplicationTaskArn=task)
    rig.task_is(task, "stopped")
    rig.databases.on_target("DELETE FROM items")
    stopping = given(rig, ApplyErrorUpdatePolicy="STOP_TASK")
    strict = rig.task(name="strict", given=stopping, kind="cdc", CdcStartPosition=position(rig))
    rig.start(strict)
    rig.databases.on_source("UPDATE items SET name = 'gone' WHERE id = 5")
    ended = rig.task_is(strict, "failed")
    assert ended["StopReason"] == "Stop Reason FATAL_ERROR"
    assert "No rows were affected" in ended["LastFailureMessage"]


def test_a_suspended_table_is_named_and_the_others_go_on(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "CREATE TABLE other (id INT PRIMARY KEY)")
    create_like_source(rig.databases, ["items", "other"])
    rig.cloud.dms.faults.add(SuspendTable(f"{rig.databases.name}.items", times=1))
    task = rig.task(given=given(rig), kind="cdc")
    rig.start(task)
    until(lambda: rig.describe(task), lambda one: "RecoveryCheckpoint" in one)
    rig.databases.on_source("INSERT INTO items VALUES (1, 'x')", "INSERT INTO other VALUES (1)")
    until(lambda: list(rig.rows("other")), bool)
    assert rig.statistics(task)["items"]["TableState"] == "Table error"
    assert [one["TABLE_NAME"] for one in control(rig, "suspended_tables")] == ["items"]
    assert list(rig.rows("items")) == []


def test_reloading_and_validating_again(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "INSERT INTO items VALUES (1, 'one'), (2, 'two')")
    create_like_source(rig.databases, ["items"])
    validated = settings(FULL_LOB, {"ValidationSettings": {"EnableValidation": True}})
    task = rig.task(given=validated, kind="full-load-and-cdc")
    rig.start(task)
    until(lambda: rig.statistics(task).get("items", {}), lambda one: one.get("ValidationState") == "Validated")
    rig.databases.on_target("DELETE FROM items WHERE id = 1")
    tables = [{"SchemaName": rig.databases.name, "TableName": "items"}]
    rig.dms.reload_tables(ReplicationTaskArn=task, TablesToReload=tables, ReloadOption="validate-only")
    found = until(
        lambda: rig.statistics(task)["items"], lambda one: one["ValidationState"] == "Mismatched records"
    )
    assert found["ValidationFailedRecords"] == 1
    rig.dms.reload_tables(ReplicationTaskArn=task, TablesToReload=tables)
    found = until(
        lambda: rig.statistics(task)["items"],
        lambda one: (one["TableState"], one["ValidationState"]) == ("Table completed", "Validated"),
    )
    assert (found["FullLoadReloaded"], found["FullLoadRows"]) == (True, 2)
    assert equal(rig)
    refused(
        rig.dms.reload_tables,
        "ResourceNotFoundFault",
        ReplicationTaskArn=task,
        TablesToReload=[{"SchemaName": "no", "TableName": "such"}],
    )


def test_truncating_is_followed_and_latency_is_in_cloudwatch(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS, "INSERT INTO items VALUES (1, 'one')")
    create_like_source(rig.databases, ["items"])
    task = rig.task(kind="full-load-and-cdc")
    rig.start(task)
    until(lambda: list(rig.rows("items")), bool)
    rig.databases.on_source("TRUNCATE TABLE items", "INSERT INTO items VALUES (9, 'nine')")
    until(lambda: [row["id"] for row in rig.rows("items")], lambda ids: ids == [9])
    assert rig.statistics(task)["items"]["AppliedDdls"] == 1
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": "rig"},
        {"Name": "ReplicationTaskIdentifier", "Value": task.rsplit(":", 1)[-1]},
    ]
    began = datetime.now(UTC)

    def points() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = rig.cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/DMS",
            MetricName="CDCLatencyTarget",
            Dimensions=dimensions,
            StartTime=began - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return found

    until(points, bool)


def test_a_position_that_the_source_no_longer_has_is_fatal(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS)
    create_like_source(rig.databases, ["items"])
    task = rig.task(given=given(rig), kind="cdc", CdcStartPosition="binlog.999999:4")
    rig.start(task)
    ended = rig.task_is(task, "failed")
    assert ended["StopReason"] == "Stop Reason FATAL_ERROR"


def test_a_lost_connection_is_made_again_or_ends_the_task(make_rig: MakeRig) -> None:
    rig = make_rig(ITEMS)
    create_like_source(rig.databases, ["items"])
    task = rig.task(given=given(rig), kind="cdc")
    end_dumps(rig)
    rig.start(task)
    lose_dump(rig)
    rig.databases.on_source("INSERT INTO items VALUES (1, 'after the loss')", "FLUSH BINARY LOGS")
    until(lambda: [row["id"] for row in rig.rows("items")], lambda ids: ids == [1])
    rig.dms.stop_replication_task(ReplicationTaskArn=task)
    rig.task_is(task, "stopped")
    end_dumps(rig)
    never = settings(FULL_LOB, {"ErrorBehavior": {"RecoverableErrorCount": 0}})
    strict = rig.task(name="strict", given=never, kind="cdc")
    rig.start(strict)
    lose_dump(rig)
    assert rig.task_is(strict, "failed")["StopReason"] == "Stop Reason RECOVERABLE_ERROR"


def dumps(rig: Rig) -> list[int]:
    """Connections over which a binlog is read."""
    text = "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'"
    return [int(one["id"]) for one in rig.databases.source_root.query(raw(text))]


def end_dumps(rig: Rig) -> None:
    """End those of readers that have gone, whom the server misses only when it has something to send."""

    def left() -> list[int]:
        found = dumps(rig)
        for number in found:
            with contextlib.suppress(MigrationError):  # it has ended meanwhile
                rig.databases.source_root.execute(raw(f"KILL {number}"))
        return found

    until(left, lambda found: not found)


def lose_dump(rig: Rig) -> None:
    """End the one connection over which the binlog is read."""
    [number] = until(lambda: dumps(rig), lambda found: len(found) == 1)
    rig.databases.source_root.execute(raw(f"KILL {number}"))
