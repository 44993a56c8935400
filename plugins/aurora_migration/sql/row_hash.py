"""The hash of a row, computed on the server, and the aggregates that compare sets of rows.

A row is written as one binary string without ambiguity, in four parts: a byte that says NULL or not for each
column that may be NULL, small integers in four bytes each, and the lengths of the strings; the bits of FLOAT and
DOUBLE; other numbers and times as text, each ended by a comma; the bytes of strings. Long values are replaced by
their SHA-256, so that no row meets max_allowed_packet. Strings are never compared by collation, ENUM and SET by
number too, geometry by its internal bytes with the SRID. Generated columns are included. The form is chosen for
what it costs the server: calling a function takes as long as hashing some fifty bytes.

A set of rows is COUNT, BIT_XOR of the SHA-256 row hashes, and, where equal rows may repeat, the SUM of 60 bits of
each hash: XOR alone would let pairs of equal rows cancel out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aurora_migration.model.table import LOB_TYPES, SPATIAL_TYPES, TEXT_TYPES, Column, Table
from aurora_migration.sql.quoting import Fragment, identifier, join, raw

_FLOATING = frozenset({"float", "double"})
_STRINGS = TEXT_TYPES | LOB_TYPES | SPATIAL_TYPES | {"binary", "varbinary", "json", "vector"}
_ROW_BYTES = 128 << 10  # strings join the row as they are while they cannot be longer together; others are hashed
_POINT_BYTES = 25
_SMALL = frozenset({"tinyint", "smallint", "mediumint", "year", "enum"})
# Added to a number of at most 24 bits, signed or not, so that CHAR() makes four bytes of it whatever it is.
_FOUR_BYTES = " + 25165824"
# Binary, as the row is: a literal of another character set would cost a conversion for each row.
_COMMA = "x'2c'"
_EMPTY = "x''"


@dataclass(frozen=True, slots=True)
class _Text:
    """A string as it stands in the row; ``length`` is the argument of CHAR(), or None where it is known."""

    value: Fragment
    length: Fragment | None


def row_hash(table: Table) -> Fragment:
    """The SHA-256 of a row as 64 hexadecimal digits; NULL if the server could not build the row."""
    return raw("SHA2(") + row_bytes(table.columns) + raw(", 256)")


def row_bytes(columns: Sequence[Column]) -> Fragment:
    """The values of some columns of a row as one binary string: equal strings, equal values."""
    texts = list(_texts([column for column in columns if column.data_type in _STRINGS]))
    head = [identifier(column.name) + raw(" IS NULL") for column in columns if _may_be_null(column)]
    head += [identifier(column.name) + raw(_FOUR_BYTES) for column in columns if column.data_type in _SMALL]
    head += [text.length for text in texts if text.length is not None]
    packed = raw("CHAR(") + join(head, ", ") + raw(" USING binary)") if head else raw("''")
    # An expression over columns that is binary keeps the strings behind it from being converted to one charset.
    parts = [raw("CAST(") + packed + raw(" AS BINARY)")]
    parts += _bits([column for column in columns if column.data_type in _FLOATING])
    for column in columns:
        if column.data_type == "set" or column.data_type not in _STRINGS | _FLOATING | _SMALL:
            parts += [_filled(column, _number(column)), raw(_COMMA)]
    parts += [text.value for text in texts]
    return raw("CONCAT(") + join(parts, ", ") + raw(")")


def aggregates(*, multiset: bool) -> Fragment:
    """Select list over rows with a column ``h`` of `row_hash`: row_count, hash_xor, hash_sum.

    A row whose hash the server could not build gets a random one, so that it can never look equal.
    """
    total = raw("SUM(CAST(CONV(LEFT(h, 15), 16, 10) AS UNSIGNED))") if multiset else raw("0")
    return (
        raw("COUNT(*) AS row_count, HEX(BIT_XOR(UNHEX(IFNULL(h, SHA2(UUID(), 256))))) AS hash_xor, ")
        + total
        + raw(" AS hash_sum")
    )


def column_hashes(table: Table) -> Fragment:
    """Select list of one short hash a column, for naming the columns that differ."""
    parts = [
        raw("LEFT(SHA2(") + row_bytes([column]) + raw(f", 256), 32) AS c{index}")
        for index, column in enumerate(table.columns)
    ]
    return join(parts, ", ")


def _texts(columns: Sequence[Column]) -> Iterator[_Text]:
    room = _ROW_BYTES
    for column in columns:
        name, longest = identifier(column.name), _longest(column)
        if longest is None or longest > room:
            yield _Text(_filled(column, raw("SHA2(") + name + raw(", 256)")), None)
            continue
        room -= longest
        length = raw("LENGTH(") + name + raw(")")
        yield _Text(_filled(column, name), length if longest < 256 else length + raw(_FOUR_BYTES))


def _longest(column: Column) -> int | None:
    """How many bytes a string of the column may have; None where that says nothing or LENGTH() costs too much."""
    if column.data_type in SPATIAL_TYPES:
        return _POINT_BYTES if column.data_type == "point" else None
    return None if column.data_type in {"json", "vector"} else column.max_bytes


def _bits(columns: Sequence[Column]) -> Iterator[Fragment]:
    """Points, whose internal form holds two doubles as they are: faster than text, and -0 is not 0."""
    values = [_filled(column, identifier(column.name), "0") for column in columns]
    for index in range(0, len(values), 2):
        second = values[index + 1] if index + 1 < len(values) else raw("0")
        yield raw("POINT(") + values[index] + raw(", ") + second + raw(")")


def _number(column: Column) -> Fragment:
    name = identifier(column.name)
    if column.data_type == "set":  # not + 0: that goes through a double, too short for 64 members
        return raw("CAST(") + name + raw(" AS UNSIGNED)")
    return name + raw(" + 0") if column.data_type == "bit" else name


def _filled(column: Column, value: Fragment, filler: str = _EMPTY) -> Fragment:
    """The value, or a filler in the place of NULL, which the first part of the row tells apart."""
    return raw("IFNULL(") + value + raw(f", {filler})") if _may_be_null(column) else value


def _may_be_null(column: Column) -> bool:
    return column.nullable or column.generated is not None
