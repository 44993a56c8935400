"""The grant tables as `Rights`, account by account.

Privilege columns are taken by their ``_priv`` ending, so that a privilege a newer server adds is seen, and dropped
by name, instead of being overlooked. Schema names are kept as patterns; on a server with ``partial_revokes`` they
are plain names and are escaped to mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import (
    GRANT_OPTION,
    Grant,
    ProxyGrant,
    Rights,
    RoleGrant,
    Scope,
    ScopeKind,
    escaped,
)
from aurora_migration.mysql.account_rows import Restrictions
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

Collected = dict[AccountName, Rights]

_IRREGULAR: Final = {
    "GRANT": GRANT_OPTION,
    "SHOW DB": "SHOW DATABASES",
    "CREATE TMP TABLE": "CREATE TEMPORARY TABLES",
    "REPL SLAVE": "REPLICATION SLAVE",
    "REPL CLIENT": "REPLICATION CLIENT",
}


@dataclass(slots=True)
class _Found:
    grants: set[Grant] = field(default_factory=set)
    proxies: set[ProxyGrant] = field(default_factory=set)
    roles: set[RoleGrant] = field(default_factory=set)


def collect(
    session: Session,
    rows: Iterable[Mapping[str, Any]],
    restrictions: Mapping[AccountName, Restrictions],
    *,
    literal_names: bool,
) -> Collected:
    """All rights by account; ``rows`` are those of ``mysql.user``. Raises: MissingPrivilegeError."""
    found: dict[AccountName, _Found] = {}

    def of(user: str, host: str) -> _Found:
        return found.setdefault(AccountName(user, host), _Found())

    for row in rows:
        name = AccountName(row["User"], row["Host"])
        of(name.user, name.host).grants.update(_global(row, restrictions.get(name, {})))
    for row in session.query(statement("accounts/dynamic_privileges")):
        of(row["user"], row["host"]).grants.add(Grant(row["privilege"], grantable=bool(row["grantable"])))
    for row in session.query(statement("accounts/schema_privileges")):
        pattern = escaped(row["Db"]) if literal_names else row["Db"]
        scope = Scope(ScopeKind.SCHEMA, pattern)
        of(row["User"], row["Host"]).grants.update(Grant(one, scope) for one in _flags(row))
    for row, scope in _listed_scopes(session):
        of(row["user"], row["host"]).grants.update(Grant(one, scope) for one in _listed(row["privileges"]))
    for row in session.query(statement("accounts/proxies")):
        proxied = AccountName(row["proxied_user"], row["proxied_host"])
        of(row["user"], row["host"]).proxies.add(ProxyGrant(proxied, bool(row["grantable"])))
    for row in session.query(statement("accounts/role_edges")):
        role = AccountName(row["role_user"], row["role_host"])
        of(row["user"], row["host"]).roles.add(RoleGrant(role, bool(row["admin"])))
    return {
        name: Rights(frozenset(one.grants), frozenset(one.proxies), frozenset(one.roles))
        for name, one in found.items()
    }


def _listed_scopes(session: Session) -> Iterator[tuple[dict[str, Any], Scope]]:
    for row in session.query(statement("accounts/table_privileges")):
        yield row, Scope(ScopeKind.TABLE, row["schema_name"], row["name"])
    for row in session.query(statement("accounts/column_privileges")):
        yield row, Scope(ScopeKind.COLUMN, row["schema_name"], row["name"], row["column_name"].lower())
    for row in session.query(statement("accounts/routine_privileges")):
        yield row, Scope(ScopeKind(row["kind"]), row["schema_name"], row["name"].lower())


def _global(row: Mapping[str, Any], restrictions: Restrictions) -> Iterator[Grant]:
    for privilege in _flags(row):
        yield Grant(privilege, except_schemas=restrictions.get(privilege, ()))


def _flags(row: Mapping[str, Any]) -> Iterator[str]:
    for column, value in row.items():
        if column.endswith("_priv") and value == "Y":
            yield _word(column.removesuffix("_priv").replace("_", " "))


def _listed(privileges: str) -> Iterator[str]:
    return (_word(word) for word in privileges.split(",") if word)


def _word(text: str) -> str:
    return _IRREGULAR.get(text.upper(), text.upper())
