"""Which privilege of the target stands for one of the source.

SUPER is taken apart into the dynamic privileges that MySQL documents as its parts; a privilege that one release
renamed becomes the other release's. Which of them the target knows and its administrator can grant is asked of
`TargetCapability`, never assumed here.
"""

from __future__ import annotations

from typing import Final

from aurora_migration.model.account_catalog import TargetCapability
from aurora_migration.model.grant import GRANT_OPTION, Grant, Rights

# https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html#priv_super
_PARTS_OF_SUPER: Final = (
    "BINLOG_ADMIN",
    "CONNECTION_ADMIN",
    "ENCRYPTION_KEY_ADMIN",
    "GROUP_REPLICATION_ADMIN",
    "REPLICATION_SLAVE_ADMIN",
    "ROLE_ADMIN",
    "SESSION_VARIABLES_ADMIN",
    "SET_ANY_DEFINER",
    "SET_USER_ID",
    "SYSTEM_VARIABLES_ADMIN",
    "VERSION_TOKEN_ADMIN",
)
# 8.2 split SET_USER_ID in two, 8.4 removed it (and Aurora MySQL 8.4 with it).
_OTHER_NAMES: Final = {
    "SET_USER_ID": ("SET_ANY_DEFINER", "ALLOW_NONEXISTENT_DEFINER"),
    "SET_ANY_DEFINER": ("SET_USER_ID",),
    "ALLOW_NONEXISTENT_DEFINER": ("SET_USER_ID",),
}


def other_names(grant: Grant, capability: TargetCapability) -> tuple[Grant, ...]:
    """The grants that mean the same on the target as a privilege it does not know; empty if there are none."""
    names = _OTHER_NAMES.get(grant.privilege, ())
    return tuple(Grant(name, grantable=grant.grantable) for name in names if name in capability.known_privileges)


def parts_of_super(rights: Rights, capability: TargetCapability) -> tuple[Grant, ...]:
    """What of SUPER the target's administrator can hand on and the account does not hold anyway."""
    held = {grant.privilege for grant in rights.grants}
    grantable = Grant(GRANT_OPTION) in rights.grants
    parts = (Grant(name, grantable=grantable) for name in _PARTS_OF_SUPER if name not in held)
    return tuple(
        part for part in parts if part.privilege in capability.known_privileges and capability.can_grant(part)
    )
