"""Collects what becomes of grants, and tells it in as few lines as there are reasons.

Privileges of one scope that share rule and outcome become one `AccountChange`. The remedy of each rule is written
here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aurora_migration.model.account_plan import AccountChange, AccountRule, ChangeKind
from aurora_migration.model.grant import Grant

REMEDIES: Final[Mapping[AccountRule, str]] = {
    AccountRule.UNGRANTABLE: "the target connection's account cannot hand it on; on Aurora perhaps nobody can",
    AccountRule.UNKNOWN_PRIVILEGE: "the target's MySQL has no such privilege",
    AccountRule.REPLACED_PRIVILEGE: "check that the replacement is enough for the account",
    AccountRule.NOT_MIGRATED: "add the object to the selection of the migration, or let it be",
    AccountRule.NO_SUCH_OBJECT: "revoke it on the source, where it gives access to nothing",
    AccountRule.SYSTEM_SCHEMA: "mysql.* belongs to the server on Aurora; use its procedures mysql.rds_*",
    AccountRule.RENAMED: "",
    AccountRule.PATTERN_EXPANDED: "schemas made later on the target need their own GRANT",
    AccountRule.SHARED_SCHEMA: "objects made later in the shared schema need their own GRANT",
    AccountRule.PARTIAL_REVOKE: "the target has partial_revokes off; schemas made later need their own GRANT",
    AccountRule.ADMIN_RESTRICTION: "the target connection's own account is restricted so, and passes that on",
}


@dataclass(slots=True)
class ChangeList:
    """Changes of one account, grant by grant."""

    _changed: dict[tuple[AccountRule, str, str], list[str]] = field(default_factory=dict)
    _dropped: dict[tuple[AccountRule, str], list[str]] = field(default_factory=dict)

    def drop(self, grant: Grant, rule: AccountRule) -> None:
        """The grant will not be on the target."""
        self._dropped.setdefault((rule, _where(grant)), []).append(grant.privilege)

    def change(self, grant: Grant, rule: AccountRule, became: object) -> None:
        """The grant will have another form there; called once for each part of the new form."""
        privileges = self._changed.setdefault((rule, _where(grant), str(became)), [])
        privileges.append(grant.privilege)

    def listed(self) -> tuple[AccountChange, ...]:
        """All changes; the parts of a new form are joined."""
        forms: dict[tuple[AccountRule, str], list[str]] = {}
        for (rule, where, became), privileges in self._changed.items():
            what = f"{', '.join(dict.fromkeys(privileges))} on {where}"
            forms.setdefault((rule, what), []).append(became)
        changed = [
            AccountChange(ChangeKind.CHANGED, what, rule, ", ".join(dict.fromkeys(became)), REMEDIES[rule])
            for (rule, what), became in forms.items()
        ]
        dropped = [
            AccountChange(ChangeKind.DROPPED, f"{', '.join(privileges)} on {where}", rule, "", REMEDIES[rule])
            for (rule, where), privileges in self._dropped.items()
        ]
        return tuple(sorted(changed + dropped))


def _where(grant: Grant) -> str:
    text = str(grant.scope)
    return f"{text} except {', '.join(grant.except_schemas)}" if grant.except_schemas else text
