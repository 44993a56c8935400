"""Plans for servers that are not at hand here: Aurora MySQL 3, sources with mysql_native_password, IAM, PROXY.

The planner is pure, so the values stand for what such servers answer; what MySQL 9.7 answers is tested live.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aurora_migration.engine.accounts import AccountPlan, account_findings, plan_accounts
from aurora_migration.model.account import Account, AccountName, PasswordPolicy, Secret
from aurora_migration.model.account_catalog import AccountCatalog, ServerObjects, TargetCapability
from aurora_migration.model.account_plan import PlannedAccount
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.finding import Severity
from aurora_migration.model.grant import (
    GRANT_OPTION,
    STATIC,
    Grant,
    ProxyGrant,
    Rights,
    RoleGrant,
    Scope,
    ScopeKind,
    escaped,
)
from aurora_migration.model.names import TableMapping, TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.table import Table
from aurora_migration.sql.account_statements import creation

ADMIN = AccountName("admin", "%")
USER = AccountName("u", "%")
NATIVE = Account(USER, "mysql_native_password", Secret(b"*" + b"A" * 40))
SHA2 = Account(USER, "caching_sha2_password", Secret(b"$A$005$x"))
GRANTABLE = STATIC - {"SUPER", "FILE", "SHUTDOWN", "CREATE TABLESPACE"}
AURORA_3 = TargetCapability(
    admin=ADMIN,
    grants=frozenset(
        {Grant(privilege) for privilege in GRANTABLE}
        | {Grant(privilege, grantable=True) for privilege in ("SET_USER_ID", "ROLE_ADMIN", "CONNECTION_ADMIN")}
    ),
    known_privileges=STATIC | {"SET_USER_ID", "ROLE_ADMIN", "CONNECTION_ADMIN", "SYSTEM_VARIABLES_ADMIN"},
    plugins=frozenset(
        {"mysql_native_password", "sha256_password", "caching_sha2_password", "AWSAuthenticationPlugin"}
    ),
)
AURORA_84 = replace(
    AURORA_3,
    grants=frozenset({grant for grant in AURORA_3.grants if grant.privilege != "SET_USER_ID"})
    | {Grant(one, grantable=True) for one in ("SET_ANY_DEFINER", "ALLOW_NONEXISTENT_DEFINER")},
    known_privileges=AURORA_3.known_privileges - {"SET_USER_ID"}
    | {"SET_ANY_DEFINER", "ALLOW_NONEXISTENT_DEFINER"},
)
NO_NATIVE = replace(AURORA_84, plugins=frozenset({"caching_sha2_password"}))
EMPTY = AccountCatalog({}, {})


def source(*accounts: Account, objects: ServerObjects = ServerObjects(), **rights: Rights) -> AccountCatalog:  # noqa: B008
    by_user = {AccountName(user, "%"): one for user, one in rights.items()}
    return AccountCatalog({account.name: account for account in accounts}, by_user, objects)


def migration(*tables: str, renames: dict[str, Any] | None = None, **accounts: Any) -> MigrationPlan:
    """Whole schemas with these tables."""
    config = MigrationConfig.model_validate(
        {
            "name": "m",
            "source": {"connection": "s"},
            "target": {"connection": "t"},
            "selection": [{"include": "*.*"}],
            "renames": renames or {},
            "accounts": accounts,
        }
    )
    names = [TableName(*table.split(".")) for table in tables]
    planned = tuple(
        PlannedTable(Table(name, "InnoDB", (), ()), TableMapping(name, config.target_name(name))) for name in names
    )
    schemas = tuple(sorted({name.schema for name in names}))
    return MigrationPlan(config, planned, schemas, schemas)


def planned(
    catalog: AccountCatalog, capability: TargetCapability, plan: MigrationPlan, target: AccountCatalog = EMPTY
) -> AccountPlan:
    return plan_accounts(catalog, target, capability, plan, plan.config.accounts)


def one(plan: AccountPlan, name: AccountName = USER) -> PlannedAccount:
    return next(account for account in plan.accounts if account.name == name)


def kept(plan: AccountPlan, name: AccountName = USER) -> set[str]:
    return {str(grant) for grant in one(plan, name).rights.grants}


def changes(plan: AccountPlan, name: AccountName = USER) -> set[str]:
    return {str(change) for change in one(plan, name).changes}


def objects_of(*schemas: str) -> ServerObjects:
    return ServerObjects(
        schemas=frozenset(schemas), tables=frozenset(TableName(schema, "t") for schema in schemas)
    )


def on(pattern: str, *privileges: str) -> Rights:
    return Rights(frozenset(Grant(one, Scope(ScopeKind.SCHEMA, pattern)) for one in privileges or ("SELECT",)))


# logins


def test_native_password_is_carried_where_the_target_has_it() -> None:
    plan = planned(source(NATIVE), AURORA_3, migration())
    account = one(plan).account
    assert account is not None
    assert (account.plugin, account.secret, one(plan).changes) == (NATIVE.plugin, NATIVE.secret, ())


def test_native_password_on_a_target_without_it_is_locked_never_weakened() -> None:
    plan = planned(source(NATIVE), NO_NATIVE, migration())
    account = one(plan).account
    assert account is not None
    assert (account.plugin, bool(account.secret), account.locked) == ("caching_sha2_password", False, True)
    assert one(plan).random_password
    finding = next(finding for finding in account_findings(plan) if finding.code == "account-plugin-missing")
    assert (finding.severity, "ALTER USER" in finding.remedy) == (Severity.WARNING, True)


def test_native_password_may_be_mapped() -> None:
    plan = planned(
        source(NATIVE), NO_NATIVE, migration(plugin_map={"mysql_native_password": "caching_sha2_password"})
    )
    account = one(plan).account
    assert account is not None
    assert (account.plugin, account.locked, one(plan).random_password) == ("caching_sha2_password", False, True)


def test_mapping_does_not_touch_plugins_that_the_target_has() -> None:
    policy = migration(plugin_map={"mysql_native_password": "caching_sha2_password"})
    assert one(planned(source(NATIVE), AURORA_3, policy)).changes == ()


def test_role_of_a_server_with_native_default_is_no_plugin_finding() -> None:
    """On a source with default_authentication_plugin=mysql_native_password every role has that plugin."""
    role = Account(USER, "mysql_native_password", locked=True, policy=PasswordPolicy(expired=True))
    plan = planned(source(role), NO_NATIVE, migration())
    assert one(plan).changes == ()
    assert [text.plain for text, _ in creation(role)] == ["CREATE ROLE 'u'@'%'"]


def test_iam_user_logs_in_by_token_over_tls() -> None:
    plan = planned(source(NATIVE), AURORA_3, migration(iam_users=["u@%", "new@10.%"]))
    for name in (USER, AccountName("new", "10.%")):
        account = one(plan, name).account
        assert account is not None
        text = creation(account)[0][0].plain
        assert " IDENTIFIED WITH 'AWSAuthenticationPlugin' AS 0x524453 REQUIRE SSL " in text
        assert not one(plan, name).random_password
    assert {str(change.rule) for change in one(plan).changes} == {"iam-user"}


def test_plugin_mapped_to_iam_needs_no_password() -> None:
    ldap = replace(NATIVE, plugin="authentication_ldap_simple")
    policy = migration(plugin_map={"authentication_ldap_simple": "AWSAuthenticationPlugin"})
    plan = planned(source(ldap), AURORA_3, policy)
    assert not one(plan).random_password
    assert changes(plan) == {"login by authentication_ldap_simple → AWSAuthenticationPlugin [plugin-mapped]"}


# privileges


@pytest.mark.parametrize(
    ("capability", "privilege", "became"),
    [
        (AURORA_84, "SET_USER_ID", {"SET_ANY_DEFINER on *.*", "ALLOW_NONEXISTENT_DEFINER on *.*"}),
        (AURORA_3, "SET_ANY_DEFINER", {"SET_USER_ID on *.*"}),
        (AURORA_3, "SET_USER_ID", {"SET_USER_ID on *.*"}),
        (AURORA_3, "FLUSH_PRIVILEGES", set()),
        (AURORA_3, "SYSTEM_VARIABLES_ADMIN", set()),
    ],
)
def test_privileges_that_releases_renamed(capability: TargetCapability, privilege: str, became: set[str]) -> None:
    plan = planned(source(SHA2, u=Rights(frozenset({Grant(privilege)}))), capability, migration())
    assert kept(plan) == became


def test_unknown_and_ungrantable_privileges_are_told_apart_and_both_block_under_fail() -> None:
    rights = Rights(frozenset({Grant("FLUSH_PRIVILEGES"), Grant("SYSTEM_VARIABLES_ADMIN"), Grant("FILE")}))
    plan = planned(source(SHA2, u=rights), AURORA_3, migration(on_ungrantable="fail"))
    assert changes(plan) == {
        "FLUSH_PRIVILEGES on *.* [unknown-privilege]",
        "FILE, SYSTEM_VARIABLES_ADMIN on *.* [ungrantable]",
    }
    blocking = {finding.code for finding in account_findings(plan) if finding.severity is Severity.BLOCKER}
    assert blocking == {"account-unknown-privilege", "account-ungrantable"}


def test_super_becomes_its_grantable_parts_once() -> None:
    rights = Rights(frozenset({Grant("SUPER"), Grant("CONNECTION_ADMIN"), Grant(GRANT_OPTION)}))
    plan = planned(source(SHA2, u=rights), AURORA_3, migration())
    assert kept(plan) == {
        "CONNECTION_ADMIN on *.*",
        "GRANT OPTION on *.*",
        "ROLE_ADMIN on *.* with grant option",
        "SET_USER_ID on *.* with grant option",
    }


def test_admin_without_grant_option_can_hand_on_nothing() -> None:
    poor = TargetCapability(ADMIN, frozenset({Grant("SELECT")}), known_privileges=STATIC, plugins=AURORA_3.plugins)
    rights = Rights(frozenset({Grant("SELECT")}), roles=frozenset({RoleGrant(ADMIN)}))
    plan = planned(source(SHA2, replace(SHA2, name=ADMIN), u=rights), poor, migration())
    assert kept(plan) == set()
    assert {str(change.rule) for change in one(plan).changes} == {"ungrantable"}


def test_proxy_is_kept_where_the_admin_holds_it() -> None:
    proxied = replace(SHA2, name=AccountName("p", "%"))
    rights = Rights(proxies=frozenset({ProxyGrant(proxied.name)}))
    holder = replace(AURORA_3, proxies=frozenset({ProxyGrant(AccountName("", ""), grantable=True)}))
    assert one(planned(source(SHA2, proxied, u=rights), holder, migration())).rights.proxies == rights.proxies
    gone = planned(source(SHA2, u=rights), holder, migration())
    assert changes(gone) == {"PROXY on p@% [not-migrated]"}


# names


def test_pattern_stays_where_it_means_the_same() -> None:
    catalog = source(SHA2, objects=objects_of("app_1", "app_2", "other"), u=on(r"app\_%"))
    plan = planned(catalog, AURORA_3, migration("app_1.t"))
    assert (kept(plan), one(plan).changes) == ({r"SELECT on app\_%.*"}, ())


@pytest.mark.parametrize("stranger", ["app_9", "app_control"])
def test_pattern_is_expanded_where_it_would_reach_strangers(stranger: str) -> None:
    """Schemas of somebody else on the target, or a renamed schema that falls under the pattern only there."""
    catalog = source(SHA2, objects=objects_of("app_1", "other"), u=on(r"app\_%"))
    target = AccountCatalog({}, {}, ServerObjects(schemas=frozenset({"app_1", stranger})))
    assert kept(planned(catalog, AURORA_3, migration("app_1.t"), target)) == {r"SELECT on app\_1.*"}
    renamed = migration("app_1.t", "other.t", renames={"schemas": {"other": stranger}})
    assert kept(planned(catalog, AURORA_3, renamed)) == {r"SELECT on app\_1.*"}


def test_expanding_overlapping_patterns_gives_no_union() -> None:
    """MySQL takes the most specific of an account's patterns alone."""
    rights = Rights(on(r"app\_1", "SELECT").grants | on("app%", "INSERT").grants)
    catalog = source(SHA2, objects=objects_of("app_1", "app_2"), u=rights)
    plan = planned(catalog, AURORA_3, migration("app_1.t", "app_2.t", renames={"schemas": {"app_2": "new_2"}}))
    assert kept(plan) == {r"SELECT on app\_1.*", r"INSERT on new\_2.*"}


def test_unescaped_underscore_follows_a_rename() -> None:
    catalog = source(SHA2, objects=objects_of("my_shop"), u=on("my_shop"))
    plan = planned(catalog, AURORA_3, migration("my_shop.t", renames={"schemas": {"my_shop": "prod_shop"}}))
    assert changes(plan) == {r"SELECT on my_shop.* → prod\_shop.* [renamed]"}


def test_schema_name_too_long_to_escape_stays_as_it_is() -> None:
    """MySQL holds 64 characters of a pattern: the escaped form of such a name cannot be granted at all."""
    long = "a_" * 32
    catalog = source(SHA2, objects=objects_of("x"), u=on("x"))
    plan = planned(catalog, AURORA_3, migration("x.t", renames={"schemas": {"x": long}}))
    assert kept(plan) == {f"SELECT on {long}.*"}
    literal = replace(AURORA_3, partial_revokes=True)
    plan = planned(catalog, literal, migration("x.t", renames={"schemas": {"x": long}}))
    assert kept(plan) == {f"SELECT on {escaped(long)}.*"}


def test_control_schema_is_a_stranger() -> None:
    catalog = source(SHA2, objects=objects_of("aurora_app"), u=on("aurora%"))
    assert kept(planned(catalog, AURORA_3, migration("aurora_app.t"))) == {r"SELECT on aurora\_app.*"}


# accounts of the target


def test_account_with_system_user_is_left_alone() -> None:
    target = AccountCatalog({USER: SHA2}, {USER: Rights(frozenset({Grant("SYSTEM_USER")}))})
    plan = planned(source(SHA2, u=on("x")), AURORA_3, migration(), target)
    assert str(one(plan).action) == "leave"
    assert changes(plan) == {"the account → the target's own, left alone [system-user]"}


def test_merged_account_keeps_its_default_roles_out_of_the_comparison() -> None:
    admin = replace(SHA2, name=ADMIN, default_roles=())
    target = AccountCatalog({ADMIN: replace(admin, secret=Secret(b"other"), default_roles=(USER,))}, {})
    plan = planned(source(admin, admin=on("x")), AURORA_3, migration(), target)
    assert one(plan, ADMIN).tolerant
    assert [finding.code for finding in account_findings(plan) if finding.severity is not Severity.NOTE] == []


def test_multi_factor_is_never_reduced_to_one_factor() -> None:
    plan = planned(source(replace(SHA2, factors=("authentication_webauthn",))), AURORA_3, migration())
    account = one(plan).account
    assert account is not None
    assert (account.locked, account.factors, one(plan).random_password) == (True, (), True)
