"""Asks the source for key bounds. The server orders, the server compares; here bounds are opaque texts."""

from __future__ import annotations

from aurora_migration.model.chunk import Bound
from aurora_migration.model.table import Column, Key, Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding
from aurora_migration.sql.predicates import key_order, key_range
from aurora_migration.sql.quoting import identifier, join, qualified, raw


def key_columns(table: Table, key: Key) -> tuple[Column, ...]:
    """The columns of a key, in key order."""
    return tuple(table.column(name) for name in key.columns)


def nth_key(source: Session, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
    """The key of the ``rows``-th row in ``(lower, upper]``, or None if there are fewer rows."""
    key = table.chunk_key
    if key is None:
        return None
    columns = key_columns(table, key)
    sql = statement(
        "load/upper_bound",
        bound=join((encoding(column) + raw(f" AS k{index}") for index, column in enumerate(columns)), ", "),
        table=qualified(table.name),
        key=identifier(key.name),
        range=key_range(columns, lower, upper),
        order=key_order(columns),
    )
    found = source.query(sql, {"skip": rows - 1})
    return tuple(str(value) for value in found[0].values()) if found else None
