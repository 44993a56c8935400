"""Resync makes tables equal and writes no more than what differs, whatever differs and however keys look."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from aurora_migration.engine.verify.resync import Resynced
from aurora_migration.model.chunk import KeyRange
from aurora_migration.sql.quoting import raw
from aurora_migration.sql.row_text import RowStyle
from tests.fresh_databases import Databases
from tests.integration.resync.resyncs import Resyncs, assert_equal

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
Make = Callable[[Databases], Resyncs]

_NUMBERS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
TABLE = "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(300), j JSON, g INT AS (id * 2) STORED, inv INT INVISIBLE)"


def fill(rows: int) -> str:
    return (
        f"INSERT INTO t (id, v, j, inv) {_NUMBERS.format(most=rows)} SELECT i, i, JSON_OBJECT('i', i), -i FROM n"
    )


def changes(done: Resynced) -> tuple[int, int, int]:
    return done.inserted, done.updated, done.deleted


@pytest.mark.parametrize("style", list(RowStyle))
def test_new_changed_and_deleted_rows(twins: Twins, resyncs: Make, style: RowStyle) -> None:
    made = twins(TABLE, fill(200))
    made.on_source(
        "DELETE FROM t WHERE id IN (1, 50, 51, 200)",
        "UPDATE t SET v = CONCAT('new ', v) WHERE id IN (2, 3, 100)",
        "UPDATE t SET inv = NULL WHERE id = 101",
        "INSERT INTO t (id, v) VALUES (-5, 'first'), (0, NULL), (1000, 'last'), (2000, 'beyond')",
    )
    resync = resyncs(made)
    done = resync("t", style=style)
    assert changes(done) == (4, 4, 4)
    assert done.rows_checked == 200
    assert done.chunks > done.chunks_differing > 3
    assert_equal(made)
    again = resync("t")
    assert changes(again) == (0, 0, 0)
    assert (again.chunks_differing, again.rows_checked) == (0, 200)


def test_only_what_differs_is_written(twins: Twins, resyncs: Make) -> None:
    made = twins(TABLE, fill(500))
    made.on_source("UPDATE t SET v = 'x' WHERE id % 100 = 7", "DELETE FROM t WHERE id = 300")
    made.on_target("CREATE TABLE seen (id INT)", *(
        f"CREATE TRIGGER on_{event} AFTER {event} ON t FOR EACH ROW INSERT INTO seen VALUES ({row}.id)"
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
    ))  # fmt: skip
    assert changes(resyncs(made)("t")) == (0, 5, 1)
    seen = made.target_root.query(raw(f"SELECT DISTINCT id FROM {made.name}.seen"))
    assert {row["id"] for row in seen} == {7, 107, 207, 300, 307, 407}


def test_empty_tables_both_ways(twins: Twins, resyncs: Make) -> None:
    made = twins(TABLE, fill(95))
    resync = resyncs(made)
    made.on_target("DELETE FROM t")
    assert changes(resync("t")) == (95, 0, 0)
    assert_equal(made)
    made.on_source("DELETE FROM t")
    done = resync("t")
    assert changes(done) == (0, 0, 95)
    assert done.chunks > 9, "chunks are cut by what the target holds as well"
    assert_equal(made)
    assert changes(resync("t")) == (0, 0, 0)


def test_a_huge_deletion_goes_in_small_transactions(twins: Twins, resyncs: Make) -> None:
    made = twins(TABLE, fill(3000))
    made.on_source("DELETE FROM t WHERE id BETWEEN 20 AND 2990")
    done = resyncs(made)("t", chunk_rows=100)
    assert changes(done) == (0, 0, 2971)
    assert done.chunks >= 30
    assert_equal(made)


def test_gaps_in_the_keys(twins: Twins, resyncs: Make) -> None:
    made = twins(
        "CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, v INT)",
        "INSERT INTO t VALUES (0, 1), (1, 1), (5000000000, 1), (18446744073709551614, 1)",
    )
    made.on_source(
        "INSERT INTO t VALUES (18446744073709551615, 2), (9223372036854775808, 2)", "DELETE FROM t WHERE id = 1"
    )
    made.on_target("INSERT INTO t VALUES (17, 3), (9223372036854775807, 3)")
    assert changes(resyncs(made)("t", chunk_rows=1)) == (2, 0, 3)
    assert_equal(made)


def test_a_part_is_rewritten_and_the_rest_left_alone(twins: Twins, resyncs: Make) -> None:
    made = twins(TABLE, fill(100))
    made.on_target("UPDATE t SET v = 'old'")
    part = KeyRange(made.table("t"), 2, ("20",), ("60",))
    assert changes(resyncs(made)("t", part)) == (0, 40, 0)
    left = made.target_root.query(raw(f"SELECT id FROM {made.name}.t WHERE v = 'old' ORDER BY id"))
    assert [row["id"] for row in left] == [*range(1, 21), *range(61, 101)]


KEYS = {
    "int": ("INT", "i - 50"),
    "unsigned": ("BIGINT UNSIGNED", "18446744073709551615 - i"),
    "decimal": ("DECIMAL(30,10)", "(i - 50) / 7"),
    "char": ("CHAR(20) CHARACTER SET latin1", "CONCAT('é', i)"),
    "varchar": ("VARCHAR(40) COLLATE utf8mb4_0900_ai_ci", "CONCAT('Kéy`''%%|= ', i, '😀')"),
    "general_ci": ("VARCHAR(40) COLLATE utf8mb4_general_ci", "CONCAT('Kéy ', i)"),
    "bin": ("VARCHAR(40) COLLATE utf8mb4_bin", "CONCAT(IF(i % 2, 'a', 'A'), i DIV 2)"),
    "binary": ("BINARY(8)", "UNHEX(LPAD(HEX(i * 5), 16, '0'))"),
    "varbinary": ("VARBINARY(40)", "UNHEX(SHA2(i, 256))"),
    "date": ("DATE", "DATE '2024-01-01' + INTERVAL i DAY"),
    "datetime": ("DATETIME(6)", "TIMESTAMP '2024-10-27 00:59:59.999999' + INTERVAL i * 1000001 MICROSECOND"),
    "timestamp": ("TIMESTAMP(3)", "TIMESTAMP '2024-10-27 00:30:00' + INTERVAL i MINUTE"),
    "time": ("TIME(2)", "SEC_TO_TIME(i * 1000 - 50000)"),
    "year": ("YEAR", "1901 + i"),
    "bit": ("BIT(40)", "i * 1000000007"),
    "set": ("SET('a','b','c','d','e','f','g')", "i"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_keys_of_every_type(twins: Twins, resyncs: Make, kind: str) -> None:
    column, value = KEYS[kind]
    made = twins(
        "SET SESSION time_zone = '+00:00'",
        f"CREATE TABLE t (k {column} PRIMARY KEY, n INT, v VARCHAR(20))",
        f"INSERT INTO t {_NUMBERS.format(most=100)} SELECT {value}, i, 'v' FROM n",
    )
    made.on_source("UPDATE t SET v = 'changed' WHERE n % 7 = 1", "DELETE FROM t WHERE n % 11 = 2")
    made.on_target("DELETE FROM t WHERE n % 13 = 3", "UPDATE t SET n = -n WHERE n % 17 = 4")
    done = resyncs(made)("t")
    assert min(changes(done)) > 3
    assert done.chunks > 8
    assert_equal(made)
    assert resyncs(made)("t").chunks_differing == 0


def test_an_enum_key(twins: Twins, resyncs: Make) -> None:
    made = twins(
        "CREATE TABLE t (k ENUM('z', '2', '1', '') PRIMARY KEY, v INT)",
        "INSERT INTO t VALUES (1, 1), (2, 1), (4, 1)",
    )
    made.on_source(
        "UPDATE t SET v = 2 WHERE k = '2'", "INSERT INTO t VALUES ('1', 1)", "DELETE FROM t WHERE k = 'z'"
    )
    assert changes(resyncs(made)("t", chunk_rows=1)) == (1, 1, 1)
    assert_equal(made)


def test_composite_keys(twins: Twins, resyncs: Make) -> None:
    made = twins(
        "CREATE TABLE t (a VARCHAR(9) COLLATE utf8mb4_0900_ai_ci, b INT, c BINARY(2), d DATE, v INT, "
        "PRIMARY KEY (a, b, c, d))",
        f"INSERT INTO t {_NUMBERS.format(most=200)} SELECT CONCAT('k', i % 3), i % 5 - 2, "
        "UNHEX(LPAD(HEX(i), 4, '0')), "
        "DATE '2024-01-01' + INTERVAL i % 2 DAY, i FROM n",
    )
    made.on_source(
        "UPDATE t SET a = UPPER(a) WHERE v % 19 = 1",
        "UPDATE t SET b = b + 100 WHERE v % 23 = 1",
        "DELETE FROM t WHERE v % 29 = 1",
        "UPDATE t SET v = -v WHERE v % 31 = 1",
    )
    assert min(changes(resyncs(made)("t"))) > 3
    assert_equal(made)


def test_chunks_follow_what_rows_weigh(twins: Twins, resyncs: Make) -> None:
    made = twins("CREATE TABLE t (id INT PRIMARY KEY, b LONGTEXT)")
    made.on_source(
        f"INSERT INTO t {_NUMBERS.format(most=5000)} SELECT i, REPEAT('x', IF(i < 4000, 5, 25000)) FROM n"
    )
    made.on_source("ANALYZE TABLE t")
    sizes: list[int] = []
    done = resyncs(made)(
        "t", chunk_rows=25_000, chunk_bytes=1 << 20, on_progress=lambda progress: sizes.append(progress.bytes)
    )
    assert done.inserted == 5000
    steps = [after - before for before, after in itertools.pairwise([0, *sizes])]
    large = sorted(step for step in steps if step > 100_000)
    assert large[-1] < 15_000_000, "statistics bound the first chunk of large rows"
    assert large[len(large) // 2] < 3_000_000, "and what it weighs the next ones"
    assert_equal(made)
