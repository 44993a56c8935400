"""Task settings: safe where DMS's defaults are not.

DMS goes on after truncated values and apply errors, loads nothing without complaint, and drops and creates tables
in many a guide. Here it stops instead, fails on an empty selection, and never creates a table: our first wave has
made them with their true types. Facts:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.model.config import MigrationType
from aurora_migration.model.config_dms import DmsConfig
from aurora_migration.model.table import LOB_TYPES, SPATIAL_TYPES, Table

MAX_LIMITED_LOB_KIB: Final = 102_400  # above it limited LOB mode is refused
INLINE_LOB_KIB: Final = 64  # in full LOB mode, values up to this travel with their row
_LOBS: Final = LOB_TYPES | SPATIAL_TYPES | {"json", "vector"}

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LobPlan:
    """How LOBs travel: ``max_kib`` is the limit of limited LOB mode, None is full LOB mode, 0 is no LOB at all."""

    max_kib: int | None

    @classmethod
    def decide(cls, config: DmsConfig, migration_type: MigrationType, longest_bytes: int | None) -> LobPlan:
        """By the longest LOB on the source, None if it was not measured.

        Limited mode cuts what is longer, and tells its log only. So it is used where nothing can grow: a load of
        which the longest value is known.
        """
        if longest_bytes == 0 and migration_type is MigrationType.FULL_LOAD:
            return cls(0)
        if config.lob == "full" or migration_type is not MigrationType.FULL_LOAD or longest_bytes is None:
            return cls(None)
        kib = -(-2 * longest_bytes // 1024)  # DMS carries text as UTF-16
        return cls(kib if kib <= MAX_LIMITED_LOB_KIB else None)

    def settings(self) -> Settings:
        if self.max_kib == 0:
            return {"SupportLobs": False, "FullLobMode": False, "LimitedSizeLobMode": False}
        if self.max_kib is None:
            return {
                "SupportLobs": True,
                "FullLobMode": True,
                "LimitedSizeLobMode": False,
                "LobChunkSize": 64,
                "InlineLobMaxSize": INLINE_LOB_KIB,
            }
        return {
            "SupportLobs": True,
            "FullLobMode": False,
            "LimitedSizeLobMode": True,
            "LobMaxSize": self.max_kib,
        }


def lob_columns(table: Table) -> tuple[str, ...]:
    """The columns that DMS moves as LOBs; JSON and spatial values are among them."""
    return tuple(column.name for column in table.stored_columns if column.data_type in _LOBS)


def task_settings(
    config: DmsConfig, migration_type: MigrationType, lob: LobPlan, control_schema: str, *, follow: bool = False
) -> str:
    """The JSON text of a task's settings; with ``follow`` it no longer stops behind the load."""
    made = settings(config, migration_type, lob, control_schema)
    if follow:
        made["FullLoadSettings"]["StopTaskCachedChangesApplied"] = False
    return json.dumps(made, indent=2)


def settings(config: DmsConfig, migration_type: MigrationType, lob: LobPlan, control_schema: str) -> Settings:
    """A task's settings, by DMS's own section names."""
    return {
        "TargetMetadata": {"TargetSchema": "", **lob.settings(), "BatchApplyEnabled": False},
        "FullLoadSettings": _full_load(config, migration_type),
        "ErrorBehavior": _errors(migration_type),
        "ControlTablesSettings": {
            "ControlSchema": control_schema,
            "HistoryTimeslotInMinutes": 5,
            "HistoryTableEnabled": True,
            "SuspendedTablesTableEnabled": True,
            "StatusTableEnabled": True,
        },
        "ChangeProcessingDdlHandlingPolicy": {
            # a DROP or TRUNCATE on the source must not empty the target behind our back
            "HandleSourceTableDropped": False,
            "HandleSourceTableTruncated": False,
            "HandleSourceTableAltered": False,
        },
        "ValidationSettings": {
            "EnableValidation": config.validation,
            "ThreadCount": 5,
            "FailureMaxCount": 10_000,
            "TableFailureMaxCount": 1_000,
        },
        "Logging": {"EnableLogging": config.cloudwatch_logs},
    }


def _full_load(config: DmsConfig, migration_type: MigrationType) -> Settings:
    loads = migration_type is not MigrationType.CDC
    return {
        # A table that is loaded again, for whatever reason, starts empty; our own preflight and first wave have
        # refused rows that are not to be lost.
        "TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD" if loads else "DO_NOTHING",
        "CreatePkAfterFullLoad": False,
        "MaxFullLoadSubTasks": config.parallel_tables,
        "TransactionConsistencyTimeout": 600,
        "CommitRate": 10_000,
        "StopTaskCachedChangesNotApplied": False,
        # Once the changes of the load's own time are in, the target is one moment of the source again: unique
        # indexes and foreign keys can be built. The task is resumed behind the second wave.
        "StopTaskCachedChangesApplied": migration_type is MigrationType.FULL_LOAD_AND_CDC,
    }


def _errors(migration_type: MigrationType) -> Settings:
    # Changes from before the end of the load meet rows that have them already: such conflicts are settled by key.
    overlaps = migration_type is not MigrationType.FULL_LOAD
    return {
        "DataErrorPolicy": "STOP_TASK",
        "DataTruncationErrorPolicy": "STOP_TASK",
        "DataErrorEscalationPolicy": "STOP_TASK",
        "DataErrorEscalationCount": 0,
        # the others go on, so that one run tells all tables that cannot be loaded; the verdict fails on any
        "TableErrorPolicy": "SUSPEND_TABLE",
        "TableErrorEscalationPolicy": "STOP_TASK",
        "TableErrorEscalationCount": 0,
        "RecoverableErrorCount": 10,
        "RecoverableErrorInterval": 5,
        "RecoverableErrorThrottling": True,
        "RecoverableErrorThrottlingMax": 300,
        "ApplyErrorInsertPolicy": "INSERT_RECORD" if overlaps else "STOP_TASK",
        "ApplyErrorUpdatePolicy": "UPDATE_RECORD" if overlaps else "STOP_TASK",
        "ApplyErrorDeletePolicy": "IGNORE_RECORD" if overlaps else "STOP_TASK",
        "ApplyErrorEscalationPolicy": "STOP_TASK",
        "ApplyErrorEscalationCount": 0,
        "ApplyErrorFailOnTruncationDdl": True,
        "FailOnNoTablesCaptured": True,
        "FullLoadIgnoreConflicts": migration_type is MigrationType.FULL_LOAD_AND_CDC,
    }


def holds(whole: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether settings that DMS completed with its defaults still say what we asked for."""
    return all(
        holds(whole[key], value)
        if isinstance(value, Mapping) and isinstance(whole.get(key), Mapping)
        else whole.get(key) == value
        for key, value in wanted.items()
    )


def longest(lengths: Iterable[int | None]) -> int:
    """The longest measured value, in bytes; 0 where there is none."""
    return max((length or 0 for length in lengths), default=0)
