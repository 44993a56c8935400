"""Makes the target's schemas, with the source's default charset and collation.

A schema that comes whole has the source's defaults even if it was there before, because programs remember the
default under which they are created. Where single tables are selected, a schema that is there is left alone: a
table's own definition names its charset.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.ddl import show_create_database
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.database import DatabaseDefinition, database_rules, parse_database
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _TargetDatabase:
    name: str
    sources: tuple[str, ...]
    whole: bool


def ensure_databases(
    plan: MigrationPlan, names: NameMap, source: Session, target: Session
) -> tuple[AppliedRule, ...]:
    """Create what is missing and set defaults; running it again changes nothing."""
    rules: list[AppliedRule] = []
    for database in _databases(plan, names):
        first, *others = [(name, _definition(source, name)) for name in database.sources]
        _ensure(database, first[1], target)
        rules += database_rules(first[1], database.name)
        for name, definition in others:
            rules += database_rules(definition, database.name)
            if not definition.same_defaults(first[1]):
                detail = f"schema {name} joins it; the defaults are those of {first[0]}"
                rules.append(AppliedRule("rename", f"database {database.name}", detail))
    return tuple(rules)


def _databases(plan: MigrationPlan, names: NameMap) -> list[_TargetDatabase]:
    """The target's schemas, each with its sources: the one that gives its name first."""
    sources: dict[str, list[str]] = {names.schema(schema): [] for schema in plan.whole_schemas}
    for schema in plan.whole_schemas:
        sources[names.schema(schema)].append(schema)
    for planned in plan.tables:
        origin = planned.mapping.source.schema
        there = sources.setdefault(planned.target.schema, [])
        if origin not in there and (not there or names.schema(origin) == planned.target.schema):
            there.append(origin)
    whole = {names.schema(schema) for schema in plan.whole_schemas}
    return [_TargetDatabase(name, tuple(found), name in whole) for name, found in sorted(sources.items())]


def _definition(session: Session, schema: str) -> DatabaseDefinition:
    text = show_create_database(session, schema)
    if text is None:
        raise KeyError(schema)
    return parse_database(text)


def _ensure(database: _TargetDatabase, wanted: DatabaseDefinition, target: Session) -> None:
    text = show_create_database(target, database.name)
    schema = identifier(database.name)
    if text is None:
        target.execute(statement("schema/create_database", schema=schema, defaults=wanted.defaults))
        log.info("database created name=%s", database.name)
    elif database.whole and not parse_database(text).same_defaults(wanted):
        target.execute(statement("schema/alter_database", schema=schema, defaults=wanted.defaults))
        log.info("database defaults set name=%s", database.name)
