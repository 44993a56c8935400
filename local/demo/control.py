"""What a run has written into the control schema on the target, read with plain SQL.

The demo asks the database and not the engine: what it shows is what is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from local.login import Login

SCHEMA = "aurora_migration"
NOT_THERE = frozenset({1049, 1146})  # no such database, no such table

PROGRESS = """
    WITH ranges AS (
        SELECT k.source_schema, k.source_table, k.row_estimate, EXISTS (
            SELECT 1 FROM {control}.chunks c
            WHERE c.migration = k.migration AND c.source_schema = k.source_schema
              AND c.source_table = k.source_table AND c.range_number = k.number
              AND c.upper_bound <=> k.upper_bound) AS done
        FROM {control}.key_ranges k WHERE k.migration = %(migration)s AND k.unit > 0
    ), tables AS (
        SELECT MIN(done) AS done, SUM(row_estimate) AS row_estimate
        FROM ranges GROUP BY source_schema, source_table
    )
    SELECT COUNT(*) AS tables, COALESCE(SUM(done), 0) AS tables_loaded,
           COALESCE(SUM(row_estimate), 0) AS row_estimate, (SELECT COUNT(*) FROM ranges) AS ranges
    FROM tables"""
LOADED = """
    SELECT COALESCE(SUM(row_count), 0) AS row_count, COALESCE(SUM(byte_count), 0) AS byte_count
    FROM {control}.chunks WHERE migration = %(migration)s"""
VERIFIED = """
    SELECT COUNT(*) AS ranges, COALESCE(SUM(source_rows), 0) AS row_count
    FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s"""
VERDICTS = """
    SELECT CONCAT(source_schema, '.', source_table) AS name, MIN(level) AS level,
           GROUP_CONCAT(DISTINCT verdict SEPARATOR ', ') AS verdict, SUM(source_rows) AS source_rows,
           SUM(target_rows) AS target_rows, SUM(chunks) AS chunks, SUM(seconds) AS seconds
    FROM {control}.verdicts WHERE migration = %(migration)s AND run_id = %(run_id)s
    GROUP BY source_schema, source_table ORDER BY name"""
FINDINGS = """
    SELECT phase, severity, code, subject, observed, remedy
    FROM {control}.findings WHERE migration = %(migration)s AND run_id = %(run_id)s ORDER BY phase, number"""
DIFFERENCES = """
    SELECT area, kind, subject, detail, rule
    FROM {control}.differences WHERE migration = %(migration)s AND run_id = %(run_id)s
    ORDER BY area, scope, number"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a run is, at one moment; the row estimate is the source's statistics."""

    tables: int
    tables_loaded: int
    rows: int
    bytes: int
    row_estimate: int
    ranges: int
    ranges_verified: int
    rows_verified: int


class ControlReader:
    """Reads one run; whatever is not written yet reads as nothing."""

    def __init__(self, login: Login, migration: str, run_id: str, schema: str = SCHEMA) -> None:
        self._control = "`" + schema.replace("`", "``").replace("%", "%%") + "`"
        self._connection: Connection[DictCursor] = pymysql.connect(
            host=login.host,
            port=login.port,
            user=login.user,
            password=login.password,
            charset="utf8mb4",
            autocommit=True,
            cursorclass=DictCursor,
        )
        self._run = {"migration": migration, "run_id": run_id}

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def snapshot(self) -> Snapshot | None:
        """How far the run is, or None before its plan is written."""
        plan, loaded, verified = (self._rows(query) for query in (PROGRESS, LOADED, VERIFIED))
        if not plan or not plan[0]["tables"]:
            return None
        return Snapshot(
            int(plan[0]["tables"]),
            int(plan[0]["tables_loaded"]),
            int(loaded[0]["row_count"]),
            int(loaded[0]["byte_count"]),
            int(plan[0]["row_estimate"]),
            int(plan[0]["ranges"]),
            int(verified[0]["ranges"]),
            int(verified[0]["row_count"]),
        )

    def verdicts(self) -> list[dict[str, Any]]:
        """The verdict on each table."""
        return self._rows(VERDICTS)

    def findings(self) -> list[dict[str, Any]]:
        """What the phases had to say."""
        return self._rows(FINDINGS)

    def differences(self) -> list[dict[str, Any]]:
        """What is not the same on both sides, on purpose or not."""
        return self._rows(DIFFERENCES)

    def _rows(self, query: str) -> list[dict[str, Any]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query.format(control=self._control), self._run)
                return list(cursor.fetchall())
        except pymysql.err.MySQLError as error:
            if error.args[0] in NOT_THERE:
                return []
            raise
