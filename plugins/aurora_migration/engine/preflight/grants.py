"""What a session holds, asked the way preflight asks: a privilege on the server, a schema, a table or columns."""

from __future__ import annotations

from dataclasses import dataclass

from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import EVERYWHERE, Grant, Rights, Scope, ScopeKind, covers, escaped


@dataclass(frozen=True, slots=True)
class Grants:
    """The rights of a session; ``literal_names`` tells that GRANT takes schema names literally."""

    rights: Rights
    literal_names: bool

    @property
    def roles(self) -> tuple[AccountName, ...]:
        """Roles that the account has been granted, active or not."""
        return tuple(sorted(grant.role for grant in self.rights.roles))

    def holds(self, privilege: str, schema: str | None = None, table: str | None = None) -> bool:
        """Whether the privilege is held on the whole of a scope; a dynamic one is only ever held globally."""
        wanted = Grant(privilege, _scope(schema, table))
        return any(covers(held, wanted) for held in self.rights.grants)

    def columns(self, privilege: str, schema: str, table: str) -> frozenset[str]:
        """Lower-case names of the columns of a table that the privilege is held on one by one."""
        return frozenset(
            grant.scope.column.lower()
            for grant in self.rights.grants
            if grant.privilege == privilege
            and grant.scope.kind is ScopeKind.COLUMN
            and (grant.scope.schema, grant.scope.name) == (schema, table)
        )


def _scope(schema: str | None, table: str | None) -> Scope:
    if schema is None:
        return EVERYWHERE
    if table is None:
        return Scope(ScopeKind.SCHEMA, escaped(schema))
    return Scope(ScopeKind.TABLE, schema, table)
