"""Runs the three schema phases over a test database, without the load between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema import ProgramsResult, complete_tables, create_programs, create_tables
from aurora_migration.model.config import MigrationConfig, TargetTablePrepMode
from aurora_migration.model.names import TableMapping
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from tests.fresh_databases import Databases


@dataclass(slots=True)
class SchemaRun:
    """One run of the schema phases; ``reset`` is what ``before_reset`` was called with."""

    made: Databases
    config: MigrationConfig
    mode: TargetTablePrepMode = TargetTablePrepMode.DO_NOTHING
    target: Session | None = None
    reset: list[TableMapping] = field(default_factory=list)
    on_reset: Callable[[TableMapping], None] = lambda _: None

    @property
    def session(self) -> Session:
        return self.target or self.made.target

    def plan(self) -> MigrationPlan:
        return build_plan(self.config, RunOptions(prep_mode=self.mode), self.made.source)

    def first(self) -> tuple[AppliedRule, ...]:
        def before_reset(mapping: TableMapping) -> None:
            self.reset.append(mapping)
            self.on_reset(mapping)

        options = RunOptions(prep_mode=self.mode)
        return create_tables(self.plan(), options, self.made.source, self.session, before_reset)

    def second(self) -> tuple[AppliedRule, ...]:
        return complete_tables(self.plan(), self.made.source, self.session, lambda _: None)

    def programs(self) -> ProgramsResult:
        return create_programs(self.plan(), self.made.source, self.session)

    def all(self) -> tuple[tuple[AppliedRule, ...], ProgramsResult]:
        rules = self.first() + self.second()
        result = self.programs()
        return rules + result.rules, result


def migration(made: Databases, **changes: object) -> SchemaRun:
    return SchemaRun(made, made.config(**changes))


def create_text(session: Session, schema: str, table: str) -> str:
    """The server's own CREATE TABLE, read apart from the package's code."""
    name = identifier(schema) + raw(".") + identifier(table)
    return str(session.query(raw("SHOW CREATE TABLE ") + name)[0]["Create Table"])


def table_names(session: Session, schema: str) -> list[str]:
    sql = raw("SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND ")
    rows = session.query(sql + raw("TABLE_SCHEMA = ") + _value("schema"), {"schema": schema})
    return sorted(row["n"] for row in rows)


def _value(name: str):  # type: ignore[no-untyped-def]
    from aurora_migration.sql.quoting import parameter

    return parameter(name)


def executed(session: Session) -> str:
    """The GTIDs of everything ever written to this server's binlog."""
    return str(session.scalar(raw("SELECT @@gtid_executed")))
