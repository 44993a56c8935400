"""How a table that already is on the target differs from the one that the plan would create.

Two steps, so that thousands of equal tables cost a handful of queries: the catalogs of both sides are compared
first, and only where these do not agree are the two CREATE statements read and compared, under the same rules
that create the table. Missing secondary indexes and foreign keys are no difference: they come after the load.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from aurora_migration.engine.preflight.server import Server
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.table import Column, Table
from aurora_migration.mysql.ddl import names_ignore_case, show_create_table
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.names import name_map
from aurora_migration.sql.ddl.table_compare import PartDifference, PartKind, table_differences
from aurora_migration.sql.ddl.table_parser import parse_table
from aurora_migration.sql.ddl.table_rules import rewrite_table
from aurora_migration.sql.ddl.table_waves import first_wave
from aurora_migration.sql.library import statement

_WIDTH: Final = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)")

Facts = dict[str, tuple[str, ...]]


def suspects(
    source: Server, target: Server, existing: Iterable[tuple[PlannedTable, Table]]
) -> Iterator[PlannedTable]:
    """The planned tables whose catalog entries are not the same as those of the table that is there."""
    pairs = list(existing)
    here = _expressions(source, {planned.mapping.source.schema for planned, _ in pairs})
    there = _expressions(target, {table.name.schema for _, table in pairs})
    for planned, table in pairs:
        ours, theirs = here.get(planned.mapping.source, {}), there.get(table.name, {})
        if (
            ours != theirs
            or catalog_facts(planned.table) != catalog_facts(table)
            or _foreign_index(planned, table)
        ):
            yield planned


def differences(source: Session, target: Session, plan: MigrationPlan, planned: PlannedTable) -> tuple[str, ...]:
    """Each difference of the two definitions in words; empty if a load can go on with what is there."""
    names = name_map(plan, fold_case=names_ignore_case(source))
    definition = parse_table(show_create_table(source, planned.mapping.source))
    expected, _ = rewrite_table(definition, planned.mapping.source, names)
    found = parse_table(show_create_table(target, planned.target))
    key = planned.table.chunk_key
    first = first_wave(expected, key.name if key is not None else None)
    at_first = {one.name.lower() for one in first.keys}
    return tuple(str(one) for one in table_differences(expected, found) if not _comes_later(one, at_first))


def catalog_facts(table: Table) -> Facts:
    """What must agree on both sides, in the spelling that all versions share; by column, "" for the table."""
    facts: Facts = {column.name: _column_facts(column) for column in table.columns}
    engine = table.engine.upper()
    facts[""] = (
        engine,
        _modern(table.collation),
        str(table.partitioned),
        table.comment,
        table.create_options.lower(),
    )
    return facts


def _column_facts(column: Column) -> tuple[str, ...]:
    return (
        str(column.position),
        _WIDTH.sub(r"\1", column.column_type),
        str(column.nullable),
        _modern(column.collation),
        str(column.default),
        column.extra.lower(),
        str(column.srs_id),
    )


def _foreign_index(planned: PlannedTable, table: Table) -> bool:
    """Whether the target has an index that the source has not, or not so, or lacks one that the load needs."""
    ours = {key.name.lower(): key for key in planned.table.keys}
    theirs = {key.name.lower(): key for key in table.keys}
    chunk_key = planned.table.chunk_key
    needed = {name for name in ours if name == "primary" or (chunk_key and name == chunk_key.name.lower())}
    return bool(needed - theirs.keys()) or any(ours.get(name) != key for name, key in theirs.items())


def _comes_later(difference: PartDifference, at_first: set[str]) -> bool:
    if not difference.missing:
        return False
    if difference.part is PartKind.FOREIGN_KEY:
        return True
    return difference.part is PartKind.INDEX and difference.name.lower() not in at_first


def _expressions(server: Server, schemas: set[str]) -> dict[TableName, dict[str, str]]:
    found: dict[TableName, dict[str, str]] = {}
    rows = server.session.query(statement("preflight/expressions"), {"schemas": tuple(sorted(schemas))})
    for row in rows:
        table = TableName(row["schema_name"], row["table_name"])
        found.setdefault(table, {})[f"{row['kind']} {row['name']}"] = row["expression"]
    return found


def _modern(collation: str | None) -> str:
    """8.0.29 and older write utf8 where later servers write utf8mb3."""
    return re.sub(r"\Autf8_", "utf8mb3_", collation) if collation else "none"
