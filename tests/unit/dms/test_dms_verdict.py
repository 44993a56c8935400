"""A load is good only if every planned table is whole, whatever DMS calls it."""

from __future__ import annotations

from typing import Any

import pytest

from aurora_migration.dms.health import behind, health, latency
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.statistics import TableStatistics, progress
from aurora_migration.dms.verdict import ControlRow, judge
from aurora_migration.model.finding import Severity
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position

A, B = TableName("s", "a"), TableName("s", "b")
DONE = Observed("stopped", "FULL_LOAD_ONLY_FINISHED", tables_loaded=2)


def entry(name: str = "a", state: str = "Table completed", **facts: Any) -> TableStatistics:
    return TableStatistics.from_api({"SchemaName": "s", "TableName": name, "TableState": state, **facts})


def codes(
    *statistics: TableStatistics, observed: Observed = DONE, control: tuple[ControlRow, ...] = ()
) -> list[str]:
    found = judge([A, B], observed, statistics, control)
    return [finding.code for finding in found if finding.severity is Severity.BLOCKER]


def test_two_whole_tables_are_a_good_load() -> None:
    assert judge([A, B], DONE, (entry("a"), entry("b", ValidationState="Validated"))) == ()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"state": "Table error"}, "dms-table-error"),
        ({"state": "Table does not exist"}, "dms-table-error"),
        ({"state": "Table cancelled"}, "dms-table-error"),
        ({"state": "Suspended"}, "dms-table-suspended"),
        ({"state": "Table suspended"}, "dms-table-suspended"),
        ({"state": "Full load"}, "dms-table-incomplete"),
        ({"state": "Before load"}, "dms-table-incomplete"),
        ({"state": ""}, "dms-table-incomplete"),
        ({"FullLoadErrorRows": 1}, "dms-rows-refused"),
        ({"FullLoadCondtnlChkFailedRows": 2}, "dms-rows-refused"),
        ({"ValidationState": "Mismatched records"}, "dms-validation-failed"),
        ({"ValidationState": "Validated", "ValidationFailedRecords": 3}, "dms-validation-failed"),
    ],
)
def test_one_bad_table_is_a_blocker(facts: dict[str, Any], code: str) -> None:
    assert codes(entry("a"), entry("b", **facts)) == [code]


@pytest.mark.parametrize("state", ["Error", "Suspended records", "Pending records", "Suspended table"])
def test_a_validation_that_did_not_end_well_is_a_warning_since_ours_looks_as_well(state: str) -> None:
    (found,) = judge([A], DONE, (entry("a", ValidationState=state),))
    assert (found.severity, found.code) == (Severity.WARNING, "dms-validation-incomplete")


def test_no_table_at_all_is_a_blocker() -> None:
    assert codes() == ["dms-no-tables"]


def test_a_table_that_is_missing_is_a_blocker_and_one_too_many_a_warning() -> None:
    assert codes(entry("a")) == ["dms-table-missing"]
    found = judge([A], DONE, (entry("a"), entry("z")))
    assert [(one.severity, one.code) for one in found] == [(Severity.WARNING, "dms-table-not-planned")]


def test_a_count_of_errors_is_believed_without_a_table_in_error() -> None:
    observed = Observed("stopped", "FULL_LOAD_ONLY_FINISHED", tables_errored=1)
    assert codes(entry("a"), entry("b"), observed=observed) == ["dms-table-error"]


@pytest.mark.parametrize(
    ("control_table", "code"),
    [
        ("awsdms_apply_exceptions", "dms-apply-exception"),
        ("awsdms_suspended_tables", "dms-table-suspended"),
        ("awsdms_validation_failures_v1", "dms-validation-failed"),
    ],
)
def test_a_row_in_a_control_table_is_a_blocker(control_table: str, code: str) -> None:
    row = ControlRow(control_table, "s.a", "1 change")
    assert codes(entry("a"), entry("b"), control=(row,)) == [code]
    assert [one.code for one in health([], [row], {})] == [code]


def test_health_of_a_running_replication() -> None:
    good = entry("a", ValidationState="Pending records")
    assert health([good], [], {"CDCLatencySource": 1.0}) == ()
    found = health([entry("a", state="Table error")], [], {"CDCLatencyTarget": 301.0})
    assert [one.code for one in found] == ["dms-table-error", "dms-latency"]


def test_latencies_of_cloudwatch() -> None:
    assert latency(
        [{"Id": "x", "Label": "CDCLatencySource", "Values": [3.0, 9.0]}, {"Id": "y", "Label": "Y"}]
    ) == {"CDCLatencySource": 3.0}


@pytest.mark.parametrize(
    ("checkpoint", "expected"),
    [
        ("", True),
        ("nonsense", True),
        ("checkpoint:V1#27#mysql-bin.000010:99:-1:2002:1:mysql-bin.000010:50#0#0#*#0#93", True),
        ("checkpoint:V1#27#mysql-bin.000010:100:-1:2002:1:mysql-bin.000010:50#0#0#*#0#93", False),
        ("checkpoint:V1#27#mysql-bin.000011:4:-1:2002:1:mysql-bin.000011:4#0#0#*#0#93", False),
        ("checkpoint:V1#27#mysql-bin.000009:9999:-1:2002:1:mysql-bin.000009:9999#0#0#*#0#93", True),
    ],
)
def test_whether_a_checkpoint_is_behind_a_position(checkpoint: str, expected: bool) -> None:
    assert behind(checkpoint, Position("", "mysql-bin.000010", 100)) is expected


def test_binlog_files_compare_by_number() -> None:
    checkpoint = "checkpoint:V1#27#bin.1000000:4:-1:1:1:bin.1000000:4#0#0#*#0#93"
    assert not behind(checkpoint, Position("", "bin.999999", 500))


def test_progress_is_the_value_that_every_engine_shows() -> None:
    running, done = entry("a", "Full load", FullLoadRows=50), entry("b", FullLoadRows=7)
    one, two = progress([running, done], {"s.a": 200}, 10.0)
    assert (one.phase, one.table, one.rows, one.fraction, one.eta_seconds) == (
        "dms full load",
        "s.a",
        50,
        0.25,
        30.0,
    )
    assert (two.exact, two.fraction) == (True, 1.0)


def test_an_answer_of_a_task_and_of_a_serverless_replication_read_alike() -> None:
    task = {
        "Status": "stopped",
        "StopReason": "Stop Reason FULL_LOAD_ONLY_FINISHED",
        "ReplicationTaskStats": {"FullLoadProgressPercent": 100, "TablesLoaded": 2, "StartDate": "t"},
    }
    serverless = {**task, "ReplicationStats": task["ReplicationTaskStats"], "FailureMessages": []}
    del serverless["ReplicationTaskStats"]
    assert Observed.from_api(task) == Observed.from_api(serverless)
    assert Observed.from_api(task).stop_reason == "FULL_LOAD_ONLY_FINISHED"
    assert Observed.from_api(None).status == "absent"
