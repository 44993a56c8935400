"""Targets unlike the usual one: partial revokes, a password policy, an administrator with nothing but its role.

The strict target's administrator may not write ``mysql.*``, as on Aurora: what applies there needs no such write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    account_findings,
    apply_accounts,
    compare_accounts,
    plan_accounts,
    read_accounts,
    target_capability,
)
from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import Grant
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.accounts import all_roles
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local import script
from local.aurora import make_aurora_like
from local.mysqld import Server, find_distribution
from tests.integration.accounts.conftest import HERE, migration
from tests.integration.accounts.test_logins import PASSWORDS

PlanNow = Callable[..., AccountPlan]
WRITES = "INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, CREATE VIEW, TRIGGER, EVENT, CREATE ROUTINE"
PARTIAL = "partly@%"


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """partial_revokes on, validate_password on, admin holds all through its role and may not write mysql.*."""
    folder = tmp_path_factory.mktemp("strict") / "server"
    server = Server.create(find_distribution(), folder, "strict target", {"partial_revokes": "ON"})
    try:
        server.start()
        make_aurora_like(server, "Admin-secret-1!", "through-role")
        with server.connect() as connection:
            script.run(connection, HERE / "target.sql")
            with connection.cursor() as cursor:
                cursor.execute(f"REVOKE {WRITES} ON mysql.* FROM rds_superuser_role")
                cursor.execute("SET DEFAULT ROLE NONE TO admin")  # nothing is active unless one asks for it
                cursor.execute("INSTALL COMPONENT 'file://component_validate_password'")
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def strict(strict_server: Server) -> Iterator[Session]:
    login = Endpoint("target", "127.0.0.1", strict_server.port, "admin", "Admin-secret-1!")
    with Session.open(login) as session:
        yield session


@pytest.fixture(scope="module")
def strict_root(strict_server: Server) -> Iterator[Session]:
    with Session.open(
        Endpoint("root", "127.0.0.1", strict_server.port, "root", strict_server.root_password)
    ) as one:
        yield one


def plan_on(source: Session, target: Session, plan: MigrationPlan, **accounts: object) -> AccountPlan:
    policy = migration(**accounts).accounts
    return plan_accounts(read_accounts(source), read_accounts(target), target_capability(target), plan, policy)


def unexplained(plan: AccountPlan, source: Session, target: Session) -> list[str]:
    every = compare_accounts(plan, read_accounts(source), read_accounts(target))
    return [f"{one.subject} {one.kind} {one.detail}" for one in every if not one.explained]


def test_strict_target_is_strict(strict: Session) -> None:
    with pytest.raises(MissingPrivilegeError):
        strict.query(raw("SELECT User FROM mysql.user"))
    with all_roles(strict):
        assert strict.query(raw("SELECT User FROM mysql.user")) != []
        with pytest.raises(MissingPrivilegeError):
            strict.execute(raw("UPDATE mysql.user SET Super_priv = 'Y' WHERE User = 'admin'"))
    with pytest.raises(MissingPrivilegeError):
        strict.query(raw("SELECT User FROM mysql.user"))


def test_capability_expands_the_role(strict: Session, target: Session) -> None:
    """Both administrators can hand on the same, one of them through rds_superuser_role alone."""
    through_role, directly = target_capability(strict), target_capability(target)
    assert {grant.privilege for grant in through_role.grants} == {grant.privilege for grant in directly.grants}
    assert not through_role.can_grant(Grant("SUPER"))
    assert through_role.can_grant(Grant("ROLE_ADMIN", grantable=True))
    assert (through_role.partial_revokes, through_role.validates_passwords) == (True, True)
    assert through_role.inherited_exceptions("INSERT") == ("mysql",)


@pytest.fixture(scope="module")
def strictly_applied(
    source: Session, strict: Session, migration_plan: MigrationPlan
) -> tuple[AccountPlan, AccountSummary]:
    plan = plan_on(source, strict, migration_plan)
    return plan, apply_accounts(plan, strict)


def test_everything_applies_on_the_strict_target(
    strictly_applied: tuple[AccountPlan, AccountSummary],
    source: Session,
    strict: Session,
    migration_plan: MigrationPlan,
) -> None:
    plan, summary = strictly_applied
    assert len(summary.created) >= 60
    assert summary.waiting == ()
    assert unexplained(plan, source, strict) == []
    assert apply_accounts(plan_on(source, strict, migration_plan), strict) == AccountSummary()


def test_wildcards_become_schemas_where_names_are_taken_literally(
    strictly_applied: tuple[AccountPlan, AccountSummary], strict_root: Session
) -> None:
    def grants(user: str) -> set[str]:
        rows = strict_root.query(raw(f"SHOW GRANTS FOR {user}"))
        return {str(next(iter(row.values()))) for row in rows} - {f"GRANT USAGE ON *.* TO `{user}`@`%`"}

    assert grants("wild") == {f"GRANT SELECT ON `{schema}`.* TO `wild`@`%`" for schema in ("app_1", "appX1")}
    assert grants("plain") == {"GRANT SELECT ON `app_1`.* TO `plain`@`%`"}
    assert "GRANT SELECT ON `appX1`.* TO `bare_underscore`@`%`" in grants("bare_underscore")


def test_literal_names_give_the_same_access(
    strictly_applied: tuple[AccountPlan, AccountSummary], strict_server: Server
) -> None:
    for user, allowed in (("plain", {"app_1"}), ("wild", {"app_1", "appX1"})):
        login = Endpoint("target", "127.0.0.1", strict_server.port, user, PASSWORDS[user])
        with Session.open(login) as session:
            text = raw("SELECT SCHEMA_NAME AS n FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'app%'")
            assert {row["n"] for row in session.query(text)} == allowed


def test_restriction_of_the_admin_is_passed_on_and_told(
    strictly_applied: tuple[AccountPlan, AccountSummary], strict_root: Session
) -> None:
    row = next(row for row in strictly_applied[0].report_rows() if row["account"] == "everything@%")
    assert "INSERT on *.* except mysql" in row["kept"]
    rule = next(one for one in row["changed"] if one["rule"] == "admin-restriction")
    assert (rule["became"], "INSERT" in rule["what"]) == ("except mysql", True)
    lines = [str(next(iter(one.values()))) for one in strict_root.query(raw("SHOW GRANTS FOR everything"))]
    assert any(line.startswith("REVOKE ") and "ON `mysql`.*" in line for line in lines)


def test_account_without_a_password_is_locked_where_the_target_insists_on_one(
    strictly_applied: tuple[AccountPlan, AccountSummary], strict: Session
) -> None:
    codes = {(one.code, one.subject) for one in account_findings(strictly_applied[0])}
    assert ("account-no-password-allowed", "empty_pw@%") in codes
    assert read_accounts(strict).accounts[AccountName("empty_pw", "%")].locked


@pytest.fixture
def partial_source(source_root: Session) -> Iterator[None]:
    """A source with partial_revokes on and one account that has some."""
    source_root.execute(raw("SET GLOBAL partial_revokes = ON"))
    try:
        source_root.execute(raw("CREATE USER partly IDENTIFIED BY 'Partly-secret-1!'"))
        source_root.execute(raw("GRANT SELECT, INSERT, CREATE, PROCESS ON *.* TO partly WITH GRANT OPTION"))
        source_root.execute(raw("REVOKE INSERT, CREATE ON mysql.* FROM partly"))
        source_root.execute(raw("REVOKE INSERT ON shop.* FROM partly"))
        source_root.execute(raw("REVOKE GRANT OPTION ON shop.* FROM partly"))
        source_root.execute(raw("GRANT UPDATE ON app_1.* TO partly"))  # literal here
        yield
    finally:
        source_root.execute(raw("DROP USER partly"))
        source_root.execute(raw("SET GLOBAL partial_revokes = OFF"))


def test_partial_revokes_become_positive_grants(
    partial_source: None,
    source: Session,
    target: Session,
    target_root: Session,
    migration_plan: MigrationPlan,
) -> None:
    plan = plan_on(source, target, migration_plan, include=[PARTIAL])
    row = next(row for row in plan.report_rows() if row["account"] == PARTIAL)
    others = (r"app\_1.*", "appX1.*", "hr.*", "crm_all.c1", "crm_all.c2")
    assert set(row["kept"]) == {
        "SELECT on *.*",
        "PROCESS on *.*",
        r"UPDATE on app\_1.*",
        *(f"INSERT on {place}" for place in others),
        *(f"GRANT OPTION on {place}" for place in (*others, "PROCEDURE crm_all.merge_all")),
        *(f"CREATE on {place}" for place in (*others, r"prod\_shop.*", "archive.shop_audit")),
    }
    assert {one["rule"] for one in row["changed"]} == {"partial-revoke", "shared-schema", "renamed"}
    apply_accounts(plan, target)
    try:
        assert unexplained(plan, source, target) == []
        port = target.endpoint.port
        with Session.open(Endpoint("target", "127.0.0.1", port, "partly", "Partly-secret-1!")) as session:
            session.execute(raw("INSERT INTO appX1.t SELECT 1 FROM appX1.t WHERE FALSE"))
            with pytest.raises(MissingPrivilegeError):
                session.execute(raw("INSERT INTO prod_shop.orders (id) VALUES (1)"))
    finally:
        target_root.execute(raw("DROP USER partly"))


def test_partial_revokes_stay_where_the_target_has_them(
    partial_source: None,
    source: Session,
    strict: Session,
    strict_root: Session,
    migration_plan: MigrationPlan,
) -> None:
    plan = plan_on(source, strict, migration_plan, include=[PARTIAL])
    row = next(row for row in plan.report_rows() if row["account"] == PARTIAL)
    assert "INSERT on *.* except mysql, prod_shop" in row["kept"]
    apply_accounts(plan, strict)
    assert unexplained(plan, source, strict) == []
    lines = {str(next(iter(one.values()))) for one in strict_root.query(raw("SHOW GRANTS FOR partly"))}
    assert "REVOKE INSERT ON `prod_shop`.* FROM `partly`@`%`" in lines
    assert "GRANT UPDATE ON `app_1`.* TO `partly`@`%`" in lines


def test_mandatory_roles_and_roles_active_at_login(
    source: Session,
    source_root: Session,
    target: Session,
    target_root: Session,
    migration_plan: MigrationPlan,
    applied: tuple[AccountPlan, AccountSummary],
) -> None:
    """What the source gives to everybody by its settings, the target gets account by account."""
    source_root.execute(raw("SET GLOBAL mandatory_roles = '`app_read`@`%`,''r''''ole''@''dc1'''"))
    source_root.execute(raw("SET GLOBAL activate_all_roles_on_login = ON"))
    target_root.execute(raw("DROP USER no_privileges"))
    try:
        plan = plan_on(source, target, migration_plan, include=["no_privileges@%"])
        row = next(row for row in plan.report_rows() if row["account"] == "no_privileges@%")
        assert row["kept"] == ["role app_read@%", "role r'ole@dc1"]
        assert [one["rule"] for one in row["changed"]] == ["mandatory-role", "mandatory-role", "all-roles-active"]
        apply_accounts(plan, target)
        assert unexplained(plan, source, target) == []
        password = PASSWORDS["no_privileges"]
        for one in (source, target):
            login = Endpoint(one.endpoint.role, "127.0.0.1", one.endpoint.port, "no_privileges", password)
            with Session.open(login) as session:
                session.query(raw("SELECT a FROM app_1.t"))
    finally:
        source_root.execute(raw("SET GLOBAL mandatory_roles = ''"))
        source_root.execute(raw("SET GLOBAL activate_all_roles_on_login = OFF"))
        target_root.execute(raw("DROP USER no_privileges"))
        apply_accounts(plan_on(source, target, migration_plan), target)


def test_target_that_activates_all_roles_is_told(
    source: Session, target: Session, target_root: Session, migration_plan: MigrationPlan
) -> None:
    target_root.execute(raw("SET GLOBAL activate_all_roles_on_login = ON"))
    try:
        plan = plan_on(source, target, migration_plan)
        assert "account-roles-activated" in {one.code for one in account_findings(plan)}
    finally:
        target_root.execute(raw("SET GLOBAL activate_all_roles_on_login = OFF"))


def test_authentication_policy_of_the_target_counts(
    source: Session, target: Session, target_root: Session, migration_plan: MigrationPlan
) -> None:
    """A plugin may be loaded and still be forbidden for new accounts."""
    target_root.execute(raw("SET GLOBAL authentication_policy = 'caching_sha2_password,,'"))
    try:
        plan = plan_on(source, target, migration_plan, include=["sha256@%"])
        assert {one.code for one in account_findings(plan)} >= {"account-plugin-missing"}
        with pytest.raises(Exception, match="authentication policy"):
            target.execute(raw("CREATE USER refused IDENTIFIED WITH sha256_password BY 'x'"))
    finally:
        target_root.execute(raw("SET GLOBAL authentication_policy = '*,,'"))
