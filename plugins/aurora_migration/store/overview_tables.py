"""The tables of a migration as a person wants to see them: thousands at a time, read in a few short statements.

Decoding rows is what costs a client most, so each statement returns all of its tables in one row, field after
field, and the parts are put together here by name. An answer that the server has cut is refused, not shown.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from aurora_migration.errors import FatalError, StatementError
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

Name = tuple[str, str]  # schema and table on the source
_LONGEST: Final = 1 << 30  # bytes of an answer; the server's max_allowed_packet is what limits it
_NOT_THERE: Final = frozenset({1049, 1146})  # no such database, no such table
_NO_RANGES: Final = (0, 0)
_NO_CHUNKS: Final = (0, 0, 0, 0, 0, 0)


class LoadedTable(NamedTuple):
    """A table with what is loaded of it; ``in_units``: key ranges that the last plan has in load units."""

    schema: str
    table: str
    target_schema: str
    target_table: str
    row_estimate: int
    ranges: int
    in_units: int
    row_count: int
    byte_count: int
    chunks: int
    finished_ranges: int
    recent_rows: int
    microseconds: int

    @property
    def complete(self) -> bool:
        """Whether the last chunk of each of its key ranges is there."""
        return 0 < self.ranges == self.finished_ranges


class ComparedTable(NamedTuple):
    """What a run found of a table; ``verdicts`` are the distinct ones of its key ranges, one a line."""

    schema: str
    table: str
    verdicts: str
    level: str
    source_rows: int
    target_rows: int
    chunks_differing: int


class FollowedTable(NamedTuple):
    """A table whose changes are followed, with the row changes applied so far."""

    schema: str
    table: str
    mode: str
    row_changes: int


def tables(session: Session, control: Control) -> list[LoadedTable]:
    """Each table with what is loaded of it, sorted by source name."""
    ranges = {row[:2]: row[2:] for row in _packed(session, control, "ranges", 2, 2)}
    chunks = {row[:2]: row[2:] for row in _packed(session, control, "loads", 2, 6)}
    planned = sorted(_packed(session, control, "tables", 4, 1))
    return [
        LoadedTable(*row, *ranges.get(name := row[:2], _NO_RANGES), *chunks.get(name, _NO_CHUNKS))
        for row in planned
    ]


def verdicts(session: Session, control: Control, run_id: str) -> dict[Name, ComparedTable]:
    """The verdicts of a run by table."""
    return {
        (row[0], row[1]): ComparedTable(*row) for row in _packed(session, control, "verdicts", 4, 3, run_id=run_id)
    }


def followed(session: Session, control: Control) -> dict[Name, FollowedTable]:
    """The tables whose changes are followed."""
    return {(row[0], row[1]): FollowedTable(*row) for row in _packed(session, control, "followed", 3, 1)}


def _packed(
    session: Session, control: Control, name: str, texts: int, numbers: int, **values: Any
) -> list[tuple[Any, ...]]:
    """The rows that a statement packs into one: so many texts, then so many whole numbers.

    Raises: FatalError if the server has cut it.
    """
    session.set_variable("group_concat_max_len", _LONGEST)
    try:
        (found,) = control.query(session, f"overview_{name}", **values)
    except StatementError as error:
        if error.errno in _NOT_THERE:
            return []
        raise
    count, width = int(found["number"]), texts + numbers
    fields = (found["fields"] or "").split("\0") if count else []
    if len(fields) != count * width:
        raise FatalError(
            f"the server has cut its list of {count} tables",
            subject=f"control schema {control.schema}",
            remedy="raise max_allowed_packet on the target",
        )
    columns: list[list[Any]] = [fields[at::width] for at in range(texts)]
    columns += [list(map(int, fields[at::width])) for at in range(texts, width)]
    return list(zip(*columns, strict=True))
