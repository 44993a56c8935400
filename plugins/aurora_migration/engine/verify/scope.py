"""The two sides of a comparison, and how rows are addressed, cut and measured on each.

A chunk is addressed by its half-open key range, single rows by their encoded keys. Only the servers compare keys:
where a chunk ends is asked of them, so that it holds no more rows than wanted on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from aurora_migration.model.chunk import Bound, Chunk
from aurora_migration.model.config import VerificationLevel
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import INTEGER_TYPES, Column, Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.session import Session
from aurora_migration.sql.key_text import keys_condition
from aurora_migration.sql.library import statement
from aurora_migration.sql.literals import encoding, literal
from aurora_migration.sql.predicates import key_order, key_range
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw
from aurora_migration.sql.row_hash import aggregates, row_hash

SEPARATOR: Final = "|"  # in no encoded key: encodings are digits, hexadecimal digits, dates and times
_KEYS_PER_STATEMENT: Final = 500
_WIDTH: Final = re.compile(r"\(\d+\)")
_KEY_TEXT_CHARACTERS: Final = 256 << 10  # of keys in one statement: well below any max_allowed_packet in use


@dataclass(frozen=True, slots=True)
class Side:
    """One server and the table as it is called there; columns and key are the source's on both sides."""

    session: Session
    table: Table

    @property
    def key_columns(self) -> tuple[Column, ...]:
        key = self.table.chunk_key
        return () if key is None else tuple(self.table.column(name) for name in key.columns)

    @property
    def index(self) -> Fragment:
        """The index hint of statements that follow the key; empty for a table without one."""
        key = self.table.chunk_key
        return raw("") if key is None else raw("FORCE INDEX (") + identifier(key.name) + raw(")")


Pair = tuple[Side, Side]


def sides(source: Session, target: Session, planned: PlannedTable) -> Pair:
    """The table on the source and on the target, whose columns are read anew to see which have the same type."""
    there = {column.name.lower(): column for column in catalog.columns(target, planned.target)}
    columns = tuple(
        column if _alike(column, there.get(column.name.lower())) else replace(column, alike=False)
        for column in planned.table.columns
    )
    table = replace(planned.table, columns=columns)
    return Side(source, table), Side(target, replace(table, name=planned.target))


def chunk_values(side: Side, chunk: Chunk) -> dict[str, Fragment]:
    """The holes ``table``, ``index`` and ``range`` of the statements over one chunk."""
    whole = chunk.lower is None and chunk.upper is None
    return {
        "table": qualified(side.table.name),
        "index": raw("") if whole else side.index,
        "range": key_range(side.key_columns, chunk.lower, chunk.upper),
    }


def encoded_key(side: Side) -> Fragment:
    """Select expression of a row's key as one text of digits and ASCII signs; empty without a key."""
    if not side.key_columns:
        return raw("''")
    parts = join((encoding(column) for column in side.key_columns), ", ")
    return raw(f"CONCAT_WS('{SEPARATOR}', ") + parts + raw(")")


def key_conditions(side: Side, keys: Iterable[str]) -> Iterator[Fragment]:
    """Predicates that take the rows with these encoded keys, some hundreds a statement.

    The server compares, so a key takes the row whose key it deems equal, whatever its case or padding.
    """
    batch: list[str] = []
    size = 0
    for key in keys:
        text = _key_literal(side, key)
        if batch and (len(batch) == _KEYS_PER_STATEMENT or size + len(text) > _KEY_TEXT_CHARACTERS):
            yield keys_condition(side.key_columns, batch)
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield keys_condition(side.key_columns, batch)


def next_bound(pair: Pair, lower: Bound, upper: Bound, rows: int) -> Bound:
    """Where the chunk that begins at ``lower`` ends: with at most ``rows`` rows on either side."""
    for side in pair:
        found = _nth_key(side, lower, upper, rows)
        upper = upper if found is None else found
    return upper


def cut(pair: Pair, whole: Chunk, rows: int) -> Iterator[Chunk]:
    """A chunk in pieces of at most ``rows`` rows on either side; each is cut by what the tables hold by then."""
    lower, finished = whole.lower, False
    while not finished:
        upper = next_bound(pair, lower, whole.upper, rows)
        finished = upper == whole.upper
        yield replace(whole, lower=lower, upper=upper, rows=0, bytes=0)
        lower = upper


def measure(level: VerificationLevel, side: Side, chunk: Chunk) -> dict[str, Any]:
    """Count and checksums of a chunk on one side."""
    values = chunk_values(side, chunk)
    if level is VerificationLevel.ROW_COUNT:
        return side.session.query(statement("verify/range_count", **values))[0]
    multiset = side.table.chunk_key is None
    sql = statement(
        "verify/range_checksum", aggregates=aggregates(multiset=multiset), hash=row_hash(side.table), **values
    )
    return side.session.query(sql)[0]


def _alike(column: Column, other: Column | None) -> bool:
    """A ? in the name of a member may stand for a character that the catalog cannot show."""
    if other is None or (column.data_type in {"enum", "set"} and "?" in column.column_type):
        return False
    return (_type(column), column.charset) == (_type(other), other.charset)


def _type(column: Column) -> str:
    """Without the display width of integers, which servers before 8.0.19 tell."""
    return _WIDTH.sub("", column.column_type) if column.data_type in INTEGER_TYPES else column.column_type


def _key_literal(side: Side, key: str) -> str:
    columns = side.key_columns
    parts = [literal(column, text).plain for column, text in zip(columns, key.split(SEPARATOR), strict=True)]
    return parts[0] if len(parts) == 1 else "(" + ", ".join(parts) + ")"


def _nth_key(side: Side, lower: Bound, upper: Bound, rows: int) -> Bound:
    """The key of the ``rows``-th row in ``(lower, upper]``, or None if there are fewer rows."""
    key = side.table.chunk_key
    if key is None:
        return None
    columns = side.key_columns
    sql = statement(
        "load/upper_bound",
        bound=join((encoding(column) + raw(f" AS k{index}") for index, column in enumerate(columns)), ", "),
        table=qualified(side.table.name),
        key=identifier(key.name),
        range=key_range(columns, lower, upper),
        order=key_order(columns),
    )
    found = side.session.query(sql, {"skip": rows - 1})
    return tuple(str(value) for value in found[0].values()) if found else None
