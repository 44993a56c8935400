"""Tables arrive as the server wrote them: wave 1 holds what the load needs, wave 2 makes the texts equal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.errors import SchemaMismatchError, StatementError
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.script import statements
from tests.fresh_databases import Databases
from tests.integration.schema.migration import create_text, executed, migration, rows, texts

pytestmark = pytest.mark.servers

ODD = tuple(statements(Path(__file__).with_name("tables.sql").read_text(encoding="utf-8")))
Make = Callable[..., Databases]


def odd(databases: Make, name: str | None = None) -> Databases:
    made = databases("SET SESSION foreign_key_checks = 0", *ODD, name=name)
    made.on_source("SET SESSION foreign_key_checks = 1")
    return made


@pytest.mark.parametrize("name", [None, "o`d\"d'd%s{b}.x y$ 钥"])
def test_odd_tables_end_with_the_same_text_and_stay_so(databases: Make, name: str | None) -> None:
    made = odd(databases, name)
    run = migration(made)
    assert run.first() == ()
    assert run.second() == ()
    ours, theirs = texts(made.source_root, made.name), texts(made.target_root, made.name)
    assert list(theirs) == list(ours)
    for table, text in ours.items():
        assert theirs[table] == text, table
    assert [words.partition(" (")[2] for words in run.told] == ["tables 1 to 20 of 26)", "tables 21 to 26 of 26)"]
    before = executed(made.target_root)
    run.second()
    assert executed(made.target_root) == before, "a second run writes nothing"
    assert run.first() == ()
    assert texts(made.target_root, made.name) == ours


def test_the_first_wave_holds_what_rows_need_and_plain_indexes_of_small_tables(databases: Make) -> None:
    made = odd(databases)
    migration(made).first()
    keys: dict[str, list[str]] = {}
    for table, text in texts(made.target_root, made.name).items():
        keys[table] = re.findall(r"^  (?:PRIMARY|(?:UNIQUE |FULLTEXT |SPATIAL )?KEY `\S+`)", text, re.MULTILINE)
        assert "FOREIGN KEY" not in text, table
    assert keys["columns_of_all_kinds"] == ["  PRIMARY", "  KEY `hidden_key`"]
    assert keys["no_key"] == ["  KEY `a`"]
    assert keys["nullable_unique"] == keys["only_fulltext"] == []
    assert keys["float_key"] == ["  PRIMARY", "  UNIQUE KEY `code`"]
    assert keys["counter_in_second_place"] == ["  PRIMARY", "  KEY `counting`"]
    assert keys["unique_instead_of_primary"] == ["  UNIQUE KEY `first_one`", "  KEY `b`"]
    assert keys["by_hash"] == ["  UNIQUE KEY `a`"]
    assert keys["child"] == ["  PRIMARY", "  KEY `a`", "  KEY `u`"]
    full = create_text(made.target_root, made.name, "columns_of_all_kinds")
    assert full.count("CONSTRAINT") == 3, "checks are there for the load"
    assert "INVISIBLE" in full
    assert "DEFAULT (uuid())" in full


def test_a_generated_invisible_key_is_an_ordinary_column_on_the_target(databases: Make) -> None:
    made = databases(
        "SET SESSION sql_generate_invisible_primary_key = ON",
        "CREATE TABLE keyless (a INT, KEY (a))",
        "SET SESSION sql_generate_invisible_primary_key = OFF",
    )
    run = migration(made)
    run.first()
    run.second()
    assert "`my_row_id`" in create_text(made.target_root, made.name, "keyless")
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)


def test_a_check_whose_literal_the_server_converts_is_the_same_check(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a VARCHAR(5) CHARACTER SET latin1, b INT, UNIQUE (b), CONSTRAINT c CHECK (a <> 'é'))"
    )
    run = migration(made)
    run.first()
    run.second()
    run.first()
    assert "_latin1'" in create_text(made.target_root, made.name, "t")
    with pytest.raises(StatementError, match="'c' is violated"):
        made.on_target("INSERT INTO t (a) VALUES ('é')")


def test_literals_and_members_that_servers_do_not_show(databases: Make) -> None:
    """SHOW CREATE TABLE shows ? for what is beyond utf8mb3 or in another charset, to a utf8mb4 client."""
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5) DEFAULT '😀é', l VARCHAR(5) CHARACTER SET latin1,"
        " s VARCHAR(5) CHARACTER SET sjis, e ENUM('x', '😀', '''🐘\\\\', '?') DEFAULT '😀',"
        " f SET('a', '😀', 'c', '🐘?'), ex VARCHAR(10) DEFAULT (CONCAT('😀', 'é')),"
        " g VARCHAR(20) GENERATED ALWAYS AS (IF(l = 'é', '😀', 'q')) VIRTUAL,"
        " gs INT GENERATED ALWAYS AS (s = 'ソ') VIRTUAL,"
        " gl INT GENERATED ALWAYS AS (l = _latin1 x'E92720') VIRTUAL,"
        " KEY ((l = 'é')), KEY ((CONCAT(a, '😀'))), CHECK (a <> 'é😀'))",
        "CREATE TABLE p (a VARCHAR(5)) PARTITION BY LIST COLUMNS (a) (PARTITION p VALUES IN ('😀', 'é'))",
        "INSERT INTO t (id, a, l, s, e, f) VALUES (1, 'x', 'é', 'ソ', 2, 'a,😀,🐘?')",
        "INSERT INTO t (id, a, l, s, e, f) VALUES (2, 'y', 'u', 'x', 3, 'c,🐘?')",
    )
    run = migration(made)
    rules = run.first()
    detail = "column e: the server shows member 4 with a ? and no row has it; kept so"
    expected = [("lost-member", f"table {made.name}.t", detail)]
    assert [(rule.rule, rule.subject, rule.detail) for rule in rules] == expected
    run.second()
    for table in ("t", "p"):
        ours, theirs = (_bytes(root, made, table) for root in (made.source_root, made.target_root))
        assert theirs == ours
    insert = "INSERT INTO t (id, a, l, s, e, f) SELECT 3, 'z', _latin1 x'E92720', 'ソ', '''🐘\\\\', '😀,🐘?'"
    made.on_target(insert, "INSERT INTO t (id, l) VALUES (4, 'é')")
    found = rows(made.target_root, "SELECT e + 0, f + 0, g, gs, gl, ex FROM t ORDER BY id")
    assert found == [(3, 10, "q", 1, 1, "😀é"), (2, None, "😀", None, 0, "😀é")]
    with pytest.raises(StatementError, match="is violated"):
        made.on_target("INSERT INTO t (id, a) VALUES (5, 'é😀')")
    run.first()


def _bytes(session: Session, made: Databases, table: str) -> bytes:
    """SHOW CREATE TABLE, unconverted."""
    session.execute(raw("SET character_set_results = binary"))
    found = session.query(raw(f"SHOW CREATE TABLE {made.name}.{table}"))
    session.execute(raw("SET character_set_results = utf8mb4"))
    return bytes(found[0]["Create Table"])


def test_foreign_keys_between_schemas_and_to_parents_that_stay_behind(databases: Make) -> None:
    parents = databases("CREATE TABLE parent (id INT PRIMARY KEY)", "CREATE TABLE left_out (id INT PRIMARY KEY)")
    made = databases(
        f"CREATE TABLE child (id INT PRIMARY KEY, p INT, q INT,"
        f" CONSTRAINT kept FOREIGN KEY (p) REFERENCES {parents.name}.parent (id),"
        f" CONSTRAINT orphan FOREIGN KEY (q) REFERENCES {parents.name}.left_out (id))"
    )
    selection = [{"include": f"{made.name}.*"}, {"include": f"{parents.name}.parent"}]
    run = migration(made, selection=selection)
    run.first()
    rules = run.second()
    assert [(rule.rule, rule.subject) for rule in rules] == [("foreign-key", f"table {made.name}.child")]
    assert f"orphan left out: its parent {parents.name}.left_out is not on the target" in rules[0].detail
    text = create_text(made.target_root, made.name, "child")
    assert f"CONSTRAINT `kept` FOREIGN KEY (`p`) REFERENCES `{parents.name}`.`parent` (`id`)" in text
    assert "orphan` FOREIGN" not in text
    for root in (made.source_root, made.target_root):
        root.execute(raw(f"DROP TABLE {made.name}.child"))


def test_a_foreign_key_to_a_key_that_is_not_unique(databases: Make) -> None:
    made = databases(
        "SET SESSION restrict_fk_on_non_standard_key = OFF",
        "CREATE TABLE parent (id INT PRIMARY KEY, v INT, KEY (v))",
        "CREATE TABLE child (id INT PRIMARY KEY, v INT, FOREIGN KEY (v) REFERENCES parent (v))",
    )
    run = migration(made)
    run.first()
    run.second()
    assert texts(made.target_root, made.name) == texts(made.source_root, made.name)


def test_the_counter_is_never_below_the_sources(databases: Make) -> None:
    made = databases(
        "CREATE TABLE ahead (id INT AUTO_INCREMENT PRIMARY KEY)",
        "INSERT INTO ahead VALUES (1), (2), (40)",
        "DELETE FROM ahead WHERE id = 40",
        "CREATE TABLE zero (id INT AUTO_INCREMENT PRIMARY KEY)",
        "INSERT INTO zero VALUES (0), (-5)",
    )
    run = migration(made)
    run.first()
    made.on_source("INSERT INTO ahead VALUES (99)", "DELETE FROM ahead WHERE id = 99")
    made.on_target("INSERT INTO ahead VALUES (1), (2)", "INSERT INTO zero VALUES (0), (-5)")
    run.second()
    made.on_target("INSERT INTO ahead VALUES ()", "INSERT INTO zero VALUES ()")
    assert rows(made.target_root, "SELECT id FROM ahead ORDER BY id") == [(1,), (2,), (100,)]
    assert rows(made.target_root, "SELECT id FROM zero ORDER BY id") == [(-5,), (0,), (1,)]


def test_a_unique_index_that_the_rows_break_is_an_error_with_the_tables_name(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY, u INT, UNIQUE KEY only_once (u))")
    run = migration(made)
    run.first()
    made.on_target("INSERT INTO t VALUES (1, 5), (2, 5)")
    with pytest.raises(StatementError, match=rf"table {made.name}\.t.*Duplicate entry '5'"):
        run.second()


def test_an_index_of_that_name_but_another_shape_is_not_touched(databases: Make) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY k (a))")
    run = migration(made)
    run.first()
    made.on_target("ALTER TABLE t DROP KEY k, ADD KEY k (b)")
    with pytest.raises(SchemaMismatchError, match="index k is KEY `k` \\(`b`\\), not KEY `k` \\(`a`\\)"):
        run.second()


def test_statistics_are_gathered_and_histograms_noted(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY k (a))",
        "INSERT INTO t VALUES (1, 1), (2, 1), (3, 2)",
        "ANALYZE TABLE t UPDATE HISTOGRAM ON a WITH 4 BUCKETS",
    )
    run = migration(made)
    run.first()
    made.on_target("INSERT INTO t VALUES (1, 1), (2, 1), (3, 2)")
    rules = run.second()
    assert [(rule.rule, rule.detail) for rule in rules] == [("histogram", "not carried over, on columns a")]
    sql = f"SELECT stat_value FROM mysql.innodb_index_stats WHERE database_name = '{made.name}'"
    assert rows(made.target_root, f"{sql} AND index_name = 'k' AND stat_name = 'n_diff_pfx01'") == [(2,)]


def test_a_source_that_does_not_quote_names_is_read_all_the_same(databases: Make) -> None:
    root = databases().source_root
    root.execute(raw("SET GLOBAL sql_quote_show_create = 0"))
    try:
        made = databases("CREATE TABLE t (end INT PRIMARY KEY, id INT AUTO_INCREMENT, KEY k (id))")
        run = migration(made)
        run.first()
        run.second()
    finally:
        root.execute(raw("SET GLOBAL sql_quote_show_create = 1"))
    assert "  KEY `k` (`id`)" in create_text(made.target_root, made.name, "t")
