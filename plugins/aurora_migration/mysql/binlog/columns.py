"""The decoder of a column: from what the binlog says about it and what the catalog says.

The two must agree, or the table has been altered since: then `SchemaMismatchError`, never a guess. A decoder
takes the event and an offset and returns the value, as the server would send it, and the offset after it.
"""

from __future__ import annotations

import re
from typing import Final

from aurora_migration.errors import SchemaMismatchError, UnsupportedTableError
from aurora_migration.model.table import SPATIAL_TYPES, Column, Table
from aurora_migration.mysql.binlog import numbers, table_map, temporal
from aurora_migration.mysql.binlog.json_binary import json_text
from aurora_migration.mysql.binlog.numbers import Decode
from aurora_migration.mysql.binlog.table_map import MappedColumn, TableMap

_BINARY: Final = 63
_INTEGERS: Final = {1: ("tinyint", 1), 2: ("smallint", 2), 9: ("mediumint", 3), 3: ("int", 4), 8: ("bigint", 8)}
_LOBS: Final = {1: "tiny", 2: "", 3: "medium", 4: "long"}
_STRINGS: Final = frozenset({table_map.VARCHAR, table_map.VAR_STRING, table_map.STRING, table_map.BLOB})
_OLD_TIMES: Final = frozenset({7, 11, 12})
_WIDTH: Final = re.compile(r"\((\d+)")
_NAMES: Final = {
    **{number: {name} for number, (name, _) in _INTEGERS.items()},
    table_map.FLOAT: {"float"},
    table_map.DOUBLE: {"double"},
    10: {"date"},
    13: {"year"},
    table_map.VARCHAR: {"varchar", "varbinary"},
    table_map.VAR_STRING: {"varchar", "varbinary"},
    table_map.BIT: {"bit"},
    table_map.TIMESTAMP2: {"timestamp"},
    table_map.DATETIME2: {"datetime"},
    table_map.TIME2: {"time"},
    table_map.VECTOR: {"vector"},
    table_map.JSON: {"json"},
    table_map.NEWDECIMAL: {"decimal"},
    table_map.ENUM: {"enum"},
    table_map.SET: {"set"},
    table_map.STRING: {"char", "binary"},
    table_map.GEOMETRY: SPATIAL_TYPES,
}


def decoders(mapped: TableMap, table: Table) -> tuple[Decode, ...]:
    """One decoder a column of ``table.columns``. Raises: SchemaMismatchError, UnsupportedTableError."""
    if len(mapped.columns) != len(table.columns):
        raise _mismatch(table, f"{len(mapped.columns)} columns in the binlog, {len(table.columns)} in the catalog")
    return tuple(_decoder(one, column, table) for one, column in zip(mapped.columns, table.columns, strict=True))


def _decoder(mapped: MappedColumn, column: Column, table: Table) -> Decode:
    _check(mapped, column, table)
    kind, meta = mapped.type, mapped.meta
    if kind in _INTEGERS:
        unsigned = column.unsigned if mapped.unsigned is None else mapped.unsigned
        return numbers.integer(_INTEGERS[kind][1], unsigned=unsigned, zero_fill=_zero_fill(column))
    if kind in {table_map.FLOAT, table_map.DOUBLE}:
        return numbers.real(4 if kind == table_map.FLOAT else 8)
    if kind == table_map.NEWDECIMAL:
        return numbers.decimal(meta[0], meta[1], zero_fill=_zero_fill(column) > 0)
    if kind == table_map.BIT:
        return numbers.big_endian(meta[1] + (meta[0] > 0))
    if kind in {table_map.ENUM, table_map.SET}:
        return numbers.integer(mapped.length, unsigned=True)
    if kind in {table_map.TIMESTAMP2, table_map.DATETIME2, table_map.TIME2}:
        make = {table_map.TIMESTAMP2: temporal.timestamp, table_map.DATETIME2: temporal.datetime}
        return make.get(kind, temporal.time_of_day)(meta[0])
    if kind == 10:
        return temporal.date
    return temporal.year if kind == 13 else _string_decoder(mapped, column)


def _string_decoder(mapped: MappedColumn, column: Column) -> Decode:
    kind = mapped.type
    if kind in {table_map.VARCHAR, table_map.VAR_STRING}:
        return _counted(2 if int.from_bytes(mapped.meta, "little") > 255 else 1)
    if kind == table_map.STRING:
        width = 2 if mapped.length > 255 else 1
        return _padded(width, mapped.length) if column.data_type == "binary" else _counted(width)
    if kind == table_map.JSON:
        return _json(mapped.meta[0])
    return _counted(mapped.meta[0])


def _counted(width: int) -> Decode:
    if width == 1:

        def decode_short(data: bytes, at: int) -> tuple[bytes, int]:
            start = at + 1
            end = start + data[at]
            return data[start:end], end

        return decode_short

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        start = at + width
        end = start + int.from_bytes(data[at:start], "little")
        return data[start:end], end

    return decode


def _padded(width: int, length: int) -> Decode:
    """BINARY: the binlog leaves out trailing zeros."""
    counted = _counted(width)

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        value, at = counted(data, at)
        return value.ljust(length, b"\0"), at

    return decode


def _json(width: int) -> Decode:
    counted = _counted(width)

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        value, at = counted(data, at)
        return json_text(value), at

    return decode


def _check(mapped: MappedColumn, column: Column, table: Table) -> None:
    if mapped.type in _OLD_TIMES:
        raise UnsupportedTableError(
            f"column {column.name} has the date format of MySQL before 5.6.4",
            subject=str(table.name),
            remedy="rebuild the table on the source: ALTER TABLE … FORCE",
        )
    allowed = _NAMES.get(mapped.type, set())
    if mapped.type == table_map.BLOB:
        size = _LOBS.get(mapped.meta[0], "?")
        allowed = {size + "text", size + "blob"}
    if column.data_type not in allowed:
        raise _mismatch(table, f"column {column.name} is {column.column_type}, in the binlog type {mapped.type}")
    if mapped.name is not None and mapped.name.lower() != column.name.lower():
        raise _mismatch(table, f"column {column.name} is called {mapped.name} in the binlog")
    if mapped.unsigned not in {None, column.unsigned} and mapped.type != table_map.YEAR:  # called unsigned
        raise _mismatch(table, f"column {column.name} differs in signedness")
    if mapped.collation is not None and mapped.type in _STRINGS:
        binary = column.data_type.endswith(("binary", "blob"))
        if binary != (mapped.collation == _BINARY) and column.charset != "binary":
            raise _mismatch(table, f"column {column.name} is bytes on one side and text on the other")


def _mismatch(table: Table, words: str) -> SchemaMismatchError:
    return SchemaMismatchError(
        f"is not what these events were written for: {words}",
        subject=str(table.name),
        remedy="the table was altered after the events; the reader needs its definition as of then",
    )


def _zero_fill(column: Column) -> int:
    if "zerofill" not in column.column_type.lower():
        return 0
    width = _WIDTH.search(column.column_type)
    return int(width[1]) if width else 0
