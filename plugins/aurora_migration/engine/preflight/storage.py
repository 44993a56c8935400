"""Where and how the source keeps a table: options that mean nothing on Aurora and are left out there.

Aurora has no ROW_FORMAT=COMPRESSED, no general tablespaces, no data directories, no table encryption (a cluster
is encrypted as a whole). Rows are not touched by this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.finding import Finding, note
from aurora_migration.model.names import TableName
from aurora_migration.sql.library import statement

_FORMAT: Final = re.compile(r"row_format=(?:compressed|fixed)|key_block_size=(?!0)", re.IGNORECASE)
_OPTION: Final = re.compile(r"encryption=|compression=|secondary_engine|connection=|tablespace", re.IGNORECASE)
_PARTITION: Final = re.compile("#p#", re.IGNORECASE)
_ENCODED: Final = re.compile(r"@([0-9a-f]{4})")


def check_row_formats(context: Context) -> Iterator[Finding]:
    """Row formats that become DYNAMIC."""
    found = _with(context, _FORMAT)
    if found:
        yield note(
            "row-format-changed",
            context.target.label,
            f"these become ROW_FORMAT=DYNAMIC (and larger, if they were compressed): {listed(found)}",
        )


def check_storage_options(context: Context) -> Iterator[Finding]:
    """Encryption, compression and the like."""
    found = _with(context, _OPTION)
    if found:
        yield note(
            "storage-options-left-out",
            context.target.label,
            f"storage options of these are left out: {listed(found)}",
            "for encryption at rest, create the Aurora cluster encrypted: it cannot be switched on later",
        )


def check_tablespaces(context: Context) -> Iterator[Finding]:
    """Tables in general tablespaces or outside the data directory."""
    rows = context.source.session.query(statement("preflight/general_tablespaces"))
    found = [name for row in rows if (name := table_name(row["file_name"])) in context.planned]
    if found:
        yield note(
            "tablespace-left-out",
            context.target.label,
            f"TABLESPACE and DATA DIRECTORY of these are left out: {listed(sorted(found))}",
        )


def table_name(file_name: str) -> TableName:
    """The table of an InnoDB file name (``schema/table#p#partition``), whose odd characters are ``@`` codes."""
    schema, _, table = file_name.partition("/")
    return TableName(_decoded(schema), _decoded(_PARTITION.split(table, maxsplit=1)[0]))


def _decoded(text: str) -> str:
    return _ENCODED.sub(lambda code: chr(int(code[1], 16)), text)


def _with(context: Context, pattern: re.Pattern[str]) -> list[TableName]:
    return [p.mapping.source for p in context.plan.tables if pattern.search(p.table.create_options)]
