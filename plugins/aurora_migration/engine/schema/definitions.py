"""What a planned table is to be on the target: the source's definition under the named rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from aurora_migration.errors import MigrationError
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.ddl import member_in_use, names_ignore_case, shown_create_table
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.text import unconverted
from aurora_migration.sql.ddl.members import unsure_members, with_members
from aurora_migration.sql.ddl.names import NameMap, name_map
from aurora_migration.sql.ddl.table import TableDefinition
from aurora_migration.sql.ddl.table_parser import parse_table
from aurora_migration.sql.ddl.table_rules import rewrite_table

SMALL_BYTES: Final = 1 << 20  # of data by statistics, which may be stale: that costs speed and nothing else


@dataclass(frozen=True, slots=True)
class ExpectedTable:
    """A planned table, its final definition on the target, and the rules that were applied."""

    planned: PlannedTable
    final: TableDefinition
    rules: tuple[AppliedRule, ...]


def is_small(planned: PlannedTable) -> bool:
    """Whether statements cost more than rows do: an ALTER TABLE takes the time of tens of thousands of rows."""
    return planned.table.data_bytes <= SMALL_BYTES


def plan_names(plan: MigrationPlan, source: Session) -> NameMap:
    """The plan's name changes, compared as the source compares names."""
    return name_map(plan, fold_case=names_ignore_case(source))


def expected_tables(tables: Iterable[PlannedTable], source: Session, names: NameMap) -> tuple[ExpectedTable, ...]:
    """Read the source's definitions and apply the rules. Raises: UnsupportedTableError."""
    with unconverted(source):
        return tuple(_expected(planned, source, names) for planned in tables)


def _expected(planned: PlannedTable, source: Session, names: NameMap) -> ExpectedTable:
    name = planned.mapping.source
    with about(f"table {name}"):
        final, rules = rewrite_table(parse_table(shown_create_table(source, name)), name, names)
    return ExpectedTable(planned, final, rules)


def with_lost_members(
    definition: TableDefinition, planned: PlannedTable, source: Session
) -> tuple[TableDefinition, tuple[AppliedRule, ...]]:
    """ENUM and SET members that no definition tells, called as the source's rows call them."""
    columns, rules = [], []
    for clause in definition.columns:
        column = planned.table.column(clause.name)
        unsure = unsure_members(column, clause.text)
        names = {number: member_in_use(source, planned.mapping.source, column, number) for number in unsure}
        columns.append(replace(clause, text=with_members(clause.text, {n: m for n, m in names.items() if m})))
        if None in names.values():
            lost = ", ".join(str(number) for number, member in names.items() if member is None)
            detail = f"column {clause.name}: the server shows member {lost} with a ? and no row has it; kept so"
            rules.append(AppliedRule("lost-member", f"table {planned.target}", detail))
    return replace(definition, columns=tuple(columns)), tuple(rules)


def found_tables(target: Session, names: Iterable[TableName]) -> dict[TableName, TableDefinition]:
    """The definitions that are on the target now. Raises: StatementError if there is no such table."""
    found = {}
    with unconverted(target):
        for name in names:
            with about(f"table {name}"):
                found[name] = parse_table(shown_create_table(target, name))
    return found


@contextlib.contextmanager
def about(subject: str) -> Iterator[None]:
    """Let errors from inside say which object they are about."""
    try:
        yield
    except MigrationError as error:
        if subject not in error.subject:
            error.subject = f"{subject} on the {error.subject}" if error.subject else subject
        raise


@contextlib.contextmanager
def without_foreign_key_checks(target: Session) -> Iterator[None]:
    """Let parents be emptied, dropped and made again under their children, and keys be added unchecked.

    Rows are not checked again because verification proves them equal to the source's, where the keys held. The
    second variable is MySQL 8.4's: keys may point at columns that are not unique, as they could on the source.
    """
    target.set_variable("foreign_key_checks", 0)
    target.try_variable("restrict_fk_on_non_standard_key", "OFF")
    try:
        yield
    finally:
        target.set_variable("foreign_key_checks", 1)
