"""The hash of a row, computed on the server, and the aggregates that compare sets of rows.

`row_bytes` writes a row as one binary string from which every value could be read again, so that different rows
give different strings. Long values are replaced by their SHA-256, so that no row meets max_allowed_packet. Strings
are never compared by collation, ENUM and SET by number, geometry by its internal bytes with the SRID. Generated
columns are included. The form is chosen for what it costs the server: calling a function takes as long as hashing
some fifty bytes. It relies on the types of the columns, so `Column.alike` must tell where the other side of a
comparison has another type.

A set of rows is COUNT, BIT_XOR of the SHA-256 row hashes, and, where equal rows may repeat, the SUM of 60 bits of
each hash: XOR alone would let pairs of equal rows cancel out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aurora_migration.model.table import LOB_TYPES, SPATIAL_TYPES, TEXT_TYPES, Column, Table
from aurora_migration.sql.quoting import Fragment, identifier, join, raw
from aurora_migration.sql.type_sizes import decimals, fits_byte, fits_three_bytes

_FLOATING = frozenset({"float", "double"})
_STRINGS = TEXT_TYPES | LOB_TYPES | SPATIAL_TYPES | {"binary", "varbinary", "json", "vector"}
_FIXED = frozenset({"binary", "point"})
_TIMES = frozenset({"date", "datetime", "timestamp", "time"})
_ROW_BYTES = 128 << 10  # strings join the row as they are while they cannot be longer together; others are hashed
_POINT_BYTES = 25
# Added to a number of at most 24 bits, signed or not, so that CHAR() makes four bytes of it, the first of them 1
# or 2; a 0 in its place is one byte.
_FOUR_BYTES = raw(" + 25165824")
# Binary, as the row is: a literal of another character set would cost a conversion for each row.
_COMMA = "x'2c'"
_EMPTY = "x''"


def row_hash(table: Table) -> Fragment:
    """The SHA-256 of a row as 64 hexadecimal digits; NULL if the server could not build the row."""
    return raw("SHA2(") + row_bytes(table.columns) + raw(", 256)")


def row_bytes(columns: Sequence[Column]) -> Fragment:
    """The values of some columns of a row as one binary string: equal strings, equal values.

    First the bytes of CHAR(): for each column that needs it one that says NULL or not, small numbers and the
    lengths of strings. Then FLOAT and DOUBLE as bits, numbers and times as text that tells where it ends, hashes,
    and strings. The last string ends with the row.
    """
    cut = _Cut.of(columns)
    head = [*cut.flags(), *map(_small, cut.small), *map(_length, cut.measured)]
    packed = raw("CHAR(") + join(head, ", ") + raw(" USING binary)") if head else raw("''")
    # An expression over columns that is binary keeps the strings behind it from being converted to one charset.
    parts = [raw("CAST(") + packed + raw(" AS BINARY)"), *_bits(cut.floating)]
    for column in cut.texts:
        parts += _text(column)
    for column in cut.hashed:
        parts += _hashed(column)
    parts += [_filled(column, identifier(column.name)) for column in (*cut.fixed, *cut.strings)]
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


@dataclass(frozen=True, slots=True)
class _Cut:
    """Columns by the form in which they stand in the row; each has one."""

    floating: tuple[Column, ...]
    small: tuple[Column, ...]  # numbers of at most 24 bits
    texts: tuple[Column, ...]  # other numbers, and times
    hashed: tuple[Column, ...]  # what may be long, and what has another type on the other side
    fixed: tuple[Column, ...]  # strings of always the same length
    strings: tuple[Column, ...]  # others

    @classmethod
    def of(cls, columns: Iterable[Column]) -> _Cut:
        forms: dict[str, list[Column]] = {name: [] for name in cls.__slots__}
        room = _ROW_BYTES
        for column in columns:
            form, size = _form(column, room)
            room -= size
            forms[form].append(column)
        return cls(**{name: tuple(some) for name, some in forms.items()})

    @property
    def last(self) -> tuple[Column, ...]:
        """The string that ends the row and needs no length; none where its length alone makes the head binary."""
        return self.strings[-1:] if len(self.strings) > 1 or self.small else ()

    @property
    def measured(self) -> tuple[Column, ...]:
        """The strings whose length is written."""
        return self.strings[: len(self.strings) - len(self.last)]

    def flags(self) -> list[Fragment]:
        """Whether it is NULL, for columns whose form has no room to say so."""
        mute = (*self.floating, *self.fixed, *self.last)
        return [identifier(column.name) + raw(" IS NULL") for column in mute if _may_be_null(column)]


def _form(column: Column, room: int) -> tuple[str, int]:
    """The form of a column, and the bytes that it takes of those left for strings."""
    kind = column.data_type
    if kind in _FLOATING:
        return "floating", 0
    if not column.alike:
        return "hashed", 0
    if fits_three_bytes(column):
        return "small", 0
    if kind == "set" or kind not in _STRINGS:
        return "texts", 0
    longest = _longest(column)
    if longest is None or longest > room:
        return "hashed", 0
    return ("fixed" if kind in _FIXED else "strings"), longest


def _longest(column: Column) -> int | None:
    """How many bytes a string of the column may have; None where that says nothing or LENGTH() costs too much."""
    if column.data_type in SPATIAL_TYPES:
        return _POINT_BYTES if column.data_type == "point" else None
    return None if column.data_type in {"json", "vector"} else column.max_bytes


def _small(column: Column) -> Fragment:
    """One byte, or four of which the first tells them from the one that is NULL."""
    name = identifier(column.name)
    if _may_be_null(column):
        return raw("IFNULL(") + name + _FOUR_BYTES + raw(", 0)")
    return name if fits_byte(column) else name + _FOUR_BYTES


def _length(column: Column) -> Fragment:
    """One byte, of which 255 is NULL, or four, or one that is 0 for NULL."""
    length, longest = raw("LENGTH(") + identifier(column.name) + raw(")"), column.max_bytes or 0
    if not _may_be_null(column):
        return length if longest < 256 else length + _FOUR_BYTES
    return raw("IFNULL(") + (length + raw(", 255)") if longest < 255 else length + _FOUR_BYTES + raw(", 0)"))


def _bits(columns: Sequence[Column]) -> Iterator[Fragment]:
    """Points, whose internal form holds two doubles as they are: faster than text, and -0 is not 0."""
    values = [_filled(column, identifier(column.name), "0") for column in columns]
    for index in range(0, len(values), 2):
        second = values[index + 1] if index + 1 < len(values) else raw("0")
        yield raw("POINT(") + values[index] + raw(", ") + second + raw(")")


def _text(column: Column) -> list[Fragment]:
    """Times, and DECIMAL behind its point, are as long as their type says, and a comma in their place is NULL.

    Other numbers are ended by a comma, and nothing before it is NULL.
    """
    if column.data_type in _TIMES or decimals(column):
        return [_filled(column, identifier(column.name), _COMMA)]
    return [_filled(column, _number(column)), raw(_COMMA)]


def _hashed(column: Column) -> list[Fragment]:
    """64 digits, or a comma for NULL; members by number, too, since they may be called otherwise."""
    value = identifier(column.name) if column.data_type in _STRINGS else _number(column)
    parts = [_filled(column, raw("SHA2(") + value + raw(", 256)"), _COMMA)]
    if column.data_type in {"enum", "set"}:
        parts += [_filled(column, _number(column)), raw(_COMMA)]
    return parts


def _number(column: Column) -> Fragment:
    name = identifier(column.name)
    if column.data_type == "set":  # not + 0: that goes through a double, too short for 64 members
        return raw("CAST(") + name + raw(" AS UNSIGNED)")
    return name + raw(" + 0") if column.data_type in {"bit", "enum"} else name


def _filled(column: Column, value: Fragment, filler: str = _EMPTY) -> Fragment:
    """The value, or a filler in the place of NULL that no value looks like, or that a flag tells apart."""
    return raw("IFNULL(") + value + raw(f", {filler})") if _may_be_null(column) else value


def _may_be_null(column: Column) -> bool:
    return column.nullable or column.generated is not None
