"""What an account still lacks on the target, by the same rules for applying and for comparing.

An account that is the migration's own work holds exactly what is planned. One of the target's own (`tolerant`) may
hold more: there a planned grant counts as present when something it holds covers it.
"""

from __future__ import annotations

from collections.abc import Iterable

from aurora_migration.model.account import AccountName
from aurora_migration.model.account_catalog import AccountCatalog, reachable_roles
from aurora_migration.model.account_plan import PlannedAccount
from aurora_migration.model.grant import Grant, ProxyGrant, Rights, RoleGrant, covers


def missing_rights(planned: PlannedAccount, target: AccountCatalog) -> Rights:
    """What is planned and not there."""
    actual = target.rights_of(planned.name)
    if planned.tolerant:
        names = (planned.name, *reachable_roles(target.rights, planned.name))
        held = [grant for name in names for grant in target.rights_of(name).grants]
        grants = {wanted for wanted in planned.rights.grants if not any(covers(one, wanted) for one in held)}
    else:
        grants = set(planned.rights.grants - actual.grants)
    return Rights(
        frozenset(grants),
        frozenset(one for one in planned.rights.proxies if not _has_proxy(one, actual.proxies)),
        frozenset(one for one in planned.rights.roles if not _has_role(one, actual.roles)),
    )


def extra_rights(planned: PlannedAccount, target: AccountCatalog) -> Rights:
    """What is there and not planned; nothing for an account of the target's own."""
    if planned.tolerant:
        return Rights()
    actual = target.rights_of(planned.name)
    return Rights(
        actual.grants - planned.rights.grants,
        actual.proxies - planned.rights.proxies,
        actual.roles - planned.rights.roles,
    )


def missing_default_roles(planned: PlannedAccount, target: AccountCatalog) -> tuple[AccountName, ...]:
    """Planned default roles that are not set."""
    wanted = planned.account.default_roles if planned.account else ()
    there = target.accounts[planned.name].default_roles if planned.name in target.accounts else ()
    return tuple(role for role in wanted if role not in there)


def listed(grants: Iterable[Grant]) -> list[str]:
    """Grants in words, privileges of one scope together."""
    scopes: dict[str, list[str]] = {}
    for grant in sorted(grants):
        text = str(grant).removeprefix(f"{grant.privilege} on ")
        scopes.setdefault(text, []).append(grant.privilege)
    return [f"{', '.join(privileges)} on {scope}" for scope, privileges in scopes.items()]


def _has_proxy(wanted: ProxyGrant, actual: Iterable[ProxyGrant]) -> bool:
    return any(one.proxied == wanted.proxied and one.grantable >= wanted.grantable for one in actual)


def _has_role(wanted: RoleGrant, actual: Iterable[RoleGrant]) -> bool:
    return any(one.role == wanted.role and one.admin >= wanted.admin for one in actual)
