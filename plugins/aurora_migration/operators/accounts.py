"""Accounts on the target: roles, users, grants, default roles."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from aurora_migration.bridge.accounts import account_plan
from aurora_migration.bridge.run import Run
from aurora_migration.engine.accounts import apply_accounts
from aurora_migration.operators.base import MigrationOperator


class AccountsOperator(MigrationOperator):
    """Creates accounts within what the target's admin may grant; every drop is listed by verification."""

    ui_color = "#f3e8fd"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with run.sessions() as (source, target), run.phase(target, "accounts") as summary:
            if run.config.accounts.mode != "migrate":
                summary.update(mode=run.config.accounts.mode)
                return summary
            done = apply_accounts(account_plan(run, run.plan(source), source, target), target)
            summary.update(done.to_json())
            self.log.info("Accounts applied %s", summary)
        return summary
