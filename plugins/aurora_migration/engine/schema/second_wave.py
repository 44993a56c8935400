"""Wave 2: what the load does without — indexes, foreign keys, the counter — and fresh statistics.

Adds only what is missing, so it can die anywhere and be repeated: a single ALTER TABLE is atomic in MySQL 8
(https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html). Tables are independent of each other until the foreign
keys, so several sessions work side by side: the largest tables come first, each alone, then the small ones, some
at a time. Foreign keys come after all indexes are there, so that circles of them do not matter.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from aurora_migration.engine.schema.deadlocks import execute_ddl
from aurora_migration.engine.schema.definitions import (
    about,
    expected_tables,
    found_tables,
    is_small,
    plan_names,
    without_foreign_key_checks,
)
from aurora_migration.engine.schema.side_by_side import Crew, Sides, slices
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
_TOGETHER: Final = 20  # small tables whose statistics are gathered by one statement

Group = Sequence[PlannedTable]


@dataclass(frozen=True, slots=True)
class _Keys:
    """The foreign keys of a table that were missing when its indexes had been built."""

    table: TableName
    missing: tuple[ForeignKeyClause, ...]


def complete_tables(
    plan: MigrationPlan, source: Session, target: Session, progress: Callable[[str], None], workers: int = 1
) -> tuple[AppliedRule, ...]:
    """Complete every planned table, then add the foreign keys; ``progress`` is told in words what is begun.

    ``workers`` sessions build at a time, `MOST` at most, each with up to 64 MiB of the target's memory. Returns
    the rules that wave 1 could not know of. Raises: SchemaMismatchError, StatementError: the first one, once the
    others have ended what they were at.
    """
    names = plan_names(plan, source)
    told = _Told(progress, len(plan.tables))

    def complete(sides: Sides, group: Group) -> list[_Keys]:
        told.begin(group)
        return _complete(group, names, sides.source, sides.target)

    with Crew.of(source, target, workers) as crew:
        keys = {one.table: one for group in crew.each(_groups(plan.tables), complete) for one in group}
    rules: list[AppliedRule] = []
    for planned in plan.tables:
        rules += _add_foreign_keys(keys[planned.target], target)
    return (*rules, *_histograms(plan, source))


def _groups(tables: Sequence[PlannedTable]) -> list[Group]:
    large = sorted((one for one in tables if not is_small(one)), key=lambda one: -one.table.data_bytes)
    small = [one for one in tables if is_small(one)]
    return [*slices(large, 1), *slices(small, _TOGETHER)]


class _Told:
    """Says in words which tables are begun, whichever thread begins them."""

    def __init__(self, progress: Callable[[str], None], total: int) -> None:
        self._progress, self._total, self._begun = progress, total, 0
        self._lock = Lock()

    def begin(self, group: Group) -> None:
        with self._lock:
            first, last = self._begun + 1, self._begun + len(group)
            self._begun = last
            if first == last:
                self._progress(f"indexes of {group[0].target} (table {last} of {self._total})")
            else:
                names = f"{group[0].target} to {group[-1].target}"
                self._progress(f"indexes of small tables, {names} (tables {first} to {last} of {self._total})")


def _complete(group: Group, names: NameMap, source: Session, target: Session) -> list[_Keys]:
    """Add missing indexes, raise counters to the source's, and gather statistics; returns what comes later."""
    expected = {one.planned.target: one.final for one in expected_tables(group, source, names)}
    found = found_tables(target, expected)
    for name, final in expected.items():
        _check_indexes(name, final, found[name])
        with about(f"table {name}"):
            _add_indexes(name, final, found[name], target)
    _analyze(target, tuple(expected))
    return [_Keys(name, _missing_keys(final, found[name])) for name, final in expected.items()]


def _add_indexes(name: TableName, expected: TableDefinition, found: TableDefinition, target: Session) -> None:
    batches = index_batches(expected, found)
    if batches:
        target.try_variable("innodb_ddl_buffer_size", _BUILD_MEMORY)
    for batch in batches:
        _alter(target, name, _index_changes(batch, found))
        log.info("indexes built table=%s names=%s", name, ", ".join(key.name for key in batch))
    if expected.auto_increment > found.auto_increment:
        _alter(target, name, [raw(f"AUTO_INCREMENT = {expected.auto_increment}")])


def _missing_keys(expected: TableDefinition, found: TableDefinition) -> tuple[ForeignKeyClause, ...]:
    there = {key.name.lower() for key in found.foreign_keys}
    return tuple(key for key in expected.foreign_keys if key.name.lower() not in there)


def _add_foreign_keys(keys: _Keys, target: Session) -> tuple[AppliedRule, ...]:
    """Add a table's missing foreign keys; one whose parent is not on the target is left out by rule."""
    name = keys.table
    rules: list[AppliedRule] = []
    add: list[ForeignKeyClause] = []
    for key in keys.missing:
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
            _analyze(target, [name])
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
    execute_ddl(target, statement("schema/alter_table", table=qualified(name), changes=join(changes, ", ")))


def _analyze(target: Session, names: Iterable[TableName]) -> None:
    """ANALYZE TABLE answers with rows, also when it fails; a table that fails keeps no other from its turn."""
    tables = join((qualified(name) for name in names), ", ")
    rows = target.query(statement("schema/analyze_tables", tables=tables))
    errors = [f"{row['Table']}: {row['Msg_text']}" for row in rows if str(row["Msg_type"]).lower() == "error"]
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
