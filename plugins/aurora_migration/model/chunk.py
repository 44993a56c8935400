"""How a table is cut for loading: key ranges, chunks and load units.

All intervals are half open, ``(lower, upper]``; None is an open end. A bound is a tuple with one text per key
column, in the encoding of `aurora_migration.sql.literals`: the server wrote it and only the server compares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aurora_migration.model.names import TableName

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


def leading(part: KeyRange, recorded: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """The recorded chunks that follow one another from the range's start without a gap."""
    found: list[Chunk] = []
    lower = part.lower
    for chunk in recorded:
        if chunk.lower != lower or (found and lower == part.upper):
            break
        found.append(chunk)
        lower = chunk.upper
    return tuple(found)


def cover_everything(ranges: Sequence[KeyRange]) -> bool:
    """Whether the key ranges of one table, in order, leave no possible key out."""
    if not ranges or ranges[0].lower is not None or ranges[-1].upper is not None:
        return False
    return all(one.upper is not None and one.upper == two.lower for one, two in pairwise(ranges))


@dataclass(frozen=True, slots=True)
class LoadUnit:
    """One mapped task: small tables together, a whole table, or a range of a large one."""

    number: int
    label: str
    ranges: tuple[KeyRange, ...]

    @property
    def only_table(self) -> str:
        """The one table that it is of, or an empty text."""
        names = {part.table for part in self.ranges}
        return str(names.pop()) if len(names) == 1 else ""
