"""An account as the server stores it: who, how it logs in, and under which limits.

Values are parsed once and compared as values. A password hash lives in a `Secret`, which shows itself as ``***``,
refuses to be pickled and is read at one place: where the account statement is written. What an account may do is
in `aurora_migration.model.grant`.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NoReturn, Self

IAM_PLUGIN: Final = "AWSAuthenticationPlugin"


@dataclass(frozen=True, slots=True, order=True)
class AccountName:
    """``user@host`` as MySQL stores it; the user is empty for an anonymous account."""

    user: str
    host: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``user@host``; a user name may hold an @, a host may not; no @ means any host."""
        user, at, host = text.rpartition("@")
        return cls(user, host) if at else cls(text, "%")

    def matches(self, patterns: Iterable[str]) -> bool:
        """Whether one of the ``user@host`` patterns (``*`` and ``?``) takes this account."""
        return any(re.match(fnmatch.translate(pattern), str(self)) for pattern in patterns)


class Secret:
    """A password hash. Equal by its bytes; its text form tells nothing and it does not travel."""

    __slots__ = ("_bytes",)

    def __init__(self, value: bytes = b"") -> None:
        self._bytes = value

    def reveal(self) -> bytes:
        """The bytes, for writing an account statement and nothing else."""
        return self._bytes

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not travel between processes")


class TlsKind(StrEnum):
    """What REQUIRE asks for (``mysql.user.ssl_type``)."""

    NONE = ""
    SSL = "ANY"
    X509 = "X509"
    SPECIFIED = "SPECIFIED"


@dataclass(frozen=True, slots=True)
class TlsRequirement:
    """The REQUIRE clause; the texts are only set with ``SPECIFIED``."""

    kind: TlsKind = TlsKind.NONE
    subject: str = ""
    issuer: str = ""
    cipher: str = ""

    def __str__(self) -> str:
        named = {TlsKind.NONE: "NONE", TlsKind.SSL: "SSL", TlsKind.X509: "X509"}
        if self.kind in named:
            return named[self.kind]
        texts = (("SUBJECT", self.subject), ("ISSUER", self.issuer), ("CIPHER", self.cipher))
        return " AND ".join(f"{word} {text}" for word, text in texts if text)


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """MAX_QUERIES_PER_HOUR and its sisters; 0 is no limit."""

    queries: int = 0
    updates: int = 0
    connections: int = 0
    user_connections: int = 0


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Password options; None is the server's default. ``lock_days`` -1 is UNBOUNDED, ``lifetime_days`` 0 NEVER."""

    expired: bool = False
    lifetime_days: int | None = None
    history: int | None = None
    reuse_days: int | None = None
    require_current: bool | None = None
    failed_attempts: int = 0
    lock_days: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """One row of ``mysql.user`` without its privileges.

    ``second_secret`` is the retained password of a dual password; ``factors`` are the plugins of the second and
    third authentication factor; ``attributes`` is the user's own JSON, keys sorted, or empty.
    """

    name: AccountName
    plugin: str
    secret: Secret = field(default_factory=Secret)
    second_secret: Secret = field(default_factory=Secret)
    factors: tuple[str, ...] = ()
    tls: TlsRequirement = TlsRequirement()
    limits: ResourceLimits = ResourceLimits()
    policy: PasswordPolicy = PasswordPolicy()
    locked: bool = False
    attributes: str = ""
    default_roles: tuple[AccountName, ...] = ()

    @property
    def role_like(self) -> bool:
        """Whether it is what CREATE ROLE makes: locked, expired, no password. MySQL knows no other mark."""
        return self.locked and self.policy.expired and not self.secret

    @property
    def has_options(self) -> bool:
        """Whether anything but login, lock and roles differs from a fresh account."""
        plain = PasswordPolicy(expired=self.policy.expired)
        options = (self.tls, self.limits, self.policy, self.attributes)
        return options != (TlsRequirement(), ResourceLimits(), plain, "")


def differing_parts(expected: Account, actual: Account, *, compare_login: bool = True) -> tuple[str, ...]:
    """Which parts of an account are not as expected, in words; never the values of a secret.

    ``compare_login`` False leaves out plugin, hash, lock and expiry. Roles keep no login to compare: the plugin
    of an account that CREATE ROLE made is the server's default.
    """
    found = []
    both_roles = expected.role_like and actual.role_like
    if compare_login and not both_roles:
        if expected.plugin != actual.plugin:
            found.append(f"authentication plugin {actual.plugin} instead of {expected.plugin}")
        elif expected.secret != actual.secret:
            found.append("another password hash")
        if expected.second_secret != actual.second_secret:
            found.append("another retained (second) password")
        if expected.factors != actual.factors:
            found.append(f"further factors {_listed(actual.factors)} instead of {_listed(expected.factors)}")
        if expected.locked != actual.locked:
            found.append("locked" if actual.locked else "not locked")
        if expected.policy.expired != actual.policy.expired:
            found.append("password expired" if actual.policy.expired else "password not expired")
    if expected.tls != actual.tls:
        found.append(f"REQUIRE {actual.tls} instead of {expected.tls}")
    found += _options(expected, actual)
    return tuple(found)


def _options(expected: Account, actual: Account) -> list[str]:
    found = []
    if expected.limits != actual.limits:
        found.append("other resource limits")
    if replace(expected.policy, expired=False) != replace(actual.policy, expired=False):
        found.append("another password policy")
    if expected.attributes != actual.attributes:
        found.append("another comment or attribute")
    return found


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
