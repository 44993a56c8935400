"""The account plan of a run, made from both live servers and the cutovers so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from aurora_migration.bridge.run import Run
from aurora_migration.engine.accounts import AccountPlan, plan_accounts, read_accounts, target_capability
from aurora_migration.model.account_plan import AccountChange, AccountRule, ChangeKind, PlannedAccount
from aurora_migration.model.cutover import closed_accounts
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.store import cutovers


def account_plan(run: Run, plan: MigrationPlan, source: Session, target: Session) -> AccountPlan:
    """Read both sides and decide, per account, what can be kept; those that a cutover closed stay closed."""
    made = plan_accounts(
        read_accounts(source), read_accounts(target), target_capability(target), plan, run.config.accounts
    )
    known = run.control.exists(target)
    closed = closed_accounts(cutovers.all_of(target, run.control), "forward") if known else frozenset()
    return replace(made, accounts=tuple(_closed(planned, closed) for planned in made.accounts))


def _closed(planned: PlannedAccount, closed: Collection[str]) -> PlannedAccount:
    account = planned.account
    if account is None or account.locked or str(planned.name) not in closed:
        return planned
    remedy = "the cutover that hands over opens it; until then the source alone takes writes"
    rule = AccountRule.LOCKED_UNTIL_CUTOVER
    change = AccountChange(ChangeKind.CHANGED, "the account is open", rule, "locked", remedy)
    return replace(planned, account=replace(account, locked=True), changes=(*planned.changes, change))
