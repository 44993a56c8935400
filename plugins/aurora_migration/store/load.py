"""Tables, key ranges and chunks: what is to be loaded and what has been."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aurora_migration.model.chunk import KeyRange, LoadUnit
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.mysql.session import Session
from aurora_migration.store.chunks import decoded, encoded
from aurora_migration.store.control import Control

_ROWS_A_STATEMENT = 200


@dataclass(frozen=True, slots=True)
class TableState:
    """What the control schema knows of a table's load."""

    mapping: TableMapping
    run_id: str
    fingerprint: str
    row_estimate: int
    byte_estimate: int
    rows: int
    bytes: int
    chunks: int
    ranges: int
    finished_ranges: int
    seconds: float

    @property
    def started(self) -> bool:
        return self.chunks > 0

    @property
    def complete(self) -> bool:
        return self.ranges > 0 and self.finished_ranges == self.ranges


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What the plan knows of a table; ``bytes`` and ``rows`` are estimates."""

    mapping: TableMapping
    fingerprint: str
    rows: int = 0
    bytes: int = 0


def save_table(
    session: Session, control: Control, run_id: str, mapping: TableMapping, fingerprint: str, rows: int, size: int
) -> None:
    """Keep what the plan knows of a table; ``size`` is in bytes."""
    save_tables(session, control, run_id, [TableFacts(mapping, fingerprint, rows, size)])


def save_tables(session: Session, control: Control, run_id: str, facts: Iterable[TableFacts]) -> None:
    """Keep what the plan knows of tables."""
    rows = (
        {
            **_table(one.mapping.source),
            "target_schema": one.mapping.target.schema,
            "target_table": one.mapping.target.name,
            "fingerprint": one.fingerprint,
            "rows": one.rows,
            "bytes": one.bytes,
        }
        for one in facts
    )
    _save(session, control, "save_tables", rows, run_id=run_id)


def tables(session: Session, control: Control) -> tuple[TableState, ...]:
    """All tables of the migration with the state of their load, sorted by source name."""
    return tuple(_state(row) for row in control.query(session, "tables"))


def fingerprints(session: Session, control: Control, names: Iterable[TableName]) -> dict[TableName, str]:
    """The recorded shapes of some tables; of others nothing is read, since tables and chunks may be very many."""
    found: dict[TableName, str] = {}
    left = iter(sorted(names))
    while some := list(islice(left, _ROWS_A_STATEMENT)):
        asked = json.dumps([_table(name) for name in some], ensure_ascii=False)
        for row in control.query(session, "fingerprints", names=asked):
            found[TableName(row["source_schema"], row["source_table"])] = row["fingerprint"]
    return found


def forget_chunks(session: Session, control: Control, *tables: TableName) -> None:
    """Forget that any row of some source tables was written, and how they were cut: of all of them or of none."""
    with session.transaction():
        for records in ("chunks", "key_ranges"):
            control.forget(session, records, tables)


def save_units(session: Session, control: Control, units: Iterable[LoadUnit]) -> None:
    """Keep the units of a run; key ranges of other tables belong to no unit from now on."""
    rows = (
        {
            **_table(part.table),
            "number": part.number,
            "unit": unit.number,
            **{
                name: encoded(bound)
                for name, bound in (("lower", part.lower), ("upper", part.upper))
                if bound is not None
            },
            "rows": part.row_estimate,
            "bytes": part.byte_estimate,
        }
        for unit in units
        for part in unit.ranges
    )
    with session.transaction():
        control.execute(session, "release_ranges")
        _save(session, control, "save_ranges", rows)


def ranges(session: Session, control: Control, unit: int | None = None) -> tuple[KeyRange, ...]:
    """The key ranges of one load unit, or of the whole migration."""
    return tuple(_range(row) for row in control.query(session, "ranges", unit=unit))


def ranges_by_unit(session: Session, control: Control) -> tuple[tuple[int, KeyRange], ...]:
    """All key ranges of the migration with the number of their unit; unit 0 is in no run."""
    return tuple((int(row["unit"]), _range(row)) for row in control.query(session, "ranges", unit=None))


def begun_ranges(session: Session, control: Control, unit: int) -> dict[tuple[TableName, int], int]:
    """The key ranges of a unit (table and number) of which chunks are recorded, with their rows; one statement."""
    rows = control.query(session, "begun_ranges", unit=unit)
    return {
        (TableName(row["source_schema"], row["source_table"]), row["range_number"]): int(row["row_count"])
        for row in rows
    }


def _save(session: Session, control: Control, path: str, rows: Iterable[dict[str, Any]], **values: str) -> None:
    """Many rows by one statement, since each costs a round trip; few enough for any max_allowed_packet."""
    left = iter(rows)
    while some := list(islice(left, _ROWS_A_STATEMENT)):
        control.execute(session, path, rows=json.dumps(some, ensure_ascii=False), **values)


def _table(name: TableName) -> dict[str, str]:
    return {"schema": name.schema, "table": name.name}


def _range(row: dict[str, Any]) -> KeyRange:
    return KeyRange(
        TableName(row["source_schema"], row["source_table"]),
        row["number"],
        decoded(row["lower_bound"]),
        decoded(row["upper_bound"]),
        row["row_estimate"],
        row["byte_estimate"],
    )


def _state(row: dict[str, Any]) -> TableState:
    started, ended = row["started_at"], row["loaded_at"]
    return TableState(
        mapping=TableMapping(
            TableName(row["source_schema"], row["source_table"]),
            TableName(row["target_schema"], row["target_table"]),
        ),
        run_id=row["run_id"],
        fingerprint=row["fingerprint"],
        row_estimate=int(row["row_estimate"]),
        byte_estimate=int(row["byte_estimate"]),
        rows=int(row["row_count"]),
        bytes=int(row["byte_count"]),
        chunks=int(row["chunks"]),
        ranges=int(row["ranges"]),
        finished_ranges=int(row["finished_ranges"]),
        seconds=(ended - started).total_seconds() if started and ended else 0.0,
    )
