"""Which accounts of the source take part.

Include and exclude patterns choose, reserved ones never come along. Roles of chosen accounts come along even where
no include pattern names them: an account without its role may do less, and nobody would see why.
"""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.model.account import AccountName
from aurora_migration.model.account_catalog import AccountCatalog, reachable_roles
from aurora_migration.model.account_plan import AccountRule
from aurora_migration.model.config_accounts import AccountsConfig


def selected(source: AccountCatalog, config: AccountsConfig) -> frozenset[AccountName]:
    """The accounts and roles of the source that the migration file takes."""
    asked = {name for name in source.accounts if name.matches(config.include)}
    for name in [one for one in asked if left_out_by(one, config) is None]:
        asked.update(reachable_roles(source.rights, name))
        asked.update(role for role in source.mandatory_roles)
    return frozenset(name for name in asked if name in source.accounts and left_out_by(name, config) is None)


def left_out_by(name: AccountName, config: AccountsConfig) -> AccountRule | None:
    """The rule by which an account stays behind whatever include says, or None."""
    if name.matches(config.reserved):
        return AccountRule.RESERVED
    return AccountRule.EXCLUDED if name.matches(config.exclude) else None


def left_behind(source: AccountCatalog, config: AccountsConfig) -> Iterator[tuple[AccountName, AccountRule]]:
    """All accounts of the source that stay behind, with the reason."""
    taken = selected(source, config)
    for name in sorted(source.accounts):
        if name not in taken:
            yield name, left_out_by(name, config) or AccountRule.EXCLUDED
