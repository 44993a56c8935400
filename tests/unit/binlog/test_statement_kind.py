"""Statements of the binlog by their first words."""

from __future__ import annotations

import pytest

from aurora_migration.model.change import StatementKind as Kind
from aurora_migration.sql.statement_kind import rows_follow, statement_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("BEGIN", Kind.BEGIN),
        ("START TRANSACTION", Kind.BEGIN),
        ("COMMIT", Kind.COMMIT),
        ("ROLLBACK", Kind.ROLLBACK),
        ("ROLLBACK TO `a`", Kind.ROLLBACK_TO),
        ("rollback work to savepoint a", Kind.ROLLBACK_TO),
        ("SAVEPOINT `a`", Kind.SAVEPOINT),
        ("RELEASE SAVEPOINT a", Kind.RELEASE),
        ("XA START X'61',X'',1", Kind.XA),
        ("CREATE TABLE t (a INT)", Kind.DDL),
        ("create\ttable t (a INT)", Kind.DDL),
        ("/* x */ -- y\n# z\n  ALTER TABLE t", Kind.DDL),
        ("/*!40000 ALTER TABLE t DISABLE KEYS */", Kind.DDL),
        ("/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 x */ VIEW v", Kind.DDL),
        ("DROP TEMPORARY TABLE t", Kind.DDL),
        ("TRUNCATE t", Kind.DDL),
        ("RENAME TABLE a TO b", Kind.DDL),
        ("CREATE USER a", Kind.ACCOUNT),
        ("DROP ROLE IF EXISTS a", Kind.ACCOUNT),
        ("ALTER USER a", Kind.ACCOUNT),
        ("RENAME USER a TO b", Kind.ACCOUNT),
        ("GRANT SELECT ON *.* TO a", Kind.ACCOUNT),
        ("SET PASSWORD FOR a='x'", Kind.ACCOUNT),
        ("SET DEFAULT ROLE ALL TO a", Kind.ACCOUNT),
        ("CREATE TABLE user (a INT)", Kind.DDL),
        ("ANALYZE TABLE t", Kind.MAINTENANCE),
        ("FLUSH TABLES", Kind.MAINTENANCE),
        ("INSERT INTO t VALUES (1)", Kind.DML),
        ("(SELECT f())", Kind.DML),
        ("WITH a AS (SELECT 1) DELETE FROM t", Kind.DML),
        ("-- INSERT\nUPDATE t SET a = 1", Kind.DML),
        ("/*INSERT*/DELETE FROM t", Kind.DML),
        ("REPLACE INTO t VALUES (1)", Kind.DML),
        ("LOAD DATA INFILE 'x' INTO TABLE t", Kind.DML),
        ("", Kind.OTHER),
        ("/* only a comment", Kind.OTHER),
        ("SET @a = 1", Kind.OTHER),
        ("BEGINNING", Kind.OTHER),
        ("--1", Kind.OTHER),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    assert statement_kind(text) is kind


def test_rows_follow_a_create_table_select() -> None:
    assert rows_follow("CREATE TABLE `t` (\n `a` int\n) START TRANSACTION")
    assert not rows_follow("CREATE TABLE t (a INT)")
    assert not rows_follow("CREATE TABLE t (a INT) COMMENT 'START TRANSACTION'")
    assert not rows_follow("CREATE TABLE t (a INT) -- START TRANSACTION")
    assert not rows_follow("CREATE TABLE t (a INT) # START TRANSACTION")
    assert not rows_follow("CREATE PROCEDURE p() BEGIN START TRANSACTION; END")
