"""The whole of preflight: everything runs and is told, nothing is written, and failures hide nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.preflight.checks import CHECKS
from aurora_migration.engine.preflight.connectivity import open_session
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.run import run_checks, run_preflight
from aurora_migration.engine.preflight.server import Server as Side
from aurora_migration.errors import ConfigurationError, FatalError, RetryableError, StatementError
from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.finding import Finding, Severity, note
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.mysqld import Server
from tests.integration.preflight.cases import CASES, EVENT, FUNCTION, TABLE, TRIGGER
from tests.integration.preflight.cases_cdc import CDC_CASES
from tests.integration.preflight.world import World, ask, check_named, config_for, execute, settle

pytestmark = pytest.mark.servers

RICH = (TABLE, "INSERT INTO t VALUES (1, 'a')", TRIGGER, EVENT, FUNCTION, "CREATE VIEW v AS SELECT id FROM t")
# checks whose bad set-up is not a case of cases.py, with the module that tests them
ELSEWHERE = {
    "binlog_cascades": "changes",
    "binlog_filters": "changes",
    "binlog_is_on": "changes",
    "binlog_server_id": "changes",
    "binlog_sessions": "changes",
    "binlog_stream": "changes",
    "clocks": "moments",
    "definer_privileges": "privileges",
    "encryption": "connection",
    "hidden_tables": "privileges",
    "long_transactions": "moments",
    "prepared_transactions": "changes",
    "source_account_privileges": "privileges",
    "source_schema_privileges": "privileges",
    "source_table_privileges": "privileges",
    "source_version": "moments",
    "table_locks": "moments",
    "target_account_privileges": "privileges",
    "target_privileges": "privileges",
    "target_version": "moments",
    "types": "moments",
    "variables": "settings",
    "version_order": "moments",
}


def test_checks_are_in_the_order_of_their_names_and_all_tried() -> None:
    names = [check.__name__.removeprefix("check_") for check in CHECKS]
    assert names == sorted(names)
    assert len(names) >= 30
    assert set(names) == {case.check for case in CASES + CDC_CASES} | ELSEWHERE.keys()


def test_a_good_pair_has_no_blocker_and_a_plan(world: World, schema: str) -> None:
    execute(world.source, RICH, schema)
    result = world.preflight(config_for(schema))
    assert not result.blockers
    assert result.plan is not None
    assert [str(planned.target) for planned in result.plan.tables] == [f"{schema}.t"]
    order = [list(Severity).index(finding.severity) for finding in result.findings]
    assert order == sorted(order)


def test_all_blockers_are_told_at_once(world: World, schema: str) -> None:
    execute(world.source, [*RICH, "CREATE TABLE m (a INT) ENGINE = MERGE"], schema)
    execute(world.target, [TABLE, "INSERT INTO t VALUES (9, 'z')"], schema)
    result = world.preflight(config_for(schema, load={"parallel_units": 64}, control_schema=schema))
    codes = {finding.code for finding in result.blockers}
    assert codes >= {"engine-not-supported", "target-table-has-rows", "control-schema-selected"}


@pytest.mark.parametrize("mode", list(TargetTablePrepMode))
def test_nothing_is_written(mode: TargetTablePrepMode, world: World, schema: str) -> None:
    execute(world.source, RICH, schema)
    execute(world.target, [TABLE, "INSERT INTO t VALUES (9, 'z')"], schema)
    servers = (world.source, world.target)
    before = [(_state(server), _statements(server)) for server in servers]
    world.preflight(config_for(schema, control_schema="pf_control"), options=RunOptions(prep_mode=mode))
    for server, (state, statements) in zip(servers, before, strict=True):
        assert _state(server) == state
        run = {kind for kind, count in _statements(server).items() if count > statements[kind]}
        assert "select" in run
        assert not {kind for kind in run if kind not in _READING and not kind.startswith("show_")}


_READING = {"select", "set_option", "begin", "commit"}


def _state(server: Server) -> tuple[object, ...]:
    """What writing would move: binlog, schemas, accounts and settings that last."""
    variables = "SELECT SHA2(GROUP_CONCAT(VARIABLE_NAME, VARIABLE_VALUE ORDER BY VARIABLE_NAME), 256) FROM "
    return (
        ask(server, "SELECT @@GLOBAL.gtid_executed"),
        ask(server, "SELECT COUNT(*) FROM information_schema.TABLES"),
        ask(server, "SELECT COUNT(*) FROM mysql.user"),
        ask(server, f"{variables} performance_schema.global_variables WHERE VARIABLE_NAME <> 'timestamp'"),
    )


def _statements(server: Server) -> dict[str, int]:
    """How often each kind of statement has been run since the server started: it counts behind its answer."""
    settle(server)
    kinds = (
        "SELECT JSON_OBJECTAGG(SUBSTRING_INDEX(EVENT_NAME, '/', -1), COUNT_STAR) "
        "FROM performance_schema.events_statements_summary_global_by_event_name "
        "WHERE EVENT_NAME LIKE 'statement/sql/%'"
    )
    counts: dict[str, int] = json.loads(ask(server, kinds))
    return counts


@pytest.mark.parametrize(
    "statement", ["CREATE DATABASE pf_never", "CREATE TABLE mysql.pf (a INT)", "DROP DATABASE sys"]
)
def test_whoever_tries_to_write_is_refused_by_the_server(statement: str, world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)

    def writing(session: Session) -> MigrationPlan:
        session.execute(raw(statement))
        raise AssertionError("the server let it pass")

    def loading(session: Session) -> frozenset[str]:
        session.execute(raw(statement))
        raise AssertionError("the server let it pass")

    root = [world.root(world.source, "source"), world.root(world.target, "target")]
    result = run_preflight(root[0], root[1], RunOptions(), writing, lambda session: frozenset())
    assert "READ ONLY" in next(f.observed for f in result.blockers if f.code == "plan-not-possible")
    config = config_for(schema)
    execute(world.target, [TABLE, "INSERT INTO t VALUES (1, 'a')"], schema)
    options = RunOptions()
    result = run_preflight(root[0], root[1], options, lambda s: build_plan(config, options, s), loading)
    failed = next(finding for finding in result.blockers if finding.code == "check-failed")
    assert "READ ONLY" in failed.observed
    assert "target rows" in failed.subject


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("matches nothing", subject="migration trial", remedy="correct the pattern"),
        FatalError("cannot be planned"),
    ],
)
def test_a_plan_that_cannot_be_made_is_a_blocker(error: Exception, world: World) -> None:
    def failing(session: Session) -> MigrationPlan:
        raise error

    result = run_preflight(
        world.source_login, world.target_login, RunOptions(), failing, lambda session: frozenset()
    )
    (finding,) = result.blockers
    assert finding.code == "plan-not-possible"
    assert finding.observed == error.args[0]
    assert result.plan is None
    assert "time-zone-names-unknown" not in {f.code for f in result.findings}  # needs the plan's events
    assert "target-is" in {f.code for f in result.findings}


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        ([{"include": "pf_no_such_schema.*"}], "include: pf_no_such_schema.*"),
        ([{"include": "$s.*"}, {"include": "pf_no_such_schema.*"}], "include: pf_no_such_schema.*"),
        ([{"include": "$s.no_such_*"}], "include: $s.no_such_*"),
        ([{"include": "$s.t"}, {"exclude": "$s.*"}], "matches no table"),
    ],
)
def test_a_selection_that_matches_nothing(
    selection: list[dict[str, str]], words: str, world: World, schema: str
) -> None:
    execute(world.source, [TABLE], schema)
    rules = [{key: value.replace("$s", schema) for key, value in rule.items()} for rule in selection]
    (finding,) = world.preflight(config_for(schema, selection=rules)).blockers
    assert finding.code == "plan-not-possible"
    assert words.replace("$s", schema) in finding.observed
    assert finding.remedy


def test_two_sources_of_one_target(world: World, schema: str) -> None:
    execute(world.source, [TABLE, "CREATE TABLE u (id INT PRIMARY KEY)"], schema)
    config = config_for(schema, renames={"tables": {f"{schema}.u": f"{schema}.t"}})
    (finding,) = world.preflight(config).blockers
    assert (finding.code, finding.subject) == ("plan-not-possible", f"{schema}.t")


def test_a_table_of_the_run_that_the_selection_does_not_have(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    options = RunOptions(tables=(f"{schema}.no_such",))
    (finding,) = world.preflight(config_for(schema), options=options).blockers
    assert f"{schema}.no_such" in finding.observed


def test_a_target_that_is_the_source(world: World, schema: str) -> None:
    execute(world.source, [TABLE, "INSERT INTO t VALUES (1, 'a')"], schema)
    same = world.root(world.source, "target")
    result = world.preflight(
        config_for(schema), target=same, options=RunOptions(prep_mode=TargetTablePrepMode.DROP_AND_CREATE)
    )
    assert "target-is-source" in {finding.code for finding in result.blockers}
    assert ask(world.source, f"SELECT COUNT(*) FROM {schema}.t") == 1


ODD_NAMES = [
    "back`tick",
    "quo'te",
    'dou"ble',
    "per%cent",
    "bra{ce}",
    "do.t",
    "spa ce",
    "emojié",
    "x" * 64,
    "$dollar",
]


@pytest.fixture
def odd_schema(world: World) -> Iterator[str]:
    name = "pf `odd' %s {x}.y"
    yield name
    quoted = name.replace("`", "``")
    for server in (world.source, world.target):
        execute(server, [f"DROP DATABASE IF EXISTS `{quoted}`"])


def test_odd_names_simply_work(world: World, odd_schema: str) -> None:
    quoted = [name.replace("`", "``") for name in ODD_NAMES]
    tables = [f"CREATE TABLE `{name}` (`{name}` INT PRIMARY KEY, j JSON)" for name in quoted]
    execute(world.source, tables, odd_schema)
    execute(world.target, [*tables, f"INSERT INTO `{quoted[0]}` VALUES (1, '1')"], odd_schema)
    escaped = odd_schema.replace("[", "[[]")
    result = world.preflight(config_for(escaped))
    assert result.plan is not None
    assert len(result.plan.tables) == len(ODD_NAMES)
    assert {(f.code, f.subject) for f in result.blockers} == {
        ("target-table-has-rows", f"{odd_schema}.{ODD_NAMES[0]}")
    }


def test_many_tables_do_not_mean_many_queries(world: World, schema: str) -> None:
    few = ["CREATE TABLE t0 (id INT PRIMARY KEY, j JSON, KEY (id))"]
    many = [f"CREATE TABLE t{number} LIKE t0" for number in range(1, 40)]
    counts = []
    for statements in (few, many):
        execute(world.source, statements, schema)
        execute(world.target, statements, schema)
        before = _all_statements(world)
        result = world.preflight(config_for(schema))
        assert not result.blockers
        counts.append(_all_statements(world) - before)
    # more: the samples of the 20 largest tables
    assert counts[1] <= counts[0] + 25, counts
    assert counts[0] < 200, counts


def _all_statements(world: World) -> int:
    """How many statements the migration's accounts have run."""
    count = (
        "SELECT COALESCE(SUM(COUNT_STAR), 0)"
        " FROM performance_schema.events_statements_summary_by_user_by_event_name"
        " WHERE EVENT_NAME LIKE 'statement/sql/%' AND USER = "
    )
    ends = ((world.source, world.source_login), (world.target, world.target_login))
    for server, _ in ends:
        settle(server)
    return sum(int(ask(server, f"{count}'{login.user}'")) for server, login in ends)


@pytest.fixture
def context(world: World, schema: str) -> Iterator[Context]:
    execute(world.source, [TABLE], schema)
    sides = [Side(open_session(login)) for login in (world.source_login, world.target_login)]
    plan = build_plan(config_for(schema), RunOptions(), sides[0].session)
    yield Context(RunOptions(), sides[0], sides[1], plan, lambda session: frozenset())
    for side in sides:
        side.close()


def test_a_failing_check_keeps_what_it_found_and_hides_no_other(context: Context) -> None:
    def check_half(context: Context) -> Iterator[Finding]:
        yield note("half-found", "x", "seen before the failure")
        context.source.session.query(raw("SELECT no_such_column FROM information_schema.TABLES"))

    def check_broken(context: Context) -> Iterator[Finding]:
        yield from ()
        raise KeyError("a mistake in a check")

    found = run_checks(context, [check_half, check_broken, check_named("size")])
    assert [finding.code for finding in found] == ["half-found", "size-estimate", "check-failed", "check-failed"]
    assert found[2].subject == "check half"
    assert "no_such_column" in found[2].observed
    assert found[3].subject == "check broken"
    assert {finding.severity for finding in found[2:]} == {Severity.BLOCKER}


def test_checks_that_fail_for_one_reason_are_told_together(context: Context) -> None:
    def check_one(context: Context) -> Iterator[Finding]:
        yield from ()
        raise StatementError("the catalog cannot be read", subject="source", errno=1)

    def check_two(context: Context) -> Iterator[Finding]:
        yield from check_one(context)

    (finding,) = run_checks(context, [check_one, check_two])
    assert finding.subject == "checks one, two"


def test_a_lost_connection_is_opened_anew(world: World, context: Context) -> None:
    tries = []

    def check_killed(context: Context) -> Iterator[Finding]:
        thread = context.source.session.scalar(raw("SELECT CONNECTION_ID()"))
        tries.append(thread)
        if len(tries) == 1:
            execute(world.source, [f"KILL {thread}"])
        yield note("still-there", "x", str(context.source.session.scalar(raw("SELECT 1"))))

    found = run_checks(context, [check_killed])
    assert [finding.code for finding in found] == ["still-there"]
    assert len(set(tries)) == 2
    with pytest.raises(RetryableError, match="READ ONLY"):
        context.source.session.execute(raw("CREATE DATABASE pf_never"))


def test_a_connection_lost_for_good_is_a_finding(world: World, context: Context) -> None:
    def check_killed(context: Context) -> Iterator[Finding]:
        context.source.session.close()
        context.source.session.endpoint = replace(world.source_login, port=1)
        yield note("not-seen", "x", str(context.source.session.scalar(raw("SELECT 1"))))

    (finding,) = run_checks(context, [check_killed])
    assert finding.code == "check-failed"
    assert finding.subject == "check killed"
