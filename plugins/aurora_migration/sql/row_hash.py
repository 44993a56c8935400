"""The hash of a row, computed on the server, and the aggregates that compare sets of rows.

Every value is encoded without ambiguity: NULL is ``N``, numbers and times are their text, strings carry their
length in bytes, long values are replaced by their SHA-256 (so that no concatenation meets max_allowed_packet).
FLOAT and DOUBLE are compared as DOUBLE, strings as bytes and never by collation, ENUM and SET by number as well,
BIT as a number, geometry by its internal bytes with the SRID. Generated columns are included.

A set of rows is COUNT, BIT_XOR of the SHA-256 row hashes, and, where equal rows may repeat, the SUM of 60 bits of
each hash: XOR alone would let pairs of equal rows cancel out.
"""

from __future__ import annotations

from aurora_migration.model.table import LOB_TYPES, SPATIAL_TYPES, TEXT_TYPES, Column, Table
from aurora_migration.sql.quoting import Fragment, identifier, join, raw

_LONG = (LOB_TYPES - {"tinytext", "tinyblob"}) | SPATIAL_TYPES | {"json", "vector"}
_STRINGS = (TEXT_TYPES | {"binary", "varbinary", "tinyblob"}) - {"enum", "set"}
_LONG_BYTES = 4096  # strings that may be longer than this are hashed before they are joined


def row_hash(table: Table) -> Fragment:
    """The SHA-256 of a row as 64 hexadecimal digits."""
    parts = [column_text(column) for column in table.columns]
    return raw("SHA2(CONCAT(") + join(parts, ", ',', ") + raw("), 256)")


def column_text(column: Column) -> Fragment:
    """One value as unambiguous text; never NULL."""
    text = _text(column)
    return raw("IFNULL(") + text + raw(", 'N')") if column.nullable or column.generated else text


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
        raw("LEFT(SHA2(") + column_text(column) + raw(f", 256), 32) AS c{index}")
        for index, column in enumerate(table.columns)
    ]
    return join(parts, ", ")


def _text(column: Column) -> Fragment:
    name = identifier(column.name)
    kind = column.data_type
    if kind in _LONG or (kind in _STRINGS and (column.max_bytes or 0) > _LONG_BYTES):
        return raw("SHA2(") + name + raw(", 256)")
    if kind in _STRINGS:
        return raw("CONCAT(LENGTH(") + name + raw("), ':', CAST(") + name + raw(" AS BINARY))")
    if kind in {"enum", "set"}:
        return (
            raw("CONCAT(")
            + name
            + raw(" + 0, ':', LENGTH(")
            + name
            + raw("), ':', CAST(")
            + name
            + raw(" AS BINARY))")
        )
    if kind in {"float", "double"}:
        return raw("CAST(") + name + raw(" AS DOUBLE)")
    return name + raw(" + 0") if kind == "bit" else name
