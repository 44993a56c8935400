"""A first look at accounts: names that belong to the servers or to the migration itself.

What becomes of each account and grant is told by the account plan, which preflight adds as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.finding import Finding, note


def check_reserved_accounts(context: Context) -> Iterator[Finding]:
    """Source accounts that are left out because the target has its own of that name."""
    config = context.config.accounts
    if config.mode == "skip":
        return
    own = context.target.account
    reserved = [
        name
        for name in context.source.accounts
        if name.matches(config.reserved) and not name.user.startswith("mysql.") and name.user != "root"
    ]
    if reserved:
        yield note("account-reserved", context.source.label, f"left out, the servers own them: {listed(reserved)}")
    if own in context.source.accounts:
        yield note(
            "account-is-the-migrations",
            own,
            "is on the source too, and is the account this migration uses on the target: its password stays, "
            "its grants are added",
            "exclude it in accounts, if it should not get them",
        )
