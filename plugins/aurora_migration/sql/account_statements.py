"""CREATE USER, ALTER USER and default roles as text.

The text holds password hashes as hexadecimal literals (MySQL 8.0.17+), since a salt has bytes that no string
literal carries safely. It is built right before it is sent and must never be logged. Grammar:
https://dev.mysql.com/doc/refman/8.4/en/create-user.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from aurora_migration.model.account import (
    Account,
    AccountName,
    PasswordPolicy,
    ResourceLimits,
    Secret,
    TlsKind,
    TlsRequirement,
)
from aurora_migration.sql.quoting import Fragment, account, join, quoted, raw

Step = tuple[Fragment, Account]


def creation(wanted: Account, *, random_password: bool = False) -> tuple[Step, ...]:
    """The statements that make an account, each with the state it leaves, so that a broken-off try is resumed.

    One statement where the grammar allows. A retained password takes two, and so does an expired password with a
    lifetime, since PASSWORD EXPIRE and PASSWORD EXPIRE INTERVAL undo each other in one statement. CREATE ROLE is
    used for roles: it needs no plugin and no password, which a password policy of the target might insist on.
    """
    name = account(wanted.name.user, wanted.name.host)
    if wanted.role_like and not random_password:
        made = Account(wanted.name, wanted.plugin, locked=True, policy=PasswordPolicy(expired=True))
        steps = [(raw("CREATE ROLE ") + name, made)]
        if wanted.has_options:
            steps.append((raw("ALTER USER ") + name + _options(wanted), replace(wanted, default_roles=())))
        return tuple(steps)
    first = replace(wanted, secret=wanted.second_secret or wanted.secret, second_secret=Secret(), default_roles=())
    twice = wanted.policy.expired and wanted.policy.lifetime_days is not None
    first = replace(first, policy=replace(first.policy, expired=first.policy.expired and not twice))
    steps = [(raw("CREATE USER ") + name + _login(first, random_password) + _options(first), first)]
    if wanted.second_secret:
        first = replace(first, secret=wanted.secret, second_secret=wanted.second_secret)
        retain = _login(first, random_password=False) + raw(" RETAIN CURRENT PASSWORD")
        steps.append((raw("ALTER USER ") + name + retain, first))
    if twice:
        first = replace(first, policy=wanted.policy)
        steps.append((raw("ALTER USER ") + name + raw(" PASSWORD EXPIRE"), first))
    return tuple(steps)


def alteration(wanted: Account, present: Account) -> tuple[Fragment, ...]:
    """The statements that give the existing account ``present`` the login and options of ``wanted``.

    PASSWORD EXPIRE leaves a lifetime as it is, so an expired account gets its lifetime first and then expires.
    """
    again = raw("ALTER USER ") + account(wanted.name.user, wanted.name.host)
    awake = replace(wanted, policy=replace(wanted.policy, expired=False))
    options = _options(awake, every=True)
    expire = (again + raw(" PASSWORD EXPIRE"),) if wanted.policy.expired else ()
    if wanted.role_like:
        return (*_clear(again, present), again + options, *expire)
    (_, first), *retain = creation(awake)
    login = again + _login(first, random_password=False) + options
    discard = () if wanted.second_secret else (again + raw(" DISCARD OLD PASSWORD"),)
    return (*_clear(again, present), login, *(text for text, _ in retain), *discard, *expire)


def _clear(again: Fragment, present: Account) -> tuple[Fragment, ...]:
    """ATTRIBUTE merges into what is there (RFC 7396), so the former keys are taken out first."""
    if not present.attributes:
        return ()
    nothing = json.dumps(dict.fromkeys(json.loads(present.attributes)))
    return (again + raw(" ATTRIBUTE ") + quoted(nothing),)


def default_roles(name: AccountName, roles: Iterable[AccountName]) -> Fragment:
    """ALTER USER … DEFAULT ROLE with the whole list; it replaces the former one."""
    listed = join((account(role.user, role.host) for role in sorted(roles)), ", ")
    return raw("ALTER USER ") + account(name.user, name.host) + raw(" DEFAULT ROLE ") + listed


def _login(wanted: Account, random_password: bool) -> Fragment:
    plugin = raw(" IDENTIFIED WITH ") + quoted(wanted.plugin)
    if random_password:
        return plugin + raw(" BY RANDOM PASSWORD")
    secret = wanted.secret.reveal()
    return plugin + (raw(f" AS 0x{secret.hex()}") if secret else raw(" AS ''"))


def _options(wanted: Account, *, every: bool = False) -> Fragment:
    """REQUIRE, limits, password policy, lock and attributes; ``every``: also what a new account has anyway."""
    lock = raw(" ACCOUNT LOCK" if wanted.locked else " ACCOUNT UNLOCK")
    text = _require(wanted.tls) + _limits(wanted.limits, every) + _policy(wanted.policy, every) + lock
    return text + raw(" ATTRIBUTE ") + quoted(wanted.attributes) if wanted.attributes else text


def _require(tls: TlsRequirement) -> Fragment:
    if tls.kind is not TlsKind.SPECIFIED:
        return raw(f" REQUIRE {tls}")
    texts = (("SUBJECT", tls.subject), ("ISSUER", tls.issuer), ("CIPHER", tls.cipher))
    return raw(" REQUIRE ") + join((raw(f"{word} ") + quoted(text) for word, text in texts if text), " AND ")


def _limits(limits: ResourceLimits, every: bool) -> Fragment:
    """A new account has no limits, and SHOW CREATE USER shows any that were ever named: no zeros here."""
    named = (
        ("MAX_QUERIES_PER_HOUR", limits.queries),
        ("MAX_UPDATES_PER_HOUR", limits.updates),
        ("MAX_CONNECTIONS_PER_HOUR", limits.connections),
        ("MAX_USER_CONNECTIONS", limits.user_connections),
    )
    words = [f"{word} {number}" for word, number in named if number or every]
    return raw(" WITH " + " ".join(words)) if words else raw("")


def _policy(policy: PasswordPolicy, every: bool) -> Fragment:
    interval = policy.reuse_days
    current = {None: "DEFAULT", True: "", False: "OPTIONAL"}[policy.require_current]
    words = [
        _expiry(policy),
        f"PASSWORD HISTORY {'DEFAULT' if policy.history is None else policy.history}",
        f"PASSWORD REUSE INTERVAL {'DEFAULT' if interval is None else f'{interval} DAY'}",
        f"PASSWORD REQUIRE CURRENT {current}".rstrip(),
    ]
    if policy.failed_attempts or policy.lock_days or every:
        days = "UNBOUNDED" if policy.lock_days < 0 else policy.lock_days
        words.append(f"FAILED_LOGIN_ATTEMPTS {policy.failed_attempts} PASSWORD_LOCK_TIME {days}")
    return raw(" " + " ".join(words))


def _expiry(policy: PasswordPolicy) -> str:
    if policy.expired:
        return "PASSWORD EXPIRE"
    if policy.lifetime_days is None:
        return "PASSWORD EXPIRE DEFAULT"
    return (
        f"PASSWORD EXPIRE INTERVAL {policy.lifetime_days} DAY" if policy.lifetime_days else "PASSWORD EXPIRE NEVER"
    )
