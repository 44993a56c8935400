"""Asks the source for key bounds. The server orders, the server compares; here bounds are opaque texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aurora_migration.model.chunk import Bound
from aurora_migration.model.table import Column, Key, Table
from aurora_migration.mysql.session import Rows, Session, Statement
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding
from aurora_migration.sql.predicates import key_order, key_range
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw


def key_columns(table: Table, key: Key) -> tuple[Column, ...]:
    """The columns of a key, in key order."""
    return tuple(table.column(name) for name in key.columns)


def nth_key(source: Session, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
    """The key of the ``rows``-th row in ``(lower, upper]``, or None if there are fewer rows."""
    if table.chunk_key is None:
        return None
    return _bound(source.query(*_nth(table, lower, upper, rows)))


@contextmanager
def nth_key_asked(
    source: Session, table: Table, lower: Bound, upper: Bound, rows: int
) -> Iterator[Callable[[], Bound]]:
    """`nth_key` of a table with a key, asked now and answered when the function is called; see `Session.asked`."""
    with source.asked(*_nth(table, lower, upper, rows)) as answer:
        yield lambda: _bound(answer())


@dataclass(frozen=True, slots=True)
class SourceKeys:
    """What `cutting.cut` asks, answered by the source; tables must have a chunk key."""

    source: Session

    def last(self, table: Table) -> Bound:
        return _bound(self.source.query(*_key_at(table, raw("TRUE"), _descending(_columns(table)), 1)))

    def nth(self, table: Table, lower: Bound, upper: Bound, rows: int) -> Bound:
        return nth_key(self.source, table, lower, upper, rows)

    def before(self, table: Table, edge: tuple[str, ...], lower: Bound, upper: Bound) -> Bound:
        columns = _columns(table)
        leading = key_range(columns[: len(edge)], None, edge)
        inside = join((leading, key_range(columns, lower, upper)), " AND ")
        return _bound(self.source.query(*_key_at(table, inside, _descending(columns), 1)))

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


def _nth(table: Table, lower: Bound, upper: Bound, rows: int) -> Statement:
    columns = _columns(table)
    return _key_at(table, key_range(columns, lower, upper), key_order(columns), rows)


def _key_at(table: Table, inside: Fragment, order: Fragment, rows: int) -> Statement:
    key = table.chunk_key
    sql = statement(
        "load/upper_bound",
        bound=join((encoding(column) + raw(f" AS k{i}") for i, column in enumerate(_columns(table))), ", "),
        table=qualified(table.name),
        key=identifier("" if key is None else key.name),
        range=inside,
        order=order,
    )
    return sql, {"skip": rows - 1}


def _bound(found: Rows) -> Bound:
    return tuple(str(value) for value in found[0].values()) if found else None
