"""GRANT and REVOKE as text, one statement a scope.

Under ``partial_revokes`` a server takes schema names in GRANT literally; otherwise an underscore is a wildcard
and is escaped where one schema is meant (https://dev.mysql.com/doc/refman/8.4/en/partial-revokes.html). The caller
says which with ``literal_names``. Statements hold no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import (
    GRANT_OPTION,
    ROUTINE_KINDS,
    Grant,
    ProxyGrant,
    RoleGrant,
    SchemaPattern,
    Scope,
    ScopeKind,
)
from aurora_migration.model.names import TableName
from aurora_migration.sql.quoting import Fragment, account, identifier, join, qualified, raw


def grant_statements(
    name: AccountName,
    grants: Iterable[Grant],
    *,
    literal_names: bool,
    inherited: frozenset[tuple[str, str]] = frozenset(),
) -> Iterator[Fragment]:
    """All statements that give ``grants`` to the account, in a stable order; privileges of one scope together.

    ``inherited`` are the (privilege, schema) pairs that the grantor's own partial revokes leave out by themselves:
    it may not revoke there, and need not.
    """
    to = raw(" TO ") + account(name.user, name.host)
    ordered = sorted(grants, key=_group)
    for key, group in groupby(ordered, key=_group):
        members = sorted(group)
        option = members[0].grantable or any(grant.privilege == GRANT_OPTION for grant in members)
        text = raw("GRANT ") + _privileges(members) + raw(" ON ") + _scope(members[0].scope, literal_names) + to
        yield text + raw(" WITH GRANT OPTION") if option else text
        if key[0] == 0:
            yield from _exceptions(name, members, inherited)


def grant_proxy(name: AccountName, proxy: ProxyGrant) -> Fragment:
    """GRANT PROXY."""
    proxied = account(proxy.proxied.user, proxy.proxied.host)
    text = raw("GRANT PROXY ON ") + proxied + raw(" TO ") + account(name.user, name.host)
    return text + raw(" WITH GRANT OPTION") if proxy.grantable else text


def grant_role(name: AccountName, granted: RoleGrant) -> Fragment:
    """GRANT role."""
    text = raw("GRANT ") + account(granted.role.user, granted.role.host)
    text += raw(" TO ") + account(name.user, name.host)
    return text + raw(" WITH ADMIN OPTION") if granted.admin else text


def _group(grant: Grant) -> tuple[int, bool, Scope]:
    """Static global, dynamic, dynamic with grant option, then scope by scope; columns go with their table."""
    scope = grant.scope
    if scope.kind is ScopeKind.GLOBAL:
        return (1 if grant.dynamic else 0), grant.grantable, scope
    if scope.kind is ScopeKind.COLUMN:
        scope = Scope(ScopeKind.TABLE, scope.schema, scope.name)
    return 2, False, scope


def _privileges(grants: list[Grant]) -> Fragment:
    """The list before ON; USAGE if there is nothing but GRANT OPTION."""
    parts = []
    for privilege, group in groupby(sorted(grants, key=lambda one: one.privilege), key=lambda one: one.privilege):
        if privilege == GRANT_OPTION:
            continue
        members = list(group)
        if any(member.scope.kind is not ScopeKind.COLUMN for member in members):
            parts.append(_word(privilege))
        columns = sorted(one.scope.column for one in members if one.scope.kind is ScopeKind.COLUMN)
        if columns:
            parts.append(_word(privilege) + raw(" (") + join(map(identifier, columns), ", ") + raw(")"))
    return join(parts, ", ") if parts else raw("USAGE")


def _word(privilege: str) -> Fragment:
    """A privilege's name came from a server; it is structure only if it looks like one."""
    if not privilege.replace(" ", "").replace("_", "").isalnum() or not privilege.isascii():
        raise ConfigurationError("is not the name of a privilege", subject=repr(privilege))
    return raw(privilege)


def _scope(scope: Scope, literal_names: bool) -> Fragment:
    if scope.kind is ScopeKind.GLOBAL:
        return raw("*.*")
    if scope.kind is ScopeKind.SCHEMA:
        return _schema(scope.schema, literal_names) + raw(".*")
    name = qualified(TableName(scope.schema, scope.name))
    return raw(f"{scope.kind} ") + name if scope.kind in ROUTINE_KINDS else name


def _schema(pattern: str, literal_names: bool) -> Fragment:
    if not literal_names:
        return identifier(pattern)
    name = SchemaPattern.of(pattern).literal
    if name is None:
        raise ConfigurationError("is a pattern, which a server with partial_revokes cannot hold", subject=pattern)
    return identifier(name)


def _exceptions(
    name: AccountName, grants: list[Grant], inherited: frozenset[tuple[str, str]]
) -> Iterator[Fragment]:
    """The partial revokes of global grants, schema by schema."""
    pairs = {(grant.privilege, schema) for grant in grants for schema in grant.except_schemas} - inherited
    for schema in sorted({schema for _, schema in pairs}):
        revoked = sorted(privilege for privilege, where in pairs if where == schema)
        words = join((_word(privilege) for privilege in revoked), ", ")
        of = raw(" FROM ") + account(name.user, name.host)
        yield raw("REVOKE ") + words + raw(" ON ") + identifier(schema) + raw(".*") + of
