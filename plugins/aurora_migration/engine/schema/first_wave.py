"""Wave 1: databases and tables with the key they are walked by, and nothing that slows or disturbs the load.

All existing tables are looked at before anything is touched. Each step can be repeated: a table's records of
loaded chunks are deleted, and that is committed, before its rows go; so a run that dies in between never believes
rows that are not there. Nor does one whose table somebody else has emptied or dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aurora_migration.engine.schema.databases import ensure_databases
from aurora_migration.engine.schema.definitions import (
    ExpectedTable,
    about,
    expected_table,
    found_table,
    plan_names,
    with_lost_members,
    without_foreign_key_checks,
)
from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql import ddl
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.table import TableDefinition, render
from aurora_migration.sql.ddl.table_compare import PartDifference, PartKind, table_differences
from aurora_migration.sql.ddl.table_waves import as_typed, first_wave
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier, join, qualified, raw, trusted

log = logging.getLogger(__name__)

BeforeReset = Callable[[TableMapping], None]


@dataclass(frozen=True, slots=True)
class _Step:
    """One table: what to create, what is there, which triggers watch it (and which of these are the source's)."""

    expected: ExpectedTable
    first: TableDefinition
    found: TableDefinition | None
    triggers: tuple[str, ...]
    strange_triggers: tuple[str, ...]

    @property
    def mapping(self) -> TableMapping:
        return self.expected.planned.mapping

    @property
    def name(self) -> TableName:
        return self.mapping.target


def create_tables(
    plan: MigrationPlan, options: RunOptions, source: Session, target: Session, before_reset: BeforeReset
) -> tuple[AppliedRule, ...]:
    """Bring every planned table into the state that the load starts from, as ``options.prep_mode`` says.

    ``before_reset`` is called, and must commit, before a table is created, emptied or dropped, and for every
    table that is kept and is empty: whatever is recorded of it, its rows are not there.
    Raises: SchemaMismatchError, before anything is changed, if a table is not what the plan needs.
    """
    names = plan_names(plan, source)
    steps = _steps(plan, [expected_table(planned, source, names) for planned in plan.tables], source, target)
    for step in steps:
        _check(step, options.prep_mode)
    rules = [*ensure_databases(plan, names, source, target)]
    with without_foreign_key_checks(target):
        for step in steps:
            with about(f"table {step.name}"):
                rules += step.expected.rules
                rules += _prepare(step, options.prep_mode, source, target, before_reset)
    return tuple(rules)


def _steps(
    plan: MigrationPlan, expected: Iterable[ExpectedTable], source: Session, target: Session
) -> list[_Step]:
    schemas = sorted({planned.target.schema for planned in plan.tables})
    kinds = {schema: ddl.relations(target, schema) for schema in schemas}
    triggers = {schema: ddl.trigger_names(target, schema) for schema in schemas}
    at_source = {schema: ddl.trigger_names(source, schema) for schema in plan.schemas}
    inbound = {schema: ddl.inbound_foreign_keys(target, schema) for schema in schemas}
    planned_targets = {planned.target for planned in plan.tables}
    steps = []
    for table in expected:
        origin, name = table.planned.mapping.source, table.planned.target
        kind = kinds[name.schema].get(name.name)
        if kind not in {None, "BASE TABLE"}:
            raise _mismatch(name, f"there is a {kind} of that name", "drop or rename it on the target")
        strangers = inbound[name.schema].get(name.name, set()) - planned_targets
        found = found_table(target, name) if kind is not None else None
        there = triggers[name.schema].get(name.name, [])
        strange = set(there) - set(at_source[origin.schema].get(origin.name, []))
        steps.append(_Step(table, _first(table, bool(strangers)), found, tuple(there), tuple(sorted(strange))))
    return steps


def _first(table: ExpectedTable, has_strange_children: bool) -> TableDefinition:
    """A parent cannot be made again without the index that a key outside the plan leans on (error 6125)."""
    key = table.planned.table.chunk_key
    also = [index.name for index in table.final.keys] if has_strange_children else []
    return first_wave(table.final, key.name if key is not None else None, also)


def _check(step: _Step, mode: TargetTablePrepMode) -> None:
    if step.found is None or mode is TargetTablePrepMode.DROP_AND_CREATE:
        return
    differences = [d for d in table_differences(step.expected.final, step.found) if not _later(step, d)]
    if differences:
        raise _mismatch(
            step.name,
            "; ".join(map(str, differences[:5])),
            "make the table as it is on the source, drop it, or run with drop-and-create",
        )
    if step.strange_triggers and mode is TargetTablePrepMode.DO_NOTHING:
        raise _mismatch(
            step.name,
            f"has triggers that the source does not have: {', '.join(step.strange_triggers)}",
            "drop them, since they would fire for every row that is loaded",
        )


def _later(step: _Step, difference: PartDifference) -> bool:
    """What wave 2 adds may be there or not: the table is from a run that got so far."""
    if not difference.missing:
        return False
    if difference.part is PartKind.FOREIGN_KEY:
        return True
    return difference.part is PartKind.INDEX and step.first.key(difference.name) is None


def _prepare(
    step: _Step, mode: TargetTablePrepMode, source: Session, target: Session, before_reset: BeforeReset
) -> tuple[AppliedRule, ...]:
    table = qualified(step.name)
    if step.found is not None and mode is TargetTablePrepMode.DO_NOTHING:
        _drop_triggers(step, target)
        if not ddl.has_rows(target, step.name):
            before_reset(step.mapping)
        return ()
    before_reset(step.mapping)
    if step.found is not None and mode is TargetTablePrepMode.TRUNCATE:
        _drop_triggers(step, target)
        _drop_foreign_keys(step, target)
        target.execute(statement("schema/truncate_table", table=table))
        log.info("table emptied name=%s", step.name)
        return ()
    first, rules = with_lost_members(as_typed(step.first), step.expected.planned, source)
    target.execute(statement("schema/drop_table", table=table))
    target.execute(trusted(render(first, table.plain)))
    log.info("table created name=%s indexes=%d", step.name, len(first.keys))
    return rules


def _drop_triggers(step: _Step, target: Session) -> None:
    """Triggers would fire for loaded rows, which the source's triggers have seen already; they return later."""
    for trigger in step.triggers:
        name = qualified(TableName(step.name.schema, trigger))
        target.execute(statement("schema/drop_program", kind=raw("TRIGGER"), name=name))


def _drop_foreign_keys(step: _Step, target: Session) -> None:
    keys = step.found.foreign_keys if step.found is not None else ()
    if keys:
        changes = join((raw("DROP FOREIGN KEY ") + identifier(key.name) for key in keys), ", ")
        target.execute(statement("schema/alter_table", table=qualified(step.name), changes=changes))


def _mismatch(name: TableName, observed: str, remedy: str) -> SchemaMismatchError:
    return SchemaMismatchError(observed, subject=f"table {name} on the target", remedy=remedy)
