"""Rows that are too long for the target's ``max_allowed_packet``, found by a small sample.

LOAD DATA LOCAL sends packets that the target takes, and stores longer values in pieces, but no longer JSON
documents. A multi-row INSERT must hold a whole row. Only tables with large columns are sampled, a few
rows each, and only the largest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter
from aurora_migration.errors import MigrationError
from aurora_migration.model.finding import Finding, blocker, note
from aurora_migration.model.table import SPATIAL_TYPES, Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw

_LARGE: Final = SPATIAL_TYPES | {"mediumtext", "longtext", "mediumblob", "longblob", "json", "vector"}
_SAMPLED_TABLES: Final = 20
_SAMPLED_BYTES: Final = 64 << 20


def check_load_method(context: Context) -> Iterator[Finding]:
    """Whether the target takes LOAD DATA LOCAL."""
    target, method = context.target, context.config.load.method
    if method == "insert":
        return
    if not target.is_on("local_infile"):
        yield (blocker if method == "load-data" else note)(
            "local-infile-off",
            target.label,
            "does not take LOAD DATA LOCAL; " + ("load.method asks for it" if method == "load-data" else _SLOWER),
            parameter(target, "local_infile", "ON"),
        )


def check_long_rows(context: Context) -> Iterator[Finding]:
    """Rows (or JSON documents, with LOAD DATA) that are longer than the target's packet."""
    target = context.target
    packet = target.number("max_allowed_packet")
    inserting = context.config.load.method == "insert" or not target.is_on("local_infile")
    kinds = _LARGE if inserting else frozenset({"json"})
    suspects = [planned for planned in context.plan.tables if large_columns(planned.table, kinds)]
    suspects.sort(key=lambda planned: -planned.table.data_bytes)
    for planned in suspects[:_SAMPLED_TABLES]:
        longest = _longest(context.source.session, planned.table, kinds)
        if longest is not None and longest > packet:
            yield blocker(
                "row-longer-than-packet",
                planned.mapping.source,
                f"has a {'row' if inserting else 'JSON document'} of {longest} bytes, the target's "
                f"max_allowed_packet is {packet}",
                parameter(target, "max_allowed_packet", 1 << 30),
            )
    rest = [p.mapping.source for p in suspects[_SAMPLED_TABLES:] if p.table.data_bytes > packet]
    if rest:
        yield note(
            "row-lengths-not-sampled", context.source.label, f"only the largest tables were: not {listed(rest)}"
        )


def large_columns(table: Table, kinds: frozenset[str]) -> tuple[str, ...]:
    """The columns of a table that can hold more than a packet."""
    return tuple(column.name for column in table.stored_columns if column.data_type in kinds)


def longest_row_query(table: Table, kinds: frozenset[str]) -> Fragment:
    """The longest of so many of a table's first rows as hold about 64 MiB."""
    lengths = (_length(table, name) for name in large_columns(table, kinds))
    average = max(1, table.data_bytes // max(1, table.row_estimate))
    rows = max(10, min(1000, _SAMPLED_BYTES // average))
    return statement(
        "preflight/longest_row",
        length=join(lengths, " + "),
        table=qualified(table.name),
        rows=raw(str(rows)),
    )


_SLOWER: Final = "rows go by INSERT, which is slower"


def _length(table: Table, name: str) -> Fragment:
    column = identifier(name)
    if table.column(name).data_type == "json":
        return raw("COALESCE(LENGTH(CAST(") + column + raw(" AS CHAR)), 0)")
    return raw("COALESCE(LENGTH(") + column + raw("), 0)")


def _longest(session: Session, table: Table, kinds: frozenset[str]) -> int | None:
    try:
        found = session.scalar(longest_row_query(table, kinds))
    except MigrationError as error:
        if "3024" in error.message:  # the sample took too long: nothing is known
            return None
        raise
    return None if found is None else int(found)
