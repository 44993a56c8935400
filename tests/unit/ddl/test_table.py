"""SHOW CREATE TABLE text in parts, out again, over two waves, and under the rules."""

from __future__ import annotations

import dataclasses

import pytest

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.names import TableName
from aurora_migration.model.rule import AppliedRule
from aurora_migration.model.table import Column
from aurora_migration.sql.ddl.members import unsure_members, with_members
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.table import KeyKind, render
from aurora_migration.sql.ddl.table_compare import table_differences
from aurora_migration.sql.ddl.table_parser import parse_table
from aurora_migration.sql.ddl.table_rules import rewrite_table
from aurora_migration.sql.ddl.table_waves import as_typed, first_wave, index_batches, with_plain_indexes

FULL = r"""CREATE TABLE `t``x` (
  `id` int NOT NULL AUTO_INCREMENT COMMENT 'AUTO_INCREMENT, KEY `k` (`a`)',
  `a` varchar(20) COLLATE utf8mb4_bin DEFAULT 'x'')\n',
  `e` enum('a','b,c','(') CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL,
  `g` int GENERATED ALWAYS AS (if((`a` = _utf8mb4'COLLATE'),1,2)) VIRTUAL /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`a`(5) DESC,`id`),
  UNIQUE KEY `f1` ((lower(`a`))),
  KEY `k,1` (`a`) KEY_BLOCK_SIZE=4 COMMENT 'KEY_BLOCK_SIZE=4' /*!80000 INVISIBLE */,
  KEY `f2` ((upper(`a`)),`id`),
  SPATIAL KEY `s` (`g`),
  FULLTEXT KEY `w` (`a`) /*!50100 WITH PARSER `ngram` */,
  CONSTRAINT `t``x_ibfk_1` FOREIGN KEY (`id`) REFERENCES `o``ther`.`p` (`id`) ON DELETE SET NULL,
  CONSTRAINT `own` FOREIGN KEY (`id`) REFERENCES `t``x` (`id`),
  CONSTRAINT `t``x_chk_1` CHECK ((`a` <> _utf8mb4'),(')) /*!80016 NOT ENFORCED */
) /*!50100 TABLESPACE `ts` */ ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=COMPRESSED /*!80016 ENCRYPTION='Y' */ COMMENT='ENGINE=MyISAM) ''x'''
/*!50100 PARTITION BY RANGE (`id`)
(PARTITION p0 VALUES LESS THAN (10) DATA DIRECTORY = '/a' TABLESPACE = `x` COMMENT = 'ENGINE = MyISAM' ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = NDB) */"""  # noqa: E501
NAME = TableName("s", "t`x")
STAY = NameMap()


def table(text: str = FULL):  # type: ignore[no-untyped-def]
    return parse_table(text)


def test_what_was_parsed_renders_to_the_same_text() -> None:
    assert render(table(), "`t``x`") == FULL


def test_parts_are_told_apart() -> None:
    parts = table()
    assert [column.name for column in parts.columns] == ["id", "a", "e", "g"]
    assert parts.auto_increment_column == "id"
    assert parts.auto_increment == 7
    assert [(key.name, key.kind, key.columns) for key in parts.keys] == [
        ("PRIMARY", KeyKind.PRIMARY, ("id",)),
        ("u", KeyKind.UNIQUE, ("a", "id")),
        ("f1", KeyKind.UNIQUE, (None,)),
        ("k,1", KeyKind.INDEX, ("a",)),
        ("f2", KeyKind.INDEX, (None, "id")),
        ("s", KeyKind.SPATIAL, ("g",)),
        ("w", KeyKind.FULLTEXT, ("a",)),
    ]
    assert [(key.name, key.schema, key.table) for key in parts.foreign_keys] == [
        ("t`x_ibfk_1", "o`ther", "p"),
        ("own", None, "t`x"),
    ]
    assert [check.name for check in parts.checks] == ["t`x_chk_1"]
    assert parts.option("COMMENT") == "ENGINE=MyISAM) 'x'"
    assert parts.option("TABLESPACE") == "ts"
    assert parts.option("NO SUCH") is None
    assert parts.key("U") == parts.keys[1]


@pytest.mark.parametrize(
    "text", ["", "CREATE VIEW v AS SELECT 1", "CREATE TABLE `t` (\n  `a` int", "CREATE TABLE `t` (\n  'a' int\n)"]
)
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedTableError, match="cannot read this part"):
        table(text)


def test_rules_change_what_they_name_and_nothing_else() -> None:
    target, rules = rewrite_table(table(), NAME, STAY)
    assert [(rule.rule, rule.detail) for rule in rules] == [
        ("tablespace", "TABLESPACE=ts left out"),
        ("row-format", "ROW_FORMAT=COMPRESSED left out"),
        ("encryption", "ENCRYPTION=Y left out"),
        ("directory", "of a partition: '/a' left out"),
        ("tablespace", "of a partition: `x` left out"),
        ("engine", "partition NDB → InnoDB"),
        ("key-block-size", "of index k,1"),
    ]
    assert {rule.subject for rule in rules} == {"table s.t`x"}
    expected = (
        FULL.replace(" /*!50100 TABLESPACE `ts` */", "")
        .replace(" ROW_FORMAT=COMPRESSED /*!80016 ENCRYPTION='Y' */", "")
        .replace(" DATA DIRECTORY = '/a' TABLESPACE = `x`", "")
        .replace("ENGINE = NDB", "ENGINE = InnoDB")
        .replace(" KEY_BLOCK_SIZE=4 COMMENT", " COMMENT")
    )
    assert render(target, "`t``x`") == expected
    assert rewrite_table(target, NAME, STAY) == (target, ())


def test_connection_strings_are_not_repeated() -> None:
    text = "CREATE TABLE `f` (\n  `a` int\n) ENGINE=FEDERATED CONNECTION='mysql://me:secret@h/d/t' UNION=(`a`,`b`)"
    target, rules = rewrite_table(table(text), NAME, STAY)
    assert [rule.detail for rule in rules] == [
        "FEDERATED → InnoDB",
        "CONNECTION left out",
        "UNION=(`a`,`b`) left out",
    ]
    assert render(target, "`f`") == "CREATE TABLE `f` (\n  `a` int\n) ENGINE=InnoDB"


def test_a_counter_within_a_key_gets_an_index_of_a_free_name() -> None:
    text = (
        "CREATE TABLE `m` (\n  `t` int NOT NULL,\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`t`,`id`),\n"
        "  KEY `id` (`t`),\n  KEY `h` (`t`) USING HASH,\n  KEY `b` (`t`) USING BTREE\n) ENGINE=MyISAM"
    )
    target, rules = rewrite_table(table(text), NAME, STAY)
    assert target.keys[-1].text == "KEY `id_2` (`id`)"
    assert [key.text for key in target.keys[2:4]] == ["KEY `h` (`t`)", "KEY `b` (`t`) USING BTREE"]
    assert [rule.rule for rule in rules] == ["engine", "engine", "auto-increment-key"]


def test_renames_reach_parents_and_names_made_from_the_table() -> None:
    names = NameMap(
        {"s": "n", "o`ther": "n"}, {NAME: TableName("n", "new"), TableName("o`ther", "p"): TableName("m", "q")}
    )
    target, rules = rewrite_table(table(), NAME, names)
    assert [(key.name, key.schema, key.table) for key in target.foreign_keys] == [
        ("new_ibfk_1", "m", "q"),
        ("own", None, "new"),
    ]
    assert [check.name for check in target.checks] == ["new_chk_1"]
    renames = [rule for rule in rules if rule.rule == "rename"]
    assert AppliedRule("rename", "table n.new", "s.t`x → n.new") in renames
    assert AppliedRule("rename", "table n.new", "foreign key t`x_ibfk_1: o`ther.p → m.q") in renames
    assert len(renames) == 5
    long = NameMap({}, {NAME: TableName("s", "l" * 62)})
    assert rewrite_table(table(), NAME, long)[0].checks[0].name == "t`x_chk_1", "would be too long"


def test_the_first_wave_keeps_what_rows_need() -> None:
    first = first_wave(table(), "PRIMARY")
    assert [key.name for key in first.keys] == ["PRIMARY"]
    assert first.foreign_keys == ()
    assert first.checks == table().checks
    assert first.partitioning == table().partitioning
    assert [key.name for key in first_wave(table(), "u").keys] == ["PRIMARY", "u"]
    assert [key.name for key in first_wave(table(), None, ["W"]).keys] == ["PRIMARY", "w"]
    without = dataclasses.replace(table(), keys=table().keys[1:])
    assert [key.name for key in first_wave(without, "f1").keys] == ["u", "f1"], "rows are stored by the first"
    counted = dataclasses.replace(
        table(), keys=table(FULL.replace("KEY `k,1` (`a`)", "KEY `k,1` (`id`)")).keys[1:]
    )
    assert [key.name for key in first_wave(counted, None).keys] == ["k,1"], "the counter needs an index"


def test_a_small_table_gets_plain_indexes_in_front_of_all_others_early() -> None:
    def early(text: str, chunk_key: str = "PRIMARY") -> list[str]:
        return [key.name for key in with_plain_indexes(first_wave(table(text), chunk_key), table(text)).keys]

    assert early(FULL) == ["PRIMARY", "k,1"], "no unique, functional, spatial, fulltext one"
    assert early(FULL, "u") == ["PRIMARY", "u", "k,1"]
    assert early(FULL.replace("((upper(`a`)),`id`)", "(`a`,`id`)")) == ["PRIMARY", "k,1", "f2"]
    assert early(
        FULL.replace("KEY `k,1` (`a`)", "KEY `k,1` ((lower(`a`)))").replace("`f2` ((upper(`a`)),", "`f2` (")
    ) == ["PRIMARY"], "would have to be made again behind what comes later"


def test_a_collation_taken_from_the_table_is_not_given_to_the_column() -> None:
    texts = [column.text for column in as_typed(table()).columns]
    assert texts[1] == "`a` varchar(20) DEFAULT 'x'')\\n'"
    assert [texts[0], *texts[2:]] == [column.text for column in (table().columns[0], *table().columns[2:])]


def test_indexes_come_in_order_and_only_as_many_at_once_as_innodb_builds_in_place() -> None:
    whole = table()

    def batches(*there: str) -> list[list[str]]:
        found = dataclasses.replace(whole, keys=tuple(key for key in whole.keys if key.name in there))
        return [[key.name for key in batch] for batch in index_batches(whole, found)]

    assert batches("PRIMARY") == [["u", "f1", "k,1"], ["f2", "s"], ["w"]]
    assert batches("PRIMARY", "u", "f1", "k,1", "f2", "s", "w") == []
    assert batches("PRIMARY", "u", "f1", "f2", "s", "w") == [["k,1", "f2", "s"]], "what is after it is made again"
    assert batches("PRIMARY", "f1", "k,1", "f2", "s", "w") == [["u", "f1"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`a` varchar(20) COLLATE utf8mb4_bin", "`a` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
        ("`a` varchar(20) COLLATE utf8mb4_bin", "`a` varchar(20)"),
        ("AUTO_INCREMENT=7", "AUTO_INCREMENT=9"),
        ("CHECK ((`a` <> _utf8mb4'),('))", "CHECK ((`a` <> _latin1'),('))"),
        ("CHECK ((`a` <> _utf8mb4'),('))", "CHECK  (( `a`<>_utf8mb4'),(' ) )"),
        ("/*!80023 INVISIBLE */", "/*!90000 INVISIBLE */"),
        ("latin1 COLLATE latin1_bin", "latin1 COLLATE latin1_bin "),
    ],
)
def test_other_words_for_the_same(old: str, new: str) -> None:
    assert old in FULL
    assert table_differences(table(), table(FULL.replace(old, new))) == ()


def test_old_and_new_names_of_utf8() -> None:
    old = "CREATE TABLE `t` (\n  `a` text CHARACTER SET utf8 COLLATE utf8_bin\n) DEFAULT CHARSET=utf8"
    new = "CREATE TABLE `t` (\n  `a` text CHARACTER SET utf8mb3 COLLATE utf8mb3_bin\n) DEFAULT CHARSET=utf8mb3"
    assert table_differences(table(old), table(new)) == ()
    plain = "CREATE TABLE `t` (\n  `a` text CHARACTER SET utf8mb3\n) DEFAULT CHARSET=utf8mb3"
    assert table_differences(table(plain), table(plain.replace(" CHARACTER SET utf8mb3\n", "\n"))) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("varchar(20) COLLATE utf8mb4_bin", "varchar(20) COLLATE utf8mb4_0900_ai_ci", "column a is"),
        ("varchar(20)", "varchar(21)", "column a is"),
        ("DEFAULT 'x'')\\n'", "DEFAULT 'x'')\\r'", "column a is"),
        (" /*!80023 INVISIBLE */,", ",", "column g is"),
        ("COMMENT 'AUTO_INC", "COMMENT 'auto_INC", "column id is"),
        ("(`a`(5) DESC,`id`)", "(`a`(5),`id`)", "index u is"),
        ("  KEY `f2` ((upper(`a`)),`id`),\n", "", "index f2 is missing"),
        ("ON DELETE SET NULL", "ON DELETE CASCADE", "foreign key t`x_ibfk_1 is"),
        (" /*!80016 NOT ENFORCED */", "", "check t`x_chk_1 is"),
        ("_utf8mb4'),('", "_utf8mb4'),)'", "check t`x_chk_1 is"),
        ("ROW_FORMAT=COMPRESSED", "ROW_FORMAT=DYNAMIC", "option ROW_FORMAT is"),
        ("(10)", "(11)", "partitioning is"),
        ("_utf8mb4'COLLATE'", "_latin1'COLLATE'", "column g is"),
    ],
)
def test_differences_are_named(old: str, new: str, words: str) -> None:
    assert old in FULL
    found = table_differences(table(), table(FULL.replace(old, new, 1)))
    assert [str(difference)[: len(words)] for difference in found] == [words]


def test_members_that_the_server_does_not_show() -> None:
    column = Column("e", 1, "enum", "enum('a','?','b?''')", True, charset="utf8mb4")
    text = "`e` enum('a','?','b?''') DEFAULT '?' COMMENT '(?)'"
    assert unsure_members(column, text) == (2, 3)
    assert unsure_members(dataclasses.replace(column, charset="latin1"), text) == ()
    assert unsure_members(dataclasses.replace(column, data_type="varchar"), text) == ()
    assert with_members(text, {2: "it's \\", 3: "b?'"}) == text.replace("'?','b", "'it''s \\\\','b", 1)
    assert with_members(text, {}) == text
