"""How a table is cut for loading: key ranges, chunks and load units.

All intervals are half open, ``(lower, upper]``; None is an open end. A bound is a tuple with one text per key
column, in the encoding of `aurora_migration.sql.literals`: the server wrote it and only the server compares it.
"""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.model.names import TableMapping, TableName

Bound = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A part of one table that one load unit carries; numbers start at 1 within the table."""

    table: TableName
    number: int
    lower: Bound
    upper: Bound
    row_estimate: int = 0
    byte_estimate: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """One transaction's worth of a key range; numbers start at 1 within the range."""

    table: TableName
    range_number: int
    number: int
    lower: Bound
    upper: Bound
    rows: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        return f"{self.table} range {self.range_number} chunk {self.number}"


@dataclass(frozen=True, slots=True)
class LoadUnit:
    """One mapped task: small tables together, a whole table, or a range of a large one."""

    number: int
    label: str
    ranges: tuple[KeyRange, ...]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table mapping with what the plan knows of it."""

    mapping: TableMapping
    key_columns: tuple[str, ...]
    fingerprint: str
    row_estimate: int = 0
    byte_estimate: int = 0
