"""Task settings: what must never be left to DMS's defaults, and how LOBs travel."""

from __future__ import annotations

import json

import pytest

from aurora_migration.dms.settings import LobPlan, holds, lob_columns, settings, task_settings
from aurora_migration.model.config import MigrationType
from aurora_migration.model.config_dms import DmsConfig
from tests.unit.dms.values import column, table

GOLDEN = {
    "TargetMetadata": {
        "TargetSchema": "",
        "SupportLobs": True,
        "FullLobMode": False,
        "LimitedSizeLobMode": True,
        "LobMaxSize": 30,
        "BatchApplyEnabled": False,
    },
    "FullLoadSettings": {
        "TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD",
        "CreatePkAfterFullLoad": False,
        "MaxFullLoadSubTasks": 8,
        "TransactionConsistencyTimeout": 600,
        "CommitRate": 10000,
        "StopTaskCachedChangesNotApplied": False,
        "StopTaskCachedChangesApplied": False,
    },
    "ErrorBehavior": {
        "DataErrorPolicy": "STOP_TASK",
        "DataTruncationErrorPolicy": "STOP_TASK",
        "DataErrorEscalationPolicy": "STOP_TASK",
        "DataErrorEscalationCount": 0,
        "TableErrorPolicy": "SUSPEND_TABLE",
        "TableErrorEscalationPolicy": "STOP_TASK",
        "TableErrorEscalationCount": 0,
        "RecoverableErrorCount": 10,
        "RecoverableErrorInterval": 5,
        "RecoverableErrorThrottling": True,
        "RecoverableErrorThrottlingMax": 300,
        "ApplyErrorInsertPolicy": "STOP_TASK",
        "ApplyErrorUpdatePolicy": "STOP_TASK",
        "ApplyErrorDeletePolicy": "STOP_TASK",
        "ApplyErrorEscalationPolicy": "STOP_TASK",
        "ApplyErrorEscalationCount": 0,
        "ApplyErrorFailOnTruncationDdl": True,
        "FailOnNoTablesCaptured": True,
        "FullLoadIgnoreConflicts": False,
    },
    "ControlTablesSettings": {
        "ControlSchema": "aurora_migration",
        "HistoryTimeslotInMinutes": 5,
        "HistoryTableEnabled": True,
        "SuspendedTablesTableEnabled": True,
        "StatusTableEnabled": True,
    },
    "ChangeProcessingDdlHandlingPolicy": {
        "HandleSourceTableDropped": False,
        "HandleSourceTableTruncated": False,
        "HandleSourceTableAltered": False,
    },
    "ValidationSettings": {
        "EnableValidation": True,
        "ThreadCount": 5,
        "FailureMaxCount": 10000,
        "TableFailureMaxCount": 1000,
    },
    "Logging": {"EnableLogging": True},
}
TYPES = list(MigrationType)


def test_the_settings_of_a_full_load() -> None:
    lob = LobPlan.decide(DmsConfig(), MigrationType.FULL_LOAD, 15_000)
    text = task_settings(DmsConfig(), MigrationType.FULL_LOAD, lob, "aurora_migration")
    assert json.loads(text) == GOLDEN


@pytest.mark.parametrize("migration_type", TYPES)
def test_dms_never_creates_or_drops_a_table(migration_type: MigrationType) -> None:
    text = task_settings(DmsConfig(), migration_type, LobPlan(None), "c")
    assert "DROP_AND_CREATE" not in text
    mode = json.loads(text)["FullLoadSettings"]["TargetTablePrepMode"]
    assert mode == ("DO_NOTHING" if migration_type is MigrationType.CDC else "TRUNCATE_BEFORE_LOAD")


@pytest.mark.parametrize("migration_type", TYPES)
def test_errors_stop_the_task_but_for_conflicts_that_an_overlap_explains(migration_type: MigrationType) -> None:
    found = settings(DmsConfig(), migration_type, LobPlan(None), "c")["ErrorBehavior"]
    assert found["FailOnNoTablesCaptured"] is True
    assert {found[key] for key in ("DataErrorPolicy", "DataTruncationErrorPolicy")} == {"STOP_TASK"}
    overlap = migration_type is not MigrationType.FULL_LOAD
    assert found["ApplyErrorInsertPolicy"] == ("INSERT_RECORD" if overlap else "STOP_TASK")
    assert found["ApplyErrorUpdatePolicy"] == ("UPDATE_RECORD" if overlap else "STOP_TASK")


def test_a_load_with_changes_stops_at_the_moment_at_which_indexes_can_be_built() -> None:
    full = settings(DmsConfig(), MigrationType.FULL_LOAD_AND_CDC, LobPlan(None), "c")["FullLoadSettings"]
    assert full["StopTaskCachedChangesApplied"] is True
    text = task_settings(DmsConfig(), MigrationType.FULL_LOAD_AND_CDC, LobPlan(None), "c", follow=True)
    assert json.loads(text)["FullLoadSettings"]["StopTaskCachedChangesApplied"] is False


@pytest.mark.parametrize(
    ("lob", "migration_type", "longest", "kib"),
    [
        ("measured", MigrationType.FULL_LOAD, 0, 0),
        ("measured", MigrationType.FULL_LOAD, 1, 1),
        ("measured", MigrationType.FULL_LOAD, 513, 2),  # text doubles on its way
        ("measured", MigrationType.FULL_LOAD, 51_200 * 1024, 102_400),
        ("measured", MigrationType.FULL_LOAD, 51_200 * 1024 + 1, None),  # more than limited mode holds
        ("measured", MigrationType.FULL_LOAD_AND_CDC, 10, None),  # the next change may be longer
        ("measured", MigrationType.CDC, None, None),
        ("full", MigrationType.FULL_LOAD, None, None),
    ],
)
def test_how_lobs_travel(lob: str, migration_type: MigrationType, longest: int | None, kib: int | None) -> None:
    plan = LobPlan.decide(DmsConfig.model_validate({"lob": lob}), migration_type, longest)
    assert plan.max_kib == kib
    made = plan.settings()
    modes = [made["FullLobMode"], made["LimitedSizeLobMode"]]
    assert modes == [kib is None, kib not in {None, 0}]
    assert made["SupportLobs"] is (kib != 0)


def test_json_and_spatial_values_are_lobs_to_dms() -> None:
    kinds = ["int", "text", "json", "point", "longblob", "varchar", "vector"]
    one = table("s", "t", *(column(kind, kind) for kind in kinds))
    assert lob_columns(one) == ("text", "json", "point", "longblob", "vector")


def test_settings_completed_by_dms_still_hold() -> None:
    wanted = {"A": {"x": 1}, "B": True}
    assert holds({"A": {"x": 1, "y": 2}, "B": True, "C": None}, wanted)
    assert not holds({"A": {"x": 2, "y": 2}, "B": True}, wanted)
    assert not holds({"A": None, "B": True}, wanted)
    assert not holds({}, wanted)
