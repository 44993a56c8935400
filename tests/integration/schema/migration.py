"""Runs the three schema phases over a test database, without the load between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema import ProgramsResult, complete_tables, create_programs, create_tables
from aurora_migration.errors import RetryableError
from aurora_migration.model.config import MigrationConfig, TargetTablePrepMode
from aurora_migration.model.names import TableMapping
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment, identifier, parameter, raw
from tests.fresh_databases import Databases, endpoint

# What programs' definers hold. Not ALL, which brings SYSTEM_USER: the target's root could not take it away again.
OF_DEFINERS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, TRIGGER,"
    " EVENT, EXECUTE, CREATE ROUTINE, ALTER ROUTINE, LOCK TABLES, CREATE TEMPORARY TABLES"
)


@dataclass(slots=True)
class SchemaRun:
    """One run of the schema phases; ``reset`` collects what ``before_reset`` is called with."""

    made: Databases
    config: MigrationConfig
    mode: TargetTablePrepMode = TargetTablePrepMode.DO_NOTHING
    target: Session | None = None
    reset: list[TableMapping] = field(default_factory=list)
    on_reset: Callable[[TableMapping], None] = lambda _: None
    told: list[str] = field(default_factory=list)
    workers: int = 1

    @property
    def session(self) -> Session:
        return self.target or self.made.target

    def plan(self) -> MigrationPlan:
        return build_plan(self.config, RunOptions(prep_mode=self.mode), self.made.source)

    def first(self) -> tuple[AppliedRule, ...]:
        def before_reset(mappings: Sequence[TableMapping]) -> None:
            for mapping in mappings:
                self.on_reset(mapping)
                self.reset.append(mapping)

        options = RunOptions(prep_mode=self.mode)
        return create_tables(self.plan(), options, self.made.source, self.session, before_reset, self.workers)

    def second(self) -> tuple[AppliedRule, ...]:
        return complete_tables(self.plan(), self.made.source, self.session, self.told.append, self.workers)

    def programs(self) -> ProgramsResult:
        return create_programs(self.plan(), self.made.source, self.session)

    def all(self) -> ProgramsResult:
        self.first()
        self.second()
        return self.programs()


def migration(made: Databases, **changes: object) -> SchemaRun:
    return SchemaRun(made, made.config(**changes))


class DyingSession(Session):
    """A session whose connection is lost at the ``dies_at``-th statement that changes something.

    The server has run that statement: nobody knows, as when a process is killed before it hears the answer.
    """

    dies_at: int = 1 << 30
    changes: int = 0

    def execute(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> int:
        done = super().execute(sql, values)
        if not sql.text.startswith("SET "):
            self.changes += 1
            if self.changes == self.dies_at:
                self.connection._force_close()
                raise RetryableError("the connection was lost", subject=self.endpoint.label)
        return done


def dying_session(made: Databases, dies_at: int) -> DyingSession:
    session = DyingSession.open(endpoint("target", made.pair.target_login))
    session.dies_at = dies_at
    return session


def create_text(session: Session, schema: str, table: str) -> str:
    """The server's own CREATE TABLE, read apart from the package's code."""
    name = identifier(schema) + raw(".") + identifier(table)
    return str(session.query(raw("SHOW CREATE TABLE ") + name)[0]["Create Table"])


def texts(session: Session, schema: str) -> dict[str, str]:
    """CREATE TABLE of every table of a schema, by name."""
    sql = raw("SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'")
    rows = session.query(sql + raw(" AND TABLE_SCHEMA = ") + parameter("schema"), {"schema": schema})
    return {name: create_text(session, schema, name) for name in sorted(row["n"] for row in rows)}


def executed(session: Session) -> str:
    """The GTIDs of everything that this server ever wrote to its binlog."""
    return str(session.scalar(raw("SELECT @@gtid_executed")))


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in session.query(raw(sql))]
