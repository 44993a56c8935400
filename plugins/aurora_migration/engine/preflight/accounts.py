"""A first look at accounts: plugins that the target lacks, names that belong to the servers.

Only what must be known before anything is written; the accounts phase looks at every account and grant.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.definers import comes_along
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.sql.library import statement


def check_account_plugins(context: Context) -> Iterator[Finding]:
    """Accounts whose authentication plugin is not loaded on the target."""
    config = context.config.accounts
    if config.mode != "migrate":
        return
    rows = context.target.session.query(statement("preflight/authentication_plugins"))
    known = {row["name"] for row in rows}
    users: dict[str, list[str]] = {}
    for name, plugin in context.source.accounts.items():
        if plugin and plugin not in known and comes_along(context, name):
            users.setdefault(plugin, []).append(str(name))
    for plugin, names in sorted(users.items()):
        fails = config.on_unknown_plugin == "fail"
        yield (blocker if fails else warning)(
            "account-plugin-missing",
            plugin,
            f"is not on the target; accounts that log in by it: {listed(names)} "
            f"(accounts.on_unknown_plugin: {config.on_unknown_plugin})",
            "give these accounts another plugin and a new password, or exclude them in accounts",
        )


def check_reserved_accounts(context: Context) -> Iterator[Finding]:
    """Source accounts that are left out because the target has its own of that name."""
    config = context.config.accounts
    if config.mode == "skip":
        return
    own = context.target.account
    reserved = [
        name
        for name in context.source.accounts
        if name.matches(config.reserved) and not name.user.startswith("mysql.")
    ]
    if reserved:
        yield note("account-reserved", context.source.label, f"left out, the servers own them: {listed(reserved)}")
    if own in context.source.accounts:
        yield note(
            "account-is-the-migrations",
            own,
            "is on the source too, and is the account this migration uses on the target: it is not changed there",
            "give it its source grants by hand after the migration, if applications use it",
        )
