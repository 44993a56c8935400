"""Asks the source for key bounds. The server orders, the server compares; here bounds are opaque texts."""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.model.chunk import Bound
from aurora_migration.model.table import Column, Key, Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding
from aurora_migration.sql.predicates import key_order, key_range
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw


def key_columns(table: Table, key: Key) -> tuple[Column, ...]:
    """The columns of a key, in key order."""
    return tuple(table.column(name) for name in key.columns)


def nth_key(source: Session, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
    """The key of the ``rows``-th row in ``(lower, upper]``, or None if there are fewer rows."""
    key = table.chunk_key
    if key is None:
        return None
    columns = key_columns(table, key)
    return _key_at(source, table, key_range(columns, lower, upper), key_order(columns), rows)


@dataclass(frozen=True, slots=True)
class SourceKeys:
    """What `cutting.cut` asks, answered by the source; tables must have a chunk key."""

    source: Session

    def last(self, table: Table) -> Bound:
        return _key_at(self.source, table, raw("TRUE"), _descending(_columns(table)), 1)

    def nth(self, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
        return nth_key(self.source, table, lower, upper, rows)

    def before(self, table: Table, edge: tuple[str, ...], lower: Bound, upper: Bound) -> Bound:
        columns = _columns(table)
        leading = key_range(columns[: len(edge)], None, edge)
        inside = join((leading, key_range(columns, lower, upper)), " AND ")
        return _key_at(self.source, table, inside, _descending(columns), 1)

    def estimate(self, table: Table, lower: Bound, upper: Bound) -> int:
        key = table.chunk_key
        sql = statement(
            "load/rows_between",
            table=qualified(table.name),
            key=identifier("" if key is None else key.name),
            range=key_range(_columns(table), lower, upper),
        )
        return int(self.source.query(sql)[0]["rows"] or 0)


def _columns(table: Table) -> tuple[Column, ...]:
    key = table.chunk_key
    return () if key is None else key_columns(table, key)


def _descending(columns: tuple[Column, ...]) -> Fragment:
    return join((identifier(column.name) + raw(" DESC") for column in columns), ", ")


def _key_at(source: Session, table: Table, inside: Fragment, order: Fragment, rows: int) -> Bound:
    key = table.chunk_key
    sql = statement(
        "load/upper_bound",
        bound=join((encoding(column) + raw(f" AS k{i}") for i, column in enumerate(_columns(table))), ", "),
        table=qualified(table.name),
        key=identifier("" if key is None else key.name),
        range=inside,
        order=order,
    )
    found = source.query(sql, {"skip": rows - 1})
    return tuple(str(value) for value in found[0].values()) if found else None
