"""Differences made by hand on the target, one at a time: each is found at its account, and none is invented.

Between two mutations the account is dropped and applied again, so that repairing is tested with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    apply_accounts,
    compare_accounts,
    read_accounts,
)
from aurora_migration.model.report import Difference, DifferenceKind
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw

MISSING, EXTRA, DIFFERS = DifferenceKind.MISSING, DifferenceKind.EXTRA, DifferenceKind.DIFFERS


@dataclass(frozen=True, slots=True)
class Mutation:
    """Statements run on the target as root, and what the comparison has to say: (kind, detail) of ``account``."""

    account: str
    statements: tuple[str, ...]
    found: tuple[tuple[DifferenceKind, str], ...]
    elsewhere: tuple[tuple[str, DifferenceKind, str], ...] = ()


MUTATIONS = [
    Mutation("plain", (r"GRANT INSERT ON `app\_1`.* TO plain",), ((EXTRA, r"INSERT on app\_1.*"),)),
    Mutation("plain", (r"REVOKE SELECT ON `app\_1`.* FROM plain",), ((MISSING, r"SELECT on app\_1.*"),)),
    Mutation("plain", ("GRANT SELECT ON `app_1`.* TO plain",), ((EXTRA, "SELECT on app_1.*"),)),
    Mutation("plain", ("GRANT SELECT ON mysql.user TO plain",), ((EXTRA, "SELECT on mysql.user"),)),
    Mutation("plain", ("GRANT PROCESS ON *.* TO plain",), ((EXTRA, "PROCESS on *.*"),)),
    Mutation("plain", ("GRANT CONNECTION_ADMIN ON *.* TO plain",), ((EXTRA, "CONNECTION_ADMIN on *.*"),)),
    Mutation(
        "plain",
        ("GRANT EXECUTE ON PROCEDURE app_1.refresh TO plain",),
        ((EXTRA, "EXECUTE on PROCEDURE app_1.refresh"),),
    ),
    Mutation("plain", ("GRANT app_write TO plain",), ((EXTRA, "role app_write@%"),)),
    Mutation(
        "col_reader", ("REVOKE SELECT (a) ON app_1.t FROM col_reader",), ((MISSING, "SELECT on app_1.t (a)"),)
    ),
    Mutation("col_reader", ("GRANT SELECT (b) ON app_1.t TO col_reader",), ((EXTRA, "SELECT on app_1.t (b)"),)),
    Mutation("col_reader", ("REVOKE UPDATE ON app_1.t FROM col_reader",), ((MISSING, "UPDATE on app_1.t"),)),
    Mutation(
        "caller",
        ("REVOKE ALTER ROUTINE ON PROCEDURE app_1.refresh FROM caller",),
        ((MISSING, "ALTER ROUTINE on PROCEDURE app_1.refresh"),),
    ),
    Mutation("reader", ("REVOKE PROCESS ON *.* FROM reader",), ((MISSING, "PROCESS on *.*"),)),
    Mutation("dynamic", ("REVOKE SHOW_ROUTINE ON *.* FROM `dynamic`",), ((MISSING, "SHOW_ROUTINE on *.*"),)),
    Mutation(
        "dynamic",
        ("REVOKE ROLE_ADMIN ON *.* FROM `dynamic`", "GRANT ROLE_ADMIN ON *.* TO `dynamic`"),
        ((MISSING, "ROLE_ADMIN on *.* with grant option"), (EXTRA, "ROLE_ADMIN on *.*")),
    ),
    Mutation(
        "owner", (r"REVOKE GRANT OPTION ON `app\_1`.* FROM owner",), ((MISSING, r"GRANT OPTION on app\_1.*"),)
    ),
    Mutation(
        "moved",
        ("REVOKE SELECT ON archive.shop_audit FROM moved",),
        ((MISSING, "SELECT on archive.shop_audit"),),
    ),
    Mutation("acts", ("GRANT PROXY ON plain TO acts",), ((EXTRA, "PROXY on plain@%"),)),
    Mutation(
        "app_write",
        ("REVOKE app_read FROM app_write",),
        ((MISSING, "role app_read@%"),),
        (("member@%", MISSING, r"through its roles at login: SELECT on app\_1.*"),),
    ),
    Mutation(
        "app_read",
        (r"GRANT DELETE ON `app\_1`.* TO app_read",),
        ((EXTRA, r"DELETE on app\_1.*"),),
        (("member@%", EXTRA, r"through its roles at login: DELETE on app\_1.*"),),
    ),
    Mutation(
        "keeper",
        ("REVOKE app_read FROM keeper", "GRANT app_read TO keeper"),
        ((MISSING, "role app_read@% with admin option"), (EXTRA, "role app_read@%")),
    ),
    Mutation(
        "member",
        ("ALTER USER member DEFAULT ROLE NONE",),
        (
            (MISSING, "default role app_write@%"),
            (MISSING, r"through its roles at login: INSERT, SELECT, UPDATE on app\_1.*"),
        ),
    ),
    Mutation(
        "half",
        ("ALTER USER half DEFAULT ROLE ALL",),
        ((EXTRA, "default role app_read@%"), (EXTRA, r"through its roles at login: SELECT on app\_1.*")),
    ),
    Mutation("sha256", ("ALTER USER sha256 IDENTIFIED BY 'other'",), ((DIFFERS, "another password hash"),)),
    Mutation(
        "sha256",
        ("ALTER USER sha256 IDENTIFIED WITH caching_sha2_password BY 'other'",),
        ((DIFFERS, "authentication plugin caching_sha2_password instead of sha256_password"),),
    ),
    Mutation(
        "two_pw",
        ("ALTER USER two_pw DISCARD OLD PASSWORD",),
        ((DIFFERS, "another retained (second) password"),),
    ),
    Mutation("locked", ("ALTER USER `locked` ACCOUNT UNLOCK",), ((DIFFERS, "not locked"),)),
    Mutation("plain", ("ALTER USER plain PASSWORD EXPIRE",), ((DIFFERS, "password expired"),)),
    Mutation("needs_tls", ("ALTER USER needs_tls REQUIRE NONE",), ((DIFFERS, "REQUIRE NONE instead of SSL"),)),
    Mutation(
        "limited",
        ("ALTER USER limited WITH MAX_USER_CONNECTIONS 5",),
        ((DIFFERS, "other resource limits"),),
    ),
    Mutation("policy", ("ALTER USER policy PASSWORD HISTORY 4",), ((DIFFERS, "another password policy"),)),
    Mutation("described", ("ALTER USER described COMMENT 'x'",), ((DIFFERS, "another comment or attribute"),)),
    Mutation("no_privileges", ("DROP USER no_privileges",), ((MISSING, "the account"),)),
]


@pytest.fixture
def unexplained(
    applied: tuple[AccountPlan, AccountSummary], source: Session, target: Session
) -> Callable[[], set[Difference]]:
    """Compares the servers as they are now with the plan."""

    def compare() -> set[Difference]:
        every = compare_accounts(applied[0], read_accounts(source), read_accounts(target))
        return {difference for difference in every if not difference.explained}

    return compare


def test_there_are_enough_mutations() -> None:
    assert len({mutation.statements for mutation in MUTATIONS}) == len(MUTATIONS) >= 20


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.statements[0])
def test_mutation_is_found_and_repaired(
    mutation: Mutation,
    unexplained: Callable[[], set[Difference]],
    applied: tuple[AccountPlan, AccountSummary],
    target: Session,
    target_root: Session,
) -> None:
    try:
        for text in mutation.statements:
            target_root.execute(raw(text))
        expected = {(f"{mutation.account}@%", kind, detail) for kind, detail in mutation.found}
        found = {(one.subject, one.kind, one.detail) for one in unexplained()}
        assert found == expected | set(mutation.elsewhere)
    finally:
        target_root.execute(raw(f"DROP USER IF EXISTS `{mutation.account}`"))
        apply_accounts(applied[0], target)
    assert unexplained() == set()


def test_account_made_on_the_source_after_the_plan_is_found(
    applied: tuple[AccountPlan, AccountSummary],
    unexplained: Callable[[], set[Difference]],
    source_root: Session,
) -> None:
    source_root.execute(raw("CREATE USER late IDENTIFIED BY 'x'"))
    source_root.execute(raw("GRANT SELECT ON appX1.* TO plain"))
    try:
        found = {(one.subject, one.kind) for one in unexplained()}
        assert found == {("late@%", MISSING), ("plain@%", DIFFERS)}
    finally:
        source_root.execute(raw("DROP USER late"))
        source_root.execute(raw("REVOKE SELECT ON appX1.* FROM plain"))
    assert unexplained() == set()
