"""Role memberships and default roles of one account on the target.

What is compared is what is active after login. So roles that the source gives to everybody
(``mandatory_roles``) are granted one by one where the target does not, and where the source activates all roles on
login and the target does not, all of them become default roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aurora_migration.model.account import Account, AccountName
from aurora_migration.model.account_catalog import AccountCatalog, TargetCapability
from aurora_migration.model.account_plan import AccountChange, AccountRule, changed, dropped
from aurora_migration.model.grant import ProxyGrant, Rights, RoleGrant


@dataclass(frozen=True, slots=True)
class Memberships:
    """What becomes of an account's roles and PROXY grants."""

    roles: frozenset[RoleGrant]
    proxies: frozenset[ProxyGrant]
    default_roles: tuple[AccountName, ...]
    changes: tuple[AccountChange, ...]


def memberships(
    account: Account,
    source: AccountCatalog,
    target: AccountCatalog,
    capability: TargetCapability,
    migrated: frozenset[AccountName],
) -> Memberships:
    """Translate the roles of one source account; ``migrated`` will be on the target, the target's own are too."""
    present = migrated | frozenset(target.accounts)
    rights = source.rights_of(account.name)
    changes: list[AccountChange] = []
    wanted = rights.roles | _mandatory(account, rights, source, target, changes)
    roles = set()
    for granted in sorted(wanted):
        if granted.role not in present:
            changes.append(
                dropped(
                    granted,
                    AccountRule.ROLE_LEFT_OUT,
                    "include the role in the migration file, or create it on the target",
                )
            )
        elif not capability.can_grant_role(granted.role):
            changes.append(dropped(granted, AccountRule.UNGRANTABLE, "the target's admin needs ROLE_ADMIN"))
        else:
            roles.add(granted)
    proxies = frozenset(_proxies(rights.proxies, present, capability, changes))
    held = {granted.role for granted in roles}
    return Memberships(
        frozenset(roles), proxies, _default_roles(account, held, source, target, changes), tuple(changes)
    )


def _mandatory(
    account: Account,
    rights: Rights,
    source: AccountCatalog,
    target: AccountCatalog,
    changes: list[AccountChange],
) -> frozenset[RoleGrant]:
    if account.role_like:
        return frozenset()
    held = {granted.role for granted in rights.roles}
    missing = [role for role in source.mandatory_roles if role not in held and role not in target.mandatory_roles]
    missing = [role for role in missing if role in source.accounts and role != account.name]
    changes.extend(
        changed(f"role {role} by mandatory_roles", AccountRule.MANDATORY_ROLE, f"role {role} granted")
        for role in missing
    )
    return frozenset(RoleGrant(role) for role in missing)


def _default_roles(
    account: Account,
    held: set[AccountName],
    source: AccountCatalog,
    target: AccountCatalog,
    changes: list[AccountChange],
) -> tuple[AccountName, ...]:
    if source.activate_all_roles and not target.activate_all_roles and held and not account.role_like:
        became = tuple(sorted(held))
        if became != account.default_roles:
            listed = ", ".join(map(str, became))
            what = "all roles active by activate_all_roles_on_login"
            changes.append(changed(what, AccountRule.ALL_ROLES_ACTIVE, f"default roles {listed}"))
        return became
    changes.extend(
        dropped(f"default role {role}", AccountRule.DEFAULT_ROLE, "grant the role first")
        for role in account.default_roles
        if role not in held
    )
    return tuple(role for role in account.default_roles if role in held)


def _proxies(
    proxies: Iterable[ProxyGrant],
    present: frozenset[AccountName],
    capability: TargetCapability,
    changes: list[AccountChange],
) -> Iterable[ProxyGrant]:
    for proxy in sorted(proxies):
        everybody = proxy.proxied == AccountName("", "")
        if not everybody and proxy.proxied not in present:
            changes.append(dropped(proxy, AccountRule.NOT_MIGRATED, "include the proxied account"))
        elif not capability.can_grant_proxy(proxy.proxied):
            changes.append(dropped(proxy, AccountRule.UNGRANTABLE, "the target's admin holds no PROXY to hand on"))
        else:
            yield proxy
