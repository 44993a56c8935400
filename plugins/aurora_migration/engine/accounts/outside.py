"""Grants that the source gives on what this migration does not take.

Several migrations may share a pair of servers, each with schemas of its own and the same accounts. What one of
them granted is then on the target when another one compares. Such a grant is explained if the source account holds
it too, by this migration's names, and it gives no more than planned on what this migration brings; any other one
stays a difference.
"""

from __future__ import annotations

from dataclasses import replace

from aurora_migration.engine.accounts.objects import ObjectMap
from aurora_migration.model.account_catalog import SYSTEM_SCHEMAS, AccountCatalog, ServerObjects
from aurora_migration.model.account_plan import AccountPlan, PlannedAccount
from aurora_migration.model.grant import (
    ROUTINE_KINDS,
    Grant,
    Rights,
    RoutineName,
    SchemaPattern,
    Scope,
    ScopeKind,
    covers,
    escaped,
)
from aurora_migration.model.names import TableName


def outside_objects(objects: ObjectMap) -> ServerObjects:
    """What the source has and this migration does not bring, by the names it would have on the target."""
    source = objects.source
    taken = objects.brought()
    schemas = {objects.target_schema(one) for one in source.schemas - set(objects.schemas) - SYSTEM_SCHEMAS}
    tables = {objects.target_table(one) for one in source.tables | source.views if objects.table(one) is None}
    routines = {
        RoutineName(one.kind, objects.target_schema(one.schema), one.name)
        for one in source.routines
        if objects.routine(one) is None
    }
    return ServerObjects(
        schemas=frozenset(schemas - taken.schemas),
        tables=frozenset(one for one in tables - taken.tables if one.schema not in SYSTEM_SCHEMAS),
        routines=frozenset(one for one in routines - taken.routines if one.schema not in SYSTEM_SCHEMAS),
    )


def held_by_names_of_target(rights: Rights, objects: ObjectMap) -> frozenset[Grant]:
    """The grants of a source account, with the names that this migration gives."""
    return frozenset(replace(grant, scope=_renamed(grant.scope, objects)) for grant in rights.grants)


def outside_grants(planned: PlannedAccount, plan: AccountPlan, target: AccountCatalog) -> frozenset[Grant]:
    """What an account holds on the target outside this migration's selection, and on the source as well."""
    if planned.tolerant:
        return frozenset()
    extra = target.rights_of(planned.name).grants - planned.rights.grants
    return frozenset(
        grant
        for grant in extra
        if any(covers(one, grant) for one in planned.held) and _is_outside(grant, planned, plan.outside, target)
    )


def given_by_patterns(wanted: Grant, outside: frozenset[Grant], actual: Rights) -> bool:
    """Whether a planned grant on one schema comes with a pattern of another migration.

    MySQL takes the most specific pattern alone, so there must be no other one that matches the schema.
    """
    name = _one_schema(wanted.scope)
    if name is None or not any(covers(one, wanted) for one in outside):
        return False
    return len({scope for scope in _schema_scopes(actual) if SchemaPattern.of(scope.schema).matches(name)}) == 1


def _renamed(scope: Scope, objects: ObjectMap) -> Scope:
    if scope.kind is ScopeKind.GLOBAL:
        return scope
    if scope.kind is ScopeKind.SCHEMA:
        name = _one_schema(scope)
        moved = name is not None and objects.target_schema(name) != name
        return replace(scope, schema=escaped(objects.target_schema(name))) if name and moved else scope
    if scope.kind in ROUTINE_KINDS:
        return replace(scope, schema=objects.target_schema(scope.schema))
    table = objects.target_table(TableName(scope.schema, scope.name))
    return replace(scope, schema=table.schema, name=table.name)


def _is_outside(grant: Grant, planned: PlannedAccount, outside: ServerObjects, target: AccountCatalog) -> bool:
    scope = grant.scope
    if scope.kind is ScopeKind.GLOBAL:
        return False
    if scope.kind in ROUTINE_KINDS:
        return RoutineName(scope.kind, scope.schema, scope.name) in outside.routines
    if scope.kind is not ScopeKind.SCHEMA:
        return TableName(scope.schema, scope.name) in outside.tables
    name = _one_schema(scope)
    if name is not None:
        return name in outside.schemas
    pattern = SchemaPattern.of(scope.schema)
    reached = {schema for schema in target.objects.schemas - SYSTEM_SCHEMAS if pattern.matches(schema)}
    ours = [Grant(grant.privilege, Scope(ScopeKind.SCHEMA, escaped(one))) for one in reached - outside.schemas]
    planned_too = all(any(covers(one, wanted) for one in planned.rights.grants) for wanted in ours)
    return planned_too and not reached.isdisjoint(outside.schemas)


def _one_schema(scope: Scope) -> str | None:
    return SchemaPattern.of(scope.schema).literal if scope.kind is ScopeKind.SCHEMA else None


def _schema_scopes(rights: Rights) -> set[Scope]:
    return {grant.scope for grant in rights.grants if grant.scope.kind is ScopeKind.SCHEMA}
