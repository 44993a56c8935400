"""All accounts of one server with what they may do, and what the target's administrator may hand on.

Read once, compared as values. `AccountCatalog` also knows which objects exist, since a grant outlives the object
it was made for. `TargetCapability` is asked, never assumed: it comes from the live administrator, its roles
expanded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.model.account import Account, AccountName
from aurora_migration.model.grant import (
    GRANT_OPTION,
    NO_RIGHTS,
    Grant,
    ProxyGrant,
    Rights,
    RoleGrant,
    RoutineName,
    covers,
)
from aurora_migration.model.names import TableName

SYSTEM_SCHEMAS: Final = frozenset({"mysql", "sys", "performance_schema", "information_schema", "ndbinfo"})
EVERY_ACCOUNT: Final = AccountName("", "")


@dataclass(frozen=True, slots=True)
class ServerObjects:
    """Names that exist on a server; ``columns`` holds only those that a column grant names."""

    schemas: frozenset[str] = frozenset()
    tables: frozenset[TableName] = frozenset()
    views: frozenset[TableName] = frozenset()
    routines: frozenset[RoutineName] = frozenset()
    columns: frozenset[tuple[TableName, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountCatalog:
    """The accounts of one server. ``orphans`` have grants and no account: they can log in nowhere."""

    accounts: Mapping[AccountName, Account]
    rights: Mapping[AccountName, Rights]
    objects: ServerObjects = ServerObjects()
    partial_revokes: bool = False
    mandatory_roles: tuple[AccountName, ...] = ()
    activate_all_roles: bool = False
    password_history: Mapping[AccountName, int] = field(default_factory=dict)
    orphans: tuple[AccountName, ...] = ()

    def rights_of(self, name: AccountName) -> Rights:
        """What is granted to the account directly; nothing for one that does not exist."""
        return self.rights.get(name, NO_RIGHTS)

    def holds(self, name: AccountName, privilege: str) -> bool:
        """Whether the account has a privilege somewhere, itself or through any of its roles."""
        members = (name, *reachable_roles(self.rights, name))
        return any(grant.privilege == privilege for one in members for grant in self.rights_of(one).grants)


NO_ACCOUNTS: Final = AccountCatalog({}, {})


@dataclass(frozen=True, slots=True)
class TargetCapability:
    """What the target's administrator ``admin`` can hand on, its roles expanded, and what the target has.

    ``first_factor`` is the plugin that ``authentication_policy`` insists on, or None if any may be used.
    ``general_log`` is true if statements of this session would be written to the server's general log.
    """

    admin: AccountName
    grants: frozenset[Grant]
    proxies: frozenset[ProxyGrant] = frozenset()
    roles: frozenset[RoleGrant] = frozenset()
    known_privileges: frozenset[str] = frozenset()
    plugins: frozenset[str] = frozenset()
    first_factor: str | None = None
    partial_revokes: bool = False
    validates_passwords: bool = False
    general_log: bool = False

    def holds(self, privilege: str) -> bool:
        """Whether the administrator has a global privilege."""
        return any(grant.privilege == privilege and grant == Grant(privilege) for grant in self._plain())

    def can_grant(self, grant: Grant) -> bool:
        """Whether the administrator can give this grant to somebody else."""
        if grant.dynamic:
            return any(held.privilege == grant.privilege and held.grantable for held in self.grants)
        option = Grant(GRANT_OPTION, grant.scope)
        wanted = Grant(grant.privilege, grant.scope)
        return self._covered(wanted) and self._covered(option)

    def can_grant_role(self, role: AccountName) -> bool:
        """Whether the administrator can grant the role: ROLE_ADMIN, or the role WITH ADMIN OPTION."""
        return self.holds("ROLE_ADMIN") or RoleGrant(role, admin=True) in self.roles

    def can_grant_proxy(self, proxied: AccountName) -> bool:
        """Whether the administrator holds PROXY on the account, or on every account, with grant option."""
        return any(held.grantable and held.proxied in (proxied, EVERY_ACCOUNT) for held in self.proxies)

    def accepts_plugin(self, plugin: str) -> bool:
        """Whether an account may be made that logs in with the plugin."""
        return plugin in self.plugins and self.first_factor in (None, plugin)

    def inherited_exceptions(self, privilege: str) -> tuple[str, ...]:
        """Schemas that a global grant by this administrator leaves out, because its own does."""
        for held in self.grants:
            if held.privilege == privilege and held.except_schemas:
                return held.except_schemas
        return ()

    def _plain(self) -> Iterator[Grant]:
        return (Grant(held.privilege, held.scope) for held in self.grants)

    def _covered(self, wanted: Grant) -> bool:
        """A global grant is possible although the administrator's own leaves schemas out: those are inherited."""
        return any(covers(held, wanted) for held in self.grants) or wanted in set(self._plain())


def reachable_roles(rights: Mapping[AccountName, Rights], name: AccountName) -> tuple[AccountName, ...]:
    """All roles of an account, through roles of roles, sorted; the account itself is not among them."""
    seen: set[AccountName] = set()
    waiting = [name]
    while waiting:
        for granted in rights.get(waiting.pop(), NO_RIGHTS).roles:
            if granted.role not in seen and granted.role != name:
                seen.add(granted.role)
                waiting.append(granted.role)
    return tuple(sorted(seen))
