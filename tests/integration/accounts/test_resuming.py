"""A run that dies after any statement is repeated and ends in the same state; the connection really dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    apply_accounts,
    applying,
    compare_accounts,
    read_accounts,
)
from aurora_migration.errors import RetryableError
from aurora_migration.model.account import AccountName
from aurora_migration.mysql.account_writer import write_account
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import Fragment, raw

PlanNow = Callable[..., AccountPlan]
# accounts that take more than one statement to make
IN_STEPS = ["two_pw@%", "expired_again@%", "described_role@%", "half@%", "member@%", "col_reader@%"]


@pytest.fixture
def emptied(
    applied: tuple[AccountPlan, AccountSummary], plan_now: PlanNow, target: Session, target_root: Session
) -> Iterator[None]:
    """The target without any migrated account; restored afterwards."""
    for planned in applied[0].migrated:
        if not planned.tolerant:
            user = planned.name.user.replace("\\", "\\\\").replace("'", "''")
            target_root.execute(raw(f"DROP USER '{user}'@'{planned.name.host}'"))
    yield
    apply_accounts(plan_now(), target)


class Killer:
    """Writes account statements, and kills the connection in place of the one after the given number."""

    def __init__(self, root: Session, statements: int) -> None:
        self.root = root
        self.left = statements

    def write(self, target: Session, sql: Fragment, name: AccountName, what: str) -> None:
        if self.left == 0:
            self.root.execute(raw(f"KILL {target.connection.thread_id()}"))
        self.left -= 1
        write_account(target, sql, name, what)


def runs_until_done(
    monkeypatch: pytest.MonkeyPatch, plan: AccountPlan, session: Session, root: Session, statements: int
) -> int:
    """Repeat runs that die after so many account statements, until one gets through; how many it took."""
    deaths: list[RetryableError] = []
    while True:
        monkeypatch.setattr(applying, "write_account", Killer(root, statements).write)
        with Session.open(session.endpoint) as target:
            try:
                apply_accounts(plan, target)
                break
            except RetryableError as error:
                deaths.append(error)
    assert all(error.subject.startswith("account ") for error in deaths)
    return len(deaths) + 1


def test_dying_after_every_statement(
    emptied: None,
    plan_now: PlanNow,
    source: Session,
    target: Session,
    target_root: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = plan_now(include=IN_STEPS)
    runs = runs_until_done(monkeypatch, plan, target, target_root, 1)
    assert runs > 15
    differences = compare_accounts(plan, read_accounts(source), read_accounts(target))
    assert [one for one in differences if not one.explained] == []


def test_dying_now_and_then(
    emptied: None,
    plan_now: PlanNow,
    source: Session,
    target: Session,
    target_root: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert runs_until_done(monkeypatch, plan_now(), target, target_root, 23) > 5
    differences = compare_accounts(plan_now(), read_accounts(source), read_accounts(target))
    assert [one for one in differences if not one.explained] == []


def test_grant_on_an_object_that_is_not_there_yet_waits(
    emptied: None, plan_now: PlanNow, source: Session, target: Session, target_root: Session
) -> None:
    """Accounts applied before a table exists: the grant is told, verification finds it, a repetition makes it."""
    plan = plan_now(include=["sees_view@%", "col_reader@%", "caller@%"])
    target_root.execute(raw("DROP VIEW app_1.v"))
    target_root.execute(raw("ALTER TABLE app_1.t DROP COLUMN c"))
    target_root.execute(raw("DROP PROCEDURE app_1.refresh"))
    summary = apply_accounts(plan, target)
    assert set(summary.waiting) == {
        "sees_view@%: SELECT on app_1.v",
        "sees_view@%: SHOW VIEW on app_1.v",
        "col_reader@%: SELECT on app_1.t (c)",
        "caller@%: ALTER ROUTINE on PROCEDURE app_1.refresh",
        "caller@%: EXECUTE on PROCEDURE app_1.refresh",
    }
    found = compare_accounts(plan, read_accounts(source), read_accounts(target))
    assert {one.subject for one in found if not one.explained} == {"sees_view@%", "col_reader@%", "caller@%"}
    target_root.execute(raw("ALTER TABLE app_1.t ADD COLUMN c INT"))
    target_root.execute(raw("CREATE VIEW app_1.v AS SELECT a FROM app_1.t"))
    target_root.execute(raw("CREATE PROCEDURE app_1.Refresh() SELECT 1"))
    repeated = apply_accounts(plan, target)
    assert (repeated.grants, repeated.waiting) == (5, ())
    found = compare_accounts(plan, read_accounts(source), read_accounts(target))
    assert [one for one in found if not one.explained] == []
