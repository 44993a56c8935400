"""Tables of unusual shape: many columns, NULLs anywhere, hidden columns, partitions, long rows, odd names."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from aurora_migration.sql.quoting import raw
from tests.integration.binlog.following import Followed, stored
from tests.integration.binlog.value_cases import CASES

pytestmark = pytest.mark.servers


def same(db: Followed, name: str, order: str = "1") -> None:
    """The inserts of a table are its rows."""
    table = db.table(name)
    found = [stored(one, one.after) for one in db.changes() if one.after and one.name.name == name]
    assert found
    assert found == db.rows(table, order)


@pytest.mark.parametrize("seed", range(4))
def test_columns_of_all_types_with_nulls_anywhere(follow: Callable[[], Followed], seed: int) -> None:
    db, chance = follow(), random.Random(seed)
    short = {
        name: case for name, case in CASES.items() if max(map(len, case[1])) < 600 and "REPEAT" not in str(case)
    }
    chosen = chance.sample(sorted(short), 40)
    columns = ", ".join(f"c{number} {short[name][0]} NULL" for number, name in enumerate(chosen))
    db.run(f"CREATE TABLE t (id INT PRIMARY KEY, {columns})")
    rows = [
        f"({number}, " + ", ".join(chance.choice([chance.choice(short[name][1]), "NULL"]) for name in chosen) + ")"
        for number in range(150)
    ]
    for start in range(0, len(rows), 50):
        db.run(f"INSERT IGNORE INTO t VALUES {', '.join(rows[start : start + 50])}")
    same(db, "t")


def test_a_thousand_columns(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run(f"CREATE TABLE t ({', '.join(f'c{number} SMALLINT' for number in range(1000))})")
    db.run(f"INSERT INTO t VALUES ({', '.join('NULL' if n % 3 else str(n) for n in range(1000))})")
    same(db, "t")


def test_hidden_columns(follow: Callable[[], Followed]) -> None:
    """Functional and multi-valued indexes add columns that neither the catalog nor the binlog shows."""
    db = follow()
    db.run(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, j JSON, KEY ((a + 1)), b INT)",
        "ALTER TABLE t ADD KEY ((CAST(j->'$.n' AS UNSIGNED ARRAY)))",
        """INSERT INTO t VALUES (1, 2, '{"n": [1, 2]}', 3), (2, NULL, NULL, 4)""",
    )
    same(db, "t")


@pytest.mark.parametrize("metadata", ["MINIMAL", "FULL"])
def test_types_that_look_like_text_to_the_server(follow: Callable[[], Followed], metadata: str) -> None:
    """JSON, GEOMETRY and VECTOR are kinds of BLOB; none of them shifts the character sets of the others."""
    db = follow()
    vector = "v VECTOR(2)" if not db.session.scalar(raw("SELECT VERSION() < '9'")) else "v INT"
    db.run(
        f"SET GLOBAL binlog_row_metadata = {metadata}",
        f"CREATE TABLE t (a VARCHAR(9), j JSON, b VARBINARY(9), g GEOMETRY, c CHAR(9) CHARACTER SET latin1,"
        f" {vector}, d BINARY(9), e ENUM('x'), f TEXT CHARACTER SET gbk, y YEAR, h SET('y') CHARACTER SET utf16,"
        " i INT UNSIGNED)",
        "INSERT INTO t (a, j, b, g, c, d, e, f, y, h, i) VALUES"
        " ('a', '1', 'b', POINT(1, 2), 'c', 'd', 1, '表', 2000, 1, 9)",
    )
    same(db, "t")


def test_a_generated_invisible_primary_key(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run(
        "SET sql_generate_invisible_primary_key = ON",
        "CREATE TABLE t (a VARCHAR(9))",
        "INSERT INTO t VALUES ('x')",
    )
    assert [column.name for column in db.table("t").columns] == ["my_row_id", "a"]
    same(db, "t")


def test_partitions(follow: Callable[[], Followed]) -> None:
    """Row events of partitioned tables carry extra data; an update may move a row to another partition."""
    db = follow()
    db.run(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT) PARTITION BY HASH (id) PARTITIONS 3",
        "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)",
    )
    same(db, "t")
    db.mark()
    db.run("UPDATE t SET id = id + 10 ORDER BY id")
    assert {(one.before, one.after) for one in db.changes()} == {
        ((b"%d" % n, b"%d" % n), (b"%d" % (n + 10), b"%d" % n)) for n in (1, 2, 3)
    }


def test_a_row_longer_than_a_packet(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE t (id INT PRIMARY KEY, a LONGBLOB, b LONGTEXT)")
    db.run("INSERT INTO t VALUES (1, REPEAT(X'00FF5C27', 5000000), 'after'), (2, NULL, REPEAT('y', 17000000))")
    same(db, "t")


def test_odd_names(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE `日 ``x.y` (`a``b` INT PRIMARY KEY, `é` INT)")
    db.run("INSERT INTO `日 ``x.y` VALUES (1, 2)")
    same(db, "日 `x.y")


def test_equal_rows_without_a_key(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run(
        "CREATE TABLE t (a INT, b TEXT)",
        "INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x')",
        "DELETE FROM t LIMIT 2",
    )
    assert [(one.before, one.after) for one in db.changes()] == [(None, (b"1", b"x"))] * 3 + [
        ((b"1", b"x"), None)
    ] * 2


def test_the_instant_way_to_add_and_drop_columns(follow: Callable[[], Followed]) -> None:
    db = follow()
    db.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "INSERT INTO t VALUES (1, 1, 1)")
    db.run("ALTER TABLE t ADD COLUMN c VARCHAR(9) DEFAULT 'd' AFTER id, ALGORITHM=INSTANT")
    db.run("ALTER TABLE t DROP COLUMN a, ALGORITHM=INSTANT")
    db.mark()
    db.run("UPDATE t SET b = 2", "INSERT INTO t VALUES (2, 'e', 5)")
    assert [(one.before, one.after) for one in db.changes()] == [
        ((b"1", b"d", b"1"), (b"1", b"d", b"2")),
        (None, (b"2", b"e", b"5")),
    ]
