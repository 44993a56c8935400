"""How a row travels: as one line of text that the source server builds and the target server parses.

A value is bare (numbers, NULL) or quoted with backslash escapes over its raw bytes; values are separated by
commas. The same text is a line of LOAD DATA and a VALUES tuple. Bytes are never converted: each string is cast to
binary on the source and stored as binary on the target, in its column's own charset. FLOAT is read as DOUBLE,
because its text form keeps only six digits
(https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html). ENUM and SET travel as their numbers, so that
the error value 0 and members that look like numbers arrive as they are. Generated columns do not travel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from aurora_migration.model.table import INTEGER_TYPES, Column, Table
from aurora_migration.sql.quoting import Fragment, column_list, identifier, join, raw

_FLOATING = {"float", "double"}  # quoted in INSERT: a bare -0 is an integer there, and loses its sign
_BARE = INTEGER_TYPES | _FLOATING | {"decimal", "enum", "set"}


class RowStyle(StrEnum):
    """Which statement the text is for: INSERT marks its strings as binary, LOAD DATA does so as a whole."""

    LOAD_DATA = "load-data"
    INSERT = "insert"


def row_text(table: Table, style: RowStyle) -> Fragment:
    """Select expression for a whole row as text; NULL if the row is over the source's max_allowed_packet."""
    parts = [_value(column, style) for column in table.stored_columns]
    if not parts:  # every column is generated: a line without values, or with one that nobody reads
        return raw("''") if style is RowStyle.INSERT else raw("'0'")
    return raw("CONCAT(") + join(parts, ", ',', ") + raw(")")


def row_values(table: Table) -> Fragment:
    """Select list of the raw column values, for rows too long for `row_text`."""
    return join((_number(column) for column in table.stored_columns), ", ")


def row_builder(table: Table, style: RowStyle) -> Callable[[Sequence[bytes | None]], bytes]:
    """Function that makes the text of `row_text` out of the values of `row_values`."""
    wrappers = [_wrapper(column, style) for column in table.stored_columns]

    def build(values: Sequence[bytes | None]) -> bytes:
        return b",".join(wrap(value) for wrap, value in zip(wrappers, values, strict=True))

    return build


def load_columns(table: Table) -> Fragment:
    """Column list and SET clause of LOAD DATA: JSON refuses binary strings, ENUM and SET need numbers."""
    fields, settings = [], []
    for index, column in enumerate(table.stored_columns):
        conversion = _conversion(column, index)
        if conversion is None:
            fields.append(identifier(column.name))
        else:
            fields.append(raw(f"@v{index}"))
            settings.append(identifier(column.name) + raw(" = ") + conversion)
    text = raw("(") + join(fields or [raw("@v")], ", ") + raw(")")
    return text + raw(" SET ") + join(settings, ", ") if settings else text


def insert_columns(table: Table) -> Fragment:
    """Column list of INSERT."""
    return column_list(column.name for column in table.stored_columns)


def _conversion(column: Column, index: int) -> Fragment | None:
    if column.data_type == "json":
        return raw(f"CONVERT(@v{index} USING utf8mb4)")
    if column.data_type in {"enum", "set"}:
        return raw(f"CAST(@v{index} AS UNSIGNED)")
    return None


def _marks(column: Column, style: RowStyle) -> tuple[str, str]:
    """What stands before and after the quotes of a value."""
    if style is RowStyle.LOAD_DATA:
        return "", ""
    return ("CONVERT(_binary", " USING utf8mb4)") if column.data_type == "json" else ("_binary", "")


def _value(column: Column, style: RowStyle) -> Fragment:
    number = _number(column)
    if column.data_type in _BARE:
        if style is RowStyle.INSERT and column.data_type in _FLOATING:
            number = raw("CONCAT('\\'', ") + number + raw(", '\\'')")
        return raw("IFNULL(") + number + raw(", 'NULL')") if column.nullable else number
    if column.data_type == "json":
        number = raw("CONVERT(") + number + raw(" USING utf8mb4)")
    text = raw("QUOTE(CAST(") + number + raw(" AS BINARY))")
    before, after = _marks(column, style)
    if not before:
        return text
    marked = raw(f"CONCAT('{before}', ") + text + raw(f", '{after}')")
    if not column.nullable:
        return marked
    return raw("IF(") + identifier(column.name) + raw(" IS NULL, 'NULL', ") + marked + raw(")")


def _number(column: Column) -> Fragment:
    name = identifier(column.name)
    if column.data_type == "float" or (column.data_type == "double" and "(" in column.column_type):
        return raw("CAST(") + name + raw(" AS DOUBLE)")
    if column.data_type in {"enum", "set"}:  # not + 0: that goes through a double, too short for 64 members
        return raw("CAST(") + name + raw(" AS UNSIGNED)")
    return name


def _wrapper(column: Column, style: RowStyle) -> Callable[[bytes | None], bytes]:
    if column.data_type in _BARE:
        quote = b"'" if style is RowStyle.INSERT and column.data_type in _FLOATING else b""
        return lambda value: b"NULL" if value is None else quote + value + quote
    before, after = (mark.encode() for mark in _marks(column, style))

    def wrap(value: bytes | None) -> bytes:
        if value is None:
            return b"NULL"
        return before + b"'" + value.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'" + after

    return wrap
