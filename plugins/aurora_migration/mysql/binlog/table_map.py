"""What a TABLE_MAP event says about a table: types, their metadata, and what the server adds of its own accord.

Under ``binlog_row_metadata=MINIMAL``, the default, it adds signedness, character sets and geometry types; under
FULL also names, members of ENUM and SET, the primary key and visibility. Character sets are collation numbers;
63 is binary. https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.errors import BinlogError
from aurora_migration.model.names import TableName
from aurora_migration.mysql.binlog.integers import packed

FLOAT, DOUBLE, YEAR, VARCHAR, BIT = 4, 5, 13, 15, 16
TIMESTAMP2, DATETIME2, TIME2, TYPED_ARRAY = 17, 18, 19, 20
VECTOR, JSON, NEWDECIMAL, ENUM, SET = 242, 245, 246, 247, 248
BLOB, VAR_STRING, STRING, GEOMETRY = 252, 253, 254, 255
ID_BYTES: Final = 8  # table id 6, flags 2

_ONE: Final = frozenset({FLOAT, DOUBLE, TIMESTAMP2, DATETIME2, TIME2, VECTOR, JSON, BLOB, GEOMETRY})
_TWO: Final = frozenset({VARCHAR, BIT, NEWDECIMAL, ENUM, SET, VAR_STRING, STRING})
# The server's has_signedess_information_type: YEAR has a bit as well.
_NUMERIC: Final = frozenset({1, 2, 3, FLOAT, DOUBLE, 8, 9, YEAR, NEWDECIMAL})
_CHARACTER: Final = frozenset({VARCHAR, VAR_STRING, STRING, BLOB, VECTOR})  # VECTOR: binary, seen on 9.7


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column in the event. ``type`` is the real type; what the event does not say is None or empty."""

    type: int
    meta: bytes
    nullable: bool
    length: int = 0  # of CHAR, BINARY, ENUM, SET: bytes
    unsigned: bool | None = None
    collation: int | None = None
    name: str | None = None
    members: tuple[bytes, ...] = ()
    geometry: int | None = None
    visible: bool | None = None
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class TableMap:
    """A table as of the events that follow."""

    name: TableName
    columns: tuple[MappedColumn, ...]
    primary_key: tuple[tuple[int, int], ...] = ()  # (column index, prefix or 0); FULL only


@dataclass(slots=True)
class _Extra:
    """The optional part, each by column index."""

    unsigned: dict[int, bool] = field(default_factory=dict)
    collation: dict[int, int] = field(default_factory=dict)
    name: dict[int, str] = field(default_factory=dict)
    members: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    geometry: dict[int, int] = field(default_factory=dict)
    visible: dict[int, bool] = field(default_factory=dict)
    dimensions: dict[int, int] = field(default_factory=dict)
    primary_key: tuple[tuple[int, int], ...] = ()


def table_id(body: bytes) -> int:
    """The number by which row events name the table."""
    return int.from_bytes(body[:6], "little")


def parse_table_map(body: bytes) -> TableMap:
    """The event's contents. Raises: BinlogError."""
    try:
        return _parsed(body)
    except (IndexError, ValueError) as error:
        raise BinlogError("a description of a table in the binlog is malformed") from error


def _parsed(body: bytes) -> TableMap:
    schema, at = _name(body, ID_BYTES)
    table, at = _name(body, at)
    name = TableName(schema, table)
    count, at = packed(body, at)
    types = body[at : at + count]
    size, at = packed(body, at + count)
    metas = list(_metas(types, body[at : at + size], name))
    at += size
    nulls = body[at : at + (count + 7) // 8]
    real = [_real(kind, meta) for kind, meta in zip(types, metas, strict=True)]
    extra = _optional(body, at + len(nulls), [kind for kind, _ in real])
    columns = tuple(
        MappedColumn(
            type=kind,
            meta=metas[index],
            nullable=bool(nulls[index // 8] >> index % 8 & 1),
            length=length,
            unsigned=extra.unsigned.get(index),
            collation=extra.collation.get(index),
            name=extra.name.get(index),
            members=extra.members.get(index, ()),
            geometry=extra.geometry.get(index),
            visible=extra.visible.get(index),
            dimensions=extra.dimensions.get(index),
        )
        for index, (kind, length) in enumerate(real)
    )
    return TableMap(name, columns, extra.primary_key)


def _name(body: bytes, at: int) -> tuple[str, int]:
    length, at = packed(body, at)
    return body[at : at + length].decode("utf-8"), at + length + 1


def _metas(types: bytes, data: bytes, name: TableName) -> Iterator[bytes]:
    at = 0
    for kind in types:
        if kind == TYPED_ARRAY:
            raise BinlogError("has a column of a type that rows cannot carry", subject=str(name))
        size = 1 if kind in _ONE else 2 if kind in _TWO else 0
        yield data[at : at + size]
        at += size


def _real(kind: int, meta: bytes) -> tuple[int, int]:
    """Real type and length in bytes: ENUM and SET hide behind STRING, and long CHARs use two bits of the type."""
    if kind != STRING:
        return kind, 0
    if meta[0] & 0x30 != 0x30:
        return meta[0] | 0x30, meta[1] | (meta[0] & 0x30 ^ 0x30) << 4
    return meta[0], meta[1]


def _optional(body: bytes, at: int, types: list[int]) -> _Extra:
    extra = _Extra()
    numeric = [index for index, kind in enumerate(types) if kind in _NUMERIC]
    text = [index for index, kind in enumerate(types) if kind in _CHARACTER]
    lists = [index for index, kind in enumerate(types) if kind in {ENUM, SET}]
    shapes = [index for index, kind in enumerate(types) if kind == GEOMETRY]
    vectors = [index for index, kind in enumerate(types) if kind == VECTOR]
    while at < len(body):
        kind = body[at]
        size, at = packed(body, at + 1)
        data = body[at : at + size]
        at += size
        if kind == 1:
            extra.unsigned = _bits(data, numeric)
        elif kind in {2, 10}:
            extra.collation |= _default_collations(data, text if kind == 2 else lists)
        elif kind in {3, 11}:
            extra.collation |= dict(zip(text if kind == 3 else lists, _numbers(data), strict=True))
        elif kind == 4:
            extra.name = {index: one.decode("utf-8") for index, one in enumerate(_strings(data))}
        elif kind in {5, 6}:
            wanted = SET if kind == 5 else ENUM
            extra.members |= dict(zip([i for i in lists if types[i] == wanted], _lists(data), strict=True))
        elif kind == 7:
            extra.geometry = dict(zip(shapes, _numbers(data), strict=True))
        elif kind == 8:
            extra.primary_key = tuple((index, 0) for index in _numbers(data))
        elif kind == 9:
            numbers = list(_numbers(data))
            extra.primary_key = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        elif kind == 12:
            extra.visible = _bits(data, list(range(len(types))))
        elif kind == 13:
            extra.dimensions = dict(zip(vectors, _numbers(data), strict=True))
    return extra


def _bits(data: bytes, indexes: list[int]) -> dict[int, bool]:
    return {index: bool(data[n // 8] >> 7 - n % 8 & 1) for n, index in enumerate(indexes)}


def _default_collations(data: bytes, indexes: list[int]) -> dict[int, int]:
    default, *pairs = _numbers(data)
    found = dict.fromkeys(indexes, default)
    found |= {indexes[pairs[n]]: pairs[n + 1] for n in range(0, len(pairs), 2)}
    return found


def _numbers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = packed(data, at)
        yield number


def _strings(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length, at = packed(data, at)
        yield data[at : at + length]
        at += length


def _lists(data: bytes) -> Iterator[tuple[bytes, ...]]:
    at = 0
    while at < len(data):
        count, at = packed(data, at)
        members = []
        for _ in range(count):
            length, at = packed(data, at)
            members.append(data[at : at + length])
            at += length
        yield tuple(members)
