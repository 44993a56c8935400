"""Change data capture: the source's binlog, applied row by row on one connection.

The binlog is read by the project's own reader, as the carrier of the protocol: the stand-in is not what is being
proved. Changes are found by primary key, or by all values where there is none, one transaction at a time. What
cannot be applied goes by the Apply…Policy settings of the task. Until `cached_until` is passed (the changes made
during a load), conflicts are expected and passed over, as FullLoadIgnoreConflicts says. ALTER is counted and not
applied.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from aurora_migration.model.change import Begin, ChangeKind, End, Outcome, RowChange, Statement, StatementKind
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.table import Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.binlog.reader import BinlogReader
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.session import Session
from local.dms import words
from local.dms.control_tables import ControlTables
from local.dms.faults import SuspendTable
from local.dms.job import Job, JobTable
from local.dms.load import TaskEnded, end_if_ordered
from local.dms.mysql import Column, Value, affected, columns_of, compared, full_name, literal, name, run
from local.dms.world import World

HEARTBEAT_SECONDS: Final = 0.25
_COUNTED: Final = {ChangeKind.INSERT: "Inserts", ChangeKind.UPDATE: "Updates", ChangeKind.DELETE: "Deletes"}
_POLICY: Final = {
    ChangeKind.INSERT: "ErrorBehavior.ApplyErrorInsertPolicy",
    ChangeKind.UPDATE: "ErrorBehavior.ApplyErrorUpdatePolicy",
    ChangeKind.DELETE: "ErrorBehavior.ApplyErrorDeletePolicy",
}
_TRUNCATE: Final = re.compile(
    r"^\s*TRUNCATE\s+(?:TABLE\s+)?(?:`?(?P<schema>[^`.\s]+)`?\.)?`?(?P<table>[^`.\s;]+)`?", re.I
)
_TLS: Final = {"none": SslMode.DISABLED, "require": SslMode.REQUIRED}
Image = tuple[Value, ...]


class Follower:
    """Applies the changes of one job until it is told to stop; `between` is called between transactions."""

    def __init__(
        self,
        world: World,
        job: Job,
        target: Connection[Cursor],
        control: ControlTables,
        between: Callable[[], None],
    ) -> None:
        self._world, self._job, self._target, self._control = world, job, target, control
        self._between = between
        self._tables: dict[str, dict[str, Table]] = {}
        self._there: dict[str, set[str]] = {}
        self._endpoint = Endpoint(
            "source",
            job.source.host,
            job.source.port,
            job.source.user,
            job.source.password,
            _TLS.get(job.source.ssl_mode, SslMode.REQUIRED),
        )
        self._reader: BinlogReader | None = None
        self.cached_until: tuple[str, int] | None = None

    def run(self) -> None:
        """Follow from the job's checkpoint. Raises: TaskEnded, Stopped, and what the reader raises."""
        assert self._job.checkpoint is not None
        start = Position("", *self._job.checkpoint)
        replica = Replica(random.SystemRandom().randrange(1 << 30, 1 << 31), f"dms-{self._job.name}")
        run(self._target, "SET autocommit = 0")
        stream = DumpStream(self._endpoint, replica, start, wait=True, heartbeat_seconds=HEARTBEAT_SECONDS)
        with stream:
            skipping = False
            self._reader = BinlogReader(stream, start, self._find, stop=self._pause)
            for item in self._reader:
                if isinstance(item, Begin):
                    skipping = self._begin(item)
                elif isinstance(item, End):
                    self._end(item)
                elif isinstance(item, RowChange) and not skipping:
                    self._change(item)
                elif isinstance(item, Statement) and item.kind is StatementKind.DDL and not skipping:
                    self._ddl(item)

    @property
    def caching(self) -> bool:
        """Whether changes that a load may already have seen are still being applied."""
        return self.cached_until is not None

    def server_time_has_come(self) -> bool:
        """Whether the clock has passed a stop position of server_time."""
        return time.time() * 1e6 >= _micros(self._job.stop_position.partition(":")[2])

    def _pause(self) -> bool:
        if self._reader is not None:
            at = self._reader.position  # past the events at the head of a file too
            self._job.checkpoint = (at.file, at.offset)
        self._between()
        return False

    def _begin(self, item: Begin) -> bool:
        """Whether the transaction is older than what was asked for. Raises: TaskEnded at the stop position."""
        kind, _, moment = self._job.stop_position.partition(":")
        if moment and item.committed_at >= _micros(moment):
            reason = words.STOPPED_AT_COMMIT_TIME if kind == "commit_time" else words.STOPPED_AT_SERVER_TIME
            raise TaskEnded("stopped", reason)
        self._job.latency_seconds = max(0.0, time.time() - item.committed_at / 1e6)
        first = self._job.start_time
        return first is not None and item.committed_at < first.timestamp() * 1e6

    def _end(self, item: End) -> None:
        committed = item.outcome is Outcome.COMMITTED
        run(self._target, "COMMIT" if committed else "ROLLBACK")
        self._job.checkpoint = (item.file, item.offset)
        if self.cached_until and (item.file, item.offset) >= self.cached_until:
            self.cached_until = None

    def _change(self, change: RowChange) -> None:
        table = self._job.tables[change.name.schema, change.name.name]
        counted = _COUNTED[change.kind]
        table.count(counted)
        end_if_ordered(self._world, self._job, 1)
        self._job.moved += 1
        mishap = None if table.suspended else self._world.faults.find(SuspendTable, table=table.source_name)
        if mishap:
            self._suspend(table, mishap.message)
        if table.suspended:
            return
        table.dirty = True
        try:
            rows = self._apply(table, change)
        except pymysql.MySQLError as error:
            self._failed(table, change, str(error))
            return
        if rows == 0 and change.kind is not ChangeKind.INSERT:
            self._failed(table, change, "No rows were affected")
            return
        table.count(f"Applied{counted}")

    def _apply(self, table: JobTable, change: RowChange) -> int:
        whole = full_name(table.rules.target_schema, table.rules.target_table).encode()
        before, after = change.before, change.after
        if change.kind is ChangeKind.INSERT:
            assert after is not None
            return self._affected(self._insert(table, whole, after, replace=self.caching))
        assert before is not None
        where = self._where(table, before)
        limit = b"" if table.key else b" LIMIT 1"
        if change.kind is ChangeKind.DELETE:
            return self._affected(b"DELETE FROM " + whole + where + limit)
        assert after is not None
        changes = b", ".join(
            name(one.name).encode() + b" = " + literal(value, one, by_number=True)
            for one, value in self._written(table, after)
        )
        return self._affected(b"UPDATE " + whole + b" SET " + changes + where + limit)

    def _affected(self, statement: bytes) -> int:
        """Rows that the statement found (the connection counts those, changed or not)."""
        return affected(self._target, statement)

    def _insert(self, table: JobTable, whole: bytes, after: Image, *, replace: bool) -> bytes:
        written = self._written(table, after)
        names = b", ".join(name(one.name).encode() for one, _ in written)
        values = b", ".join(literal(value, one, by_number=True) for one, value in written)
        return (
            (b"REPLACE" if replace else b"INSERT")
            + b" INTO "
            + whole
            + b" ("
            + names
            + b") VALUES ("
            + values
            + b")"
        )

    def _where(self, table: JobTable, before: Image) -> bytes:
        chosen = [
            compared(value, one)
            for one, value in zip(table.columns, before, strict=True)
            if (one.name in table.key if table.key else not one.is_lob and one.data_type != "float")
        ]
        return b" WHERE " + b" AND ".join(chosen)

    def _written(self, table: JobTable, image: Image) -> list[tuple[Column, Value]]:
        """The columns to write: neither removed by a rule nor generated by the target."""
        if table.source_name not in self._there:
            found = columns_of(self._target, table.rules.target_schema, table.rules.target_table)
            self._there[table.source_name] = {one.name for one in found if not one.generated}
        there = self._there[table.source_name] - table.rules.removed
        return [(one, value) for one, value in zip(table.columns, image, strict=True) if one.name in there]

    def _failed(self, table: JobTable, change: RowChange, error: str) -> None:
        """A change that does not fit the target: expected while cached changes are applied, else by policy."""
        if self.caching and self._job.settings["ErrorBehavior.FullLoadIgnoreConflicts"]:
            return
        policy = self._job.settings[_POLICY[change.kind]]
        whole = full_name(table.rules.target_schema, table.rules.target_table).encode()
        if policy in ("INSERT_RECORD", "UPDATE_RECORD") and change.after is not None:
            self._affected(self._insert(table, whole, change.after, replace=True))
            table.count(f"Applied{_COUNTED[change.kind]}")
            return
        if policy == "IGNORE_RECORD":
            return
        image = change.after if change.kind is ChangeKind.INSERT else change.before
        shown = b", ".join(compared(value, one) for one, value in zip(table.columns, image or (), strict=True))
        self._control.exception(
            table, f"{change.kind.upper()} {table.source_name} {shown.decode('utf-8', 'replace')}", error
        )
        if policy == "SUSPEND_TABLE":
            self._suspend(table, "Apply error")
        if policy == "STOP_TASK":
            run(self._target, "COMMIT")
            raise TaskEnded("failed", words.FATAL_ERROR, words.LAST_ERROR.format(message=error))

    def _suspend(self, table: JobTable, reason: str) -> None:
        table.suspended = True
        table.state = words.ERROR
        table.details = reason
        self._control.suspended(table, reason)

    def _ddl(self, item: Statement) -> None:
        """TRUNCATE is done where the settings say so; other DDL is counted."""
        self._tables.clear()
        found = _TRUNCATE.match(item.text)
        schema = (found["schema"] if found else None) or item.schema
        for table in self._job.tables.values():
            touches = found and (table.rules.schema, table.rules.table) == (schema, found["table"])
            if not touches and not (not found and re.search(rf"\b{re.escape(table.rules.table)}\b", item.text)):
                continue
            table.count("Ddls")
            handled = self._job.settings["ChangeProcessingDdlHandlingPolicy.HandleSourceTableTruncated"]
            if touches and handled and not table.suspended:
                run(
                    self._target,
                    f"TRUNCATE TABLE {full_name(table.rules.target_schema, table.rules.target_table)}",
                )
                table.count("AppliedDdls")

    def _find(self, wanted: TableName) -> Table | None:
        """The definition of a captured table, as the source has it now."""
        if (wanted.schema, wanted.name) not in self._job.tables:
            return None
        if wanted.schema not in self._tables:
            session = Session.open(self._endpoint)
            try:
                found = catalog.tables(session, wanted.schema)
            finally:
                session.close()
            self._tables[wanted.schema] = {one.name.name: one for one in found}
        return self._tables[wanted.schema].get(wanted.name)


def _micros(moment: str) -> float:
    """A time of a stop position, in UTC, as microseconds since 1970."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1e6
