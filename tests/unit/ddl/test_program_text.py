"""Names in SQL text, and the headers of programs."""

from __future__ import annotations

import pytest

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.config import DefinersConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.program import Event, Program, ProgramKind, Routine, Trigger, View
from aurora_migration.sql.ddl.database import database_rules, of_collation, parse_database
from aurora_migration.sql.ddl.edits import apply
from aurora_migration.sql.ddl.lexer import tokens
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.program import own_text, rewrite_program
from aurora_migration.sql.ddl.references import names_in_strings, references

NAMES = NameMap({"s": "n"}, {TableName("s", "t"): TableName("n", "u"), TableName("o", "m"): TableName("p", "m")})


def carried(text: str, home: str | None = "s", names: NameMap = NAMES) -> str:
    found = references(tokens(text), home, names)
    assert found.doubts == []
    return apply(text, found.edits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT s.f(1), `s` . `x`.c FROM s.x", "SELECT `n`.f(1), `n` . `x`.c FROM `n`.x"),
        ("SELECT t.a FROM t WHERE t.a = 's.t'", "SELECT `u`.a FROM `u` WHERE `u`.a = 's.t'"),
        ("SELECT t.a FROM s.t -- s.t\n, x", "SELECT `u`.a FROM `n`.`u` -- s.t\n, x"),
        ("SELECT 1 FROM x, t JOIN (s.t AS q, y)", "SELECT 1 FROM x, `u` JOIN (`n`.`u` AS q, y)"),
        ("SELECT 1 FROM x JOIN y ON f(x.a, y.b), t", "SELECT 1 FROM x JOIN y ON f(x.a, y.b), `u`"),
        ("INSERT LOW_PRIORITY IGNORE INTO t (a) SELECT 1", "INSERT LOW_PRIORITY IGNORE INTO `u` (a) SELECT 1"),
        ("INSERT INTO s.t VALUES (REPLACE(a, 1, 2))", "INSERT INTO `n`.`u` VALUES (REPLACE(a, 1, 2))"),
        ("UPDATE t SET t.a = 1", "UPDATE `u` SET `u`.a = 1"),
        ("DELETE t FROM t JOIN x", "DELETE `u` FROM `u` JOIN x"),
        ("TRUNCATE TABLE t; DROP TABLE IF EXISTS t", "TRUNCATE TABLE `u`; DROP TABLE IF EXISTS `u`"),
        ("CALL s.t(1)", "CALL `n`.t(1)"),
        ("SELECT 1 FROM o.m", "SELECT 1 FROM `p`.m"),
        ("SET @s = @t, @@global.t = 1", "SET @s = @t, @@global.t = 1"),
        ("SELECT EXTRACT(DAY FROM x.a), TRIM('t' FROM x.b) FROM x", None),
        ("SELECT 1 FROM T", None),
    ],
)
def test_names_are_carried_over(text: str, expected: str | None) -> None:
    assert carried(text) == (expected if expected is not None else text)


def test_views_name_every_schema_so_two_parts_are_an_alias() -> None:
    text = (
        "select `s`.`t`.`a`,`s`.`t`.`s`,`t`.`a` from (`s`.`t` join (`s`.`x` `s` join `o`.`m` `t`)) where `s`.`b`"
    )
    expected = (
        "select `n`.`u`.`a`,`n`.`u`.`s`,`t`.`a` from (`n`.`u` join (`n`.`x` `s` join `p`.`m` `t`)) where `s`.`b`"
    )
    assert carried(text, None) == expected
    assert carried("select `s`.`t`.`a` from `s`.`x` `t`", None) == "select `n`.`t`.`a` from `n`.`x` `t`"
    assert carried("select extract(year from `s`.`a`) from `s`.`x` `s`", None).startswith(
        "select extract(year from `s`"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT s.a FROM x AS s", "s.a may be schema s or an alias"),
        ("SELECT t FROM t", "t may be a renamed table or something else"),
        ("DECLARE t INT", "t may be a renamed table"),
        ("SELECT t.a FROM x AS t", "t may be a renamed table"),
        ("WITH t AS (SELECT 1) SELECT * FROM t", "t may be a renamed table"),
        ("SELECT t.a FROM s.t JOIN other.t", "t.a may belong to several tables"),
    ],
)
def test_what_can_mean_two_things_is_a_doubt(text: str, words: str) -> None:
    assert references(tokens(text), "s", NAMES).doubts[0].startswith(words)


def test_case_counts_where_the_source_says_so() -> None:
    assert carried("SELECT 1 FROM S.T") == "SELECT 1 FROM S.T"
    folded = NameMap(NAMES.schemas, NAMES.tables, fold_case=True)
    assert carried("SELECT 1 FROM S.T", "s", folded) == "SELECT 1 FROM `n`.`u`"


def test_strings_are_searched_for_whole_names() -> None:
    cut = tokens("SET @q = 'SELECT 1 FROM t'; SET @r = 'tt s_x'")
    assert names_in_strings(cut, NAMES) == ("t",)
    assert names_in_strings(tokens("SELECT t, 'x'"), NAMES) == ()


def routine(create: str, **changes: object) -> Routine:
    facts = {"kind": ProgramKind.PROCEDURE, "name": TableName("s", "p"), "definer": "a@b", **changes}
    return Routine(create=create, **facts)  # type: ignore[arg-type]


INVOKER = DefinersConfig(policy="invoker")
KEEP = DefinersConfig()


@pytest.mark.parametrize(
    ("create", "expected"),
    [
        (
            "CREATE DEFINER=`a`@`b` FUNCTION `f`(x int)"
            " RETURNS varchar(9) CHARSET latin1 COLLATE latin1_bin\nRETURN 1",
            "RETURNS varchar(9) CHARSET latin1 COLLATE latin1_bin\n    SQL SECURITY INVOKER\nRETURN 1",
        ),
        (
            "CREATE DEFINER=`a`@`b` FUNCTION `f`()"
            " RETURNS decimal(5,2) unsigned\n    NO SQL\n    COMMENT 'c'\nRETURN 1",
            "unsigned\n    NO SQL\n    SQL SECURITY INVOKER\n    COMMENT 'c'\nRETURN 1",
        ),
        (
            "CREATE DEFINER=`a`@`b` FUNCTION `f`()"
            " RETURNS enum('(','x') CHARACTER SET latin1\n    DETERMINISTIC\nRETURN 1",
            "latin1\n    DETERMINISTIC\n    SQL SECURITY INVOKER\nRETURN 1",
        ),
    ],
)
def test_functions_are_told_to_run_as_their_invoker(create: str, expected: str) -> None:
    program = routine(create, kind=ProgramKind.FUNCTION, name=TableName("s", "f"), comment="c")
    there = rewrite_program(program, NameMap(), INVOKER)
    assert there.create.endswith(expected)
    assert there.security == "INVOKER"
    assert [rule.rule for rule in there.rules] == ["definer"]


def test_headers_are_written_from_the_catalog() -> None:
    text = "CREATE DEFINER=`Ã©`@`b` PROCEDURE `pÃ©`(s INT)\n    COMMENT 'Ã©'\nSELECT s.x FROM t"
    program = routine(text, name=TableName("s", "pé"), definer="é@b`", comment="é'\\")
    assert own_text(program) == (
        "CREATE DEFINER=`é`@`b``` PROCEDURE `s`.`pé`(s INT)\n    COMMENT 'é''\\\\'\nSELECT s.x FROM t"
    )
    mapped = DefinersConfig(policy="map", map={"é@b`": "x@%"})
    there = rewrite_program(program, NameMap(), mapped)
    assert there.create.startswith("CREATE DEFINER=`x`@`%` PROCEDURE")
    assert [(rule.rule, rule.detail) for rule in there.rules] == [("definer", "é@b` → x@%")]
    there = rewrite_program(program, NAMES, KEEP)
    assert [finding.code for finding in there.findings] == ["name-not-rewritten"], "s is a parameter, too"
    assert there.create.endswith("SELECT s.x FROM t")
    assert there.name == TableName("n", "pé")


def test_modes_of_the_program_decide_how_its_text_is_read() -> None:
    text = 'CREATE DEFINER="a"@"b" PROCEDURE "p"()\n    COMMENT \'x\\\\\'\nBEGIN SELECT \'\\\' FROM "t"; END'
    program = routine(text, sql_mode="ANSI_QUOTES,NO_BACKSLASH_ESCAPES", comment="x\\")
    create = rewrite_program(program, NAMES, KEEP).create
    assert (
        create == "CREATE DEFINER=`a`@`b` PROCEDURE `n`.`p`()\n    COMMENT 'x\\'\nBEGIN SELECT '\\' FROM `u`; END"
    )


def test_triggers_follow_their_table() -> None:
    trigger = Trigger(
        kind=ProgramKind.TRIGGER,
        name=TableName("o", "r"),
        create="CREATE DEFINER=`a`@`b` TRIGGER IF NOT EXISTS o.r BEFORE INSERT ON o.m"
        " FOR EACH ROW FOLLOWS q SET @x = 1",
        definer="a@b",
        table=TableName("o", "m"),
        timing="BEFORE",
        event="INSERT",
        action_order=1,
    )
    there = rewrite_program(trigger, NAMES, INVOKER)
    assert there.name == TableName("p", "r")
    assert " `p`.`r` BEFORE INSERT ON `p`.`m` FOR EACH ROW" in there.create
    assert there.findings[0].observed.endswith("the table moves to schema p, unqualified names would follow it")


@pytest.mark.parametrize(
    ("state", "status", "rules"),
    [("ENABLE", "ENABLED", 1), ("DISABLE", "DISABLED", 0), ("DISABLE ON SLAVE", "SLAVESIDE_DISABLED", 1)],
)
def test_events_are_disabled(state: str, status: str, rules: int) -> None:
    schedule = "ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION NOT PRESERVE"
    event = Event(
        kind=ProgramKind.EVENT,
        name=TableName("s", "e"),
        create=f"CREATE DEFINER=`a`@`b` EVENT `e` {schedule} {state} COMMENT 'DO ENABLE' DO SELECT 1 FROM t",
        definer="a@b",
        status=status,
        time_zone="SYSTEM",
        comment="DO ENABLE",
    )
    there = rewrite_program(event, NameMap(), INVOKER)
    assert (
        there.create
        == f"CREATE DEFINER=`a`@`b` EVENT `s`.`e` {schedule} DISABLE COMMENT 'DO ENABLE' DO SELECT 1 FROM t"
    )
    assert [rule.rule for rule in there.rules] == ["event-disabled"] * rules
    assert f" {state} COMMENT" in own_text(event)


@pytest.mark.parametrize("create", ["", "CREATE", "CREATE VIEW", "DROP VIEW v", "CREATE PROCEDURE p BEGIN END"])
def test_other_shapes_are_refused(create: str) -> None:
    kind = ProgramKind.PROCEDURE if "PROCEDURE" in create else ProgramKind.VIEW
    program: Program = View(kind=kind, name=TableName("s", "p"), create=create, definer="a@b")
    with pytest.raises(UnsupportedTableError):
        own_text(program)


def test_databases() -> None:
    text = "CREATE DATABASE `x COLLATE y` /*!40100 DEFAULT CHARACTER SET utf8 COLLATE utf8_bin */ "
    database = parse_database(text + "/*!80016 DEFAULT ENCRYPTION='Y' */ /* READ ONLY = 1 */")
    assert database.defaults.plain == "DEFAULT CHARACTER SET utf8 COLLATE utf8_bin"
    assert [rule.rule for rule in database_rules(database, "x")] == ["encryption", "read-only"]
    new = parse_database("CREATE DATABASE `x` /*!40100 DEFAULT CHARACTER SET utf8mb3 COLLATE utf8mb3_bin */")
    assert database.same_defaults(new)
    assert not new.same_defaults(parse_database("CREATE DATABASE `x` /*!40100 DEFAULT CHARACTER SET utf8mb3 */"))
    assert of_collation("latin1_bin").plain == "DEFAULT COLLATE latin1_bin"
    with pytest.raises(UnsupportedTableError):
        of_collation("latin1_bin; DROP")
    with pytest.raises(UnsupportedTableError):
        parse_database("CREATE DATABASE `x`")
