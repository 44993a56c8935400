"""Resolves a migration file against the source's catalog: which tables go where.

Names are decided here and never rewritten later. A rule that takes nothing, a table that a person asked for and
the selection does not have, and two sources that would become one target are errors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable, RunOptions
from aurora_migration.model.table import Table
from aurora_migration.mysql import catalog
from aurora_migration.mysql.session import Session


def build_plan(config: MigrationConfig, options: RunOptions, source: Session) -> MigrationPlan:
    """Read the source's catalog and decide the mappings. Raises: ConfigurationError."""
    schemas = [name for name in catalog.schema_names(source) if config.selects_schema(name)]
    tables = [table for schema in schemas for table in catalog.tables(source, schema)]
    selected = [table for table in tables if config.selects(table.name)]
    _check_rules(config, tables, schemas)
    if not selected and not any(config.selects_whole_schema(schema) for schema in schemas):
        raise ConfigurationError(
            f"the selection matches no table; schemas on the source: {', '.join(schemas) or 'none it selects'}",
            subject=f"migration {config.name}",
            remedy="correct the include patterns in the migration file",
        )
    wanted = _subset(config, options, selected)
    planned = tuple(
        PlannedTable(table, TableMapping(table.name, config.target_name(table.name))) for table in wanted
    )
    _check_targets(planned)
    used = {table.name.schema for table in wanted}
    whole = () if options.tables else tuple(name for name in schemas if config.selects_whole_schema(name))
    return MigrationPlan(config, planned, tuple(sorted(used | set(whole))), whole)


def build_part(
    config: MigrationConfig, options: RunOptions, source: Session, names: Iterable[TableName]
) -> MigrationPlan:
    """The plan of some tables alone, for a task that carries no others; what is gone or left out is not in it."""
    by_schema: dict[str, set[str]] = {}
    for name in names:
        by_schema.setdefault(name.schema, set()).add(name.name)
    found = [
        table for schema, wanted in sorted(by_schema.items()) for table in catalog.tables(source, schema, wanted)
    ]
    planned = tuple(
        PlannedTable(table, TableMapping(table.name, config.target_name(table.name)))
        for table in found
        if config.selects(table.name) and (not options.tables or str(table.name) in options.tables)
    )
    return MigrationPlan(config, planned, tuple(sorted(by_schema)), ())


def fingerprint(planned: PlannedTable) -> str:
    """Identifies a table's shape and target: chunks recorded under another one do not count."""
    table = planned.table
    shape = [str(planned.mapping)]
    shape += [f"{c.name}|{c.column_type}|{c.collation}|{c.nullable}|{c.generated}" for c in table.stored_columns]
    key = table.chunk_key
    shape.append(",".join(key.columns) if key else "")
    return hashlib.sha256("\n".join(shape).encode()).hexdigest()


def _check_rules(config: MigrationConfig, tables: list[Table], schemas: list[str]) -> None:
    for rule in config.selection:
        if rule.include is None or any(rule.matches(table.name) for table in tables):
            continue
        if not any(rule.covers_whole_schema(schema) for schema in schemas):
            raise ConfigurationError(
                f"the rule include: {rule.include} matches no table on the source",
                subject=f"migration {config.name}",
                remedy="correct the pattern, or check that the source account may see the schema",
            )


def _subset(config: MigrationConfig, options: RunOptions, selected: list[Table]) -> list[Table]:
    if not options.tables:
        return selected
    known = {str(table.name) for table in selected}
    unknown = sorted(set(options.tables) - known)
    if unknown:
        raise ConfigurationError(
            f"the run asks for tables that the selection does not have: {', '.join(unknown)}",
            subject=f"migration {config.name}",
            remedy="name them schema.table, as in the migration's selection",
        )
    return [table for table in selected if str(table.name) in options.tables]


def _check_targets(planned: tuple[PlannedTable, ...]) -> None:
    taken: dict[TableName, TableName] = {}
    for one in planned:
        other = taken.setdefault(one.target, one.mapping.source)
        if other != one.mapping.source:
            raise ConfigurationError(
                f"{other} and {one.mapping.source} would both become it",
                subject=str(one.target),
                remedy="change the renames in the migration file",
            )
