"""Texts of SHOW CREATE taken apart: what counts as equal between servers, versions and sql_modes."""

from __future__ import annotations

import pytest

from aurora_migration.engine.verify.objects_rules import TableRules
from aurora_migration.engine.verify.objects_text import TableText, table_text, tokens, without_width

CREATE = """CREATE TABLE `t,(``x` (
  `id` int NOT NULL AUTO_INCREMENT COMMENT 'a,(b''c',
  `v` varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'x',
  `e` enum('a,b','c)') /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`v`(5) DESC) COMMENT '),',
  FULLTEXT KEY `f` (`v`) /*!50100 WITH PARSER `ngram` */ ,
  KEY `x` ((lower(`v`))),
  CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `p` (`id`) ON DELETE CASCADE,
  CONSTRAINT `ck` CHECK ((`v` <> _utf8mb4'CHECK, (')) /*!80016 NOT ENFORCED */
) ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 UNION=(`a`,`b`) /*!50100 TABLESPACE `s p` */ COMMENT='x=y'
/*!50100 PARTITION BY HASH (`id`)
PARTITIONS 2 */"""


@pytest.fixture
def text() -> TableText:
    return table_text(CREATE)


def test_definitions_are_found_by_kind_and_name(text: TableText) -> None:
    assert list(text.definitions) == [
        ("column", "id"), ("column", "v"), ("column", "e"), ("index", "PRIMARY"), ("index", "u"), ("index", "f"),
        ("index", "x"), ("foreign key", "fk"), ("check", "ck"),
    ]  # fmt: skip


def test_options_and_partitioning_are_apart(text: TableText) -> None:
    assert text.options == {
        "ENGINE": "MyISAM", "AUTO_INCREMENT": "7", "DEFAULT CHARSET": "utf8mb4", "UNION": "(`a`,`b`)",
        "TABLESPACE": "`s p`", "COMMENT": "'x=y'",
    }  # fmt: skip
    assert text.partitioning == ("PARTITION", "BY", "HASH", "(", "`id`", ")", "PARTITIONS", "2")


def test_what_a_version_comment_holds_is_part_of_the_text(text: TableText) -> None:
    assert "INVISIBLE" in text.definitions["column", "e"]
    assert "ngram" in " ".join(text.definitions["index", "f"])
    assert text.definitions["check", "ck"][-2:] == ("NOT", "ENFORCED")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`id` int(11) NOT NULL", "`id` int NOT NULL"),
        ("`v` varchar(10) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL", "`v` varchar(10) NOT NULL"),
        ("`y` year(4) DEFAULT NULL", "`y` year DEFAULT NULL"),
        ("`c` int AS (concat(_utf8'x'))", "`c` int AS (concat(_utf8mb4'x'))"),
        ("`c` int AS (concat(_latin1'\udce9'))", "`c` int AS (concat(_utf8mb4'é'))"),
        ("`v` int   DEFAULT\n1", "`v` int DEFAULT 1"),
    ],
)
def test_texts_that_mean_the_same(old: str, new: str) -> None:
    one, other = (table_text(f"CREATE TABLE `t` (\n  {line}\n) ENGINE=InnoDB") for line in (old, new))
    assert one == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`a` int DEFAULT '1'", "`a` int DEFAULT '2'"),
        ("`a` tinyint(1) DEFAULT NULL", "`a` tinyint DEFAULT NULL"),
        ("`a` int(5) unsigned zerofill", "`a` int(6) unsigned zerofill"),
        ("`c` int AS (concat(_latin1'\udce9'))", "`c` int AS (concat(_latin1'?'))"),
        ("KEY `k` (`a`)", "KEY `k` (`a`) /*!80000 INVISIBLE */"),
        ("`a` int COMMENT 'x y'", "`a` int COMMENT 'x  y'"),
        ("`a` varchar(10)", "`a` varchar(11)"),
    ],
)
def test_texts_that_do_not(one: str, other: str) -> None:
    first, second = (table_text(f"CREATE TABLE `t` (\n  {line}\n) ENGINE=InnoDB") for line in (one, other))
    assert first != second


def test_quotes_follow_the_sql_mode() -> None:
    assert tokens('SELECT "a""b"') == ("SELECT", '"a""b"')
    assert tokens('SELECT "a""b`"', "ANSI_QUOTES,STRICT_ALL_TABLES") == ("SELECT", '`a"b```')
    assert tokens(r"SELECT '\', 1") == ("SELECT", "'", "\\", "'", ",", "1")
    assert tokens(r"SELECT '\', 1", "NO_BACKSLASH_ESCAPES") == ("SELECT", r"'\'", ",", "1")


@pytest.mark.parametrize("comment", ["/* it's; */", "-- it's\n", "# it's\n", "$$ it's \" $$", "$js$ it's $js$"])
def test_comments_and_foreign_bodies_are_one_token(comment: str) -> None:
    assert tokens(f"BEGIN {comment} END") == ("BEGIN", comment.rstrip("\n"), "END")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("int(11)", "int"), ("bigint(20) unsigned", "bigint unsigned"), ("tinyint(1)", "tinyint(1)"),
        ("tinyint(1) unsigned", "tinyint unsigned"), ("tinyint(4)", "tinyint"), ("year(4)", "year"),
        ("int(5) unsigned zerofill", "int(5) unsigned zerofill"), ("decimal(10,2)", "decimal(10,2)"),
        ("varchar(11)", "varchar(11)"), ("point", "point"),
    ],
)  # fmt: skip
def test_display_widths(written: str, meant: str) -> None:
    assert without_width(written) == meant


RULES = TableRules("MyISAM", "InnoDB", "n")
SAME = TableRules("InnoDB", "InnoDB")


@pytest.mark.parametrize(
    ("kind", "fact", "ours", "theirs", "rule"),
    [
        ("table", "engine", "MyISAM", "InnoDB", "engine"),
        ("table", "option row_format", "FIXED", None, "row-format"),
        ("table", "option row_format", "COMPACT", None, ""),
        ("table", "option row_format", "COMPRESSED", "DYNAMIC", ""),
        ("table", "option encryption", "Y", None, "encryption"),
        ("table", "option encryption", None, "Y", ""),
        ("text", "DATA DIRECTORY", "'/x'", None, "directory"),
        ("text", "COMMENT", "'x'", None, ""),
        ("index", "type", "HASH", "BTREE", "engine"),
        ("index", "type", "BTREE", "HASH", ""),
        ("index", "visible", "YES", "NO", ""),
        ("column", "type", "int", "bigint", ""),
    ],
)
def test_a_rule_explains_its_own_change_and_in_one_direction(
    kind: str, fact: str, ours: str | None, theirs: str | None, rule: str
) -> None:
    assert RULES.explain(kind, fact, ours, theirs) == rule


def test_a_rule_of_another_engine_explains_nothing_where_the_engine_stayed() -> None:
    assert SAME.explain("table", "engine", "InnoDB", "InnoDB") == ""
    assert SAME.explain("index", "type", "HASH", "BTREE") == ""
    index = {"parts": "n", "unique": "no"}
    assert (RULES.extra_index(index), SAME.extra_index(index)) == ("auto-increment-key", "")
    assert RULES.extra_index({"parts": "n", "unique": "yes"}) == ""


@pytest.mark.parametrize(
    ("ours", "theirs", "rule"),
    [
        ("KEY `k` (`a`)", "KEY `k` (`a`)", ""),
        ("KEY `k` (`a`) KEY_BLOCK_SIZE=8", "KEY `k` (`a`)", "key-block-size"),
        ("KEY `k` (`a`)", "KEY `k` (`a`) KEY_BLOCK_SIZE=8", None),
        ("KEY `k` (`a`) USING BTREE", "KEY `k` (`a`)", "engine"),
        ("KEY `k` (`a`) USING BTREE", "KEY `k` (`b`)", None),
        ("PARTITION p ENGINE = MyISAM", "PARTITION p ENGINE = InnoDB", "engine"),
        ("PARTITION p DATA DIRECTORY = '/x' ENGINE = InnoDB", "PARTITION p ENGINE = InnoDB", "directory"),
    ],
)
def test_rules_of_definitions(ours: str, theirs: str, rule: str | None) -> None:
    assert RULES.definition(tokens(ours), tokens(theirs)) == rule
