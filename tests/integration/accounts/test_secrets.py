"""No hash leaves: not in logs, errors, reports, findings, text forms, pickles, nor in the server's own records."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    account_findings,
    apply_accounts,
    compare_accounts,
    read_accounts,
)
from aurora_migration.errors import PreflightError, StatementError
from aurora_migration.model.account import AccountName
from aurora_migration.mysql.account_writer import write_account
from aurora_migration.mysql.session import Session
from aurora_migration.sql.account_statements import creation
from aurora_migration.sql.quoting import raw

PlanNow = Callable[..., AccountPlan]
THREE = ("plain", "two_pw", "sha256")


@pytest.fixture
def hashes(source: Session) -> set[str]:
    """Every hash of the source in every form in which it could show."""
    accounts = read_accounts(source).accounts.values()
    values = [secret.reveal() for one in accounts for secret in (one.secret, one.second_secret) if secret]
    assert len(values) > 60
    texts = {form for value in values for form in (value.hex(), value.hex().upper(), value.decode())}
    return texts | {json.dumps(value.decode())[1:-1] for value in values} | {repr(value)[2:-1] for value in values}


@pytest.fixture
def dropped(applied: object, plan_now: PlanNow, target: Session, target_root: Session) -> Iterator[None]:
    """Three accounts are taken off the target, so that applying has hashes to write; restored afterwards."""
    for user in THREE:
        target_root.execute(raw(f"DROP USER {user}"))
    yield
    apply_accounts(plan_now(), target)


def exposed(text: str, hashes: set[str]) -> list[str]:
    return [one for one in hashes if one in text]


def test_nothing_this_package_says_holds_a_hash(
    dropped: None,
    plan_now: PlanNow,
    source: Session,
    target: Session,
    hashes: set[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = plan_now()
    summary = apply_accounts(plan, target)
    assert set(summary.created) == {f"{user}@%" for user in THREE}
    differences = compare_accounts(plan, read_accounts(source), read_accounts(target))
    said = [repr(plan), repr(summary), repr(read_accounts(source)), json.dumps(plan.report_rows(differences))]
    said += [repr(account_findings(plan)), repr(differences), json.dumps(summary.to_json())]
    said += [record.getMessage() for record in caplog.records]
    assert any("account=plain@%" in text for text in said)
    assert [exposed(text, hashes) for text in said if exposed(text, hashes)] == []


def test_plan_cannot_be_pickled(plan_now: PlanNow) -> None:
    with pytest.raises(TypeError, match="does not travel"):
        pickle.dumps(plan_now())


def test_error_of_an_account_statement_holds_no_part_of_it(
    dropped: None, source: Session, target: Session, hashes: set[str]
) -> None:
    """MySQL's syntax error quotes the statement from where it stopped; nothing of that is passed on."""
    name = AccountName("plain", "%")
    statement = creation(read_accounts(source).accounts[name])[0][0]
    broken = raw(statement.plain.replace(" AS ", " ASS "))
    with pytest.raises(StatementError) as direct:
        target.execute(broken)
    assert exposed(str(direct.value).lower(), {one.lower()[:20] for one in hashes if len(one) > 20}) != []
    with pytest.raises(StatementError) as caught:
        write_account(target, broken, name, "creating the account")
    error = caught.value
    text = "".join(traceback.format_exception(error)) + repr(error) + repr(pickle.loads(pickle.dumps(error)))
    assert (error.errno, error.subject) == (1064, "account plain@%")
    assert error.__cause__ is error.__context__ is None
    shortest = {one.lower()[:16] for one in hashes if len(one) >= 16}
    assert exposed(text.lower(), shortest) == []


def test_statement_history_of_the_server_holds_no_hash(
    dropped: None, plan_now: PlanNow, target: Session, target_root: Session
) -> None:
    plan = plan_now()
    thread = target.scalar(
        raw("SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID()")
    )
    apply_accounts(plan, target)
    target.query(raw("SELECT 'kept'"))
    history = raw("SELECT SQL_TEXT FROM performance_schema.events_statements_history WHERE THREAD_ID = %(thread)s")
    kept = [
        row["SQL_TEXT"] or "" for row in target_root.query(raw(history.plain.replace("%(thread)s", str(thread))))
    ]
    assert any("'kept'" in text for text in kept)  # the history is on again
    assert [text for text in kept if "CREATE USER" in text or "0x24" in text] == []


def test_general_log_that_is_on_stops_the_run_before_anything_is_written(
    dropped: None, plan_now: PlanNow, target: Session, target_root: Session, hashes: set[str]
) -> None:
    """MySQL writes IDENTIFIED … AS into the general log as it came; Aurora's admin cannot keep a session out."""
    before_it_was_on = plan_now()
    target_root.execute(raw("SET GLOBAL general_log = ON"))
    try:
        for plan in (before_it_was_on, plan_now()):
            with pytest.raises(PreflightError) as caught:
                apply_accounts(plan, target)
            assert [finding.code for finding in caught.value.findings] == ["account-general-log"]
        assert AccountName("plain", "%") not in read_accounts(target).accounts
        log = Path(str(target_root.scalar(raw("SELECT @@GLOBAL.general_log_file"))))
        folder = Path(str(target_root.scalar(raw("SELECT @@GLOBAL.datadir"))))
        assert exposed((folder / log).read_text(encoding="utf-8", errors="replace").lower(), hashes) == []
        accepted = plan_now(general_log="accept")
        assert "account-general-log" in {one.code for one in account_findings(accepted)}
        assert len(apply_accounts(accepted, target).created) == len(THREE)
    finally:
        target_root.execute(raw("SET GLOBAL general_log = OFF"))


def test_mode_verify_needs_no_quiet_log(plan_now: PlanNow, target: Session, target_root: Session) -> None:
    target_root.execute(raw("SET GLOBAL general_log = ON"))
    try:
        assert "account-general-log" not in {one.code for one in account_findings(plan_now(mode="verify"))}
    finally:
        target_root.execute(raw("SET GLOBAL general_log = OFF"))
