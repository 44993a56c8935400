"""Finds statements with IF EXISTS or IF NOT EXISTS that had nothing to do on the source.

The binlog has them whether they did something or not, and applications send them at every start. Nothing needs to
be guessed: at this point of the binlog the target has what the source had.
"""

from __future__ import annotations

from aurora_migration.engine.cdc.ddl_scope import Scope, scope_of
from aurora_migration.model.change import Statement, StatementKind
from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.ddl import default_collation, relation_exists
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.change import ObjectKind, Touched
from aurora_migration.sql.ddl.change_reader import read_change
from aurora_migration.sql.ddl.reading import UnreadableError
from aurora_migration.sql.ddl.sql_mode import mode_names


def changes_nothing(statement: Statement, config: MigrationConfig, target: Session) -> bool:
    """Whether a statement may be passed over, since the target has (or lacks) already what it is about.

    True for CREATE … IF NOT EXISTS of tables, views and databases that are all there, and DROP … IF EXISTS of ones
    that are all gone. To be asked before a pause.
    """
    if statement.kind is not StatementKind.DDL:
        return False
    try:
        change = read_change(statement.text, statement.schema, mode_names(statement.sql_mode))
    except UnreadableError:
        return False
    touched = [one for one in change.objects if scope_of(one, config) is not Scope.OUTSIDE]
    kinds = {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.DATABASE}
    if not change.conditional or not touched or any(one.kind not in kinds for one in touched):
        return False
    verb = change.verb.partition(" ")[0]
    there = [_is_there(one, config, target) for one in touched]
    return (verb == "CREATE" and all(there)) or (verb == "DROP" and not any(there))


def _is_there(one: Touched, config: MigrationConfig, target: Session) -> bool:
    if one.kind is ObjectKind.DATABASE:
        return default_collation(target, config.target_schema(one.name.schema)) is not None
    return relation_exists(target, config.target_name(one.name))
