"""Carries an account plan out: roles, users, grants, role memberships, default roles.

Everything is read first and only what is missing is written, so a broken-off or repeated run goes on where it
stopped. Rights and logins are added, never taken away. Blockers of the plan stop it before the first statement.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from aurora_migration.engine.accounts.missing import missing_default_roles, missing_rights
from aurora_migration.errors import PreflightError
from aurora_migration.model.account import Account, AccountName, differing_parts
from aurora_migration.model.account_catalog import AccountCatalog
from aurora_migration.model.account_plan import AccountPlan, AccountSummary, PlannedAccount
from aurora_migration.model.finding import Finding, Severity, blocker
from aurora_migration.model.grant import ROUTINE_KINDS, Grant, RoutineName, ScopeKind
from aurora_migration.model.names import TableName
from aurora_migration.mysql.account_writer import unrecorded, write_account
from aurora_migration.mysql.accounts import all_roles, existing_columns, read_accounts
from aurora_migration.mysql.session import Session
from aurora_migration.sql.account_statements import alteration, creation, default_roles
from aurora_migration.sql.grant_statements import grant_proxy, grant_role, grant_statements
from aurora_migration.sql.quoting import Fragment

log = logging.getLogger(__name__)

_REMEDY = "see the findings; the account policy is the accounts part of the migration file"


@dataclass(slots=True)
class _Done:
    created: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    grants: int = 0


def apply_accounts(plan: AccountPlan, target: Session) -> AccountSummary:
    """Make the target's accounts what the plan says; a second call does nothing.

    Raises: PreflightError (nothing was written), MissingPrivilegeError, StatementError, RetryableError.
    """
    if plan.mode != "migrate":
        return AccountSummary()
    _refuse(finding for finding in plan.findings if finding.severity is Severity.BLOCKER)
    before = read_accounts(target)
    done = _Done()
    with all_roles(target), unrecorded(target) as logged:
        if logged and not plan.general_log_accepted:
            _refuse(iter([_GENERAL_LOG]))
        ordered = sorted(plan.migrated, key=lambda one: (not (one.account and one.account.role_like), one.name))
        for planned in ordered:
            _account(target, plan, planned, before, done)
        for planned in ordered:
            _grants(target, plan, planned, before, done)
        for planned in ordered:
            _roles(target, planned, before, done)
    summary = AccountSummary(tuple(done.created), tuple(done.altered), done.grants, tuple(done.waiting))
    numbers = (len(summary.created), len(summary.altered), summary.grants, len(summary.waiting))
    log.info("accounts applied created=%d altered=%d grants=%d waiting=%d", *numbers)
    return summary


_GENERAL_LOG = blocker(
    "account-general-log",
    "target",
    "the general log is on and would hold every password hash",
    "turn general_log off, or set accounts.general_log: accept",
)


def _refuse(blockers: Iterator[Finding]) -> None:
    found = tuple(blockers)
    if found:
        subjects = ", ".join(dict.fromkeys(finding.subject for finding in found))
        raise PreflightError(f"account policy forbids what {subjects} would need", found, remedy=_REMEDY)


def _account(
    target: Session, plan: AccountPlan, planned: PlannedAccount, before: AccountCatalog, done: _Done
) -> None:
    account, present = planned.account, before.accounts.get(planned.name)
    if account is None:
        return
    if present is None:
        for sql, _ in creation(account, random_password=planned.random_password):
            write_account(target, sql, planned.name, "creating the account")
        log.info("account created account=%s random_password=%s", planned.name, planned.random_password)
        done.created.append(str(planned.name))
        return
    statements = _alterations(plan, planned, account, present)
    for sql in statements:
        write_account(target, sql, planned.name, "altering the account")
    if statements:
        log.info("account altered account=%s", planned.name)
        done.altered.append(str(planned.name))


def _alterations(
    plan: AccountPlan, planned: PlannedAccount, account: Account, present: Account
) -> tuple[Fragment, ...]:
    """What an account that is there still needs: the rest of a broken-off creation, or a refresh."""
    if planned.tolerant or planned.random_password or not differing_parts(account, present):
        return ()
    steps = creation(account)
    for number, (_, state) in enumerate(steps, start=1):
        if not differing_parts(state, present):
            return tuple(sql for sql, _ in steps[number:])
    return alteration(account, present) if plan.refresh else ()


def _grants(
    target: Session, plan: AccountPlan, planned: PlannedAccount, before: AccountCatalog, done: _Done
) -> None:
    missing = missing_rights(planned, before)
    ready = []
    for grant in sorted(missing.grants):
        if _object_exists(target, before, grant):
            ready.append(grant)
        else:
            done.waiting.append(f"{planned.name}: {grant}")
    for sql in grant_statements(planned.name, ready, literal_names=plan.literal_names, inherited=plan.inherited):
        write_account(target, sql, planned.name, "granting privileges")
    for proxy in sorted(missing.proxies):
        write_account(target, grant_proxy(planned.name, proxy), planned.name, "granting PROXY")
    done.grants += len(ready) + len(missing.proxies)


def _roles(target: Session, planned: PlannedAccount, before: AccountCatalog, done: _Done) -> None:
    for granted in sorted(missing_rights(planned, before).roles):
        write_account(target, grant_role(planned.name, granted), planned.name, "granting a role")
        done.grants += 1
    if missing_default_roles(planned, before):
        present = before.accounts.get(planned.name)
        wanted = planned.account.default_roles if planned.account else ()
        every: set[AccountName] = {*wanted, *(present.default_roles if present else ())}
        write_account(target, default_roles(planned.name, every), planned.name, "setting default roles")


def _object_exists(target: Session, before: AccountCatalog, grant: Grant) -> bool:
    """MySQL grants on no table or routine that is absent; the grant waits for it and verification tells."""
    scope = grant.scope
    if scope.kind in (ScopeKind.GLOBAL, ScopeKind.SCHEMA):
        return True
    if scope.kind in ROUTINE_KINDS:
        return RoutineName(scope.kind, scope.schema, scope.name) in before.objects.routines
    table = TableName(scope.schema, scope.name)
    if table not in before.objects.tables and table not in before.objects.views:
        return False
    return scope.kind is not ScopeKind.COLUMN or scope.column in existing_columns(target, table)
