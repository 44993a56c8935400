"""A database of its own on the binlog tests' server, and a reader that follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from aurora_migration.model.change import BinlogItem, RowChange
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.model.table import Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.binlog.reader import BinlogReader
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, qualified, raw
from aurora_migration.sql.row_text import row_values
from local.mysqld import Server

Values = tuple[bytes | None, ...]


@dataclass(slots=True)
class Followed:
    """A schema and the position before its first change."""

    server: Server
    reading: Endpoint  # least privilege
    name: str
    session: Session  # root's
    start: Position = field(init=False)

    def __post_init__(self) -> None:
        self.session.execute(raw("CREATE DATABASE ") + identifier(self.name))
        self.session.execute(raw("USE ") + identifier(self.name))
        self.session.set_variable("sql_mode", "NO_AUTO_VALUE_ON_ZERO")
        self.mark()

    def run(self, *statements: str) -> None:
        for text in statements:
            self.session.execute(raw(text))

    def mark(self) -> Position:
        """Let the next reading start here."""
        found = read_position(self.session)
        assert found
        self.start = found
        return found

    def table(self, name: str) -> Table:
        return self.tables()[name]

    def tables(self) -> dict[str, Table]:
        return {one.name.name: one for one in catalog.tables(self.session, self.name)}

    def find(self) -> Callable[[TableName], Table | None]:
        """Definitions as of now, of this schema only."""
        known = self.tables()
        return lambda name: known.get(name.name) if name.schema == self.name else None

    def read(
        self, start: Position | None = None, *, by_gtid: bool | None = None, find: object = None
    ) -> Iterator[BinlogItem]:
        """Everything from ``start`` to the end of the log, as the account with the least privilege sees it."""
        start = start or self.start
        with DumpStream(self.reading, Replica(7001, self.name), start, by_gtid=by_gtid) as stream:
            lookup = find or self.find()
            assert callable(lookup)
            yield from BinlogReader(stream, stream.start, lookup, by_gtid=stream.by_gtid)

    def changes(self, start: Position | None = None, *, by_gtid: bool | None = None) -> list[RowChange]:
        return [item for item in self.read(start, by_gtid=by_gtid) if isinstance(item, RowChange)]

    def rows(self, table: Table, order: str = "1") -> list[Values]:
        """What the server sends for each row, by the loader's own select list."""
        sql = (
            raw("SELECT ") + row_values(table) + raw(" FROM ") + qualified(table.name) + raw(f" ORDER BY {order}")
        )
        found: list[Values] = []

        def keep(values: Sequence[bytes | None]) -> bytes:
            found.append(tuple(values))
            return b""

        with RowReader(self.reading) as reader:
            for _ in reader.value_rows(sql, keep):
                pass
        return found

    def close(self) -> None:
        self.session.execute(raw("DROP DATABASE IF EXISTS ") + identifier(self.name))
        self.session.close()


def stored(change: RowChange, row: Values | None) -> Values | None:
    """The values that travel: without the generated columns."""
    if row is None:
        return None
    return tuple(
        value for value, column in zip(row, change.table.columns, strict=True) if column.generated is None
    )
