"""Runs statements on the source, reads them back from its binlog, and does to the target what is judged right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aurora_migration.engine.cdc.ddl import DdlJudgement, judge
from aurora_migration.engine.cdc.ddl_apply import apply_ddl
from aurora_migration.model.change import Statement
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.mysql.binlog.reader import BinlogReader
from aurora_migration.mysql.binlog.stream import DumpStream, Replica
from aurora_migration.mysql.position import read_position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, qualified, raw
from tests.fresh_databases import Databases, endpoint


@dataclass(slots=True)
class Changing:
    """Both sides, and the position before the next statement."""

    made: Databases
    config: MigrationConfig
    start: Position = field(init=False)

    def __post_init__(self) -> None:
        self.made.target.execute(raw("CREATE DATABASE ") + identifier(self.config.control_schema))
        self.mark()

    @property
    def name(self) -> str:
        return self.made.name

    def mark(self) -> None:
        found = read_position(self.made.source_root)
        assert found
        self.start = found

    def run(self, *statements: str) -> list[Statement]:
        """What the binlog has of these statements, run on the source one after the other."""
        self.made.on_source(*statements)
        self.made.on_source()  # back to its sql_mode, which shapes SHOW CREATE too
        return self.read()

    def read(self) -> list[Statement]:
        where = endpoint("source", self.made.pair.source_login)
        with DumpStream(where, Replica(7002, self.made.key), self.start, by_gtid=True) as stream:
            reader = BinlogReader(stream, stream.start, lambda _: None, by_gtid=stream.by_gtid)
            found = [item for item in reader if isinstance(item, Statement)]
        self.mark()
        return found

    def judge(self, statement: Statement) -> DdlJudgement:
        return judge(statement, self.config, "apply-safe")

    def apply(self, *statements: Statement) -> None:
        """Judge and apply, as a sync does that never dies."""
        for one in statements:
            judgement = self.judge(one)
            assert judgement.action == "apply", judgement
            apply_ddl(judgement, one, self.config, self.made.source, self.made.target)

    def apply_twice(self, *statements: Statement) -> None:
        """Each a second time, as a sync that died before its checkpoint; the second time changes nothing."""
        for one in statements:
            self.apply(one)
            before = self.tables(self.made.target_root)
            self.apply(one)
            assert self.tables(self.made.target_root) == before
            assert not self.trials()

    def definition(self, session: Session, name: TableName) -> str:
        """The server's own text but for the counter, which moves by itself."""
        text = session.query(raw("SHOW CREATE TABLE ") + qualified(name))[0]["Create Table"]
        return re.sub(r" AUTO_INCREMENT=\d+", "", text)

    def same(self, *tables: str) -> None:
        """The tables have one definition on both sides, and the same rows."""
        for table in tables:
            origin = self.made.table(table)
            there = self.config.target_name(origin)
            mine = self.definition(self.made.source_root, origin)
            other = self.definition(self.made.target_root, there)
            assert other.replace(f"`{there.name}`", f"`{table}`", 1) == mine
            rows = [
                session.query(raw("SELECT * FROM ") + qualified(name) + raw(" ORDER BY id"))
                for session, name in ((self.made.source_root, origin), (self.made.target_root, there))
            ]
            assert rows[0] == rows[1]

    def tables(self, session: Session) -> dict[str, str]:
        """All definitions of this database."""
        only = raw(" WHERE Table_type = 'BASE TABLE'")
        names = session.query(raw("SHOW FULL TABLES FROM ") + identifier(self.name) + only)
        return {
            (name := str(next(iter(row.values())))): self.definition(session, self.made.table(name))
            for row in names
        }

    def trials(self) -> list[object]:
        """Tables left in the control schema."""
        return list(self.made.target_root.query(raw("SHOW TABLES FROM ") + identifier(self.config.control_schema)))
