"""What has to be told about an account plan before it is carried out, as findings.

Two kinds: what every `AccountChange` means under the policy (a blocker where the policy says fail), and facts
about accounts that migrate as they are but deserve a look, such as logins without a password.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from aurora_migration.model.account import differing_parts
from aurora_migration.model.account_catalog import AccountCatalog, TargetCapability
from aurora_migration.model.account_plan import (
    AccountAction,
    AccountChange,
    AccountPlan,
    AccountRule,
    PlannedAccount,
)
from aurora_migration.model.finding import Finding, Severity, blocker, note, warning

_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_WARNINGS: Final = frozenset(
    {
        AccountRule.PLUGIN_MISSING,
        AccountRule.PLUGIN_MAPPED,
        AccountRule.MULTI_FACTOR,
        AccountRule.NO_PASSWORD,
        AccountRule.ROLE_LEFT_OUT,
        AccountRule.DEFAULT_ROLE,
        AccountRule.SHARED_SCHEMA,
    }
)
_QUIET: Final = frozenset({AccountRule.RENAMED})


def account_findings(plan: AccountPlan) -> tuple[Finding, ...]:
    """All findings of a plan for preflight, blockers first."""
    order = list(Severity)
    return tuple(sorted(plan.findings, key=lambda one: (order.index(one.severity), one.subject, one.code)))


def observations(plan: AccountPlan, target: AccountCatalog, capability: TargetCapability) -> tuple[Finding, ...]:
    """Everything worth telling; pure."""
    found: list[Finding] = []
    for planned in plan.accounts:
        found += _of_changes(planned, plan.blocking)
        found += _of_account(planned, plan, target)
    found += _of_servers(plan, target, capability)
    return tuple(found)


def _of_changes(planned: PlannedAccount, blocking: frozenset[AccountRule]) -> Iterator[Finding]:
    """One finding an account and rule."""
    listed = sorted((one for one in planned.changes if one.rule not in _QUIET), key=lambda one: one.rule)
    for rule, group in groupby(listed, key=lambda one: one.rule):
        changes: list[AccountChange] = list(group)
        seen = "; ".join(_told(change) for change in changes)
        remedy = next((change.remedy for change in changes if change.remedy), "")
        severity = Severity.NOTE
        if rule in blocking:
            severity = Severity.BLOCKER
            remedy = f"{remedy or 'change it on the source'}; or relax the policy (accounts in the migration file)"
        elif rule in _WARNINGS:
            severity = Severity.WARNING
        yield Finding(severity, f"account-{rule}", str(planned.name), seen, remedy)


def _told(change: AccountChange) -> str:
    return f"{change.what} becomes {change.became}" if change.became else f"{change.what} is dropped"


def _of_account(planned: PlannedAccount, plan: AccountPlan, target: AccountCatalog) -> Iterator[Finding]:
    account, name = planned.account, planned.name
    if account is None:
        return
    if not (account.secret or account.locked or planned.random_password) and account.plugin.endswith("_password"):
        yield warning("account-without-password", name, "logs in without a password", "give it one on the source")
    if not name.user:
        remedy = "drop it on the source: its grants hold for every user from that host"
        yield warning("account-anonymous", name, "is an anonymous account", remedy)
    if name.host in _LOCAL_HOSTS and not account.locked:
        yield note("account-local-host", name, "logs in from the server's own machine only, which Aurora has not")
    if plan.source.password_history.get(name, 0) > 1:
        seen = f"{plan.source.password_history[name]} former passwords are remembered on the source"
        yield note("account-password-history", name, seen, "reuse rules start anew on the target")
    if planned.action is AccountAction.MERGE and not planned.tolerant and name in target.accounts:
        present = target.accounts[name]
        parts = differing_parts(account, present, compare_login=not planned.random_password)
        if parts and not plan.refresh:
            remedy = "name it in accounts.merged if it is the target's own, or set accounts.on_existing: refresh"
            yield warning("account-exists-differently", name, "is on the target with " + "; ".join(parts), remedy)


def _of_servers(plan: AccountPlan, target: AccountCatalog, capability: TargetCapability) -> Iterator[Finding]:
    for orphan in plan.source.orphans:
        yield note("account-orphan-grants", orphan, "has grants but is no account", "revoke them on the source")
    if target.activate_all_roles and not plan.source.activate_all_roles:
        seen = (
            "activate_all_roles_on_login is on at the target and off at the source: accounts may do more at login"
        )
        yield warning("account-roles-activated", "target", seen, "turn it off in the cluster parameter group")
    if capability.general_log and plan.mode == "migrate" and any(_sends_hash(one, plan) for one in plan.migrated):
        seen = "the general log is on and would hold every password hash"
        if plan.general_log_accepted:
            yield warning("account-general-log", "target", seen, "purge the log afterwards")
        else:
            yield blocker(
                "account-general-log", "target", seen, "turn general_log off, or set accounts.general_log: accept"
            )


def _sends_hash(planned: PlannedAccount, plan: AccountPlan) -> bool:
    account = planned.account
    new = planned.action is AccountAction.CREATE or (plan.refresh and not planned.tolerant)
    return new and account is not None and bool(account.secret) and not planned.random_password
