"""Tries a change of a table out on an empty copy in the control schema, and reads what came of it.

Only the server knows what it makes of a client's words. So a change is first made to a table without rows: that
gives the definition by which one can tell whether the change is there already, and whether the source understood
the same words alike. One trial at a time for each migration; one that was left by a dead process is dropped first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from aurora_migration.errors import MigrationError, SchemaMismatchError, StatementError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.mysql.ddl import relations, show_create_table
from aurora_migration.mysql.session import SQL_MODE, Session
from aurora_migration.sql.ddl.names import UNCHANGED, NameMap
from aurora_migration.sql.ddl.table import TableDefinition
from aurora_migration.sql.ddl.table_compare import PartDifference, PartKind, table_differences
from aurora_migration.sql.ddl.table_parser import parse_table
from aurora_migration.sql.ddl.table_rules import rewrite_table
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, qualified

_DUPLICATE: Final = 1062


@dataclass(frozen=True, slots=True)
class Trial:
    """An empty table ``name``, to be what ``stands_for`` is or becomes."""

    target: Session
    name: TableName
    stands_for: TableName

    def definition(self) -> TableDefinition:
        """Its definition under the name of the table it stands for."""
        found = parse_table(show_create_table(self.target, self.name))
        names = NameMap(tables={self.name: self.stands_for})
        return rewrite_table(found, self.name, names)[0]


@contextlib.contextmanager
def trial_of(table: TableName, config: MigrationConfig, target: Session) -> Iterator[Trial]:
    """A free name for a trial of ``table``; whatever is made under it is dropped at the end."""
    name = TableName(config.control_schema, f"trial_{config.name}")
    drop = statement("schema/drop_table", table=qualified(name))
    target.execute(drop)
    try:
        yield Trial(target, name, table)
    except BaseException:
        with contextlib.suppress(MigrationError):
            target.execute(drop)
        raise
    target.execute(drop)


def run_as_written(target: Session, sql: Fragment, sql_mode: str, subject: str) -> None:
    """Run a client's words under its sql_mode. Raises: SchemaMismatchError if the target refuses them.

    The server's words about a duplicate are left out, since they hold a row's value.
    """
    target.set_variable("sql_mode", sql_mode)
    try:
        target.execute(sql)
    except StatementError as refusal:
        words = "MySQL error 1062: rows are equal in the index" if refusal.errno == _DUPLICATE else refusal.message
        raise SchemaMismatchError(
            f"the target refuses a change that the source has made: {words}",
            subject=subject,
            remedy="make the change by hand so that the table is as on the source, and acknowledge the statement",
        ) from None
    finally:
        target.set_variable("sql_mode", SQL_MODE)


def relation_kind(session: Session, name: TableName) -> str | None:
    """BASE TABLE or VIEW, or None if there is nothing of that name."""
    return relations(session, name.schema).get(name.name)


def definition_or_none(session: Session, name: TableName) -> TableDefinition | None:
    """A table's definition now, or None if there is no such table."""
    if relation_kind(session, name) != "BASE TABLE":
        return None
    return parse_table(show_create_table(session, name))


def ruled(definition: TableDefinition, source: TableName, target: TableName) -> TableDefinition:
    """What a definition of the source is to be on the target."""
    names = NameMap(tables={source: target}) if source != target else UNCHANGED
    return rewrite_table(definition, source, names)[0]


def contradictions(
    source_now: TableDefinition, made: TableDefinition, parts: set[PartKind]
) -> tuple[PartDifference, ...]:
    """Parts of these kinds that both have, and not alike; of the options the charset and the collation.

    What only one has says nothing: the source is ahead, it may have added or dropped parts since.
    """
    columns = {column.name.lower(): column for column in source_now.columns}
    common = tuple(columns[c.name.lower()] for c in made.columns if c.name.lower() in columns)
    kept = {column.name.lower() for column in common}
    mine = tuple(column for column in made.columns if column.name.lower() in kept)
    options = tuple(option for option in made.options if option.name in {"DEFAULT CHARSET", "COLLATE"})
    found = table_differences(replace(source_now, columns=common), replace(made, columns=mine, options=options))
    return tuple(one for one in found if one.part in parts and None not in {one.expected, one.found})
