"""The account plan of a run, made from both live servers."""

from __future__ import annotations

from aurora_migration.bridge.run import Run
from aurora_migration.engine.accounts import AccountPlan, plan_accounts, read_accounts, target_capability
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session


def account_plan(run: Run, plan: MigrationPlan, source: Session, target: Session) -> AccountPlan:
    """Read both sides and decide, per account, what can be kept."""
    return plan_accounts(
        read_accounts(source), read_accounts(target), target_capability(target), plan, run.config.accounts
    )
