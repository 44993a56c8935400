"""Missing privileges are named, and the remedy is exact: running it as it is printed makes the finding go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from aurora_migration.model.finding import Finding, Severity
from aurora_migration.mysql.endpoint import Endpoint
from local.mysqld import Server
from tests.integration.preflight.cases import EVENT, FUNCTION, TABLE, TABLE_FUNCTION_OVER_FUNCTION, TRIGGER
from tests.integration.preflight.world import PASSWORD, World, config_for, execute, global_variables

pytestmark = pytest.mark.servers

NEW_ACCOUNT = f"CREATE USER pf_narrow IDENTIFIED BY '{PASSWORD}'"

MakeAccount = Callable[[Server, str, list[str]], Endpoint]


@pytest.fixture
def account(world: World) -> Iterator[MakeAccount]:
    """An account with some grants, dropped at the end."""
    with ExitStack() as stack:

        def make(server: Server, role: str, grants: list[str]) -> Endpoint:
            execute(server, [NEW_ACCOUNT, "CREATE ROLE pf_role"])
            stack.callback(execute, server, ["DROP USER pf_narrow, pf_role"])
            execute(server, grants)
            return world.login(server, role, "pf_narrow")

        yield make


def _remedied(server: Server, findings: list[Finding], code: str) -> list[Finding]:
    told = [finding for finding in findings if finding.code == code]
    for finding in told:
        execute(server, [part.strip() for part in finding.remedy.split(";") if part.strip()])
    return told


SOURCE_CASES: list[tuple[str, list[str], str]] = [
    ("source_table_privileges", ["GRANT INSERT ON $s.* TO pf_narrow"], "lacks SELECT on all tables"),
    (
        "source_table_privileges",
        ["GRANT SELECT (id) ON $s.t TO pf_narrow", "GRANT INSERT, TRIGGER ON $s.* TO pf_narrow"],
        "lacks SELECT on all tables",
    ),
    (
        "source_table_privileges",
        ["GRANT SELECT ON $s.* TO pf_narrow", "GRANT TRIGGER ON $s.t TO pf_narrow"],
        "lacks TRIGGER on $s.u",
    ),
    ("source_schema_privileges", ["GRANT SELECT, TRIGGER ON $s.* TO pf_narrow"], "lacks EVENT, SHOW VIEW"),
    (
        "source_schema_privileges",
        [
            "GRANT SELECT ON $s.* TO pf_narrow",
            "GRANT EVENT, SHOW VIEW ON $s.* TO pf_role",
            "GRANT pf_role TO pf_narrow",
        ],
        "its role pf_role@% has what it lacks, but is not active",
    ),
    ("source_schema_privileges", ["GRANT SELECT ON $s.* TO pf_narrow"], "lacks SHOW_ROUTINE"),
]


@pytest.mark.parametrize(("check", "grants", "words"), SOURCE_CASES)
def test_source(
    check: str, grants: list[str], words: str, world: World, schema: str, account: MakeAccount
) -> None:
    execute(world.source, [TABLE, "CREATE TABLE u (a INT)", "CREATE VIEW v AS SELECT 1 AS x FROM t"], schema)
    login = account(world.source, "source", [text.replace("$s", schema) for text in grants])
    config = config_for(schema)
    told = _remedied(world.source, world.check(check, config, source=login), "source-privilege-missing")
    assert any(words.replace("$s", schema) in finding.observed for finding in told)
    remedies = [finding.remedy for finding in told if "active" not in finding.observed]
    assert all(text.startswith("GRANT ") and "'pf_narrow'@'%'" in text for text in remedies)
    assert not world.check(check, config, source=login)


def test_a_view_that_needs_execute_to_be_read(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, TABLE_FUNCTION_OVER_FUNCTION, schema)
    seeing = ["GRANT SHOW_ROUTINE ON *.* TO pf_narrow", f"GRANT SELECT, SHOW VIEW ON {schema}.* TO pf_narrow"]
    login = account(world.source, "source", seeing)
    config = config_for(schema)
    (told,) = _remedied(world.source, world.check("hidden_views", config, source=login), "view-hidden")
    assert (told.subject, told.severity) == (f"{schema}.spread", Severity.WARNING)
    assert not world.check("hidden_views", config, source=login)
    assert not world.check("broken_views", config, source=login)


def test_select_on_every_column_is_enough(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, [TABLE], schema)
    grants = [f"GRANT SELECT (id, name), TRIGGER ON {schema}.t TO pf_narrow"]
    login = account(world.source, "source", grants)
    assert not world.check("source_table_privileges", config_for(schema), source=login)


def test_a_schema_name_with_wildcards_is_granted_literally(
    world: World, schema: str, account: MakeAccount
) -> None:
    execute(world.source, [TABLE], f"{schema}_x")
    execute(world.source, [TABLE], f"{schema}yx")
    try:
        grants = [
            f"GRANT INSERT ON `{schema}\\_x`.* TO pf_narrow",
            f"GRANT INSERT ON {schema}yx.t TO pf_narrow",
        ]
        login = account(world.source, "source", grants)
        config = config_for(f"{schema}_x")
        found = world.check("source_table_privileges", config, source=login)
        assert f"`{schema}\\_x`.*" in found[0].remedy
        _remedied(world.source, found, "source-privilege-missing")
        assert not world.check("source_table_privileges", config, source=login)
        other = world.check("source_table_privileges", config_for(f"{schema}yx"), source=login)
        assert {finding.code for finding in other} == {"source-privilege-missing"}
    finally:
        execute(world.source, [f"DROP DATABASE {schema}_x", f"DROP DATABASE {schema}yx"])


def test_a_partial_revoke_is_seen(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, [TABLE], schema)
    with global_variables(world.source, {"partial_revokes": "ON"}):
        grants = ["GRANT SELECT, TRIGGER ON *.* TO pf_narrow", f"REVOKE SELECT ON {schema}.* FROM pf_narrow"]
        grants.append(f"GRANT INSERT ON {schema}.* TO pf_narrow")
        login = account(world.source, "source", grants)
        found = world.check("source_table_privileges", config_for(schema), source=login)
        assert [finding.observed for finding in found] == ["the source account lacks SELECT on all tables"]
        _remedied(world.source, found, "source-privilege-missing")
        assert not world.check("source_table_privileges", config_for(schema), source=login)
        # the variable cannot be put back while an account has a partial revoke
        execute(world.source, ["REVOKE ALL PRIVILEGES, GRANT OPTION FROM pf_narrow"])


def test_tables_that_the_account_may_not_see(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, [TABLE, "CREATE TABLE hidden (a INT)"], schema)
    login = account(world.source, "source", [f"GRANT SELECT ON {schema}.t TO pf_narrow"])
    found = world.check("hidden_tables", config_for(schema), source=login)
    assert [finding.subject for finding in _remedied(world.source, found, "source-tables-may-be-hidden")] == [
        schema
    ]
    assert not world.check("hidden_tables", config_for(schema), source=login)
    assert not world.check("hidden_tables", config_for(schema))


def test_a_table_named_in_full_hides_no_other(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, [TABLE], schema)
    login = account(world.source, "source", [f"GRANT SELECT ON {schema}.t TO pf_narrow"])
    config = config_for(schema, selection=[{"include": f"{schema}.t"}])
    assert not world.check("hidden_tables", config, source=login)


def test_source_accounts_and_position(world: World, schema: str, account: MakeAccount) -> None:
    execute(world.source, [TABLE], schema)
    login = account(world.source, "source", [f"GRANT SELECT ON {schema}.* TO pf_narrow"])
    config = config_for(schema)
    found = world.check("source_account_privileges", config, source=login)
    assert _remedied(world.source, found, "binlog-position-hidden")
    assert _remedied(world.source, found, "source-privilege-missing")
    assert not world.check("source_account_privileges", config, source=login)


TARGET_CASES: list[tuple[str, list[str], dict[str, Any], set[str]]] = [
    ("target_privileges", [TABLE], {}, {"CREATE", "ALTER", "INSERT", "INDEX", "DROP"}),
    (
        "target_privileges",
        [TABLE, TRIGGER, EVENT, FUNCTION, "CREATE VIEW v AS SELECT 1"],
        {},
        {"TRIGGER", "EVENT", "CREATE ROUTINE", "ALTER ROUTINE", "CREATE VIEW", "SHOW VIEW"},
    ),
    (
        "target_privileges",
        [TABLE, "CREATE TABLE c (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES t (id))"],
        {},
        {"REFERENCES"},
    ),
    ("target_account_privileges", [TABLE], {}, {"CREATE USER", "SELECT"}),
    ("definer_privileges", [TABLE, "CREATE VIEW v AS SELECT 1"], {}, {"SET_ANY_DEFINER"}),
]


@pytest.mark.parametrize(("check", "source", "parts", "needed"), TARGET_CASES)
def test_target(
    check: str,
    source: list[str],
    parts: dict[str, Any],
    needed: set[str],
    world: World,
    schema: str,
    account: MakeAccount,
) -> None:
    execute(world.source, source, schema)
    login = account(world.target, "target", ["GRANT SELECT ON mysql.* TO pf_narrow"] if "definer" in check else [])
    config = config_for(schema, control_schema="pf_control", **parts)
    found = world.check(check, config, target=login)
    text = " ".join(finding.observed for finding in found)
    assert all(name in text for name in needed), text
    assert {finding.severity for finding in found} == {Severity.BLOCKER}
    if check != "definer_privileges":
        _remedied(world.target, found, "target-privilege-missing")
    else:
        execute(world.target, [found[0].remedy.partition(";")[0]])
    assert not world.check(check, config, target=login)


def test_auroras_administrator_lacks_nothing(world: World, schema: str) -> None:
    execute(world.source, [TABLE, TRIGGER, EVENT, FUNCTION, "CREATE VIEW v AS SELECT 1"], schema)
    for check in ("target_privileges", "target_account_privileges", "definer_privileges"):
        assert not world.check(check, config_for(schema))


def test_the_migrators_account_lacks_nothing(world: World, schema: str) -> None:
    execute(world.source, [TABLE, TRIGGER, EVENT, FUNCTION, "CREATE VIEW v AS SELECT 1"], schema)
    for part in ("table", "schema", "account"):
        assert not world.check(f"source_{part}_privileges", config_for(schema))


def test_a_check_without_its_privilege_names_check_and_privilege(
    world: World, schema: str, account: MakeAccount
) -> None:
    execute(world.source, [TABLE], schema)
    login = account(world.source, "source", [f"GRANT SELECT, TRIGGER ON {schema}.* TO pf_narrow"])
    (finding,) = world.check("long_transactions", config_for(schema), source=login)
    assert (finding.code, finding.severity) == ("check-lacks-privilege", Severity.WARNING)
    assert "long transactions" in finding.subject
    assert finding.remedy == "GRANT PROCESS ON *.* TO 'pf_narrow'@'%';"
    execute(world.source, [finding.remedy])
    assert not world.check("long_transactions", config_for(schema), source=login)
    (finding,) = world.check("table_locks", config_for(schema), source=login)
    assert finding.remedy == "GRANT SELECT ON performance_schema.metadata_locks TO 'pf_narrow'@'%';"
    execute(world.source, [finding.remedy])
    assert not world.check("table_locks", config_for(schema), source=login)


def test_accounts_with_no_more_than_the_printed_grants_pass(
    world: World, schema: str, account: MakeAccount
) -> None:
    """Nothing global on the source but SHOW_ROUTINE, nothing at all on the target but the printed GRANTs."""
    execute(world.source, [TABLE, TRIGGER, EVENT, FUNCTION, "CREATE VIEW v AS SELECT id FROM t"], schema)
    logins = [account(server, server.name, []) for server in (world.source, world.target)]
    execute(world.source, [f"GRANT INSERT ON {schema}.* TO pf_narrow"])
    config = config_for(schema, accounts={"mode": "skip"}, control_schema="pf_control")
    for _ in range(3):  # what one GRANT makes visible may need another
        result = world.preflight(config, source=logins[0], target=logins[1])
        for finding in result.blockers:
            assert finding.code in {"source-privilege-missing", "target-privilege-missing"}, str(finding)
            server = world.source if finding.code.startswith("source") else world.target
            execute(server, [finding.remedy.partition(";")[0]])
    assert not result.blockers
    assert result.plan is not None
    lacking = [finding for finding in result.findings if finding.code == "check-lacks-privilege"]
    assert lacking
    assert {finding.severity for finding in lacking} == {Severity.WARNING}
