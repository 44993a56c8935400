"""The types inside JSON values, which their text does not show.

A DECIMAL, DATE or BLOB scalar inside a JSON value has the same text as a DOUBLE or a STRING, and becomes one when
it travels as text (https://dev.mysql.com/doc/refman/8.4/en/json.html#json-values). The skeleton of a value is the
list of JSON_TYPEs of its root, its members and its elements; comparing skeletons tells an equal value whose types
were degraded from an equal one. Where neither side holds such a scalar, equal text is enough, and to look for one
takes little more than half the time of the skeletons.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.model.table import Column, Table
from aurora_migration.sql.quoting import Fragment, identifier, join, raw

_PLAIN = ("OBJECT", "ARRAY", "STRING", "INTEGER", "UNSIGNED INTEGER", "DOUBLE", "BOOLEAN", "NULL")
_PATHS = ("$**.*", "$**[*]")  # every member, every element


def json_columns(table: Table) -> tuple[Column, ...]:
    """The table's stored JSON columns; the types in generated ones follow from them."""
    return tuple(column for column in table.stored_columns if column.data_type == "json")


def types_hash(table: Table) -> Fragment:
    """SHA-256 over the type skeletons of a row's JSON columns, as hexadecimal digits."""
    parts = [_skeleton(column) for column in json_columns(table)]
    return raw("SHA2(CONCAT_WS(';', ") + join(parts, ", ") + raw("), 256)")


def is_opaque(table: Table) -> Fragment:
    """Condition: a JSON column of the row holds a scalar whose type its text does not show."""
    tests = [test for column in json_columns(table) for test in _opaque(identifier(column.name))]
    return raw("(") + join(tests, " OR ") + raw(")")


def _opaque(name: Fragment) -> Iterator[Fragment]:
    plain = raw(", ".join(f"'{kind}'" for kind in _PLAIN))
    yield raw("JSON_TYPE(") + name + raw(") NOT IN (") + plain + raw(")")
    for path in _PATHS:
        found = _values(name, path) + raw(" WHERE JSON_TYPE(jt.v) NOT IN (") + plain + raw(")")
        yield raw("(SELECT COUNT(*) FROM ") + found + raw(") > 0")


def _skeleton(column: Column) -> Fragment:
    name = identifier(column.name)
    inner = (_types(name, path) for path in _PATHS)
    members = join((raw("IFNULL(") + part + raw(", '')") for part in inner), ", ")
    types = raw("CONCAT_WS(',', JSON_TYPE(") + name + raw("), ") + members + raw(")")
    # An integer that is not negative may be either: it depends on how the value was made, not on what it is.
    return raw("IFNULL(REPLACE(") + types + raw(", 'UNSIGNED INTEGER', 'INTEGER'), 'N')")


def _types(name: Fragment, path: str) -> Fragment:
    types = raw("(SELECT GROUP_CONCAT(IFNULL(JSON_TYPE(jt.v), 'NULL')) FROM ")
    return types + _values(name, path) + raw(")")


def _values(name: Fragment, path: str) -> Fragment:
    return raw("JSON_TABLE(") + name + raw(f", '{path}' COLUMNS (v JSON PATH '$')) AS jt")
