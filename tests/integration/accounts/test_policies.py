"""The account policy of the migration file: each choice does what it says, against real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    account_findings,
    apply_accounts,
    compare_accounts,
    read_accounts,
)
from aurora_migration.errors import PreflightError
from aurora_migration.model.account import AccountName
from aurora_migration.model.account_plan import AccountAction
from aurora_migration.model.finding import Severity
from aurora_migration.model.report import Difference, DifferenceKind
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.servers import Pair
from tests.integration.accounts.test_logins import outcome

PlanNow = Callable[..., AccountPlan]


@pytest.fixture
def off(
    applied: tuple[AccountPlan, AccountSummary], plan_now: PlanNow, target: Session, target_root: Session
) -> Iterator[Callable[..., None]]:
    """Takes accounts off the target; all are restored afterwards."""
    users: set[str] = set()

    def drop(*names: str) -> None:
        users.update(names)
        for name in names:
            target_root.execute(raw(f"DROP USER IF EXISTS `{name}`"))

    yield drop
    drop(*users)
    apply_accounts(plan_now(), target)


def unexplained(plan: AccountPlan, source: Session, target: Session) -> set[Difference]:
    every = compare_accounts(plan, read_accounts(source), read_accounts(target))
    return {one for one in every if not one.explained}


def actions(plan: AccountPlan) -> dict[str, AccountAction]:
    return {str(planned.name): planned.action for planned in plan.accounts}


def test_fail_on_ungrantable_blocks_before_anything_is_written(
    off: Callable[..., None], plan_now: PlanNow, target: Session
) -> None:
    off("reader", "plain")
    plan = plan_now(on_ungrantable="fail", include=["reader@%", "plain@%", "super@%", "acts@%"])
    blockers = [one for one in account_findings(plan) if one.severity is Severity.BLOCKER]
    assert {(one.code, one.subject) for one in blockers} == {
        ("account-ungrantable", "reader@%"),
        ("account-ungrantable", "super@%"),
        ("account-ungrantable", "acts@%"),
    }
    assert "FILE on *.*" in next(one.observed for one in blockers if one.subject == "reader@%")
    with pytest.raises(PreflightError) as caught:
        apply_accounts(plan, target)
    assert len(caught.value.findings) == 3
    assert AccountName("plain", "%") not in read_accounts(target).accounts


def test_fail_on_unknown_plugin_blocks(off: Callable[..., None], plan_now: PlanNow, target: Session) -> None:
    off("peer")
    plan = plan_now(on_unknown_plugin="fail", include=["peer@%", "two_factor@%"])
    codes = {one.code for one in account_findings(plan) if one.severity is Severity.BLOCKER}
    assert codes == {"account-plugin-missing", "account-multi-factor"}
    with pytest.raises(PreflightError):
        apply_accounts(plan, target)
    assert AccountName("peer", "%") not in read_accounts(target).accounts


def test_accounts_of_unknown_plugins_may_be_left_out(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session
) -> None:
    off("peer", "two_factor")
    plan = plan_now(on_unknown_plugin="skip", include=["peer@%", "two_factor@%"])
    assert apply_accounts(plan, target) == AccountSummary()
    assert {AccountName("peer", "%"), AccountName("two_factor", "%")}.isdisjoint(read_accounts(target).accounts)
    assert unexplained(plan, source, target) == set()


def test_plugin_is_mapped_with_a_password_nobody_knows(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session, account_servers: Pair
) -> None:
    off("peer")
    plan = plan_now(plugin_map={"auth_socket": "sha256_password"}, include=["peer@%"])
    assert apply_accounts(plan, target).created == ("peer@%",)
    made = read_accounts(target).accounts[AccountName("peer", "%")]
    assert (made.plugin, made.locked, bool(made.secret)) == ("sha256_password", False, True)
    assert outcome(account_servers, "target", "peer", "") != "in"
    assert unexplained(plan, source, target) == set()


def test_reset_of_a_lost_login_is_no_difference(
    off: Callable[..., None],
    plan_now: PlanNow,
    source: Session,
    target: Session,
    target_root: Session,
    account_servers: Pair,
) -> None:
    """The remedy that the finding names has to leave verification content, and a later run must not undo it."""
    off("peer")
    apply_accounts(plan_now(), target)
    target_root.execute(raw("ALTER USER peer IDENTIFIED BY 'new-secret' ACCOUNT UNLOCK"))
    assert apply_accounts(plan_now(), target) == AccountSummary()
    assert apply_accounts(plan_now(on_existing="refresh"), target) == AccountSummary()
    assert unexplained(plan_now(), source, target) == set()
    assert outcome(account_servers, "target", "peer", "new-secret") == "in"


def test_roles_of_chosen_accounts_come_along(plan_now: PlanNow) -> None:
    plan = actions(plan_now(include=["member@%"]))
    taken = {name for name, action in plan.items() if action is not AccountAction.SKIP}
    assert taken == {"member@%", "app_write@%", "app_read@%"}


def test_role_that_is_excluded_is_told(off: Callable[..., None], plan_now: PlanNow) -> None:
    """While the target has the role the membership is possible; without it, it is dropped with a warning."""

    def member(plan: AccountPlan) -> tuple[list[str], dict[str, str]]:
        row = next(row for row in plan.report_rows() if row["account"] == "member@%")
        return row["kept"], {one["what"]: one["rule"] for one in row["dropped"]}

    policy = {"include": ["member@%"], "exclude": ["app_*@%"]}
    assert actions(plan_now(**policy))["app_write@%"] is AccountAction.SKIP
    assert member(plan_now(**policy)) == (["role app_write@%"], {})
    off("app_write")
    plan = plan_now(**policy)
    assert member(plan) == (
        [],
        {"role app_write@%": "role-left-out", "default role app_write@%": "default-role-left-out"},
    )
    codes = {(one.code, one.severity) for one in account_findings(plan) if one.subject == "member@%"}
    assert ("account-role-left-out", Severity.WARNING) in codes


def test_mode_verify_compares_and_writes_nothing(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session
) -> None:
    off("plain")
    plan = plan_now(mode="verify")
    assert apply_accounts(plan, target) == AccountSummary()
    found = {(one.subject, one.detail) for one in unexplained(plan, source, target)}
    assert found == {("plain@%", "the account")}


def test_mode_skip_leaves_accounts_alone(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session
) -> None:
    off("plain")
    plan = plan_now(mode="skip")
    assert (plan.accounts, account_findings(plan)) == ((), ())
    assert apply_accounts(plan, target) == AccountSummary()
    assert compare_accounts(plan, read_accounts(source), read_accounts(target)) == ()


def test_iam_users_without_the_plugin_are_locked_and_told(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session
) -> None:
    """MySQL has no AWSAuthenticationPlugin: here an IAM user cannot be more than a locked account."""
    off("plain", "only_iam")
    plan = plan_now(iam_users=["plain@%", "only_iam@%"], include=["plain@%"])
    codes = {(one.code, one.subject) for one in account_findings(plan)}
    assert {("account-plugin-missing", "plain@%"), ("account-plugin-missing", "only_iam@%")} <= codes
    apply_accounts(plan, target)
    accounts = read_accounts(target).accounts
    assert all(accounts[AccountName(user, "%")].locked for user in ("plain", "only_iam"))
    assert all(accounts[AccountName(user, "%")].tls.kind == "ANY" for user in ("plain", "only_iam"))
    assert unexplained(plan, source, target) == set()


@pytest.fixture
def other_plain(off: Callable[..., None], target_root: Session) -> None:
    """plain@% is on the target already: another password, more rights, fewer limits."""
    off("plain")
    target_root.execute(raw("CREATE USER plain IDENTIFIED BY 'target-secret' WITH MAX_USER_CONNECTIONS 7"))
    target_root.execute(raw("GRANT INSERT ON hr.people TO plain"))


def test_existing_account_is_merged_and_its_differences_told(
    other_plain: None, plan_now: PlanNow, source: Session, target: Session, account_servers: Pair
) -> None:
    plan = plan_now()
    found = [one for one in account_findings(plan) if one.code == "account-exists-differently"]
    assert [(one.subject, one.severity) for one in found] == [("plain@%", Severity.WARNING)]
    summary = apply_accounts(plan, target)
    assert (summary.created, summary.altered, summary.grants) == ((), (), 1)
    assert outcome(account_servers, "target", "plain", "target-secret") == "in"
    assert {(one.kind, one.detail) for one in unexplained(plan, source, target)} == {
        (DifferenceKind.DIFFERS, "another password hash"),
        (DifferenceKind.DIFFERS, "other resource limits"),
        (DifferenceKind.EXTRA, "INSERT on hr.people"),
    }


def test_account_that_is_the_targets_own_may_differ(
    other_plain: None, plan_now: PlanNow, source: Session, target: Session, account_servers: Pair
) -> None:
    plan = plan_now(merged=["plain@*"])
    apply_accounts(plan, target)
    assert unexplained(plan, source, target) == set()
    assert outcome(account_servers, "target", "plain", "target-secret") == "in"
    with Session.open(target.endpoint) as session:
        grants = read_accounts(session).rights_of(AccountName("plain", "%")).grants
    assert {str(grant) for grant in grants} == {r"SELECT on app\_1.*", "INSERT on hr.people"}


def test_refresh_gives_login_and_options_but_takes_no_right(
    other_plain: None, plan_now: PlanNow, source: Session, target: Session, account_servers: Pair
) -> None:
    plan = plan_now(on_existing="refresh")
    summary = apply_accounts(plan, target)
    assert summary.altered == ("plain@%",)
    assert outcome(account_servers, "target", "plain", "plain-secret") == "in"
    assert {one.detail for one in unexplained(plan, source, target)} == {"INSERT on hr.people"}
    assert apply_accounts(plan, target) == AccountSummary()


def test_refresh_follows_every_kind_of_change(
    off: Callable[..., None],
    plan_now: PlanNow,
    source: Session,
    target: Session,
    target_root: Session,
) -> None:
    """Logins in several steps, roles, attributes, policies: altered back to the source's state."""
    users = ["two_pw", "expired_again", "described", "policy", "attempts", "needs_subject", "limited", "app_read"]
    off()
    for user in users:
        target_root.execute(
            raw(
                f"ALTER USER `{user}` REQUIRE X509 WITH MAX_QUERIES_PER_HOUR 9 "
                "PASSWORD EXPIRE NEVER PASSWORD HISTORY 9 "
                f'FAILED_LOGIN_ATTEMPTS 9 PASSWORD_LOCK_TIME 9 ATTRIBUTE \'{{"other": 1, "team": null}}\''
            )
        )
    target_root.execute(raw("ALTER USER sha256 IDENTIFIED BY 'other'"))
    target_root.execute(raw("ALTER USER sha256 IDENTIFIED BY 'another' RETAIN CURRENT PASSWORD"))
    target_root.execute(raw("ALTER USER two_pw IDENTIFIED BY 'other'"))
    plan = plan_now(on_existing="refresh")
    summary = apply_accounts(plan, target)
    assert set(summary.altered) == {f"{user}@%" for user in [*users, "sha256"]}
    assert unexplained(plan, source, target) == set()
    off(*users, "sha256")  # an empty ATTRIBUTE stays behind, which SHOW CREATE USER shows


def test_report_rows_name_what_is_missing(
    off: Callable[..., None], plan_now: PlanNow, source: Session, target: Session
) -> None:
    off("plain")
    plan = plan_now()
    rows = plan.report_rows(compare_accounts(plan, read_accounts(source), read_accounts(target)))
    assert {row["account"]: row["missing"] for row in rows if row["missing"]} == {
        "plain@%": ["missing: the account"]
    }
