"""Where the objects that grants name go: the plan's mapping, asked object by object.

A grant on a schema reaches every table in it. That stays true on the target only while the target schema is fed by
that one source schema, so `SchemaPlacement` says whether it is, and which tables have moved elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aurora_migration.model.account_catalog import ServerObjects
from aurora_migration.model.grant import RoutineName, SchemaPattern, ScopeKind
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan

_SAME_EVERYWHERE: Final = frozenset({"information_schema", "performance_schema", "sys"})


@dataclass(frozen=True, slots=True)
class SchemaPlacement:
    """One migrated source schema on the target.

    ``shared``: tables of other source schemas are in the target schema too, so a grant on all of it would give too
    much. ``tables`` are all its tables and views under their target names, ``moved`` those in another schema.
    """

    source: str
    target: str
    shared: bool
    tables: tuple[TableName, ...]
    moved: tuple[TableName, ...]
    routines: tuple[RoutineName, ...]

    @property
    def plain(self) -> bool:
        """Whether a grant on the schema can stay as it is."""
        return self.source == self.target and not self.shared and not self.moved


class ObjectMap:
    """Answers where a schema, table or routine of the source is on the target; None: it is not migrated."""

    def __init__(self, plan: MigrationPlan, source: ServerObjects, target: ServerObjects) -> None:
        self.source = source
        self.target = target
        self._plan = plan
        self._tables = {one.mapping.source: one.mapping.target for one in plan.tables}
        config = plan.config
        for view in source.views:
            if view.schema in plan.whole_schemas and config.selects(view):
                self._tables[view] = config.target_name(view)
        self.schemas = tuple(sorted({*plan.schemas, *plan.whole_schemas}))
        self._feeders: dict[str, set[str]] = {}
        for schema in self.schemas:
            self._feeders.setdefault(config.target_schema(schema), set()).add(schema)
        for table, place in self._tables.items():
            self._feeders.setdefault(place.schema, set()).add(table.schema)
        self._placements = {schema: self._placement(schema) for schema in self.schemas}

    def placement(self, schema: str) -> SchemaPlacement | None:
        """Where a source schema goes."""
        return self._placements.get(schema)

    def table(self, name: TableName) -> TableName | None:
        """The target name of a source table or view."""
        return self._tables.get(name)

    def routine(self, name: RoutineName) -> RoutineName | None:
        """The target name of a source routine: they come along with whole schemas, JavaScript libraries never."""
        if name.kind is ScopeKind.LIBRARY or name.schema not in self._plan.whole_schemas:
            return None
        return RoutineName(name.kind, self._plan.config.target_schema(name.schema), name.name)

    def target_schema(self, schema: str) -> str:
        """What a source schema is called on the target, migrated or not."""
        return self._plan.config.target_schema(schema)

    def target_table(self, name: TableName) -> TableName:
        """What a source table or view is called on the target, migrated or not."""
        return self._plan.config.target_name(name)

    def brought(self) -> ServerObjects:
        """Everything of the target that this migration brings, its control schema among it."""
        routines = [self.routine(one) for one in self.source.routines]
        return ServerObjects(
            schemas=frozenset({*self._feeders, self._plan.config.control_schema}),
            tables=frozenset(self._tables.values()),
            routines=frozenset(one for one in routines if one is not None),
        )

    def exists(self, name: TableName) -> bool:
        """Whether the source has the table or view."""
        return name in self.source.tables or name in self.source.views

    def strangers(self, pattern: str) -> tuple[str, ...]:
        """Schemas of the target under the pattern that do not come from source schemas under it."""
        matcher = SchemaPattern.of(pattern)
        planned = {place.target for place in self._placements.values()}
        present = (self.target.schemas | planned | {self._plan.config.control_schema, "mysql"}) - _SAME_EVERYWHERE
        own = {
            place.target
            for schema, place in self._placements.items()
            if matcher.matches(schema) and not place.shared
        }
        return tuple(sorted(name for name in present if matcher.matches(name) and name not in own))

    def _placement(self, schema: str) -> SchemaPlacement:
        target = self._plan.config.target_schema(schema)
        tables = [place for table, place in self._tables.items() if table.schema == schema]
        routines = [self.routine(one) for one in self.source.routines if one.schema == schema]
        return SchemaPlacement(
            source=schema,
            target=target,
            shared=self._feeders[target] != {schema},
            tables=tuple(sorted(tables)),
            moved=tuple(sorted(table for table in tables if table.schema != target)),
            routines=tuple(sorted(one for one in routines if one is not None)),
        )
