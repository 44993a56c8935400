"""Wave 2: what the load does without — indexes, foreign keys, the counter — and fresh statistics.

Adds only what is missing, so it can die anywhere and be repeated: a single ALTER TABLE is atomic in MySQL 8
(https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html). Tables are independent of each other until the foreign
keys, which come after all indexes are there, so that circles of them do not matter.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Final

from aurora_migration.engine.schema.definitions import (
    about,
    expected_table,
    found_table,
    plan_names,
    without_foreign_key_checks,
)
from aurora_migration.errors import MissingPrivilegeError, SchemaMismatchError, StatementError
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql import ddl
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.table import ForeignKeyClause, KeyClause, TableDefinition
from aurora_migration.sql.ddl.table_compare import PartKind, table_differences
from aurora_migration.sql.ddl.table_waves import index_batches
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, join, qualified, raw, trusted

log = logging.getLogger(__name__)

_BUILD_MEMORY: Final = 64 << 20  # innodb_ddl_buffer_size, shared by the threads of one build


def complete_tables(
    plan: MigrationPlan, source: Session, target: Session, progress: Callable[[str], None]
) -> tuple[AppliedRule, ...]:
    """Complete every planned table, then add the foreign keys; ``progress`` is told each table in words.

    Returns the rules that wave 1 could not know of. Raises: SchemaMismatchError, StatementError.
    """
    names = plan_names(plan, source)
    rules: list[AppliedRule] = []
    for number, planned in enumerate(plan.tables, 1):
        progress(f"indexes of {planned.target} (table {number} of {len(plan.tables)})")
        complete_table(planned, names, source, target)
    for planned in plan.tables:
        rules += add_foreign_keys(planned, names, source, target)
    return (*rules, *_histograms(plan, source))


def complete_table(planned: PlannedTable, names: NameMap, source: Session, target: Session) -> None:
    """Add missing indexes, raise the counter to the source's, and gather statistics."""
    name = planned.target
    expected = expected_table(planned, source, names).final
    found = found_table(target, name)
    _check_indexes(name, expected, found)
    target.try_variable("innodb_ddl_buffer_size", _BUILD_MEMORY)
    with about(f"table {name}"):
        for batch in index_batches(expected, found):
            _alter(target, name, _index_changes(batch, found))
            log.info("indexes built table=%s names=%s", name, ", ".join(key.name for key in batch))
        counter = expected.auto_increment
        if counter > found.auto_increment:
            _alter(target, name, [raw(f"AUTO_INCREMENT = {counter}")])
        _analyze(target, name)


def add_foreign_keys(
    planned: PlannedTable, names: NameMap, source: Session, target: Session
) -> tuple[AppliedRule, ...]:
    """Add a table's missing foreign keys; one whose parent is not on the target is left out by rule."""
    name = planned.target
    keys = expected_table(planned, source, names).final.foreign_keys
    if not keys:
        return ()
    there = {key.name.lower() for key in found_table(target, name).foreign_keys}
    rules: list[AppliedRule] = []
    add: list[ForeignKeyClause] = []
    for key in keys:
        if key.name.lower() in there:
            continue
        parent = TableName(key.schema or name.schema, key.table)
        if ddl.relation_exists(target, parent):
            add.append(key)
        else:
            detail = f"{key.name} left out: its parent {parent} is not on the target"
            rules.append(AppliedRule("foreign-key", f"table {name}", detail))
    if add:
        with without_foreign_key_checks(target), about(f"table {name}"):
            _alter(target, name, [raw("ADD ") + trusted(key.text) for key in add])
        log.info("foreign keys added table=%s names=%s", name, ", ".join(key.name for key in add))
    return tuple(rules)


def analyze_tables(target: Session, names: Iterable[TableName]) -> tuple[TableName, ...]:
    """Gather statistics of tables that are in use; returns those where it failed, which are warned of.

    Raises: RetryableError.
    """
    failed = []
    for name in names:
        try:
            _analyze(target, name)
        except (StatementError, MissingPrivilegeError) as error:
            log.warning("statistics not gathered table=%s reason=%s What to do: ANALYZE TABLE", name, error)
            failed.append(name)
    return tuple(failed)


def _index_changes(batch: Iterable[KeyClause], found: TableDefinition) -> list[Fragment]:
    drop = [raw("DROP INDEX ") + identifier(key.name) for key in batch if found.key(key.name) is not None]
    return [*drop, *(raw("ADD ") + trusted(key.text) for key in batch)]


def _check_indexes(name: TableName, expected: TableDefinition, found: TableDefinition) -> None:
    wrong = [
        str(difference)
        for difference in table_differences(expected, found)
        if difference.part is PartKind.INDEX and difference.expected is not None and not difference.missing
    ]
    if wrong:
        raise SchemaMismatchError(
            "; ".join(wrong[:5]),
            subject=f"table {name} on the target",
            remedy="drop the index on the target and run the phase again",
        )


def _alter(target: Session, name: TableName, changes: Iterable[Fragment]) -> None:
    target.execute(statement("schema/alter_table", table=qualified(name), changes=join(changes, ", ")))


def _analyze(target: Session, name: TableName) -> None:
    """ANALYZE TABLE answers with rows, also when it fails."""
    rows = target.query(statement("schema/analyze_table", table=qualified(name)))
    errors = [str(row["Msg_text"]) for row in rows if str(row["Msg_type"]).lower() == "error"]
    if errors:
        raise StatementError(f"ANALYZE TABLE: {'; '.join(errors)}", subject=target.endpoint.label)


def _histograms(plan: MigrationPlan, source: Session) -> list[AppliedRule]:
    """Histograms are statistics of the source's optimizer: named, so that someone can decide to build them."""
    rules = []
    for schema in plan.schemas:
        columns = ddl.histograms(source, schema)
        for planned in plan.tables:
            origin = planned.mapping.source
            if origin.schema == schema and origin.name in columns:
                detail = f"not carried over, on columns {', '.join(columns[origin.name])}"
                rules.append(AppliedRule("histogram", f"table {planned.target}", detail))
    return rules
