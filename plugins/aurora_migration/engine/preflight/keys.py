"""Keys: tables without one, AUTO_INCREMENT columns that InnoDB cannot have or that are nearly full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.server import Version
from aurora_migration.model.finding import Finding, blocker, warning
from aurora_migration.model.table import Column, Table

_BITS: Final = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_NEARLY_FULL: Final = 0.9
# https://dev.mysql.com/doc/refman/8.4/en/numeric-type-attributes.html
_FLOAT_COUNTERS_UNTIL: Final = Version(8, 4, 0)


def check_tables_without_key(context: Context) -> Iterator[Finding]:
    """Tables that cannot be walked by a key: one chunk, one worker, compared as a multiset."""
    for planned in context.plan.tables:
        if planned.table.chunk_key is None:
            megabytes = planned.table.data_bytes >> 20
            yield warning(
                "table-without-key",
                planned.mapping.source,
                f"has no usable unique key without NULL: it is loaded in one transaction (about {megabytes} MiB) "
                "by one worker",
                "add a primary key on the source, or let it be if the table is small",
            )


def check_auto_increment(context: Context) -> Iterator[Finding]:
    """Counters that InnoDB or the target's version refuses, and counters near the end of their type."""
    for planned in context.plan.tables:
        table = planned.table
        column = next((c for c in table.columns if "auto_increment" in c.extra.lower()), None)
        if column is not None:
            yield from judge_counter(table, column, context.target.version)


def judge_counter(table: Table, column: Column, target: Version) -> Iterator[Finding]:
    """Judge one AUTO_INCREMENT column for a target of some version."""
    subject = f"{table.name}.{column.name}"
    if not _leads_a_key(table, column):
        yield warning(
            "auto-increment-not-leading",
            subject,
            f"is AUTO_INCREMENT but the first column of no key, which {table.engine} allows and InnoDB does "
            "not: an index is added, and new values count through the whole table",
            "check that the application does not count on values per group",
        )
    if column.data_type in {"float", "double"} and target >= _FLOAT_COUNTERS_UNTIL:
        yield blocker(
            "auto-increment-on-float",
            subject,
            f"is an AUTO_INCREMENT {column.data_type}, which MySQL {target} refuses",
            "change it to BIGINT on the source",
        )
    yield from _headroom(subject, table, column)


def _leads_a_key(table: Table, column: Column) -> bool:
    name = column.name.lower()
    return any(key.parts and key.parts[0].column.lower() == name and not key.functional for key in table.keys)


def _headroom(subject: str, table: Table, column: Column) -> Iterator[Finding]:
    bits = _BITS.get(column.data_type)
    if bits is None or table.auto_increment is None:
        return
    most = 2 ** (bits if column.unsigned else bits - 1) - 1
    if table.auto_increment > most * _NEARLY_FULL:
        yield warning(
            "auto-increment-nearly-full",
            subject,
            f"the next value is {table.auto_increment} of at most {most}",
            "widen the column before it is full; this migration keeps the type",
        )
