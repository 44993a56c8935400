"""What the source's binlog says happened, in order.

A transaction arrives as `Begin`, any number of `RowChange` and `Statement`, and `End`; it is never collected
whole, so its size does not matter. A row is a tuple of raw values in the order of ``Table.columns``: each is the
bytes that the server itself would send for the column over a connection with ``SET NAMES binary`` in UTC (what
`sql.row_text.row_values` selects), or None for NULL. So one encoder serves full load and change apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurora_migration.model.gtid import Gtid, GtidSet
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.table import Table

Row = tuple[bytes | None, ...]


class ChangeKind(StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class StatementKind(StrEnum):
    """What a statement in the binlog is, by its first words."""

    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ROLLBACK_TO = "rollback-to"
    RELEASE = "release"
    XA = "xa"
    DDL = "ddl"
    ACCOUNT = "account"
    MAINTENANCE = "maintenance"
    DML = "dml"
    OTHER = "other"


class Outcome(StrEnum):
    """How a transaction ended; a prepared one is decided by a later XA COMMIT or XA ROLLBACK statement."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled-back"
    PREPARED = "prepared"


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction begins; ``gtid`` is None where the source has none. Times are microseconds since 1970."""

    gtid: Gtid | None
    committed_at: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after; ``table`` is the definition the values follow."""

    kind: ChangeKind
    table: Table
    before: Row | None
    after: Row | None

    @property
    def name(self) -> TableName:
        return self.table.name


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that is written as text; ``schemas`` are those it says it touches, or None if too many."""

    kind: StatementKind
    text: str
    schema: str
    schemas: tuple[str, ...] | None
    sql_mode: int | None


@dataclass(frozen=True, slots=True)
class End:
    """A transaction is complete: a sync that has applied it may go on from ``position``."""

    outcome: Outcome
    gtid: Gtid | None
    committed_at: int
    gtid_set: GtidSet
    file: str
    offset: int

    @property
    def position(self) -> Position:
        return Position(str(self.gtid_set), self.file, self.offset)


BinlogItem = Begin | RowChange | Statement | End
