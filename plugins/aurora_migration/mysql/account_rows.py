"""A row of ``mysql.user`` as an `Account`: pure, and the only reader of ``User_attributes``.

Hashes go straight into a `Secret`. ``User_attributes`` is MySQL's own JSON; its keys are those of
``sql/auth/user_table.cc`` and ``sql/auth/auth_acls.h`` (metadata, Restrictions, additional_password,
Password_locking, multi_factor_authentication).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aurora_migration.model.account import (
    Account,
    AccountName,
    PasswordPolicy,
    ResourceLimits,
    Secret,
    TlsKind,
    TlsRequirement,
)
from aurora_migration.model.grant import GRANT_OPTION

Restrictions = Mapping[str, tuple[str, ...]]


def account_from(row: Mapping[str, Any], default_roles: tuple[AccountName, ...]) -> Account:
    """The account of one row of ``include/sql/accounts/accounts.sql``."""
    attributes = _attributes(row)
    metadata = attributes.get("metadata") or {}
    factors = attributes.get("multi_factor_authentication") or []
    return Account(
        name=AccountName(row["User"], row["Host"]),
        plugin=row["plugin"],
        secret=Secret(bytes.fromhex(row["password_hash"] or "")),
        second_secret=Secret(str(attributes.get("additional_password") or "").encode()),
        factors=tuple(str(factor["plugin"]) for factor in factors),
        tls=TlsRequirement(
            TlsKind(row["ssl_type"]),
            subject=_text(row["x509_subject"]),
            issuer=_text(row["x509_issuer"]),
            cipher=_text(row["ssl_cipher"]),
        ),
        limits=ResourceLimits(
            queries=int(row["max_questions"]),
            updates=int(row["max_updates"]),
            connections=int(row["max_connections"]),
            user_connections=int(row["max_user_connections"]),
        ),
        policy=_policy(row, attributes.get("Password_locking") or {}),
        locked=row["account_locked"] == "Y",
        attributes=json.dumps(metadata, sort_keys=True, ensure_ascii=False) if metadata else "",
        default_roles=default_roles,
    )


def restrictions_of(row: Mapping[str, Any]) -> Restrictions:
    """The partial revokes of an account: schemas by privilege, sorted."""
    found: dict[str, set[str]] = {}
    for entry in _attributes(row).get("Restrictions") or []:
        for privilege in entry["Privileges"]:
            name = GRANT_OPTION if privilege == "GRANT" else str(privilege)
            found.setdefault(name, set()).add(str(entry["Database"]))
    return {privilege: tuple(sorted(schemas)) for privilege, schemas in found.items()}


def _policy(row: Mapping[str, Any], locking: Mapping[str, Any]) -> PasswordPolicy:
    current = row.get("Password_require_current")
    return PasswordPolicy(
        expired=row["password_expired"] == "Y",
        lifetime_days=row["password_lifetime"],
        history=row.get("Password_reuse_history"),
        reuse_days=row.get("Password_reuse_time"),
        require_current=None if current is None else current == "Y",
        failed_attempts=int(locking.get("failed_login_attempts", 0)),
        lock_days=int(locking.get("password_lock_time_days", 0)),
    )


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    text = row.get("User_attributes")
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else (value or "")
