"""DMS's data validation, in a plain form: all rows of both sides, by primary key.

Tables without a primary key are not validated. Only columns of the same type on both sides are compared, so that
what DMS changed itself in a table of its own making is no difference. The whole table is held in memory, as
hashes: this is for the tables of tests and of the demo.
"""

from __future__ import annotations

import hashlib
import json

from pymysql.connections import Connection
from pymysql.cursors import Cursor, SSCursor

from local.dms import words
from local.dms.control_tables import ControlTables
from local.dms.job import Job, JobTable
from local.dms.load import rendered
from local.dms.mysql import Column, Value, columns_of, full_name, literal, name

Key = tuple[Value, ...]


def validate(
    job: Job, table: JobTable, source: Connection[Cursor], target: Connection[Cursor], control: ControlTables
) -> bool:
    """Set the table's validation state and write its failures; whether it is valid."""
    if not job.settings["ValidationSettings.EnableValidation"]:
        table.validation = words.NOT_ENABLED
        return True
    table.counts.update(ValidationPendingRecords=0, ValidationFailedRecords=0)
    control.forget_validation(table)
    if table.state == words.ERROR:
        table.validation = words.VALIDATION_TABLE_ERROR
        return False
    if not table.key:
        table.validation = words.NO_PRIMARY_KEY
        return False
    columns = _compared(job, table, target)
    where = " AND ".join(rendered(source, one) for one in table.rules.filters) or "TRUE"
    ours = _hashes(source, full_name(table.rules.schema, table.rules.table), where, table.key, columns)
    whole = full_name(table.rules.target_schema, table.rules.target_table)
    theirs = _hashes(target, whole, "TRUE", table.key, columns)
    failures = [(key, "MISSING_TARGET") for key in ours.keys() - theirs.keys()]
    failures += [(key, "MISSING_SOURCE") for key in theirs.keys() - ours.keys()]
    failures += [(key, "RECORD_DIFF") for key, value in ours.items() if theirs.get(key, value) != value]
    for key, kind in failures[: int(job.settings["ValidationSettings.TableFailureMaxCount"])]:
        shown = json.dumps({"key": [(part or b"").decode("utf-8", "backslashreplace") for part in key]})
        control.validation_failure(table, shown, kind, f"{table.source_name}: {kind}")
    table.counts["ValidationFailedRecords"] = len(failures)
    table.validation = words.MISMATCHED if failures else words.VALIDATED
    return not failures


def _compared(job: Job, table: JobTable, target: Connection[Cursor]) -> list[Column]:
    there = {
        one.name: one.column_type
        for one in columns_of(target, table.rules.target_schema, table.rules.target_table)
    }
    skipped = job.settings["ValidationSettings.SkipLobColumns"]
    return [
        one for one in table.columns if there.get(one.name) == one.column_type and not (skipped and one.is_lob)
    ]


def _hashes(
    connection: Connection[Cursor], whole: str, where: str, key: list[str], columns: list[Column]
) -> dict[Key, bytes]:
    selected = ", ".join([*(name(one) for one in key), *(one.selected for one in columns)])
    found: dict[Key, bytes] = {}
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(f"SELECT {selected} FROM {whole} WHERE {where}")
        for row in iter(cursor.fetchone, None):
            values = b",".join(literal(value, one) for value, one in zip(row[len(key) :], columns, strict=True))
            found[tuple(row[: len(key)])] = hashlib.blake2b(values, digest_size=16).digest()
    return found
