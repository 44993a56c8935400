"""The text of account statements, and the states that the steps of a creation leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.account import (
    Account,
    AccountName,
    PasswordPolicy,
    ResourceLimits,
    Secret,
    TlsKind,
    TlsRequirement,
)
from aurora_migration.model.grant import GRANT_OPTION, Grant, ProxyGrant, RoleGrant, Scope, ScopeKind
from aurora_migration.sql.account_statements import alteration, creation, default_roles
from aurora_migration.sql.grant_statements import grant_proxy, grant_role, grant_statements

NAME = AccountName("o'neil\\%", "10.0.%")
PLAIN = Account(NAME, "caching_sha2_password", Secret(b"$A$\x01"))
DEFAULTS = (
    "REQUIRE NONE PASSWORD EXPIRE DEFAULT PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT "
    "PASSWORD REQUIRE CURRENT DEFAULT ACCOUNT UNLOCK"
)
WHO = r"'o''neil\\%'@'10.0.%'"


def made(account: Account, *, random_password: bool = False) -> list[str]:
    return [text.plain for text, _ in creation(account, random_password=random_password)]


def test_hash_travels_as_hexadecimal() -> None:
    assert made(PLAIN) == [f"CREATE USER {WHO} IDENTIFIED WITH 'caching_sha2_password' AS 0x24412401 {DEFAULTS}"]


def test_empty_password_is_named() -> None:
    text = made(replace(PLAIN, secret=Secret()))[0]
    assert text.startswith(f"CREATE USER {WHO} IDENTIFIED WITH 'caching_sha2_password' AS '' ")


def test_random_password_is_the_servers() -> None:
    text = made(replace(PLAIN, secret=Secret(), locked=True), random_password=True)[0]
    assert " BY RANDOM PASSWORD REQUIRE NONE" in text
    assert text.endswith(" ACCOUNT LOCK")


def test_every_option() -> None:
    account = replace(
        PLAIN,
        tls=TlsRequirement(TlsKind.SPECIFIED, "/CN=O'Neil", "/CN=ca", ""),
        limits=ResourceLimits(queries=1, user_connections=2),
        policy=PasswordPolicy(
            lifetime_days=30, history=5, reuse_days=6, require_current=False, failed_attempts=3, lock_days=-1
        ),
        attributes='{"comment": "it\'s \\"x\\""}',
        locked=True,
    )
    assert made(account) == [
        f"CREATE USER {WHO} IDENTIFIED WITH 'caching_sha2_password' AS 0x24412401"
        " REQUIRE SUBJECT '/CN=O''Neil' AND ISSUER '/CN=ca' WITH MAX_QUERIES_PER_HOUR 1 MAX_USER_CONNECTIONS 2"
        " PASSWORD EXPIRE INTERVAL 30 DAY PASSWORD HISTORY 5 PASSWORD REUSE INTERVAL 6 DAY"
        " PASSWORD REQUIRE CURRENT OPTIONAL FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME UNBOUNDED"
        ' ACCOUNT LOCK ATTRIBUTE \'{"comment": "it\'\'s \\\\"x\\\\""}\''
    ]


@pytest.mark.parametrize(
    ("tls", "text"),
    [(TlsKind.NONE, "REQUIRE NONE"), (TlsKind.SSL, "REQUIRE SSL"), (TlsKind.X509, "REQUIRE X509")],
)
def test_plain_tls_requirements(tls: TlsKind, text: str) -> None:
    assert f" {text} " in made(replace(PLAIN, tls=TlsRequirement(tls)))[0]


def test_never_and_current_required() -> None:
    text = made(replace(PLAIN, policy=PasswordPolicy(lifetime_days=0, require_current=True)))[0]
    assert " PASSWORD EXPIRE NEVER " in text
    assert " PASSWORD REQUIRE CURRENT ACCOUNT" in text


def test_dual_password_takes_two_statements() -> None:
    dual = replace(PLAIN, second_secret=Secret(b"old"))
    (first, after_first), (second, after_second) = creation(dual)
    assert " AS 0x6f6c64 " in first.plain
    assert second.plain == (
        f"ALTER USER {WHO} IDENTIFIED WITH 'caching_sha2_password' AS 0x24412401 RETAIN CURRENT PASSWORD"
    )
    assert (after_first.secret, after_first.second_secret) == (Secret(b"old"), Secret())
    assert after_second == dual


def test_expired_password_with_a_lifetime_takes_two_statements() -> None:
    account = replace(PLAIN, policy=PasswordPolicy(expired=True, lifetime_days=9))
    steps = creation(account)
    assert "PASSWORD EXPIRE INTERVAL 9 DAY" in steps[0][0].plain
    assert steps[1][0].plain == f"ALTER USER {WHO} PASSWORD EXPIRE"
    assert [state.policy.expired for _, state in steps] == [False, True]
    assert "PASSWORD EXPIRE " in made(replace(PLAIN, policy=PasswordPolicy(expired=True)))[0]


def test_role_needs_neither_plugin_nor_password() -> None:
    role = Account(NAME, "mysql_native_password", locked=True, policy=PasswordPolicy(expired=True))
    assert made(role) == [f"CREATE ROLE {WHO}"]
    described = made(replace(role, attributes='{"comment": "x"}'))
    assert described[0] == f"CREATE ROLE {WHO}"
    assert described[1].endswith('ACCOUNT LOCK ATTRIBUTE \'{"comment": "x"}\'')


def test_alteration_resets_what_is_not_wanted_any_more() -> None:
    present = replace(PLAIN, attributes='{"a": 1, "b": 2}')
    texts = [text.plain for text in alteration(PLAIN, present)]
    assert texts[0] == f'ALTER USER {WHO} ATTRIBUTE \'{{"a": null, "b": null}}\''
    assert "MAX_QUERIES_PER_HOUR 0" in texts[1]
    assert "FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0" in texts[1]
    assert texts[2] == f"ALTER USER {WHO} DISCARD OLD PASSWORD"


def test_default_roles_are_a_whole_list() -> None:
    roles = [AccountName("b", "%"), AccountName("a", "h")]
    assert default_roles(NAME, roles).plain == f"ALTER USER {WHO} DEFAULT ROLE 'a'@'h', 'b'@'%'"


def granted(*grants: Grant, literal_names: bool = False) -> list[str]:
    return [text.plain for text in grant_statements(AccountName("u", "%"), grants, literal_names=literal_names)]


def test_grants_are_one_statement_a_scope() -> None:
    schema = Scope(ScopeKind.SCHEMA, r"app\_1")
    table = Scope(ScopeKind.TABLE, "d`x", "t")
    columns = [Scope(ScopeKind.COLUMN, "d`x", "t", name) for name in ("b", "a")]
    assert granted(
        Grant("SELECT"),
        Grant("PROCESS"),
        Grant("ROLE_ADMIN", grantable=True),
        Grant("SHOW_ROUTINE"),
        Grant("SELECT", schema),
        Grant(GRANT_OPTION, schema),
        Grant("UPDATE", table),
        Grant("SELECT", columns[0]),
        Grant("SELECT", columns[1]),
        Grant("EXECUTE", Scope(ScopeKind.PROCEDURE, "d", "p")),
    ) == [
        "GRANT PROCESS, SELECT ON *.* TO 'u'@'%'",
        "GRANT SHOW_ROUTINE ON *.* TO 'u'@'%'",
        "GRANT ROLE_ADMIN ON *.* TO 'u'@'%' WITH GRANT OPTION",
        "GRANT EXECUTE ON PROCEDURE `d`.`p` TO 'u'@'%'",
        r"GRANT SELECT ON `app\_1`.* TO 'u'@'%' WITH GRANT OPTION",
        "GRANT SELECT (`a`, `b`), UPDATE ON `d``x`.`t` TO 'u'@'%'",
    ]


def test_grant_option_alone_is_usage() -> None:
    assert granted(Grant(GRANT_OPTION)) == ["GRANT USAGE ON *.* TO 'u'@'%' WITH GRANT OPTION"]


def test_exceptions_follow_their_grant() -> None:
    statements = granted(
        Grant("SELECT", except_schemas=("a_b",)), Grant("INSERT", except_schemas=("a_b", "c")), literal_names=True
    )
    assert statements == [
        "GRANT INSERT, SELECT ON *.* TO 'u'@'%'",
        "REVOKE INSERT, SELECT ON `a_b`.* FROM 'u'@'%'",
        "REVOKE INSERT ON `c`.* FROM 'u'@'%'",
    ]


def test_literal_names_are_not_escaped() -> None:
    assert granted(Grant("SELECT", Scope(ScopeKind.SCHEMA, r"app\_1")), literal_names=True) == [
        "GRANT SELECT ON `app_1`.* TO 'u'@'%'"
    ]
    with pytest.raises(ConfigurationError):
        granted(Grant("SELECT", Scope(ScopeKind.SCHEMA, "app%")), literal_names=True)


def test_a_privilege_is_a_word() -> None:
    with pytest.raises(ConfigurationError):
        granted(Grant("SELECT ON *.* TO root; --"))


def test_roles_and_proxies() -> None:
    name, other = AccountName("u", "%"), AccountName("r", "h")
    assert grant_role(name, RoleGrant(other, admin=True)).plain == "GRANT 'r'@'h' TO 'u'@'%' WITH ADMIN OPTION"
    assert grant_proxy(name, ProxyGrant(other)).plain == "GRANT PROXY ON 'r'@'h' TO 'u'@'%'"
    assert grant_proxy(name, ProxyGrant(AccountName("", ""), grantable=True)).plain == (
        "GRANT PROXY ON ''@'' TO 'u'@'%' WITH GRANT OPTION"
    )
