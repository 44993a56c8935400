"""What will become of each account, decided before anything is written.

Every way in which an account on the target will differ from the source is one `AccountChange` with the rule that
asked for it; nothing is dropped without one. `report_rows` is what people, logs and the control schema may see: it
holds no hash. The plan itself holds hashes in `Secret`s and therefore cannot be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aurora_migration.model.account import Account, AccountName
from aurora_migration.model.account_catalog import NO_ACCOUNTS, AccountCatalog, ServerObjects
from aurora_migration.model.finding import Finding
from aurora_migration.model.grant import NO_RIGHTS, Grant, Rights
from aurora_migration.model.report import Difference


class AccountRule(StrEnum):
    """Why something about an account is not on the target as it is on the source."""

    UNGRANTABLE = "ungrantable"
    UNKNOWN_PRIVILEGE = "unknown-privilege"
    REPLACED_PRIVILEGE = "replaced-privilege"
    NOT_MIGRATED = "not-migrated"
    NO_SUCH_OBJECT = "no-such-object"
    SYSTEM_SCHEMA = "system-schema"
    RENAMED = "renamed"
    PATTERN_EXPANDED = "pattern-expanded"
    SHARED_SCHEMA = "shared-schema"
    PARTIAL_REVOKE = "partial-revoke"
    ADMIN_RESTRICTION = "admin-restriction"
    PLUGIN_MISSING = "plugin-missing"
    PLUGIN_MAPPED = "plugin-mapped"
    MULTI_FACTOR = "multi-factor"
    NO_PASSWORD = "no-password-allowed"
    IAM = "iam-user"
    ROLE_LEFT_OUT = "role-left-out"
    MANDATORY_ROLE = "mandatory-role"
    ALL_ROLES_ACTIVE = "all-roles-active"
    DEFAULT_ROLE = "default-role-left-out"
    MERGED = "merged"
    RESERVED = "reserved"
    EXCLUDED = "excluded"
    SYSTEM_USER = "system-user"
    OUTSIDE_SELECTION = "outside-selection"
    LOCKED_UNTIL_CUTOVER = "locked-until-cutover"


class AccountAction(StrEnum):
    """What apply does with an account. ``leave``: it exists and the administrator may not touch it."""

    CREATE = "create"
    MERGE = "merge"
    LEAVE = "leave"
    SKIP = "skip"


class ChangeKind(StrEnum):
    """Whether something is gone or has another form."""

    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, order=True)
class AccountChange:
    """One thing that will not be as on the source; ``became`` is its other form, if it has one."""

    kind: ChangeKind
    what: str
    rule: AccountRule
    became: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        form = f" → {self.became}" if self.became else ""
        return f"{self.what}{form} [{self.rule}]"


def dropped(what: object, rule: AccountRule, remedy: str = "") -> AccountChange:
    return AccountChange(ChangeKind.DROPPED, str(what), rule, "", remedy)


def changed(what: object, rule: AccountRule, became: object, remedy: str = "") -> AccountChange:
    return AccountChange(ChangeKind.CHANGED, str(what), rule, str(became), remedy)


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """One account: as it is on the source, and as it is to be on the target.

    ``source`` is None for an IAM user that only the migration file declares. ``random_password``: the login cannot
    be carried over, so the server makes up a password that nobody learns. ``tolerant``: an account of the target's
    own, which may hold more than the source's and keeps its login. ``held`` is all that the source grants,
    selected or not, by the names of the target.
    """

    name: AccountName
    action: AccountAction
    source: Account | None
    account: Account | None = None
    rights: Rights = NO_RIGHTS
    changes: tuple[AccountChange, ...] = ()
    random_password: bool = False
    tolerant: bool = False
    held: frozenset[Grant] = frozenset()

    @property
    def migrates(self) -> bool:
        return self.action in (AccountAction.CREATE, AccountAction.MERGE)


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """All accounts in the order of their names, roles among them, with what has to be told beforehand.

    ``literal_names``: the target takes schema names in grants literally. ``inherited``: privilege and schema of
    the partial revokes that every grant of the target's administrator passes on. ``outside``: what the source has
    and the migration does not bring, by the names of the target.
    """

    mode: str
    accounts: tuple[PlannedAccount, ...] = ()
    source: AccountCatalog = NO_ACCOUNTS
    findings: tuple[Finding, ...] = ()
    blocking: frozenset[AccountRule] = frozenset()
    refresh: bool = False
    literal_names: bool = False
    inherited: frozenset[tuple[str, str]] = frozenset()
    general_log_accepted: bool = False
    outside: ServerObjects = NO_ACCOUNTS.objects

    @property
    def migrated(self) -> tuple[PlannedAccount, ...]:
        """The accounts that are to be on the target."""
        return tuple(planned for planned in self.accounts if planned.migrates)

    def report_rows(self, differences: Iterable[Difference] = ()) -> list[dict[str, Any]]:
        """One JSON-able row an account: kept, dropped, changed, and (from a comparison) missing. No hash."""
        missing: dict[str, list[str]] = {}
        for difference in differences:
            if not difference.explained:
                missing.setdefault(difference.subject, []).append(f"{difference.kind}: {difference.detail}")
        return [_row(planned, missing.get(str(planned.name), [])) for planned in self.accounts]


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """What one `apply_accounts` did; a repeated one does nothing. ``waiting``: grants on absent objects."""

    created: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    grants: int = 0
    waiting: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form."""
        return {
            "created": list(self.created),
            "altered": list(self.altered),
            "grants": self.grants,
            "waiting": list(self.waiting),
        }


def _row(planned: PlannedAccount, missing: list[str]) -> dict[str, Any]:
    rights = planned.rights
    kept = [str(one) for group in (rights.grants, rights.proxies, rights.roles) for one in sorted(group)]
    account = planned.account
    return {
        "account": str(planned.name),
        "action": str(planned.action),
        "plugin": account.plugin if account else "",
        "locked": account.locked if account else False,
        "default_roles": [str(role) for role in account.default_roles] if account else [],
        "kept": kept,
        "dropped": _changes(planned, ChangeKind.DROPPED),
        "changed": _changes(planned, ChangeKind.CHANGED),
        "missing": missing,
    }


def _changes(planned: PlannedAccount, kind: ChangeKind) -> list[dict[str, str]]:
    return [
        {"what": one.what, "rule": str(one.rule), "became": one.became, "remedy": one.remedy}
        for one in planned.changes
        if one.kind is kind
    ]
