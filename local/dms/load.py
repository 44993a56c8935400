"""The full load of one table: rows read in batches and written as LOAD DATA LOCAL would write them.

So a duplicate key is passed over in silence, a LOB longer than the limit is cut, and in full-LOB mode the LOBs
of a table without a primary key are not moved: the mishaps that a user of DMS meets. What fails otherwise ends
the table, not the task. The columns that the target generates are left to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor, SSCursor

from local.dms import words
from local.dms.bare_tables import create_table
from local.dms.control_tables import ControlTables
from local.dms.faults import LoseRows, StopTask, TableError
from local.dms.job import Job, JobTable
from local.dms.mappings import Condition
from local.dms.mysql import Column, Row, columns_of, full_name, literal, name, run
from local.dms.world import World

log = logging.getLogger(__name__)

BATCH_ROWS = 500
_BATCH_BYTES = 4 << 20


class TaskEnded(Exception):
    """The task ends by itself: with which state, reason and message."""

    def __init__(self, status: str, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.status, self.reason, self.message = status, reason, message


class Stopped(Exception):
    """Somebody asked the task to stop."""


class Loader:
    """Loads tables of one job over one connection to each side."""

    def __init__(
        self,
        world: World,
        job: Job,
        source: Connection[Cursor],
        target: Connection[Cursor],
        control: ControlTables,
    ) -> None:
        self._world, self._job = world, job
        self._source, self._target = source, target
        self._control = control

    def load(self, table: JobTable, *, again: bool = False) -> None:
        """Load a table; what goes wrong with it is in its state afterwards. Raises: TaskEnded, Stopped."""
        table.begin_load(words.RELOADING if again else words.FULL_LOAD)
        table.reloaded = table.reloaded or again
        table.suspended = False
        try:
            columns = self._prepare(table, truncate=again)
            for condition in table.rules.segments:
                self._segment(table, columns, condition)
        except Stopped:
            table.end_load(words.CANCELLED)
            raise
        except (pymysql.MySQLError, _TableFailed) as error:
            table.end_load(words.ERROR)
            table.suspended = True
            log.warning("a table failed to load table=%s error=%s", table.source_name, error)
            self._control.suspended(table, "Full load error")
            if self._job.settings["ErrorBehavior.TableErrorPolicy"] == "STOP_TASK":
                message = words.LAST_ERROR.format(message=f"Table {table.source_name} failed: {error}")
                raise TaskEnded("failed", words.FATAL_ERROR, message) from error
        else:
            table.end_load(words.COMPLETED)

    def _prepare(self, table: JobTable, *, truncate: bool) -> list[Column]:
        """Make the target table as the prep mode says; the columns to move."""
        columns = [one for one in table.columns if one.name not in table.rules.removed]
        whole = full_name(table.rules.target_schema, table.rules.target_table)
        mode = self._job.settings["FullLoadSettings.TargetTablePrepMode"]
        there = columns_of(self._target, table.rules.target_schema, table.rules.target_table)
        if mode == "DROP_AND_CREATE" and not truncate:
            run(self._target, f"CREATE DATABASE IF NOT EXISTS {name(table.rules.target_schema)}")
            run(self._target, f"DROP TABLE IF EXISTS {whole}")
            there = []
        if not there:
            run(self._target, f"CREATE DATABASE IF NOT EXISTS {name(table.rules.target_schema)}")
            run(self._target, create_table(table, columns))
            return columns
        if truncate or mode == "TRUNCATE_BEFORE_LOAD":
            run(self._target, f"TRUNCATE TABLE {whole}")
        generated = {one.name for one in there if one.generated}
        return [one for one in columns if one.name not in generated]

    def _segment(self, table: JobTable, columns: list[Column], condition: Condition) -> None:
        whole = full_name(table.rules.target_schema, table.rules.target_table)
        names = ", ".join(name(one.name) for one in columns)
        head = f"INSERT IGNORE INTO {whole} ({names}) VALUES ".encode()
        for rows in self._batches(table, columns, condition):
            self._check(table, len(rows))
            values = [self._row(table, columns, row) for row in rows]
            run(self._target, head + b", ".join(values))
            table.count("FullLoadRows", len(rows))
            self._job.moved += len(rows)
            if self._world.lasts("batch", self._job.stop):
                raise Stopped

    def _batches(self, table: JobTable, columns: list[Column], condition: Condition) -> Iterator[list[Row]]:
        wanted = [condition, *table.rules.filters]
        where = " AND ".join(rendered(self._source, one) for one in wanted)
        selected = ", ".join(one.selected for one in columns)
        whole = full_name(table.rules.schema, table.rules.table)
        with self._source.cursor(SSCursor) as cursor:
            cursor.execute(f"SELECT {selected} FROM {whole} WHERE {where}")
            lost = self._world.faults.find(LoseRows, table=table.source_name)
            if lost:
                cursor.fetchmany(lost.rows)
            batch: list[Row] = []
            size = 0
            for row in iter(cursor.fetchone, None):
                batch.append(row)
                size += sum(len(value or b"") for value in row)
                if len(batch) >= BATCH_ROWS or size >= _BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
            if batch:
                yield batch

    def _row(self, table: JobTable, columns: list[Column], row: Row) -> bytes:
        most = self._job.settings.lob_bytes(table.rules.lob_mode, table.rules.lob_kib)
        keyless = most is None and not table.key
        parts = []
        for column, value in zip(columns, row, strict=True):
            if column.is_lob and value is not None:
                if most == 0 or keyless:
                    value = None
                elif most is not None and len(value) > most:
                    value = self._cut(table, value, most)
            parts.append(literal(value, column))
        return b"(" + b", ".join(parts) + b")"

    def _cut(self, table: JobTable, value: bytes, most: int) -> bytes:
        """A LOB above the limit: cut, which only the task log tells, or what DataTruncationErrorPolicy says."""
        policy = self._job.settings["ErrorBehavior.DataTruncationErrorPolicy"]
        message = f"Data truncation: a LOB of {len(value)} bytes is longer than LobMaxSize"
        if policy == "STOP_TASK":
            raise TaskEnded("failed", words.FATAL_ERROR, words.LAST_ERROR.format(message=message))
        if policy == "SUSPEND_TABLE":
            raise _TableFailed(message)
        log.warning("a LOB is cut table=%s bytes=%d limit=%d", table.source_name, len(value), most)
        return value[:most]

    def _check(self, table: JobTable, rows: int) -> None:
        """Let happen what was ordered to go wrong before these rows are written."""
        if self._job.stop.is_set():
            raise Stopped
        reached = table.counts.get("FullLoadRows", 0) + rows
        failure = self._world.faults.find(TableError, reached=reached, table=table.source_name)
        if failure:
            table.count("FullLoadErrorRows", rows)
            raise _TableFailed(failure.message)
        end_if_ordered(self._world, self._job, rows)


class _TableFailed(Exception):
    """This table cannot be loaded."""


def end_if_ordered(world: World, job: Job, rows: int) -> None:
    """Raises: TaskEnded, where a mishap ends the task at this number of rows."""
    end = world.faults.find(StopTask, reached=job.moved + rows)
    if end:
        fatal = end.reason == words.FATAL_ERROR
        message = words.LAST_ERROR.format(message=end.message) if fatal else end.message
        raise TaskEnded(end.status, end.reason, message)


def rendered(connection: Connection[Cursor], condition: Condition) -> str:
    return condition.sql % tuple(connection.escape(value) for value in condition.values)
