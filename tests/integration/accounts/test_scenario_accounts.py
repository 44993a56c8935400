"""Every scenario account is classified as scenarios.py says, and arrives on the Aurora-like target like that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    account_findings,
    apply_accounts,
    compare_accounts,
    read_accounts,
)
from aurora_migration.model.account import AccountName
from aurora_migration.model.finding import Severity
from aurora_migration.model.report import DifferenceKind
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import account, raw
from tests.integration.accounts.scenarios import (
    DYNAMIC_OF_ADMIN,
    ELSEWHERE,
    OF_ADMIN,
    OF_TABLES,
    SCENARIOS,
    Scenario,
)

Applied = tuple[AccountPlan, AccountSummary]


def row_of(plan: AccountPlan, name: str) -> dict[str, Any]:
    return next(row for row in plan.report_rows() if row["account"] == name)


def test_there_are_enough_scenarios() -> None:
    assert len({scenario.account for scenario in SCENARIOS}) == len(SCENARIOS) >= 40


def test_every_account_of_the_source_is_a_scenario(applied: Applied) -> None:
    assert {row["account"] for row in applied[0].report_rows()} == {one.account for one in SCENARIOS} | ELSEWHERE


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.account)
def test_account_is_classified(applied: Applied, scenario: Scenario) -> None:
    row = row_of(applied[0], scenario.account)
    assert sorted(row["kept"]) == sorted(scenario.kept)
    assert {one["what"]: one["rule"] for one in row["dropped"]} == scenario.dropped
    assert {one["what"]: (one["rule"], one["became"]) for one in row["changed"]} == scenario.changed
    assert (row["action"], row["plugin"], row["locked"]) == (scenario.action, scenario.plugin, scenario.locked)
    assert tuple(row["default_roles"]) == scenario.default_roles


def test_all_privileges_become_what_the_admin_can_grant(applied: Applied) -> None:
    row = row_of(applied[0], "everything@%")
    dynamic = {f"{privilege} on *.* with grant option" for privilege in DYNAMIC_OF_ADMIN}
    assert set(row["kept"]) == {f"{privilege} on *.*" for privilege in OF_ADMIN} | dynamic
    dropped = {privilege for one in row["dropped"] for privilege in one["what"].split(" on ")[0].split(", ")}
    assert {"SUPER", "FILE", "SHUTDOWN", "CREATE TABLESPACE", "SYSTEM_USER", "SYSTEM_VARIABLES_ADMIN"} <= dropped
    assert {one["rule"] for one in row["dropped"]} == {"ungrantable"}


def test_wildcard_over_everything_names_the_migrated_schemas(applied: Applied) -> None:
    """``%`` would reach mysql.* and whatever else the target has."""
    row = row_of(applied[0], "everywhere@%")
    assert set(row["kept"]) == {
        *(rf"SELECT on {schema}.*" for schema in (r"app\_1", "appX1", r"prod\_shop", "hr")),
        *(f"SELECT on {table}" for table in ("archive.shop_audit", "crm_all.c1", "crm_all.c2")),
    }


def test_admin_of_the_target_is_merged_not_weakened(
    applied: Applied, target: Session, target_root: Session
) -> None:
    """The source's admin@% is expired and has another password; the target's goes on working, default role too."""
    row = row_of(applied[0], "admin@%")
    assert row["action"] == "merge"
    assert {"what": "login and options", "rule": "merged", "became": "the target's own", "remedy": ""} in row[
        "changed"
    ]
    assert any(
        one["became"] == "archive.shop_audit" and one["what"].startswith(OF_TABLES) for one in row["changed"]
    )
    assert "admin@%" not in (*applied[1].created, *applied[1].altered)
    login = target.endpoint
    with Session.open(login) as again:
        assert again.scalar(raw("SELECT CURRENT_ROLE()")) == "`rds_superuser_role`@`%`"
    grants = [str(next(iter(one.values()))) for one in target_root.query(raw("SHOW GRANTS FOR admin@'%'"))]
    assert len(grants) == 3  # nothing was added: its global privileges cover what the source's admin may do


def test_clean_target_has_no_unexplained_difference(
    applied: Applied, source: Session, target: Session, plan_now: Callable[..., AccountPlan]
) -> None:
    for plan in (applied[0], plan_now()):
        differences = compare_accounts(plan, read_accounts(source), read_accounts(target))
        assert [one for one in differences if not one.explained] == []
        assert {one.kind for one in differences} == {DifferenceKind.ON_PURPOSE}
        assert all(one.rule for one in differences)


def test_second_apply_does_nothing(
    applied: Applied, target: Session, plan_now: Callable[..., AccountPlan]
) -> None:
    assert applied[1].grants > 100
    assert applied[1].waiting == ()
    assert apply_accounts(plan_now(), target) == AccountSummary()


def test_accounts_without_a_change_read_the_same_on_both_servers(
    applied: Applied, source_root: Session, target_root: Session
) -> None:
    """SHOW CREATE USER and SHOW GRANTS, which this package has no hand in, are the same text on both servers."""
    unchanged = [one for one in applied[0].migrated if not one.changes and str(one.name) not in ELSEWHERE]
    assert len(unchanged) >= 40
    for planned in unchanged:
        assert _text(target_root, planned.name) == _text(source_root, planned.name)


def test_hashes_are_equal_byte_for_byte(applied: Applied, source_root: Session, target_root: Session) -> None:
    carried = [one for one in applied[0].migrated if not one.random_password and not one.tolerant]
    names = {str(one.name) for one in carried}
    text = raw(
        "SELECT CONCAT(User, '@', Host) AS name, plugin, HEX(authentication_string) AS hash FROM mysql.user"
    )
    left, right = ({row["name"]: row for row in one.query(text)} for one in (source_root, target_root))
    assert {right[name]["plugin"] for name in names} == {"caching_sha2_password", "sha256_password"}
    assert len([name for name in names if right[name]["hash"]]) >= 50
    for name in names:
        assert right[name] == left[name]


def test_findings_of_the_default_policy_block_nothing(applied: Applied) -> None:
    findings = account_findings(applied[0])
    assert Severity.BLOCKER not in {one.severity for one in findings}
    seen = {(one.code, one.subject) for one in findings}
    assert {
        ("account-without-password", "empty_pw@%"),
        ("account-anonymous", "@anon.example.org"),
        ("account-local-host", "at_home@localhost"),
        ("account-password-history", "remembers@%"),
        ("account-plugin-missing", "peer@%"),
        ("account-ungrantable", "reader@%"),
        ("account-not-migrated", "on_legacy@%"),
    } <= seen
    assert ("account-renamed", "moved@%") not in seen


def _text(session: Session, name: AccountName) -> list[str]:
    session.set_variable("print_identified_with_as_hex", 1)
    of = account(name.user, name.host)
    rows = [*session.query(raw("SHOW CREATE USER ") + of), *session.query(raw("SHOW GRANTS FOR ") + of)]
    return [str(next(iter(row.values()))) for row in rows]
