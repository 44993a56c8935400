"""How far change apply has come: the checkpoint of a migration, the state of each table, the result of one sync.

The checkpoint is the position up to which everything is on the target; it commits with the rows. A table's mode
says how its changes are applied, and until which position, if the mode is a passing one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aurora_migration.model.gtid import Gtid, GtidSet
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position

Place = tuple[str, int]  # file and offset in the source's binlog


class TableMode(StrEnum):
    """How a table's changes are applied."""

    OVERLAP = "overlap"  # its rows were read between two positions: delete by key, insert, no counts
    SKIP = "skip-until"  # its rows were read at one known position: changes before it are in them
    STRICT = "strict"  # an insert inserts one row, an update or delete hits one
    STOPPED = "stopped"  # an incident: its changes are passed over until it is compared and rewritten


class SyncState(StrEnum):
    """What the migration's change apply is doing."""

    LOADING = "loading"  # a full load is going on; nobody may move the checkpoint
    RUNNING = "running"
    PAUSED = "paused"  # in front of a DDL statement that a person has to deal with


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything up to ``position`` is on the target. ``moves`` counts its changes, so that two writers meet."""

    position: Position
    by_gtid: bool
    source_uuid: str
    state: SyncState = SyncState.LOADING
    words: str = ""
    committed_at: int = 0  # of the last applied transaction, on the source, in microseconds since 1970; 0: none
    transactions: int = 0
    row_changes: int = 0
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Until:
    """The end of a passing mode."""

    position: Position
    gtids: GtidSet = field(compare=False)
    place: Place = field(compare=False)

    @classmethod
    def of(cls, position: Position) -> Until:
        return cls(position, GtidSet.parse(position.gtid_set), place_of(position))

    def covers(self, gtid: Gtid | None, begun_at: Place | None) -> bool:
        """Whether a transaction is before the end, by its GTID or (None: on another server) by where it begins."""
        if begun_at is not None and order(begun_at) <= order(self.place):
            return True
        return gtid is not None and self.gtids.contains(gtid)


@dataclass(frozen=True, slots=True)
class TableSync:
    """The state of one source table."""

    table: TableName
    mode: TableMode
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one sync did; ``row_changes`` by source table; lag in seconds and bytes of binlog at its end."""

    position: Position
    reached: bool
    transactions: int
    row_changes: dict[TableName, int]
    seconds: float
    lag_seconds: float
    lag_bytes: int | None
    stopped: tuple[TableName, ...] = ()
    altered: tuple[TableName, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For logs and XCom."""
        return {
            "position": str(self.position),
            "reached": self.reached,
            "transactions": self.transactions,
            "row_changes": sum(self.row_changes.values()),
            "tables": len(self.row_changes),
            "seconds": round(self.seconds, 3),
            "lag_seconds": round(self.lag_seconds, 3),
            "lag_bytes": self.lag_bytes,
            "stopped": [str(name) for name in self.stopped],
        }


def place_of(position: Position) -> Place:
    return position.file, position.offset


def order(place: Place) -> tuple[int, str, int]:
    """Sorts places of one server: ``binlog.1000000`` comes after ``binlog.999999``."""
    file, offset = place
    return len(file), file, offset
