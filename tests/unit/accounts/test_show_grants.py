"""SHOW GRANTS lines as MySQL 8.0, 8.4 and 9.7 print them, read into values."""

from __future__ import annotations

import pytest

from aurora_migration.errors import FatalError
from aurora_migration.model.account import AccountName
from aurora_migration.model.grant import (
    GRANT_OPTION,
    SCHEMA_LEVEL,
    STATIC,
    Grant,
    ProxyGrant,
    RoleGrant,
    Scope,
    ScopeKind,
)
from aurora_migration.sql.show_grants import parse_account_list, parse_grants


def texts(*lines: str, literal_names: bool = False) -> set[str]:
    rights = parse_grants(lines, literal_names=literal_names)
    return {str(one) for group in (rights.grants, rights.proxies, rights.roles) for one in group}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GRANT USAGE ON *.* TO `u`@`%`", set()),
        ("GRANT USAGE ON *.* TO `u`@`%` WITH GRANT OPTION", {"GRANT OPTION on *.*"}),
        (
            "GRANT SELECT, CREATE TEMPORARY TABLES ON *.* TO `u`@`%`",
            {"SELECT on *.*", "CREATE TEMPORARY TABLES on *.*"},
        ),
        ("GRANT SELECT ON *.* TO `u`@`%` WITH GRANT OPTION", {"SELECT on *.*", "GRANT OPTION on *.*"}),
        ("GRANT BACKUP_ADMIN,ROLE_ADMIN ON *.* TO `u`@`%`", {"BACKUP_ADMIN on *.*", "ROLE_ADMIN on *.*"}),
        ("GRANT ROLE_ADMIN ON *.* TO `u`@`%` WITH GRANT OPTION", {"ROLE_ADMIN on *.* with grant option"}),
        (r"GRANT SELECT ON `app\_1`.* TO `u`@`%`", {r"SELECT on app\_1.*"}),
        ("GRANT SELECT ON `a``b.c`.* TO `u`@`%`", {"SELECT on a`b.c.*"}),
        ("GRANT SELECT, INSERT ON `d`.`t ON x` TO `u`@`%`", {"SELECT on d.t ON x", "INSERT on d.t ON x"}),
        (
            "GRANT SELECT (`a`, `b,c`), INSERT (`TO`), UPDATE ON `d`.`t` TO `u`@`%`",
            {"SELECT on d.t (a)", "SELECT on d.t (b,c)", "INSERT on d.t (TO)", "UPDATE on d.t"},
        ),
        (
            "GRANT ALTER ROUTINE, EXECUTE ON PROCEDURE `d`.`p` TO `u`@`%` WITH GRANT OPTION",
            {f"{one} on PROCEDURE d.p" for one in ("ALTER ROUTINE", "EXECUTE", "GRANT OPTION")},
        ),
        ("GRANT EXECUTE ON LIBRARY `d`.`l` TO `u`@`%`", {"EXECUTE on LIBRARY d.l"}),
        ("GRANT PROXY ON ``@`` TO `u`@`%` WITH GRANT OPTION", {"PROXY on @ with grant option"}),
        ("GRANT PROXY ON `a b`@`10.0.%` TO `u`@`%`", {"PROXY on a b@10.0.%"}),
        ("GRANT `r`@`%`,`r``2`@`h` TO `u`@`%`", {"role r@%", "role r`2@h"}),
        ("GRANT `r`@`%` TO `u`@`%` WITH ADMIN OPTION", {"role r@% with admin option"}),
    ],
)
def test_line(line: str, expected: set[str]) -> None:
    assert texts(line) == expected


def test_all_privileges_are_named_one_by_one() -> None:
    on_schema = parse_grants(["GRANT ALL PRIVILEGES ON `d`.* TO `u`@`%`"], literal_names=False).grants
    assert {grant.privilege for grant in on_schema} == SCHEMA_LEVEL - {GRANT_OPTION}
    everywhere = parse_grants(["GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION"], literal_names=False)
    assert {grant.privilege for grant in everywhere.grants} == STATIC


def test_partial_revokes_belong_to_the_global_privilege() -> None:
    rights = parse_grants(
        [
            "GRANT SELECT, INSERT, PROCESS ON *.* TO `u`@`%`",
            "GRANT INSERT ON `d`.* TO `u`@`%`",
            "REVOKE SELECT, INSERT ON `app_1`.* FROM `u`@`%`",
            "REVOKE INSERT ON `mysql`.* FROM `u`@`%`",
        ],
        literal_names=True,
    )
    assert rights.grants == {
        Grant("SELECT", except_schemas=("app_1",)),
        Grant("INSERT", except_schemas=("app_1", "mysql")),
        Grant("PROCESS"),
        Grant("INSERT", Scope(ScopeKind.SCHEMA, "d")),
    }


def test_names_that_are_taken_literally_are_escaped() -> None:
    assert texts("GRANT SELECT ON `app_1`.* TO `u`@`%`", literal_names=True) == {r"SELECT on app\_1.*"}
    assert texts("GRANT SELECT ON `app_1`.`t_1` TO `u`@`%`", literal_names=True) == {"SELECT on app_1.t_1"}


@pytest.mark.parametrize("line", ["GRANT SELECT ON `d` TO `u`@`%`", "GRANT PROXY ON x TO `u`@`%`"])
def test_line_that_is_not_understood_is_an_error(line: str) -> None:
    with pytest.raises(FatalError):
        parse_grants([line], literal_names=False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("NONE", []),
        ("", []),
        ("`r`@`%`", [("r", "%")]),
        ("`a`@`%`,`b,c`@`h``x`", [("a", "%"), ("b,c", "h`x")]),
        ("role1, 'role''2'@'dc1', `role3`@localhost", [("role1", "%"), ("role'2", "dc1"), ("role3", "localhost")]),
    ],
)
def test_lists_of_accounts(text: str, names: list[tuple[str, str]]) -> None:
    assert parse_account_list(text) == tuple(AccountName(*name) for name in names)


def test_values_know_what_they_are() -> None:
    assert Grant("ROLE_ADMIN").dynamic
    assert not Grant("CREATE ROLE").dynamic
    assert str(ProxyGrant(AccountName("a", "%"))) == "PROXY on a@%"
    assert str(RoleGrant(AccountName("r", "%"), admin=True)) == "role r@% with admin option"
