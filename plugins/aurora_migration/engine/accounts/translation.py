"""The grants of one account, as the target may hold them.

Each grant is placed (names follow the plan's mapping), and what is placed is asked of the administrator's live
privileges. Nothing is widened: where a target schema or pattern would reach more than on the source, the grant is
narrowed to single schemas or tables. Everything not placed as it was becomes an `AccountChange`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from aurora_migration.engine.accounts.changes import ChangeList
from aurora_migration.engine.accounts.objects import ObjectMap, SchemaPlacement
from aurora_migration.engine.accounts.privileges import other_names, parts_of_super
from aurora_migration.model.account_catalog import SYSTEM_SCHEMAS, TargetCapability
from aurora_migration.model.account_plan import AccountRule
from aurora_migration.model.grant import (
    ROUTINE_KINDS,
    ROUTINE_LEVEL,
    TABLE_LEVEL,
    Grant,
    Rights,
    RoutineName,
    SchemaPattern,
    Scope,
    ScopeKind,
    escaped,
)
from aurora_migration.model.names import TableName

_READABLE: Final = {"sys": frozenset({"SELECT", "EXECUTE"}), "performance_schema": frozenset({"SELECT"})}
_LONGEST_NAME: Final = 64

Placed = Iterator[Grant]


class GrantTranslator:
    """Translates the grants of one account; `changes` fills up as it goes."""

    def __init__(self, rights: Rights, objects: ObjectMap, capability: TargetCapability) -> None:
        self._rights = rights
        self._objects = objects
        self._capability = capability
        self.changes = ChangeList()
        schemas = {one.scope.schema for one in rights.grants if one.scope.kind is ScopeKind.SCHEMA}
        self._patterns = {text: SchemaPattern.of(text) for text in schemas}

    def translate(self) -> frozenset[Grant]:
        """All grants the account is to hold directly on the target."""
        kept: set[Grant] = set()
        for grant in sorted(self._rights.grants):
            for known in self._known(grant):
                for placed in self._place(known):
                    if self._capability.can_grant(placed):
                        kept.add(placed)
                    else:
                        self.changes.drop(placed, AccountRule.UNGRANTABLE)
        return frozenset(kept)

    def _known(self, grant: Grant) -> Placed:
        """The grant in the target's vocabulary."""
        capability = self._capability
        if grant.privilege not in capability.known_privileges:
            others = other_names(grant, capability)
            if not others:
                self.changes.drop(grant, AccountRule.UNKNOWN_PRIVILEGE)
            for other in others:
                self.changes.change(grant, AccountRule.REPLACED_PRIVILEGE, other.privilege)
            yield from others
            return
        yield grant
        if grant.privilege == "SUPER" and not capability.can_grant(grant):
            for part in parts_of_super(self._rights, capability):
                self.changes.change(grant, AccountRule.REPLACED_PRIVILEGE, part.privilege)
                yield part

    def _place(self, grant: Grant) -> Placed:
        kind = grant.scope.kind
        if kind is ScopeKind.GLOBAL:
            return self._place_global(grant)
        if kind is ScopeKind.SCHEMA:
            return self._place_schema(grant)
        if grant.scope.schema in SYSTEM_SCHEMAS:
            return self._place_system(grant)
        return self._place_routine(grant) if kind in ROUTINE_KINDS else self._place_table(grant)

    def _place_global(self, grant: Grant) -> Placed:
        if grant.except_schemas and not self._capability.partial_revokes:
            yield from self._as_single_schemas(grant)
            return
        left_out = {self._objects.target_schema(schema) for schema in grant.except_schemas}
        inherited = () if grant.dynamic else self._capability.inherited_exceptions(grant.privilege)
        placed = replace(grant, except_schemas=tuple(sorted(left_out | set(inherited))))
        if not set(inherited) <= left_out and self._capability.can_grant(placed):
            self.changes.change(grant, AccountRule.ADMIN_RESTRICTION, f"except {', '.join(inherited)}")
        yield placed

    def _as_single_schemas(self, grant: Grant) -> Placed:
        """A partially revoked global privilege, given schema by schema instead."""
        schemas = [schema for schema in self._objects.schemas if schema not in grant.except_schemas]
        if not schemas:
            self.changes.drop(grant, AccountRule.PARTIAL_REVOKE)
        for schema in schemas:
            place = self._objects.placement(schema)
            if place is not None:
                yield from self._in_schema(grant, place, AccountRule.PARTIAL_REVOKE)

    def _place_schema(self, grant: Grant) -> Placed:
        pattern = self._patterns[grant.scope.schema]
        name = pattern.literal
        if name in SYSTEM_SCHEMAS or grant.scope.schema in SYSTEM_SCHEMAS:
            yield from self._place_system(grant)
        elif name is not None:
            place = self._objects.placement(name)
            if place is not None:
                yield from self._in_schema(grant, place, AccountRule.RENAMED)
            else:
                known = name in self._objects.source.schemas
                self.changes.drop(grant, AccountRule.NOT_MIGRATED if known else AccountRule.NO_SUCH_OBJECT)
        else:
            yield from self._place_pattern(grant, pattern)

    def _place_pattern(self, grant: Grant, pattern: SchemaPattern) -> Placed:
        """Keep a wildcard pattern where it means the same on the target, otherwise name its schemas."""
        matched = [schema for schema in self._objects.schemas if pattern.matches(schema)]
        if not matched:
            some = any(pattern.matches(schema) for schema in self._objects.source.schemas)
            self.changes.drop(grant, AccountRule.NOT_MIGRATED if some else AccountRule.NO_SUCH_OBJECT)
            return
        places = [place for schema in matched if (place := self._objects.placement(schema)) is not None]
        same = all(place.plain for place in places) and not self._objects.strangers(grant.scope.schema)
        if same and not self._capability.partial_revokes:
            yield grant
            return
        chosen = [place for place in places if self._prefers(pattern, place.source)]
        if not chosen:
            self.changes.drop(grant, AccountRule.PATTERN_EXPANDED)
        one = [place.source for place in places] == [grant.scope.schema]  # an underscore that nobody escaped
        for place in chosen:
            yield from self._in_schema(grant, place, AccountRule.RENAMED if one else AccountRule.PATTERN_EXPANDED)

    def _prefers(self, pattern: SchemaPattern, schema: str) -> bool:
        """MySQL takes the most specific pattern alone, never two: only that one's privileges may be named."""
        matching = [one for one in self._patterns.values() if one.matches(schema)]
        return pattern == max(matching, key=lambda one: (one.specificity, str(one.parts)))

    def _in_schema(self, grant: Grant, place: SchemaPlacement, rule: AccountRule) -> Placed:
        """The grant on one schema of the target, or on single objects where the schema holds more than ours."""
        privilege = grant.privilege
        if not place.shared:
            whole = Grant(privilege, Scope(ScopeKind.SCHEMA, self._one_schema(place.target)))
            if whole.scope != grant.scope:
                self.changes.change(grant, rule, whole.scope)
            yield whole
            yield from self._on_tables(grant, place.moved, AccountRule.RENAMED)
            return
        found = list(self._on_tables(grant, place.tables, AccountRule.SHARED_SCHEMA))
        if privilege in ROUTINE_LEVEL:
            found += self._on_routines(grant, place.routines)
        if not found:
            self.changes.drop(grant, AccountRule.SHARED_SCHEMA)
        yield from found

    def _on_tables(self, grant: Grant, tables: Iterable[TableName], rule: AccountRule) -> Placed:
        if grant.privilege not in TABLE_LEVEL:
            return
        for table in tables:
            scope = Scope(ScopeKind.TABLE, table.schema, table.name)
            self.changes.change(grant, rule, scope)
            yield Grant(grant.privilege, scope)

    def _on_routines(self, grant: Grant, routines: Iterable[RoutineName]) -> Placed:
        for routine in routines:
            scope = Scope(routine.kind, routine.schema, routine.name)
            self.changes.change(grant, AccountRule.SHARED_SCHEMA, scope)
            yield Grant(grant.privilege, scope)

    def _place_table(self, grant: Grant) -> Placed:
        scope = grant.scope
        name = TableName(scope.schema, scope.name)
        target = self._objects.table(name)
        gone = not self._objects.exists(name) or (
            scope.kind is ScopeKind.COLUMN and (name, scope.column) not in self._objects.source.columns
        )
        if gone or target is None:
            self.changes.drop(grant, AccountRule.NO_SUCH_OBJECT if gone else AccountRule.NOT_MIGRATED)
            return
        yield from self._renamed(grant, Scope(scope.kind, target.schema, target.name, scope.column))

    def _place_routine(self, grant: Grant) -> Placed:
        scope = grant.scope
        name = RoutineName(scope.kind, scope.schema, scope.name)
        target = self._objects.routine(name)
        gone = name not in self._objects.source.routines
        if gone or target is None:
            self.changes.drop(grant, AccountRule.NO_SUCH_OBJECT if gone else AccountRule.NOT_MIGRATED)
            return
        yield from self._renamed(grant, Scope(target.kind, target.schema, target.name))

    def _renamed(self, grant: Grant, scope: Scope) -> Placed:
        if scope != grant.scope:
            self.changes.change(grant, AccountRule.RENAMED, scope)
        yield replace(grant, scope=scope)

    def _place_system(self, grant: Grant) -> Placed:
        """Reading ``sys`` and ``performance_schema`` stays; the rest of the server's own schemas does not."""
        scope = grant.scope
        whole = scope.kind is ScopeKind.SCHEMA
        name = SchemaPattern.of(scope.schema).literal if whole else None
        if grant.privilege not in _READABLE.get(name or scope.schema, ()):
            self.changes.drop(grant, AccountRule.SYSTEM_SCHEMA)
        elif whole and self._capability.partial_revokes:
            yield replace(grant, scope=Scope(ScopeKind.SCHEMA, escaped(name or scope.schema)))
        elif whole or self._on_target(scope):
            yield grant
        else:
            self.changes.drop(grant, AccountRule.NO_SUCH_OBJECT)

    def _on_target(self, scope: Scope) -> bool:
        target = self._objects.target
        if scope.kind in ROUTINE_KINDS:
            return RoutineName(scope.kind, scope.schema, scope.name) in target.routines
        name = TableName(scope.schema, scope.name)
        return name in target.tables or name in target.views

    def _one_schema(self, schema: str) -> str:
        """The pattern for one schema; MySQL holds no longer one, so a very long name stays unescaped."""
        text = escaped(schema)
        return text if self._capability.partial_revokes or len(text) <= _LONGEST_NAME else schema
