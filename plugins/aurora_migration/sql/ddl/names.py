"""Which names change on the way, for text that mentions tables and schemas.

Built from the plan, which decided every name; here they are only looked up. Tables outside the plan keep their
name and follow their schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan


@dataclass(frozen=True, slots=True)
class NameMap:
    """``schemas`` and ``tables`` (or views) that change; ``fold_case``: the source ignores the case of names."""

    schemas: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[TableName, TableName] = field(default_factory=dict)
    fold_case: bool = False

    def schema(self, name: str) -> str:
        """The target schema of a source schema."""
        return self.schemas.get(name, name)

    def table(self, name: TableName) -> TableName:
        """The target name of a source table or view."""
        return self.tables.get(name) or self.program(name)

    def program(self, name: TableName) -> TableName:
        """The target name of a routine, trigger or event: only its schema can change."""
        return TableName(self.schema(name.schema), name.name)

    @property
    def unchanged(self) -> bool:
        return not self.schemas and not self.tables

    def same(self, one: str, other: str) -> bool:
        """Whether two names in a text of the source mean the same schema or table."""
        return one == other or (self.fold_case and one.casefold() == other.casefold())


UNCHANGED = NameMap()


def name_map(plan: MigrationPlan, *, fold_case: bool = False) -> NameMap:
    """The name changes of a plan."""
    renames = plan.config.renames
    schemas = {old: new for old, new in renames.schemas.items() if old != new}
    tables: dict[TableName, TableName] = {}
    for old, new in renames.tables.items():
        tables[_table_name(old)] = _table_name(new)
    for planned in plan.tables:
        tables[planned.mapping.source] = planned.mapping.target
    moved = {
        old: new for old, new in tables.items() if new != TableName(schemas.get(old.schema, old.schema), old.name)
    }
    return NameMap(schemas, moved, fold_case)


def _table_name(text: str) -> TableName:
    schema, _, name = text.partition(".")
    return TableName(schema, name)
