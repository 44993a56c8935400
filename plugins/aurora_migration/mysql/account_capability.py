"""What the target's administrator can hand on, asked of the live server.

SHOW GRANTS of oneself USING all active roles needs no privilege and expands ``rds_superuser_role``; nothing about
Aurora is hard-coded. A plugin counts if it is loaded, active and allowed by ``authentication_policy``.
"""

from __future__ import annotations

from aurora_migration.model.account import AccountName
from aurora_migration.model.account_catalog import TargetCapability
from aurora_migration.model.grant import STATIC
from aurora_migration.mysql.accounts import all_roles, server_settings
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import account, join, raw
from aurora_migration.sql.show_grants import parse_account_list, parse_grants


def target_capability(session: Session) -> TargetCapability:
    """What the session's account can grant and what its server has; reads only. Raises: RetryableError."""
    with all_roles(session):
        current = session.query(statement("accounts/current_account"))[0]
        roles = parse_account_list(current["roles"] or "")
        using = join((account(role.user, role.host) for role in roles), ", ")
        own = statement(
            "accounts/show_grants",
            account=raw("CURRENT_USER()"),
            using=raw("USING ") + using if roles else raw(""),
        )
        lines = [str(next(iter(row.values()))) for row in session.query(own)]
        privileges = {row["Privilege"].upper() for row in session.query(raw("SHOW PRIVILEGES"))}
        plugins = {row["name"] for row in session.query(statement("accounts/authentication"))}
        variables = server_settings(session)
    partial_revokes = variables.get("partial_revokes") == "ON"
    rights = parse_grants(lines, literal_names=partial_revokes)
    return TargetCapability(
        admin=AccountName.parse(current["account"]),
        grants=rights.grants,
        proxies=rights.proxies,
        roles=rights.roles,
        known_privileges=frozenset(privileges | STATIC),
        plugins=frozenset(plugins),
        first_factor=_first_factor(variables.get("authentication_policy", "")),
        partial_revokes=partial_revokes,
        validates_passwords=any(name.startswith("validate_password") for name in variables),
        general_log=variables.get("general_log") == "ON",
    )


def _first_factor(policy: str) -> str | None:
    """The plugin that must be used, of a list such as ``*:caching_sha2_password,,``; * leaves it free."""
    first = policy.split(",")[0].strip()
    return None if not first or first.startswith("*") else first
