"""Wave 1: databases and tables with the key they are walked by, and nothing that slows or disturbs the load.

A small table gets its plain indexes here: for a thousand of them the ALTERs of wave 2 would take longer than all
else together. That is a matter of what is created only: what a table that is there must have is the same for all.

All existing tables are looked at before anything is touched. Each step can be repeated: a table's records of
loaded chunks are deleted, and that is committed, before its rows go; so a run that dies in between never believes
rows that are not there. Nor does one whose table somebody else has emptied or dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.schema.databases import ensure_databases
from aurora_migration.engine.schema.deadlocks import execute_ddl
from aurora_migration.engine.schema.definitions import (
    ExpectedTable,
    about,
    expected_tables,
    found_tables,
    is_small,
    plan_names,
    with_lost_members,
    without_foreign_key_checks,
)
from aurora_migration.engine.schema.side_by_side import Crew, Sides, slices
from aurora_migration.errors import SchemaMismatchError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql import ddl
from aurora_migration.mysql.session import Session
from aurora_migration.sql.ddl.table import TableDefinition, render
from aurora_migration.sql.ddl.table_compare import PartDifference, PartKind, table_differences
from aurora_migration.sql.ddl.table_waves import as_typed, first_wave, with_plain_indexes
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier, join, qualified, raw, trusted

log = logging.getLogger(__name__)

BeforeReset = Callable[[Sequence[TableMapping]], None]
_AT_A_TIME: Final = 100  # tables between the records that go and the rows that go
_A_TURN: Final = 10  # tables that a session makes before it asks for more


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
    plan: MigrationPlan,
    options: RunOptions,
    source: Session,
    target: Session,
    before_reset: BeforeReset,
    workers: int = 1,
) -> tuple[AppliedRule, ...]:
    """Bring every planned table into the state that the load starts from, as ``options.prep_mode`` says.

    ``before_reset`` is called, and must commit, before tables are created, emptied or dropped, and for tables
    that are kept and are empty: whatever is recorded of them, their rows are not there. New tables are made by
    ``workers`` sessions at a time. Raises: SchemaMismatchError, before anything is changed, if a table is not what
    the plan needs.
    """
    names = plan_names(plan, source)
    steps = _steps(plan, expected_tables(plan.tables, source, names), source, target)
    for step in steps:
        _check(step, options.prep_mode)
    rules = [*ensure_databases(plan, names, source, target)]
    with Crew.of(source, target, workers) as crew:
        for some in slices(steps, _AT_A_TIME):
            rules += _prepare(some, options.prep_mode, crew, before_reset)
    return tuple(rules)


def _prepare(
    steps: Sequence[_Step], mode: TargetTablePrepMode, crew: Crew, before_reset: BeforeReset
) -> list[AppliedRule]:
    target = crew.members[0].target
    before_reset([step.mapping for step in steps if _loses_records(step, mode, target)])
    with without_foreign_key_checks(target):
        for step in steps:
            with about(f"table {step.name}"):
                _clear(step, mode, target)
    missing = [step for step in steps if not _stays(step, mode)]
    lost: dict[TableName, tuple[AppliedRule, ...]] = {}
    for made in crew.each(slices(missing, _A_TURN), _create_some):
        lost.update(made)
    return [rule for step in steps for rule in (*step.expected.rules, *lost.get(step.name, ()))]


def _steps(
    plan: MigrationPlan, expected: Iterable[ExpectedTable], source: Session, target: Session
) -> list[_Step]:
    schemas = sorted({planned.target.schema for planned in plan.tables})
    kinds = {schema: ddl.relations(target, schema) for schema in schemas}
    triggers = {schema: ddl.trigger_names(target, schema) for schema in schemas}
    at_source = {schema: ddl.trigger_names(source, schema) for schema in plan.schemas}
    inbound = {schema: ddl.inbound_foreign_keys(target, schema) for schema in schemas}
    planned_targets = {planned.target for planned in plan.tables}
    names = [planned.target for planned in plan.tables]
    found = found_tables(target, [name for name in names if kinds[name.schema].get(name.name) == "BASE TABLE"])
    steps = []
    for table in expected:
        origin, name = table.planned.mapping.source, table.planned.target
        kind = kinds[name.schema].get(name.name)
        if kind not in {None, "BASE TABLE"}:
            raise _mismatch(name, f"there is a {kind} of that name", "drop or rename it on the target")
        strangers = inbound[name.schema].get(name.name, set()) - planned_targets
        there = triggers[name.schema].get(name.name, [])
        strange = set(there) - set(at_source[origin.schema].get(origin.name, []))
        first = _first(table, bool(strangers))
        steps.append(_Step(table, first, found.get(name), tuple(there), tuple(sorted(strange))))
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


def _stays(step: _Step, mode: TargetTablePrepMode) -> bool:
    return step.found is not None and mode is not TargetTablePrepMode.DROP_AND_CREATE


def _loses_records(step: _Step, mode: TargetTablePrepMode, target: Session) -> bool:
    if step.found is None or mode is not TargetTablePrepMode.DO_NOTHING:
        return True
    return not ddl.has_rows(target, step.name)


def _clear(step: _Step, mode: TargetTablePrepMode, target: Session) -> None:
    """Take away what is there. One table at a time: those that keys connect lock one another."""
    if step.found is None:
        return
    if mode is TargetTablePrepMode.DROP_AND_CREATE:
        execute_ddl(target, statement("schema/drop_table", table=qualified(step.name)))
        return
    _drop_triggers(step, target)
    if mode is TargetTablePrepMode.TRUNCATE:
        _drop_foreign_keys(step, target)
        execute_ddl(target, statement("schema/truncate_table", table=qualified(step.name)))
        log.info("table emptied name=%s", step.name)


def _create_some(sides: Sides, steps: Sequence[_Step]) -> dict[TableName, tuple[AppliedRule, ...]]:
    """Make tables that are not there, or no longer; returns the rules that only rows can tell."""
    rules = {}
    with without_foreign_key_checks(sides.target):
        for step in steps:
            with about(f"table {step.name}"):
                rules[step.name] = _create(sides, step)
    return rules


def _create(sides: Sides, step: _Step) -> tuple[AppliedRule, ...]:
    table, expected = qualified(step.name), step.expected
    made = with_plain_indexes(step.first, expected.final) if is_small(expected.planned) else step.first
    typed, rules = with_lost_members(as_typed(made), expected.planned, sides.source)
    # a process that was killed a moment ago may still be about to make it
    execute_ddl(sides.target, statement("schema/drop_table", table=table))
    execute_ddl(sides.target, trusted(render(typed, table.plain)))
    log.info("table created name=%s indexes=%d", step.name, len(made.keys))
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
        execute_ddl(target, statement("schema/alter_table", table=qualified(step.name), changes=changes))


def _mismatch(name: TableName, observed: str, remedy: str) -> SchemaMismatchError:
    return SchemaMismatchError(observed, subject=f"table {name} on the target", remedy=remedy)
