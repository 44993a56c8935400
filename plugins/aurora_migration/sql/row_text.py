"""How a row travels: as one line of text that the source server builds and the target server parses.

A value is bare (numbers, NULL) or quoted with backslash escapes over its raw bytes, values are separated by
commas. The same text is a line of LOAD DATA and a VALUES tuple. Bytes are never converted: each string is cast to
binary on the source and stored as binary on the target, in its column's own charset. FLOAT is read as DOUBLE,
because its text form keeps only six digits
(https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html). Generated columns do not travel.
"""

from __future__ import annotations

from enum import StrEnum

from aurora_migration.model.table import INTEGER_TYPES, Column, Table
from aurora_migration.sql.quoting import Fragment, column_list, identifier, join, raw

_BARE = INTEGER_TYPES | {"decimal", "float", "double"}


class RowStyle(StrEnum):
    """Which statement the text is for: they differ in how JSON is wrapped."""

    LOAD_DATA = "load-data"
    INSERT = "insert"


def is_bare(column: Column) -> bool:
    """Whether the column's values travel without quotes."""
    return column.data_type in _BARE


def row_text(table: Table, style: RowStyle) -> Fragment:
    """Select expression for a whole row as text; NULL if the row is over the source's max_allowed_packet."""
    parts = [_value(column, style) for column in table.stored_columns]
    return raw("CONCAT(") + join(parts, ", ',', ") + raw(")")


def row_values(table: Table) -> Fragment:
    """Select list of the raw column values, for rows too long for `row_text`."""
    return join((_number(column) for column in table.stored_columns), ", ")


def load_columns(table: Table) -> Fragment:
    """Column list and SET clause of LOAD DATA: JSON passes through a variable, since it refuses binary strings."""
    fields, settings = [], []
    for index, column in enumerate(table.stored_columns):
        if column.data_type == "json":
            fields.append(raw(f"@j{index}"))
            settings.append(identifier(column.name) + raw(f" = CONVERT(@j{index} USING utf8mb4)"))
        else:
            fields.append(identifier(column.name))
    text = raw("(") + join(fields, ", ") + raw(")")
    return text + raw(" SET ") + join(settings, ", ") if settings else text


def insert_columns(table: Table) -> Fragment:
    """Column list of INSERT."""
    return column_list(column.name for column in table.stored_columns)


def _value(column: Column, style: RowStyle) -> Fragment:
    if is_bare(column):
        number = _number(column)
        return raw("IFNULL(") + number + raw(", 'NULL')") if column.nullable else number
    if column.data_type == "json":
        text = raw("QUOTE(CAST(CONVERT(") + identifier(column.name) + raw(" USING utf8mb4) AS BINARY))")
        return raw("'CONVERT(', ") + text + raw(", ' USING utf8mb4)'") if style is RowStyle.INSERT else text
    return raw("QUOTE(CAST(") + identifier(column.name) + raw(" AS BINARY))")


def _number(column: Column) -> Fragment:
    name = identifier(column.name)
    return raw("CAST(") + name + raw(" AS DOUBLE)") if column.data_type == "float" else name
