"""Accounts, roles and grants: read both servers, plan, apply, compare.

`plan_accounts` is pure and decides everything; `apply_accounts` adds what is missing on the target, no more;
`compare_accounts` tells every difference, on purpose or not. Hashes stay in `Secret`s from the one server's grant
tables to the other's CREATE USER.
"""

from aurora_migration.engine.accounts.applying import apply_accounts
from aurora_migration.engine.accounts.comparing import compare_accounts
from aurora_migration.engine.accounts.observations import account_findings
from aurora_migration.engine.accounts.planning import plan_accounts
from aurora_migration.model.account_catalog import AccountCatalog, TargetCapability
from aurora_migration.model.account_plan import AccountPlan, AccountSummary
from aurora_migration.mysql.account_capability import target_capability
from aurora_migration.mysql.accounts import read_accounts

__all__ = [
    "AccountCatalog",
    "AccountPlan",
    "AccountSummary",
    "TargetCapability",
    "account_findings",
    "apply_accounts",
    "compare_accounts",
    "plan_accounts",
    "read_accounts",
    "target_capability",
]
