"""Predicates over rows given by their raw values: by key for tables that have one, by all values for the others.

Values are what `row_text.row_values` fetches and the binlog reader yields. Literals carry the column's own charset
and collation, so an index is used and the server alone compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.table import INTEGER_TYPES, TEXT_TYPES, Column
from aurora_migration.sql.quoting import Fragment, identifier, join, raw

KeyText = Callable[[Sequence[bytes]], str]
_BARE = INTEGER_TYPES | {"decimal", "enum", "set"}
_TEMPORAL = frozenset({"date", "datetime", "timestamp", "time"})


def key_text(columns: Sequence[Column]) -> KeyText:
    """Function that writes the literals of one key: ``1``, or ``(1, 'x')`` for several columns."""
    writers = [_writer(column) for column in columns]
    if len(writers) == 1:
        only = writers[0]
        return lambda values: only(values[0])

    def write(values: Sequence[bytes]) -> str:
        return "(" + ", ".join(one(value) for one, value in zip(writers, values, strict=True)) + ")"

    return write


def keys_condition(columns: Sequence[Column], texts: Iterable[str]) -> Fragment:
    """``key IN (…)`` over texts of `key_text`."""
    names = join((identifier(column.name) for column in columns), ", ")
    left = names if len(columns) == 1 else raw("(") + names + raw(")")
    return left + raw(" IN (" + ", ".join(texts) + ")")


def row_condition(columns: Sequence[Column], values: Sequence[bytes | None]) -> Fragment:
    """All columns hold just these values, byte for byte."""
    return join((_same(column, value) for column, value in zip(columns, values, strict=True)), " AND ")


def _same(column: Column, value: bytes | None) -> Fragment:
    name = identifier(column.name)
    if value is None:
        return name + raw(" IS NULL")
    kind = column.data_type
    if kind in {"float", "double"}:
        return raw("CAST(") + name + raw(f" AS DOUBLE) = CAST('{value.decode('ascii')}' AS DOUBLE)")
    if kind in {"enum", "set"}:
        return raw("CAST(") + name + raw(f" AS UNSIGNED) = {value.decode('ascii')}")
    if kind in _BARE or kind in _TEMPORAL or kind == "bit":
        return name + raw(" = ") + raw(_writer(column)(value))
    bytes_of = raw("CONVERT(") + name + raw(" USING utf8mb4)") if kind == "json" else name
    return raw("CAST(") + bytes_of + raw(f" AS BINARY) = X'{value.hex()}'")


def _writer(column: Column) -> Callable[[bytes], str]:
    kind = column.data_type
    if kind in _BARE:
        return lambda value: value.decode("ascii")
    if kind in _TEMPORAL:
        return lambda value: f"'{value.decode('ascii')}'"
    if kind == "bit":
        return lambda value: str(int.from_bytes(value, "big"))
    if kind in {"binary", "varbinary"}:
        return lambda value: f"X'{value.hex()}'"
    if kind in TEXT_TYPES:
        before, after = f"_{column.charset} X'", f"' COLLATE {column.collation}"
        return lambda value: before + value.hex() + after
    raise UnsupportedTableError(f"type {kind} cannot be part of a key", subject=column.name)
