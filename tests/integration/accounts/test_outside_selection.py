"""Two migrations share servers and accounts: neither takes the other's grants for strange ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    apply_accounts,
    compare_accounts,
    plan_accounts,
    read_accounts,
    target_capability,
)
from aurora_migration.engine.plan import build_plan
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.report import Difference, DifferenceKind
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw

EXTRA, MISSING, ON_PURPOSE = DifferenceKind.EXTRA, DifferenceKind.MISSING, DifferenceKind.ON_PURPOSE
RULE = "outside-selection"

OBJECTS = (
    "CREATE DATABASE two_a",
    "CREATE DATABASE two_b",
    "CREATE TABLE two_a.t (id INT PRIMARY KEY)",
    "CREATE TABLE two_b.t (id INT PRIMARY KEY)",
    "CREATE TABLE two_b.u (id INT PRIMARY KEY)",
    "CREATE PROCEDURE two_b.p () SELECT 1",
)
ACCOUNTS = (
    "CREATE ROLE two_role",
    "CREATE USER two_user, two_wild IDENTIFIED BY 'x'",
    r"GRANT SELECT ON `two\_a`.* TO two_role, two_user",
    r"GRANT INSERT ON `two\_b`.* TO two_role",
    "GRANT SELECT ON two_b.t TO two_user",
    "GRANT UPDATE (id) ON two_b.u TO two_user",
    "GRANT EXECUTE ON PROCEDURE two_b.p TO two_user",
    "GRANT SELECT ON `two%`.* TO two_wild",
    "GRANT two_role TO two_user",
    "SET DEFAULT ROLE two_role TO two_user",
)
UNDO = (
    "DROP USER IF EXISTS two_user, two_wild, two_role",
    "DROP DATABASE IF EXISTS two_a",
    "DROP DATABASE IF EXISTS two_b",
)


@pytest.fixture
def two(source_root: Session, target_root: Session) -> Iterator[None]:
    """Two schemas and three accounts that hold something on each; on the target the schemas alone."""
    try:
        for session, texts in ((source_root, OBJECTS + ACCOUNTS), (target_root, OBJECTS)):
            for text in texts:
                session.execute(raw(text))
        yield
    finally:
        for session in (source_root, target_root):
            for text in UNDO:
                session.execute(raw(text))


def config(schema: str, **renames: object) -> MigrationConfig:
    return MigrationConfig.model_validate(
        {
            "name": schema,
            "source": {"connection": "source"},
            "target": {"connection": "target"},
            "selection": [{"include": f"{schema}.*"}],
            "renames": renames,
            "accounts": {"include": ["two_*@%"]},
        }
    )


def planned(settings: MigrationConfig, source: Session, target: Session) -> AccountPlan:
    plan = build_plan(settings, RunOptions(), source)
    catalogs = read_accounts(source), read_accounts(target)
    return plan_accounts(*catalogs, target_capability(target), plan, settings.accounts)


def compared(settings: MigrationConfig, source: Session, target: Session) -> tuple[Difference, ...]:
    """As verification does it: with a plan of its own."""
    proposed = planned(settings, source, target)
    return compare_accounts(proposed, read_accounts(source), read_accounts(target))


def test_each_of_two_migrations_is_proved_beside_the_other(two: None, source: Session, target: Session) -> None:
    both = config("two_a"), config("two_b")
    for one in both:
        apply_accounts(planned(one, source, target), target)
    of_a, of_b = (compared(one, source, target) for one in both)
    for found in (of_a, of_b):
        assert [one for one in found if not one.explained] == []
    notes = {(one.subject, one.detail.partition(",")[0]) for one in of_a if one.rule == RULE}
    assert notes >= {
        ("two_role@%", r"INSERT on two\_b.*"),
        ("two_user@%", "SELECT on two_b.t"),
        ("two_user@%", "UPDATE on two_b.u (id)"),
        ("two_user@%", "EXECUTE on PROCEDURE two_b.p"),
    }
    assert {one.kind for one in of_a if one.rule == RULE} == {ON_PURPOSE}


@pytest.mark.parametrize(
    ("account", "grant", "found"),
    [
        ("two_user", r"DELETE ON `two\_b`.*", r"DELETE on two\_b.*"),
        ("two_user", r"SELECT ON `two\_b`.*", r"SELECT on two\_b.*"),
        ("two_user", "SELECT ON two_b.u", "SELECT on two_b.u"),
        ("two_user", "SELECT ON two_a.t", "SELECT on two_a.t"),
        ("two_wild", "INSERT ON two_b.t", "INSERT on two_b.t"),
        ("two_wild", "SELECT ON `two_new`.*", "SELECT on two_new.*"),
        ("two_role", "UPDATE ON two_b.u", "UPDATE on two_b.u"),
    ],
)
def test_what_the_source_does_not_hold_stays_a_difference(
    two: None, account: str, grant: str, found: str, source: Session, target: Session, target_root: Session
) -> None:
    for one in (config("two_a"), config("two_b")):
        apply_accounts(planned(one, source, target), target)
    target_root.execute(raw(f"GRANT {grant} TO {account}"))
    differences = [one for one in compared(config("two_a"), source, target) if not one.explained]
    assert (f"{account}@%", EXTRA, found) in {(one.subject, one.kind, one.detail) for one in differences}
    others = {one.detail for one in differences} - {found}
    assert others <= {f"through its roles at login: {found}"}


def test_names_of_this_migration_are_not_those_of_another(
    two: None, source: Session, target: Session, target_root: Session
) -> None:
    """two_a comes as two_b: what is granted there is on this migration's rows, whatever two_b is on the source."""
    settings = config("two_a", schemas={"two_a": "two_b"})
    apply_accounts(planned(settings, source, target), target)
    target_root.execute(raw(r"GRANT INSERT ON `two\_b`.* TO two_role"))
    found = {(one.subject, one.kind) for one in compared(settings, source, target) if not one.explained}
    assert ("two_role@%", EXTRA) in found


def test_a_wildcard_of_another_migration_gives_what_is_planned(
    two: None, source: Session, target: Session, target_root: Session
) -> None:
    """Granted when two_a was alone on the target; since two_b is there, the plan would name single schemas."""
    for one in (config("two_a"), config("two_b")):
        apply_accounts(planned(one, source, target), target)
    for schema in ("two_a", "two_b"):
        target_root.execute(raw(rf"REVOKE SELECT ON `{schema[:3]}\_{schema[4:]}`.* FROM two_wild"))
    target_root.execute(raw("GRANT SELECT ON `two%`.* TO two_wild"))
    for schema in ("two_a", "two_b"):
        assert [one for one in compared(config(schema), source, target) if not one.explained] == []
    target_root.execute(raw(r"GRANT INSERT ON `two\_a`.* TO two_wild"))  # the more specific one counts alone
    found = {(one.kind, one.detail) for one in compared(config("two_a"), source, target) if not one.explained}
    assert found == {(MISSING, r"SELECT on two\_a.*"), (EXTRA, r"INSERT on two\_a.*")}


def test_the_scenarios_hold_what_is_outside_and_the_source_too(
    applied: tuple[AccountPlan, AccountSummary], source: Session, target: Session, target_root: Session
) -> None:
    def unexplained() -> set[str]:
        every = compare_accounts(applied[0], read_accounts(source), read_accounts(target))
        return {one.detail for one in every if not one.explained}

    def run(text: str) -> None:
        target_root.execute(raw(text))

    try:
        run("CREATE DATABASE legacy")
        run("GRANT SELECT ON legacy.* TO on_legacy")
        assert unexplained() == set()
        run("GRANT DELETE ON legacy.* TO on_legacy")
        run("GRANT SELECT ON mysql.user TO on_mysql")
        assert unexplained() == {"DELETE on legacy.*", "SELECT on mysql.user"}
    finally:
        run("DROP DATABASE legacy")
        run("DROP USER on_legacy, on_mysql")
        apply_accounts(applied[0], target)
    assert unexplained() == set()
