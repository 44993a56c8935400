"""DMS's task-settings JSON: AWS's defaults, what a task gives on top of them, and the parts that are obeyed here.

A section or a key that DMS does not have is refused. The whole document, defaults included, is what
DescribeReplicationTasks answers, as on AWS.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any, Final

from local.dms import words
from local.dms.faults import AwsError

DEFAULTS: Final[dict[str, Any]] = {
    "TargetMetadata": {
        "TargetSchema": "",
        "SupportLobs": True,
        "FullLobMode": False,
        "LobChunkSize": 64,
        "LimitedSizeLobMode": True,
        "LobMaxSize": 32,
        "InlineLobMaxSize": 0,
        "LoadMaxFileSize": 0,
        "ParallelLoadThreads": 0,
        "ParallelLoadBufferSize": 0,
        "ParallelLoadQueuesPerThread": 0,
        "ParallelApplyThreads": 0,
        "ParallelApplyBufferSize": 0,
        "ParallelApplyQueuesPerThread": 0,
        "BatchApplyEnabled": False,
        "TaskRecoveryTableEnabled": False,
    },
    "FullLoadSettings": {
        "TargetTablePrepMode": "DROP_AND_CREATE",
        "CreatePkAfterFullLoad": False,
        "StopTaskCachedChangesApplied": False,
        "StopTaskCachedChangesNotApplied": False,
        "MaxFullLoadSubTasks": 8,
        "TransactionConsistencyTimeout": 600,
        "CommitRate": 10000,
    },
    "Logging": {
        "EnableLogging": False,
        "EnableLogContext": False,
        "LogComponents": [],
        "LogConfiguration": None,
        "CloudWatchLogGroup": None,
        "CloudWatchLogStream": None,
    },
    "ControlTablesSettings": {
        "ControlSchema": "",
        "HistoryTimeslotInMinutes": 5,
        "HistoryTableEnabled": False,
        "SuspendedTablesTableEnabled": False,
        "StatusTableEnabled": False,
        "FullLoadExceptionTableEnabled": False,
    },
    "StreamBufferSettings": {"StreamBufferCount": 3, "StreamBufferSizeInMB": 8, "CtrlStreamBufferSizeInMB": 5},
    "ChangeProcessingDdlHandlingPolicy": {
        "HandleSourceTableDropped": True,
        "HandleSourceTableTruncated": True,
        "HandleSourceTableAltered": True,
    },
    "ErrorBehavior": {
        "FailOnNoTablesCaptured": True,
        "ApplyErrorUpdatePolicy": "LOG_ERROR",
        "FailOnTransactionConsistencyBreached": False,
        "RecoverableErrorThrottlingMax": 1800,
        "DataErrorEscalationPolicy": "SUSPEND_TABLE",
        "ApplyErrorEscalationCount": 0,
        "RecoverableErrorStopRetryAfterThrottlingMax": True,
        "RecoverableErrorThrottling": True,
        "ApplyErrorFailOnTruncationDdl": False,
        "DataMaskingErrorPolicy": "STOP_TASK",
        "DataTruncationErrorPolicy": "LOG_ERROR",
        "ApplyErrorInsertPolicy": "LOG_ERROR",
        "EventErrorPolicy": "IGNORE",
        "ApplyErrorEscalationPolicy": "LOG_ERROR",
        "RecoverableErrorCount": -1,
        "DataErrorEscalationCount": 0,
        "TableErrorEscalationPolicy": "STOP_TASK",
        "RecoverableErrorInterval": 5,
        "ApplyErrorDeletePolicy": "IGNORE_RECORD",
        "TableErrorEscalationCount": 0,
        "FullLoadIgnoreConflicts": True,
        "DataErrorPolicy": "LOG_ERROR",
        "TableErrorPolicy": "SUSPEND_TABLE",
    },
    "ChangeProcessingTuning": {
        "BatchApplyPreserveTransaction": True,
        "BatchApplyTimeoutMin": 1,
        "BatchApplyTimeoutMax": 30,
        "BatchApplyMemoryLimit": 500,
        "BatchSplitSize": 0,
        "MinTransactionSize": 1000,
        "CommitTimeout": 1,
        "MemoryLimitTotal": 1024,
        "MemoryKeepTime": 60,
        "StatementCacheSize": 50,
        "RecoveryTimeout": -1,
    },
    "ValidationSettings": {
        "EnableValidation": False,
        "ValidationMode": "ROW_LEVEL",
        "ThreadCount": 5,
        "PartitionSize": 10000,
        "FailureMaxCount": 10000,
        "TableFailureMaxCount": 1000,
        "RecordFailureDelayInMinutes": 5,
        "RecordFailureDelayLimitInMinutes": 0,
        "RecordSuspendDelayInMinutes": 30,
        "MaxKeyColumnSize": 8096,
        "HandleCollationDiff": False,
        "ValidationOnly": False,
        "SkipLobColumns": False,
        "ValidationPartialLobSize": 0,
        "ValidationQueryCdcDelaySeconds": 0,
    },
    "PostProcessingRules": None,
    "CharacterSetSettings": None,
    "LoopbackPreventionSettings": None,
    "BeforeImageSettings": None,
    "FailTaskWhenCleanTaskResourceFailed": False,
    "TTSettings": {
        "EnableTT": False,
        "FailTaskOnTTFailure": False,
        "TTS3Settings": None,
        "TTRecordSettings": None,
    },
}
_CHOICES: Final = {
    "TargetTablePrepMode": ("DO_NOTHING", "DROP_AND_CREATE", "TRUNCATE_BEFORE_LOAD"),
    "ApplyErrorInsertPolicy": ("LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK", "INSERT_RECORD"),
    "ApplyErrorUpdatePolicy": ("IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK", "UPDATE_RECORD"),
    "ApplyErrorDeletePolicy": ("IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"),
    "DataErrorPolicy": ("IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"),
    "DataTruncationErrorPolicy": ("IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"),
    "TableErrorPolicy": ("SUSPEND_TABLE", "STOP_TASK"),
}
_RANGES: Final = {
    "MaxFullLoadSubTasks": (1, 49),
    "CommitRate": (1, 50_000),
    "LobMaxSize": (0, 102_400),
}


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """A task's settings, complete."""

    document: dict[str, Any]

    @classmethod
    def parse(cls, given: str | None, *, created: bool = True) -> TaskSettings:
        """Settings over the defaults; `created` False for those of a serverless replication. Raises: AwsError."""
        document = copy.deepcopy(DEFAULTS)
        if given:
            try:
                found = json.loads(given)
            except json.JSONDecodeError as error:
                raise AwsError("InvalidParameterValueException", words.INVALID_SETTINGS) from error
            if not isinstance(found, dict):
                raise AwsError("InvalidParameterValueException", words.INVALID_SETTINGS)
            logging = found.get("Logging") or {}
            if created and (logging.get("CloudWatchLogGroup") or logging.get("CloudWatchLogStream")):
                raise AwsError("InvalidParameterValueException", words.LOG_GROUP_ON_CREATE)
            for section, keys in found.items():
                _merge(document, section, keys)
        target = document["TargetMetadata"]
        if target["FullLobMode"] and target["LimitedSizeLobMode"]:
            if (given and "LimitedSizeLobMode" in given) or not given:
                raise _refusal("FullLobMode and LimitedSizeLobMode cannot both be true")
            target["LimitedSizeLobMode"] = False
        return cls(document)

    def json(self) -> str:
        return json.dumps(self.document)

    def __getitem__(self, path: str) -> Any:
        """The value of "Section.Key"."""
        section, _, key = path.partition(".")
        return self.document[section][key]

    @property
    def control_schema(self) -> str:
        """Where the awsdms_ tables are; DMS's own default on MySQL is a database of this name."""
        return str(self["ControlTablesSettings.ControlSchema"]) or "awsdms_control"

    def lob_bytes(self, mode: str | None, kib: int | None) -> int | None:
        """The longest LOB that is moved whole, None where none is cut, 0 where none is moved."""
        if mode == "unlimited" or (mode is None and self["TargetMetadata.FullLobMode"]):
            return None
        if mode == "none" or not self["TargetMetadata.SupportLobs"]:
            return 0
        return int(kib or self["TargetMetadata.LobMaxSize"]) * 1024


def _merge(document: dict[str, Any], section: str, keys: Any) -> None:
    if section not in DEFAULTS:
        raise _refusal(f"unknown section {section}")
    if not isinstance(DEFAULTS[section], dict) or keys is None:
        document[section] = keys
        return
    if not isinstance(keys, dict):
        raise _refusal(f"{section} must be an object")
    for key, value in keys.items():
        if key not in DEFAULTS[section]:
            raise _refusal(f"unknown key {section}.{key}")
        default = DEFAULTS[section][key]
        if isinstance(default, (bool, int, str)) and type(value) is not type(default):
            raise _refusal(f"{section}.{key} must be a {type(default).__name__}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise _refusal(f"{section}.{key} cannot be {value}")
        low, high = _RANGES.get(key, (None, None))
        if low is not None and high is not None and not low <= value <= high:
            raise _refusal(f"{section}.{key} must be between {low} and {high}")
        document[section][key] = value


def _refusal(reason: str) -> AwsError:
    return AwsError("InvalidParameterValueException", f"{words.INVALID_SETTINGS}: {reason}")
