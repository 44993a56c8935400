"""Routines, views, triggers and events arrive with their text and the context they run in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from aurora_migration.engine.verify.objects import compare_objects
from aurora_migration.model.program import Event, Program
from aurora_migration.model.report import DifferenceKind
from aurora_migration.mysql import programs
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.script import statements
from tests.fresh_databases import Databases, endpoint
from tests.integration.schema.migration import OF_DEFINERS, executed, migration, rows

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]
Definers = Callable[[Session], None]
TEXT = Path(__file__).with_name("programs.sql").read_text(encoding="utf-8")
LONG = TEXT.replace("'LONG'", "'" + "long, and quoted '' twice; " * 4000 + "'")
PROGRAMS = tuple(statements(LONG))


def described(session: Session, schema: str) -> dict[str, Program]:
    session.execute(raw("USE information_schema"))  # SHOW CREATE VIEW leaves the current schema's name out
    return {program.label: program for program in programs.programs(session, schema).all}


ACCOUNTS = "app@localhost, old@localhost, other@localhost, `ow``ner`@`10.%`"


@pytest.fixture(autouse=True)
def definers(databases: Make) -> Iterator[Definers]:
    """The accounts that define the programs, on the source alone; call it to have them on another server, too."""
    made = databases()

    def create(session: Session) -> None:
        session.execute(raw(f"CREATE USER IF NOT EXISTS {ACCOUNTS} ACCOUNT LOCK"))
        session.execute(raw(f"GRANT {OF_DEFINERS} ON *.* TO {ACCOUNTS}"))

    create(made.source_root)
    yield create
    for session in (made.source_root, made.target_root):
        session.execute(raw(f"DROP USER IF EXISTS {ACCOUNTS}"))


def test_programs_arrive_before_their_definers_do(databases: Make, definers: Definers) -> None:
    made = databases()
    made.on_source(*PROGRAMS)
    run = migration(made)
    result = run.all()
    subjects = {finding.subject for finding in result.findings}
    assert subjects == {f"view {made.name}.broken", f"view {made.name}.on_broken"}
    assert {finding.code for finding in result.findings} == {"broken-view"}
    definers(made.target_root)
    compare(made)
    states = {state.name: state.status for state in result.event_states}
    assert states["in_zone"] == states["ansi event"] == "ENABLED"
    assert states["switched_off"] == states["over_but_kept"] == states["ended"] == "DISABLED"
    assert states["for_replicas"] == "REPLICA_SIDE_DISABLED"
    disabled = {rule.subject for rule in result.rules if rule.rule == "event-disabled"}
    assert disabled == {f"event {made.name}.{name}" for name in ("in_zone", "ansi event", "for_replicas")}
    assert {rule.rule for rule in result.rules} == {"event-disabled"}
    before = executed(made.target_root)
    assert run.programs() == result
    assert executed(made.target_root) == before, "a second run writes nothing"
    assert behaviour(made, made.target_root) == behaviour(made, made.source_root)


def compare(made: Databases) -> None:
    """Every fact and the whole text, apart from what the broken views and the states of events make differ."""
    ours, theirs = described(made.source_root, made.name), described(made.target_root, made.name)
    for name in ("broken", "on_broken"):
        del ours[f"view {made.name}.{name}"]
    assert list(theirs) == list(ours)
    for label, program in ours.items():
        other = theirs[label]
        facts = {field: getattr(program, field) for field in type(program).__dataclass_fields__}
        found = {field: getattr(other, field) for field in facts}
        if isinstance(program, Event):
            assert found.pop("status") == "DISABLED"
            facts.pop("status")
            states = (" ENABLE ", " DISABLE ON REPLICA ")
            for state in states:
                facts["create"] = facts["create"].replace(state, " DISABLE ")
        assert found == facts, label


def behaviour(made: Databases, session: Session) -> list[object]:
    """What the programs do."""
    session.execute(raw(f"USE {made.name}"))
    session.execute(raw("TRUNCATE item"))
    session.execute(raw("INSERT INTO item (name, price, doc, l) VALUES ('s%', 10, '[{\"k\": 7}]', 'é')"))
    session.execute(raw("UPDATE item SET name = 'xs%'"))
    session.execute(raw('CALL `odd ``name"%s{x}.`(1, @o, @io)'))
    return [
        rows(session, "SELECT id, name, price FROM item"),
        rows(session, "SELECT @last, @o"),
        rows(session, "SELECT what FROM log"),
        rows(session, "SELECT * FROM v_base"),
        rows(session, "SELECT n, t, s, c, HEX(raw_byte), k FROM a_deepest ORDER BY n"),
        rows(session, "SELECT vat(10)"),
    ]


def test_programs_of_clients_in_other_charsets(databases: Make, definers: Definers) -> None:
    made = databases("CREATE TABLE t (a VARCHAR(9), l VARCHAR(9) CHARACTER SET latin1)")
    connection = made.source_root.connection
    for charset, text in (
        ("latin1", "CREATE DEFINER = app@localhost PROCEDURE `pé` (IN é INT) COMMENT 'é' SELECT 'é', HEX('é'), é"),
        ("latin1", "CREATE DEFINER = app@localhost TRIGGER `té` BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'é'"),
        ("latin1", "CREATE DEFINER = app@localhost VIEW `vé` AS SELECT 'é' AS `é`, a FROM t WHERE l = 'é'"),
        ("gbk", "CREATE DEFINER = app@localhost PROCEDURE gbk_one () SELECT '誠', HEX('誠') AS '誠'"),
    ):
        connection.query(f"SET NAMES {charset}")
        connection.query(text.encode(charset))
    connection.query("SET NAMES utf8mb4")
    run = migration(made)
    assert run.all().findings == ()
    definers(made.target_root)
    ours, theirs = described(made.source_root, made.name), described(made.target_root, made.name)
    assert theirs == ours
    assert len(ours) == 4
    procedure = ours[f"procedure {made.name}.pé"]
    assert procedure.character_set_client == "latin1"
    before = executed(made.target_root)
    run.programs()
    assert executed(made.target_root) == before


def test_definers_are_mapped_or_replaced_by_the_invoker(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a INT)",
        "CREATE DEFINER = old@localhost FUNCTION f (x VARCHAR(9)) RETURNS DECIMAL(5,2) UNSIGNED"
        " DETERMINISTIC COMMENT 'c' RETURN 1",
        "CREATE DEFINER = old@localhost PROCEDURE p () SELECT 1",
        "CREATE DEFINER = other@localhost VIEW v AS SELECT a, f('') AS b FROM t",
        "CREATE DEFINER = old@localhost VIEW w AS SELECT a FROM v",
        "CREATE DEFINER = old@localhost TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
        "CREATE DEFINER = old@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1",
    )
    run = migration(made, definers={"policy": "map", "map": {"old@localhost": "ne`w@10.%"}})
    result = run.all()
    assert result.findings == ()
    found = {program.kind: program.definer for program in described(made.target_root, made.name).values()}
    assert set(found.values()) == {"ne`w@10.%"}
    view = described(made.target_root, made.name)[f"view {made.name}.v"]
    assert (view.definer, view.security) == ("other@localhost", "DEFINER")
    assert len([rule for rule in result.rules if rule.rule == "definer"]) == 5

    run = migration(made, definers={"policy": "invoker"})
    result = run.programs()
    assert result.findings == ()
    found = {p.label.partition(".")[2]: p.security for p in described(made.target_root, made.name).values()}
    assert found == {
        "f": "INVOKER",
        "p": "INVOKER",
        "v": "INVOKER",
        "w": "INVOKER",
        "r": "DEFINER",
        "e": "DEFINER",
    }
    assert {rule.subject.partition(".")[2] for rule in result.rules if rule.rule == "definer"} == set("fpvw")
    before = executed(made.target_root)
    run.programs()
    assert executed(made.target_root) == before


def test_what_differs_on_the_target_is_made_again(databases: Make, definers: Definers) -> None:
    made = databases(
        "CREATE TABLE t (a INT)",
        "CREATE DEFINER = app@localhost FUNCTION f () RETURNS INT NO SQL RETURN 1",
        "CREATE DEFINER = app@localhost VIEW v AS SELECT f() AS a FROM t",
        "CREATE DEFINER = app@localhost VIEW w AS SELECT a FROM v",
        "CREATE DEFINER = app@localhost TRIGGER r1 BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
        "CREATE DEFINER = app@localhost TRIGGER r2 BEFORE INSERT ON t FOR EACH ROW SET @x = 2",
        "CREATE DEFINER = app@localhost EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00'"
        " DO SET @x = 1",
    )
    run = migration(made)
    run.all()
    for change in (
        "ALTER FUNCTION f SQL SECURITY INVOKER",
        "ALTER FUNCTION f COMMENT 'other'",
        "DROP FUNCTION f",
        "DROP VIEW v",
        "CREATE OR REPLACE DEFINER = app@localhost SQL SECURITY INVOKER VIEW v AS SELECT 1 AS a FROM t",
        "ALTER DEFINER = app@localhost SQL SECURITY INVOKER VIEW w AS SELECT 2 AS a FROM t",
        "DROP TRIGGER r1",
        "ALTER DEFINER = app@localhost EVENT e ENABLE",
        "ALTER DEFINER = app@localhost EVENT e ON SCHEDULE EVERY 2 DAY",
        "DROP EVENT e",
    ):
        made.on_target(change)
        result = run.programs()
        assert result.findings == (), change
        described_alike(made, change)
    definers(made.target_root)
    made.on_target("SET SESSION sql_mode = 'ANSI_QUOTES'")
    made.target_root.execute(raw("DROP FUNCTION f"))
    made.target_root.execute(raw("CREATE DEFINER = app@localhost FUNCTION f () RETURNS INT NO SQL RETURN 1"))
    made.target_root.execute(raw("SET SESSION sql_mode = ''"))
    run.programs()
    described_alike(made, "other sql_mode")


def described_alike(made: Databases, change: str) -> None:
    theirs, ours = described(made.target_root, made.name), described(made.source_root, made.name)
    # the functions' definer does not exist, so nobody is shown the views that call them
    for kind in ("view", "event"):
        assert [label for label in theirs if label.startswith(kind)] == [
            label for label in ours if label.startswith(kind)
        ], change
    event = theirs.pop(f"event {made.name}.e")
    assert isinstance(event, Event)
    assert event.status == "DISABLED"
    assert "EVERY 1 DAY STARTS '2031" in event.create
    for label, program in ours.items():
        if label.startswith(("function", "trigger")):
            assert theirs[label] == program, change
    sql = f"SELECT TABLE_NAME, SECURITY_TYPE FROM information_schema.VIEWS WHERE TABLE_SCHEMA = '{made.name}'"
    assert rows(made.target_root, f"{sql} ORDER BY 1") == [("v", "DEFINER"), ("w", "DEFINER")], change


def test_single_tables_bring_their_triggers_and_nothing_else(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a INT)",
        "CREATE TABLE u (a INT)",
        "CREATE DEFINER = app@localhost PROCEDURE p () SELECT 1",
        "CREATE DEFINER = app@localhost VIEW v AS SELECT a FROM t",
        "CREATE DEFINER = app@localhost TRIGGER of_t BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
        "CREATE DEFINER = app@localhost TRIGGER of_u BEFORE INSERT ON u FOR EACH ROW SET @x = 1",
    )
    run = migration(made, selection=[{"include": f"{made.name}.t"}])
    assert run.all().findings == ()
    assert list(described(made.target_root, made.name)) == [f"trigger {made.name}.of_t"]


def test_what_the_target_refuses_is_told_and_the_rest_is_there(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a INT)",
        "CREATE TABLE left_out (a INT)",
        "CREATE DEFINER = app@localhost VIEW v AS SELECT a FROM t",
        "CREATE DEFINER = app@localhost VIEW w AS SELECT a FROM left_out",
        "CREATE DEFINER = app@localhost VIEW x AS SELECT a FROM w",
        "CREATE DEFINER = rdsadmin@localhost PROCEDURE by_amazon () SELECT 1",
    )
    run = migration(made, selection=[{"include": f"{made.name}.*"}, {"exclude": f"{made.name}.left_out"}])
    result = run.all()
    assert {(finding.code, finding.subject) for finding in result.findings} == {
        ("program-not-created", f"view {made.name}.w"),
        ("program-not-created", f"view {made.name}.x"),
        ("program-not-created", f"procedure {made.name}.by_amazon"),
    }
    remedies = {finding.subject.partition(".")[2]: finding.remedy for finding in result.findings}
    assert "definers.map" in remedies["by_amazon"]
    assert list(described(made.target_root, made.name)) == [f"view {made.name}.v"]


def test_a_target_that_trusts_no_function_creators_says_which_parameter_to_set(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a INT)",
        "CREATE DEFINER = app@localhost TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
        "CREATE DEFINER = app@localhost VIEW v AS SELECT a FROM t",
    )
    made.target_root.execute(raw("SET GLOBAL log_bin_trust_function_creators = 0"))
    try:
        findings = migration(made).all().findings
    finally:
        made.target_root.execute(raw("SET GLOBAL log_bin_trust_function_creators = 1"))
    assert [finding.subject for finding in findings] == [f"trigger {made.name}.r"]
    assert "log_bin_trust_function_creators to 1" in findings[0].remedy
    assert list(described(made.target_root, made.name)) == [f"view {made.name}.v"]


def test_a_view_whose_text_is_not_shown_is_told_and_stands_against_the_proof(databases: Make) -> None:
    made = databases(
        "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
        "CREATE VIEW calls AS SELECT f() AS more",
        "CREATE VIEW spread AS SELECT more, x FROM calls, JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) AS j",
    )
    with execute_revoked(made) as source:
        run = migration(replace(made, source=source))
        result = run.all()
        assert [(one.code, one.subject) for one in result.findings] == [
            ("hidden-view", f"view {made.name}.spread")
        ]
        found = [one for one in compare_objects(run.plan(), source, made.target) if not one.explained]
    assert [(one.kind, one.subject) for one in found] == [(DifferenceKind.MISSING, f"view {made.name}.spread")]
    assert "does not show its text" in found[0].detail
    allowed = migration(made)  # with EXECUTE, as README grants it
    assert not allowed.programs().findings
    assert not [one for one in compare_objects(allowed.plan(), made.source, made.target) if not one.explained]


@contextmanager
def execute_revoked(made: Databases) -> Iterator[Session]:
    made.source_root.execute(raw("REVOKE EXECUTE ON *.* FROM migrator"))
    try:
        with Session.open(endpoint("source", made.pair.source_login)) as session:
            yield session
    finally:
        made.source_root.execute(raw("GRANT EXECUTE ON *.* TO migrator"))
