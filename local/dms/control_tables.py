"""DMS's control tables on the target, with the columns of the user guide.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
`awsdms_apply_exceptions` is always made, `awsdms_validation_failures_v1` with validation; status, suspended tables
and history only where the settings ask for them **and** the task follows changes: a full-load task has none.
"""

from __future__ import annotations

from typing import Final

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.dms.job import Job, JobTable
from local.dms.mysql import full_name, name, run

_TASK: Final = "TASK_NAME VARCHAR(128) NOT NULL"
_TABLE: Final = "TABLE_OWNER VARCHAR(128) NOT NULL, TABLE_NAME VARCHAR(128) NOT NULL"
_COLUMNS: Final = {
    "awsdms_apply_exceptions": f"{_TASK}, {_TABLE}, ERROR_TIME TIMESTAMP NOT NULL, STATEMENT LONGTEXT NOT NULL, "
    "ERROR LONGTEXT NOT NULL",
    "awsdms_validation_failures_v1": f"{_TASK}, {_TABLE}, FAILURE_TIME DATETIME(3) NOT NULL, KEY_TYPE "
    "VARCHAR(128) NOT NULL, `KEY` TEXT NOT NULL, FAILURE_TYPE VARCHAR(128) NOT NULL, DETAILS VARCHAR(8000) "
    "NOT NULL",
    "awsdms_suspended_tables": f"SERVER_NAME VARCHAR(128) NOT NULL, {_TASK}, {_TABLE}, SUSPEND_REASON VARCHAR(32) "
    "NOT NULL, SUSPEND_TIMESTAMP TIMESTAMP NULL, PRIMARY KEY (SERVER_NAME, TASK_NAME, TABLE_OWNER, TABLE_NAME)",
    "awsdms_status": f"SERVER_NAME VARCHAR(128) NOT NULL, {_TASK}, TASK_STATUS VARCHAR(32) NULL, STATUS_TIME "
    "TIMESTAMP NULL, PENDING_CHANGES BIGINT NULL, DISK_SWAP_SIZE BIGINT NULL, TASK_MEMORY BIGINT NULL, "
    "SOURCE_CURRENT_POSITION VARCHAR(128) NULL, SOURCE_CURRENT_TIMESTAMP TIMESTAMP NULL, SOURCE_TAIL_POSITION "
    "VARCHAR(128) NULL, SOURCE_TAIL_TIMESTAMP TIMESTAMP NULL, SOURCE_TIMESTAMP_APPLIED TIMESTAMP NULL, "
    "PRIMARY KEY (SERVER_NAME, TASK_NAME)",
    "awsdms_history": f"SERVER_NAME VARCHAR(128) NOT NULL, {_TASK}, TIMESLOT_TYPE VARCHAR(32) NOT NULL, TIMESLOT "
    "TIMESTAMP NOT NULL, TIMESLOT_DURATION BIGINT NULL, TIMESLOT_LATENCY BIGINT NULL, RECORDS BIGINT NULL, "
    "TIMESLOT_VOLUME BIGINT NULL, PRIMARY KEY (SERVER_NAME, TASK_NAME, TIMESLOT_TYPE, TIMESLOT)",
}
_ASKED_FOR: Final = {
    "awsdms_suspended_tables": "SuspendedTablesTableEnabled",
    "awsdms_status": "StatusTableEnabled",
    "awsdms_history": "HistoryTableEnabled",
}
SERVER: Final = "localhost.localdomain"


class ControlTables:
    """The control tables of one job; writes over a connection of its own caller."""

    def __init__(self, job: Job, connection: Connection[Cursor]) -> None:
        self._job = job
        self._connection = connection
        self._schema = job.settings.control_schema
        self._made = {"awsdms_apply_exceptions"}
        if job.settings["ValidationSettings.EnableValidation"]:
            self._made.add("awsdms_validation_failures_v1")
        if job.follows:
            self._made |= {
                table for table, key in _ASKED_FOR.items() if job.settings[f"ControlTablesSettings.{key}"]
            }

    def create(self) -> None:
        run(self._connection, f"CREATE DATABASE IF NOT EXISTS {name(self._schema)}")
        for table in sorted(self._made):
            run(
                self._connection,
                f"CREATE TABLE IF NOT EXISTS {full_name(self._schema, table)} ({_COLUMNS[table]})",
            )

    def exception(self, table: JobTable, statement: str, error: str) -> None:
        """A row that could not be applied."""
        owner = (table.rules.target_schema, table.rules.target_table)
        self._insert(
            "awsdms_apply_exceptions",
            "%s, %s, %s, UTC_TIMESTAMP(), %s, %s",
            self._job.name,
            *owner,
            statement,
            error,
        )

    def suspended(self, table: JobTable, reason: str) -> None:
        owner = (table.rules.target_schema, table.rules.target_table)
        self._insert(
            "awsdms_suspended_tables",
            "%s, %s, %s, %s, %s, UTC_TIMESTAMP()",
            SERVER,
            self._job.name,
            *owner,
            reason[:32],
        )

    def validation_failure(self, table: JobTable, key: str, kind: str, details: str) -> None:
        owner = (table.rules.target_schema, table.rules.target_table)
        self._insert(
            "awsdms_validation_failures_v1",
            "%s, %s, %s, UTC_TIMESTAMP(3), 'Row', %s, %s, %s",
            self._job.name,
            *owner,
            key,
            kind,
            details[:8000],
        )

    def forget_validation(self, table: JobTable) -> None:
        """A table that is validated anew has no old failures."""
        if "awsdms_validation_failures_v1" in self._made:
            where = "TASK_NAME = %s AND TABLE_OWNER = %s AND TABLE_NAME = %s"
            owner = (table.rules.target_schema, table.rules.target_table)
            whole = full_name(self._schema, "awsdms_validation_failures_v1")
            run(self._connection, f"DELETE FROM {whole} WHERE {where}", (self._job.name, *owner))

    def status(self, state: str, pending: int = 0) -> None:
        position = ":".join(str(part) for part in self._job.checkpoint or ())
        self._insert(
            "awsdms_status",
            "%s, %s, %s, UTC_TIMESTAMP(), %s, 0, 0, %s, UTC_TIMESTAMP(), %s, UTC_TIMESTAMP(), UTC_TIMESTAMP()",
            SERVER,
            self._job.name,
            state,
            pending,
            position,
            position,
        )

    def history(self, kind: str, seconds: float, records: int) -> None:
        latency = int(self._job.latency_seconds)
        self._insert(
            "awsdms_history",
            "%s, %s, %s, UTC_TIMESTAMP(), %s, %s, %s, 0",
            SERVER,
            self._job.name,
            kind,
            int(seconds),
            latency,
            records,
        )

    def _insert(self, table: str, marks: str, *values: object) -> None:
        if table in self._made:
            run(self._connection, f"REPLACE INTO {full_name(self._schema, table)} VALUES ({marks})", values)
