"""Typed literals for key bounds, so that a bound compares on the server exactly as the column does.

`encoding` is the select expression that yields a key column's bound text; `literal` turns that text back into
SQL. Strings travel as hexadecimal bytes of the column's own charset with its own collation, so that an index
range is used and no client ever compares keys. ENUM and SET compare by number, which is how MySQL sorts them.
"""

from __future__ import annotations

import re

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.table import INTEGER_TYPES, TEXT_TYPES, Column
from aurora_migration.sql.quoting import Fragment, identifier, raw

_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_TEMPORAL = re.compile(r"-?[0-9:. -]+\Z")
_HEX = re.compile(r"[0-9A-F]*\Z")
_NAME = re.compile(r"[A-Za-z0-9_]+\Z")


def encoding(column: Column) -> Fragment:
    """Select expression whose text result `literal` understands."""
    name = identifier(column.name)
    kind = column.data_type
    if kind in {"enum", "set", "bit"}:
        return raw("CAST(CAST(") + name + raw(" AS UNSIGNED) AS CHAR)")
    if kind in TEXT_TYPES or kind in {"binary", "varbinary"}:
        return raw("HEX(") + name + raw(")")
    return raw("CAST(") + name + raw(" AS CHAR)")


def literal(column: Column, text: str) -> Fragment:
    """The SQL literal for a bound text of ``column``. Raises: UnsupportedTableError if it is malformed."""
    kind = column.data_type
    if kind in INTEGER_TYPES or kind in {"decimal", "enum", "set", "bit"}:
        return raw(_checked(column, text, _NUMBER))
    if kind in {"date", "datetime", "timestamp", "time"}:
        return raw(f"'{_checked(column, text, _TEMPORAL)}'")
    if kind in {"binary", "varbinary"}:
        return raw(f"X'{_checked(column, text, _HEX)}'")
    if kind in TEXT_TYPES:
        charset = _checked(column, column.charset or "", _NAME)
        collation = _checked(column, column.collation or "", _NAME)
        return raw(f"_{charset} X'{_checked(column, text, _HEX)}' COLLATE {collation}")
    raise UnsupportedTableError(f"type {kind} has no exact literal", subject=column.name)


def _checked(column: Column, text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.match(text):
        raise UnsupportedTableError("a key bound is malformed", subject=column.name)
    return text
