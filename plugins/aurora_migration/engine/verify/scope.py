"""The two sides of a comparison and how a chunk is addressed on each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aurora_migration.model.chunk import Chunk
from aurora_migration.model.plan import PlannedTable
from aurora_migration.model.table import Column, Table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.predicates import key_range
from aurora_migration.sql.quoting import Fragment, identifier, qualified, raw


@dataclass(frozen=True, slots=True)
class Side:
    """One server and the table as it is called there; columns and key are the source's on both sides."""

    session: Session
    table: Table

    @property
    def key_columns(self) -> tuple[Column, ...]:
        key = self.table.chunk_key
        return () if key is None else tuple(self.table.column(name) for name in key.columns)


def sides(source: Session, target: Session, planned: PlannedTable) -> tuple[Side, Side]:
    """The table on the source and on the target."""
    return Side(source, planned.table), Side(target, replace(planned.table, name=planned.target))


def chunk_values(side: Side, chunk: Chunk) -> dict[str, Fragment]:
    """The holes ``table``, ``index`` and ``range`` of the statements over one chunk."""
    key = side.table.chunk_key
    whole = key is None or (chunk.lower is None and chunk.upper is None)
    return {
        "table": qualified(side.table.name),
        "index": raw("") if whole or key is None else raw("FORCE INDEX (") + identifier(key.name) + raw(")"),
        "range": key_range(side.key_columns, chunk.lower, chunk.upper),
    }
