"""Statements run on a real source, come back from its binlog, and make the target's tables equal, also twice."""

from __future__ import annotations

from collections.abc import Callable

import pymysql
import pytest

from aurora_migration.engine.cdc.ddl import DdlAction, judge
from aurora_migration.engine.cdc.ddl_apply import apply_ddl
from aurora_migration.engine.cdc.ddl_conditional import changes_nothing
from aurora_migration.errors import BinlogError, SchemaMismatchError
from aurora_migration.model.change import StatementKind
from aurora_migration.model.names import TableName
from aurora_migration.sql.quoting import identifier, raw
from tests.fresh_databases import Databases
from tests.integration.cdc_ddl.changing import Changing

Make = Callable[..., Changing]

ADDITIONS = {
    "column": ["ALTER TABLE orders ADD COLUMN a INT"],
    "two, first and after": [
        "ALTER TABLE orders ADD a INT FIRST, ADD COLUMN b CHAR(3) NOT NULL DEFAULT 'x' AFTER a"
    ],
    "parenthesis": ["ALTER TABLE orders ADD (a INT, b ENUM('ä','ö') CHARACTER SET latin1 NOT NULL, KEY k (a))"],
    "column and index": [
        "alter table orders add column a int, add unique key u (a), algorithm=inplace, lock=none"
    ],
    "zero date": [
        "ALTER TABLE orders ADD COLUMN a DATE NOT NULL",
        "ALTER TABLE orders ADD b DATE DEFAULT '0000-00-00'",
    ],
    "quotes by mode": [
        "SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,REAL_AS_FLOAT'",
        "ALTER TABLE \"orders\" ADD COLUMN \"a\"\"b\" VARCHAR(9) DEFAULT 'x\\' COMMENT 'it''s', ADD r REAL",
    ],
    "percent, comments": [
        "ALTER /* 1 */ TABLE `orders` -- 2\n ADD # 3\n `100%%d` INT DEFAULT '5' COMMENT '%s %(a)s'"
    ],
    "version comments": [
        "ALTER TABLE orders /*!80000 ADD COLUMN a INT */ /*!80023 INVISIBLE *//*!99999 COMMENT 'no' */"
    ],
    "generated": ["ALTER TABLE orders ADD a DECIMAL(10,2) AS (total * 2) VIRTUAL, ADD b INT AS (doc->>'$.a')"],
    "constant expressions": ["ALTER TABLE orders ADD a JSON DEFAULT (JSON_OBJECT()), ADD b TEXT DEFAULT ('x')"],
    "literals": [
        "ALTER TABLE orders ADD a BIT(9) NOT NULL DEFAULT b'1', ADD b BINARY(4) DEFAULT 0x4100, "
        "ADD c TINYINT(1) DEFAULT TRUE, ADD d DOUBLE DEFAULT -1.5e3"
    ],
    "moments": [
        "ALTER TABLE orders ADD a TIMESTAMP NULL, ADD b DATETIME(3) NULL ON UPDATE NOW(3), "
        "ADD c TIME DEFAULT '10:00'"
    ],
    "emoji": ["ALTER TABLE orders ADD a VARCHAR(9) DEFAULT 'x😀é' COMMENT '😀'"],
    "table's own charset": ["ALTER TABLE notes ADD a VARCHAR(9) DEFAULT 'é', ADD b TEXT COLLATE utf8mb4_bin"],
    "index": ["ALTER TABLE orders ADD INDEX i (total DESC, customer(3)) USING BTREE COMMENT 'x' INVISIBLE"],
    "unique": ["ALTER TABLE orders ADD CONSTRAINT u UNIQUE (total, id)"],
    "fulltext, spatial": [
        "ALTER TABLE orders ADD FULLTEXT w (customer) WITH PARSER ngram, ADD SPATIAL INDEX s (place)"
    ],
    "functional": ["ALTER TABLE orders ADD INDEX f ((total + id), id)"],
    "create index": ["CREATE UNIQUE INDEX `i` USING BTREE ON `orders` (total, `id`) ALGORITHM=INPLACE LOCK=NONE"],
    "create fulltext index": ["create fulltext index w on notes (body)"],
    "chosen name": ["ALTER TABLE orders ADD INDEX (customer)"],
    "chosen name, new": ["ALTER TABLE orders ADD UNIQUE (total)"],
    "chosen names": [
        "ALTER TABLE orders ADD KEY (total)",
        "ALTER TABLE orders ADD KEY (total, id)",
        "ALTER TABLE orders ADD KEY (total)",
    ],
    "one upon another": [
        "ALTER TABLE orders ADD a INT",
        "CREATE INDEX i ON orders (a)",
        "ALTER TABLE orders ADD b INT AFTER a",
    ],
}

CREATED = {
    "plain": ["CREATE TABLE made (id INT PRIMARY KEY)"],
    "much": [
        "CREATE TABLE IF NOT EXISTS `made` (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, "
        "a VARCHAR(9) DEFAULT 'é😀', b TEXT, c CHAR(36) DEFAULT (UUID()), "
        "t TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, "
        "d INT AS (length(a)) STORED, PRIMARY KEY (id), KEY (a), KEY (a, b(3)), UNIQUE u (c), FULLTEXT (b), "
        "CONSTRAINT made_check CHECK (length(b) > 0), CHECK (a <> 'x')) "
        "ENGINE=InnoDB AUTO_INCREMENT=100, COMMENT 'it''s %s'"
    ],
    "column checks": [
        "CREATE TABLE made (id SERIAL, a INT UNIQUE CHECK (a > 0), b INT CONSTRAINT n CHECK (b > 0))"
    ],
    "charset": ["CREATE TABLE made (id INT KEY, a VARCHAR(9)) CHARACTER SET latin1 COLLATE latin1_bin"],
    "partitions": [
        "CREATE TABLE made (id INT PRIMARY KEY, a INT) "
        "PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 "
        "(PARTITION p0 VALUES LESS THAN (10) COMMENT = 'x', PARTITION p1 VALUES LESS THAN MAXVALUE)"
    ],
    "like": ["CREATE TABLE made LIKE orders"],
    "like, in parentheses": ["CREATE TABLE made (LIKE notes)"],
    "mode": [
        "SET sql_mode='ANSI_QUOTES'",
        'CREATE TABLE "made" ("id" INT PRIMARY KEY, "a" CHAR(3) DEFAULT \'"\')',
    ],
    "keyless": ["CREATE TABLE made (id INT)"],
}


@pytest.mark.parametrize("statements", ADDITIONS.values(), ids=ADDITIONS)
def test_additions(changing: Make, statements: list[str]) -> None:
    world = changing()
    found = world.run(*statements)
    assert len(found) == sum(not text.startswith("SET") for text in statements)
    world.apply_twice(*found)
    world.same("orders", "notes")


@pytest.mark.parametrize("statements", CREATED.values(), ids=CREATED)
def test_created_tables(changing: Make, statements: list[str]) -> None:
    world = changing()
    world.apply_twice(*world.run(*statements))
    world.same("made")


def test_a_table_made_from_a_query_has_its_rows_after_it(changing: Make) -> None:
    world = changing()
    found = world.run("CREATE TABLE made (KEY (total)) COMMENT 'x' SELECT id, customer, total FROM orders")
    assert "START TRANSACTION" in found[0].text
    world.apply_twice(found[0])
    world.made.on_target("INSERT INTO made SELECT id, customer, total FROM orders")
    world.same("made")


def test_names_follow_the_renames(changing: Make) -> None:
    world = changing()
    name = world.name
    moved = {
        f"{name}.orders": f"{name}.all_orders",
        f"{name}.made": f"{name}.all_made",
        f"{name}.twin": f"{name}.t",
    }
    world.config = world.made.config(renames={"tables": moved})
    world.made.on_target("RENAME TABLE orders TO all_orders")
    world.apply_twice(
        *world.run(
            "ALTER TABLE orders ADD COLUMN a INT",
            f"CREATE INDEX i ON {name}.orders (a)",
            "CREATE TABLE made (id INT PRIMARY KEY, a INT, CHECK (a > 0), CHECK (a < 9), KEY (a))",
            "CREATE TABLE twin LIKE orders",
        )
    )
    world.same("orders", "twin")
    there = world.definition(world.made.target_root, TableName(name, "all_made"))
    assert there.replace("all_made", "made") == world.definition(world.made.source_root, TableName(name, "made"))


def test_options_that_aurora_does_without_are_left_out(changing: Make) -> None:
    world = changing()
    world.apply_twice(
        *world.run(
            "CREATE TABLE made (id INT PRIMARY KEY) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4 STATS_PERSISTENT=1"
        )
    )
    there = world.definition(world.made.target_root, world.made.table("made"))
    assert "COMPRESSED" not in there
    assert "KEY_BLOCK_SIZE" not in there
    assert "STATS_PERSISTENT=1" in there


def test_words_in_the_clients_own_charset(changing: Make) -> None:
    world = changing()
    login = world.made.pair.source.root_login
    with pymysql.connect(
        host=login.host, port=login.port, user=login.user, password=login.password, charset="latin1",
        database=world.name,
    ) as client:  # fmt: skip
        client.cursor().execute("ALTER TABLE orders ADD COLUMN größe VARCHAR(9) DEFAULT 'é' COMMENT 'ü'")
    world.apply_twice(*world.read())
    world.same("orders")


def test_words_of_a_client_without_a_charset(changing: Make) -> None:
    """Tools that copy bytes say SET NAMES binary: the binlog has no charset to read their words by but UTF-8."""
    world = changing()
    world.apply_twice(
        *world.run(
            "SET NAMES binary",
            "ALTER TABLE orders ADD COLUMN a VARCHAR(9) DEFAULT 'é'",
            "SET NAMES utf8mb4",
        )
    )
    world.same("orders")
    latin1 = world.run("SET NAMES binary", "ALTER TABLE notes ADD a CHAR(9) DEFAULT 'é'", "SET NAMES utf8mb4")
    with pytest.raises(SchemaMismatchError, match="than the source has now"):  # two characters there
        world.apply(*latin1)


def test_an_expression_of_another_charset_is_refused_before_anything_changes(changing: Make) -> None:
    """The source keeps the client's introducer in the expression; the target would write another one."""
    world = changing()
    login = world.made.pair.source.root_login
    with pymysql.connect(
        host=login.host, port=login.port, user=login.user, password=login.password, charset="latin1",
        database=world.name,
    ) as client:  # fmt: skip
        client.cursor().execute("ALTER TABLE orders ADD COLUMN a CHAR(1) AS (IF(customer = 'x', 'y', 'z'))")
    before = world.tables(world.made.target_root)
    with pytest.raises(SchemaMismatchError, match="than the source has now"):
        world.apply(*world.read())
    assert world.tables(world.made.target_root) == before
    assert not world.trials()


OTHER_FORMS = {
    "column type": ("ALTER TABLE orders ADD COLUMN a INT", "ALTER TABLE orders ADD COLUMN a BIGINT"),
    "column place": ("ALTER TABLE orders ADD COLUMN a INT FIRST", "ALTER TABLE orders ADD COLUMN a INT"),
    "column default": ("ALTER TABLE orders ADD COLUMN a INT DEFAULT 1", "ALTER TABLE orders ADD COLUMN a INT"),
    "one of two": ("ALTER TABLE orders ADD COLUMN a INT, ADD INDEX i (a)", "ALTER TABLE orders ADD COLUMN a INT"),
    "index columns": ("ALTER TABLE orders ADD INDEX i (total)", "ALTER TABLE orders ADD INDEX i (total, id)"),
    "index kind": ("CREATE UNIQUE INDEX i ON orders (total)", "CREATE INDEX i ON orders (total)"),
    "table": ("CREATE TABLE made (id INT PRIMARY KEY)", "CREATE TABLE made (id INT PRIMARY KEY, a INT)"),
    "table's index": (
        "CREATE TABLE made (id INT PRIMARY KEY, KEY (id))",
        "CREATE TABLE made (id INT PRIMARY KEY)",
    ),
    "like": ("CREATE TABLE made LIKE orders", "CREATE TABLE made LIKE notes"),
    "view of the name": ("CREATE TABLE made (id INT PRIMARY KEY)", "CREATE VIEW made AS SELECT 1 AS id"),
    "column to go after": ("ALTER TABLE orders ADD COLUMN a INT AFTER doc", "ALTER TABLE orders DROP COLUMN doc"),
    "rows that are equal": ("ALTER TABLE notes ADD UNIQUE u (body(9))", "UPDATE notes SET body = 'one'"),
    "table is gone": ("ALTER TABLE orders ADD COLUMN a INT", "DROP TABLE orders"),
    "original is not complete": ("CREATE TABLE made LIKE orders", "DROP INDEX by_customer ON orders"),
}


@pytest.mark.parametrize(("on_source", "on_target"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_what_is_there_in_another_form_is_named_and_not_repaired(
    changing: Make, on_source: str, on_target: str
) -> None:
    world = changing()
    found = world.run(on_source)
    world.made.on_target(on_target)
    before = world.tables(world.made.target_root) if "VIEW" not in on_target else {}
    with pytest.raises(SchemaMismatchError, match=f"table {world.name}") as raised:
        world.apply(*found)
    assert raised.value.remedy
    assert "'one'" not in str(raised.value)
    assert not before or world.tables(world.made.target_root) == before
    assert not world.trials()


SESSIONS = {
    "explicit_defaults_for_timestamp": (
        "SET explicit_defaults_for_timestamp = OFF",
        "CREATE TABLE made (id INT PRIMARY KEY, a TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
    ),
    "default_collation_for_utf8mb4": (
        "SET default_collation_for_utf8mb4 = utf8mb4_general_ci",
        "ALTER TABLE orders ADD COLUMN a VARCHAR(9) CHARACTER SET utf8mb4",
    ),
    "default collation of a table": (
        "SET default_collation_for_utf8mb4 = utf8mb4_general_ci",
        "CREATE TABLE made (id INT PRIMARY KEY) CHARSET = utf8mb4",
    ),
}


@pytest.mark.parametrize("statements", SESSIONS.values(), ids=SESSIONS)
def test_words_that_the_session_gave_another_meaning_are_refused(
    changing: Make, statements: tuple[str, ...]
) -> None:
    world = changing()
    found = world.run(*statements)
    world.made.on_source(f"SET {statements[0].split()[1]} = DEFAULT")
    before = world.tables(world.made.target_root)
    with pytest.raises(SchemaMismatchError, match="than the source has now"):
        world.apply(*found)
    assert world.tables(world.made.target_root) == before


def test_a_primary_key_that_the_source_generates_is_in_the_words(changing: Make) -> None:
    world = changing()
    found = world.run("SET sql_generate_invisible_primary_key = ON", "CREATE TABLE made (id INT, a INT)")
    world.made.on_source("SET sql_generate_invisible_primary_key = DEFAULT")
    world.apply_twice(*found)
    world.same("made")


def test_a_source_that_is_ahead_does_not_stop_what_comes_before(changing: Make) -> None:
    world = changing()
    found = world.run(
        "ALTER TABLE orders ADD COLUMN a INT",
        "CREATE TABLE made (id INT PRIMARY KEY, a INT)",
        "ALTER TABLE made ADD COLUMN b INT FIRST",
        "CREATE INDEX i ON made (a)",
        "CREATE TABLE gone (id INT PRIMARY KEY)",
        "ALTER TABLE gone ADD COLUMN a INT",
        "DROP TABLE gone",
        "ALTER TABLE orders DROP COLUMN a",
    )
    world.apply_twice(*found[:6])
    assert world.judge(found[6]).action is DdlAction.PAUSE
    assert world.judge(found[7]).action is DdlAction.PAUSE
    world.same("made")


def test_a_column_that_was_changed_again_is_not_applied_silently(changing: Make) -> None:
    world = changing()
    found = world.run("ALTER TABLE orders ADD COLUMN a INT", "ALTER TABLE orders MODIFY a BIGINT")
    with pytest.raises(SchemaMismatchError, match="bigint"):
        world.apply(found[0])


def test_a_trial_that_a_dead_process_left_is_taken_away(changing: Make) -> None:
    world = changing()
    left = identifier(world.config.control_schema) + raw(".") + identifier(f"trial_{world.config.name}")
    world.made.target.execute(raw("CREATE TABLE ") + left + raw(" (x INT)"))
    world.apply_twice(*world.run("ALTER TABLE orders ADD COLUMN a INT"))
    world.same("orders")


def test_what_is_conditional_and_has_nothing_to_do_is_told(changing: Make) -> None:
    world = changing("CREATE VIEW v AS SELECT 1 AS id")
    idle = world.run(
        "CREATE TABLE IF NOT EXISTS orders (other INT)",
        "DROP TABLE IF EXISTS nothing, nothing_either",
        "DROP VIEW IF EXISTS no_view",
        f"CREATE DATABASE IF NOT EXISTS {world.name}",
    )
    assert len(idle) == 4
    assert [changes_nothing(one, world.config, world.made.target) for one in idle] == [True] * 4
    world.apply(idle[0])
    world.same("orders")
    busy = world.run(
        "CREATE TABLE IF NOT EXISTS made (id INT PRIMARY KEY)",
        "DROP TABLE IF EXISTS notes, nothing",
        "DROP VIEW IF EXISTS v",
        "CREATE TABLE plain (id INT PRIMARY KEY)",
        "DROP TABLE plain",
    )
    assert [changes_nothing(one, world.config, world.made.target) for one in busy] == [
        False,
        False,
        True,
        False,
        False,
    ]


PAUSING = [
    "ALTER TABLE orders DROP COLUMN doc",
    "ALTER TABLE orders ADD COLUMN a DATETIME DEFAULT CURRENT_TIMESTAMP",
    "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES notes (id)",
    "ALTER TABLE orders DROP FOREIGN KEY f",
    "TRUNCATE notes",
    "CREATE VIEW w AS SELECT 1",
    "CREATE OR REPLACE VIEW w AS SELECT 2",
    "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1",
    "DROP TRIGGER t",
    "CREATE PROCEDURE p() SELECT 1",
    "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
    "ALTER FUNCTION f COMMENT 'x'",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1",
    "ALTER EVENT e COMMENT 'x'",
    "DROP EVENT e",
    "ALTER DATABASE CHARACTER SET latin1",
    "RENAME TABLE orders TO orders_old",
    "DROP TABLE orders_old, notes",
    "CREATE TABLE child (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES child (id))",
]


def test_everything_else_pauses_as_the_binlog_has_it(changing: Make) -> None:
    world = changing()
    found = world.run(*PAUSING)
    assert len(found) == len(PAUSING)
    assert [world.judge(one).action for one in found] == [DdlAction.PAUSE] * len(PAUSING)
    assert [judge(one, world.config, "pause").action for one in found] == [DdlAction.PAUSE] * len(PAUSING)
    judgement = world.judge(found[0])
    assert judgement.words == f"ALTER TABLE {world.name}.orders DROP COLUMN doc"
    with pytest.raises(ValueError, match="not to be applied"):
        apply_ddl(judgement, found[0], world.config, world.made.source, world.made.target)


def test_what_is_no_change_of_a_selected_object_passes_as_the_binlog_has_it(changing: Make) -> None:
    world = changing()
    found = world.run(
        "ALTER TABLE orders ENGINE=InnoDB",
        "ALTER TABLE orders FORCE",
        "/*!40000 ALTER TABLE orders DISABLE KEYS */",
        "ANALYZE TABLE orders",
        "OPTIMIZE TABLE orders",
        "ALTER TABLE orders AUTO_INCREMENT = 7",
        "CREATE USER passing IDENTIFIED BY 'not-to-be-seen'",
        "GRANT SELECT ON mysql.* TO passing",
        "DROP USER passing",
        "CREATE TEMPORARY TABLE temporary (id INT)",
        "DROP TEMPORARY TABLE temporary",
    )
    assert len(found) >= 9
    for one in found:
        judgement = world.judge(one)
        assert judgement.action is DdlAction.PASS
        assert "not-to-be-seen" not in judgement.words


def test_rows_that_are_written_as_words_stop_the_run(changing: Make, databases: Callable[..., Databases]) -> None:
    other = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    world = changing()
    found = world.run(
        "SET binlog_format = STATEMENT",
        "INSERT INTO notes VALUES (4711, 'secret')",
        f"INSERT INTO {other.name}.t VALUES (1)",
        "SET binlog_format = ROW",
    )
    words = [one for one in found if one.kind is StatementKind.DML]
    assert len(words) == 2
    with pytest.raises(BinlogError, match="INSERT INTO notes") as raised:
        world.judge(words[0])
    assert "secret" not in str(raised.value)
    assert "4711" not in str(raised.value)
    assert world.judge(words[1]).action is DdlAction.PASS
