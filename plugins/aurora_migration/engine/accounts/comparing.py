"""Compares the target's accounts with the plan, and the plan with the source as it is now.

What policy dropped or changed is listed as "changed on purpose" under its rule, and so is what the account holds
on both sides outside the selection; everything else that is not as planned is a difference, in either direction.
Direct grants are compared one by one; then what each account may do right after login, expanded through its active
roles, so that a change behind a role is seen at the account too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from aurora_migration.engine.accounts.missing import extra_rights, listed, missing_rights
from aurora_migration.engine.accounts.outside import given_by_patterns, outside_grants
from aurora_migration.model.account import AccountName, differing_parts
from aurora_migration.model.account_catalog import AccountCatalog, reachable_roles
from aurora_migration.model.account_plan import AccountPlan, AccountRule, PlannedAccount
from aurora_migration.model.grant import NO_RIGHTS, Grant, Rights
from aurora_migration.model.report import Difference, DifferenceKind

AREA = "accounts"


def compare_accounts(plan: AccountPlan, source: AccountCatalog, target: AccountCatalog) -> tuple[Difference, ...]:
    """Every difference between the plan and the target, explained ones included; empty under mode skip."""
    if plan.mode == "skip":
        return ()
    found: list[Difference] = []
    expected = {planned.name: planned.rights for planned in plan.migrated}
    graph = {**target.rights, **expected}
    outside = {planned.name: outside_grants(planned, plan, target) for planned in plan.migrated}
    inside = _without(target, plan, outside)
    for planned in plan.accounts:
        found += _on_purpose(planned)
        found += _stale(planned, plan, source)
        if planned.migrates:
            found += _outside(planned, outside[planned.name])
            found += _account(planned, inside)
            found += _at_login(planned, graph, inside)
    known = {planned.name for planned in plan.accounts}
    for name in sorted(set(source.accounts) - known):
        found.append(_difference(DifferenceKind.MISSING, name, "the account is new on the source since the plan"))
    return tuple(found)


def _on_purpose(planned: PlannedAccount) -> Iterator[Difference]:
    for change in planned.changes:
        form = f"{change.what} → {change.became}" if change.became else f"{change.what} dropped"
        yield Difference(DifferenceKind.ON_PURPOSE, AREA, str(planned.name), form, str(change.rule))


def _outside(planned: PlannedAccount, grants: frozenset[Grant]) -> Iterator[Difference]:
    rule = str(AccountRule.OUTSIDE_SELECTION)
    for text in listed(grants):
        form = f"{text}, outside the selection and granted on the source too"
        yield Difference(DifferenceKind.ON_PURPOSE, AREA, str(planned.name), form, rule)


def _without(
    target: AccountCatalog, plan: AccountPlan, outside: Mapping[AccountName, frozenset[Grant]]
) -> AccountCatalog:
    """The target as far as this migration is concerned; planned grants that a pattern gives count as there."""
    rights = dict(target.rights)
    for planned in plan.migrated:
        actual, others = target.rights_of(planned.name), outside[planned.name]
        given = {one for one in planned.rights.grants if given_by_patterns(one, others, actual)}
        rights[planned.name] = replace(actual, grants=(actual.grants - others) | given)
    return replace(target, rights=rights)


def _stale(planned: PlannedAccount, plan: AccountPlan, source: AccountCatalog) -> Iterator[Difference]:
    if planned.source is None or not planned.migrates:
        return
    now = source.accounts.get(planned.name)
    if now is None:
        yield _difference(DifferenceKind.DIFFERS, planned.name, "was dropped on the source since the plan")
    elif now != planned.source or source.rights_of(planned.name) != plan.source.rights_of(planned.name):
        yield _difference(DifferenceKind.DIFFERS, planned.name, "was changed on the source since the plan")


def _account(planned: PlannedAccount, target: AccountCatalog) -> Iterator[Difference]:
    name, account = planned.name, planned.account
    present = target.accounts.get(name)
    if account is None:
        return
    if present is None:
        yield _difference(DifferenceKind.MISSING, name, "the account")
        return
    if not planned.tolerant:
        for part in differing_parts(account, present, compare_login=not planned.random_password):
            yield _difference(DifferenceKind.DIFFERS, name, part)
    yield from _rights(DifferenceKind.MISSING, name, missing_rights(planned, target))
    yield from _rights(DifferenceKind.EXTRA, name, extra_rights(planned, target))
    wanted, actual = set(account.default_roles), set(present.default_roles)
    for role in sorted(wanted - actual):
        yield _difference(DifferenceKind.MISSING, name, f"default role {role}")
    for role in sorted(actual - wanted) if not planned.tolerant else ():
        yield _difference(DifferenceKind.EXTRA, name, f"default role {role}")


def _rights(kind: DifferenceKind, name: AccountName, rights: Rights) -> Iterator[Difference]:
    for text in listed(rights.grants):
        yield _difference(kind, name, text)
    for one in (*sorted(rights.proxies), *sorted(rights.roles)):
        yield _difference(kind, name, str(one))


def _at_login(
    planned: PlannedAccount, graph: Mapping[AccountName, Rights], target: AccountCatalog
) -> Iterator[Difference]:
    """Differences that come through roles: the account's own are told already."""
    present = target.accounts.get(planned.name)
    if planned.tolerant or planned.account is None or present is None:
        return
    wanted = _active(planned.name, planned.account.default_roles, graph, target)
    actual = _active(planned.name, present.default_roles, target.rights, target)
    for text in listed(wanted - actual):
        yield _difference(DifferenceKind.MISSING, planned.name, f"through its roles at login: {text}")
    for text in listed(actual - wanted):
        yield _difference(DifferenceKind.EXTRA, planned.name, f"through its roles at login: {text}")


def _active(
    name: AccountName,
    default_roles: Iterable[AccountName],
    rights: Mapping[AccountName, Rights],
    target: AccountCatalog,
) -> frozenset[Grant]:
    """What the account's active roles give it on the target right after login."""
    roles = set(default_roles)
    if target.activate_all_roles:
        roles |= {granted.role for granted in rights.get(name, NO_RIGHTS).roles} | set(target.mandatory_roles)
    every = roles | {inner for role in roles for inner in reachable_roles(rights, role)}
    return frozenset(grant for role in every for grant in rights.get(role, NO_RIGHTS).grants)


def _difference(kind: DifferenceKind, name: AccountName, detail: str) -> Difference:
    return Difference(kind, AREA, str(name), detail)
