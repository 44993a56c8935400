"""What is recorded of the chunks of a whole load unit: one question, where a unit has hundreds of small tables."""

from __future__ import annotations

import json

from aurora_migration.model.chunk import Bound, Chunk
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def unit_chunks(session: Session, control: Control, unit: int) -> dict[tuple[TableName, int], list[Chunk]]:
    """The recorded chunks of each key range (table and number) of a unit, in order; none, no entry."""
    found: dict[tuple[TableName, int], list[Chunk]] = {}
    for row in control.query(session, "unit_chunks", unit=unit):
        table, part = TableName(row["source_schema"], row["source_table"]), int(row["range_number"])
        bounds = _decode(row["lower_bound"]), _decode(row["upper_bound"])
        chunk = Chunk(table, part, row["number"], *bounds, row["row_count"], row["byte_count"])
        found.setdefault((table, part), []).append(chunk)
    return found


def _decode(text: str | None) -> Bound:
    return None if text is None else tuple(json.loads(text))
