"""Rows that collide while they are rewritten: by another spelling of their key, or by any other unique index."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from aurora_migration.engine.verify.resync import PASSES
from aurora_migration.errors import RetryableError
from aurora_migration.model.chunk import KeyRange
from aurora_migration.sql.quoting import raw
from aurora_migration.sql.row_text import RowStyle
from tests.fresh_databases import Databases
from tests.integration.resync.resyncs import Resyncs, assert_equal
from tests.patience import until

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
Make = Callable[[Databases], Resyncs]

NUMBERS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {most})"


def test_a_key_that_changed_only_in_case_or_padding(twins: Twins, resyncs: Make) -> None:
    made = twins(
        "CREATE TABLE t (k VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT)",
        f"INSERT INTO t {NUMBERS.format(most=60)} SELECT CONCAT('key ', LPAD(i, 3, '0')), i FROM n",
    )
    made.on_source(
        "UPDATE t SET k = UPPER(k) WHERE v % 5 = 1",
        "UPDATE t SET k = CONCAT(k, ' ') WHERE v % 5 = 2",
        "UPDATE t SET k = REPLACE(k, 'e', 'é') WHERE v % 5 = 3",
    )
    done = resyncs(made)("t", chunk_rows=4)
    assert (done.inserted, done.updated, done.deleted) == (36, 0, 36)
    assert done.replaced == 0
    assert_equal(made)


UNIQUE = "CREATE TABLE t (id INT PRIMARY KEY, u INT, UNIQUE KEY (u))"


@pytest.mark.parametrize("style", list(RowStyle))
@pytest.mark.parametrize(
    "swap",
    [
        "(id + {half} - 1) % {most} + 1",  # with a row half a table away, forth and back
        "id % {most} + 1",  # each row takes its successor's: the last one takes the first one's
        "(id + {most} - 2) % {most} + 1",  # its predecessor's
        "{most} + 1 - id",
    ],
)
def test_unique_values_swapped_across_chunks(twins: Twins, resyncs: Make, swap: str, style: RowStyle) -> None:
    made = twins(UNIQUE, f"INSERT INTO t {NUMBERS.format(most=100)} SELECT i, i FROM n")
    made.on_source("UPDATE t SET u = -u", f"UPDATE t SET u = {swap.format(most=100, half=50)}")
    done = resyncs(made)("t", style=style)
    assert done.replaced > 0
    assert done.chunks <= 22, "the second pass finds nothing"
    assert_equal(made)


@pytest.mark.parametrize("seed", range(10))
def test_any_permutation_of_unique_values_with_keys_that_move(twins: Twins, resyncs: Make, seed: int) -> None:
    rng = random.Random(seed)
    rows = 120
    made = twins(
        "CREATE TABLE t (id INT PRIMARY KEY, u INT, w VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, UNIQUE (u), "
        "UNIQUE (w))"
    )
    for run in (made.on_source, made.on_target):
        ids = rng.sample(range(rows * 2), rows)
        us, ws = rng.sample(range(rows + 20), rows), rng.sample(range(rows + 20), rows)
        values = (f"({i}, {u}, '{rng.choice('aA')}{w}')" for i, u, w in zip(ids, us, ws, strict=True))
        run(f"INSERT INTO t VALUES {', '.join(values)}")
    resyncs(made)("t", chunk_rows=rng.choice([1, 3, 17]))
    assert_equal(made)


@pytest.mark.parametrize(
    ("index", "value"),
    [
        ("UNIQUE ((LOWER(v)))", "CONCAT('Value ', {})"),
        ("UNIQUE (v(9))", "CONCAT('value', LPAD({}, 4, '0'), RAND())"),
        ("UNIQUE ((CAST(j->'$[*]' AS UNSIGNED ARRAY)))", "{}"),
        ("UNIQUE (f)", "{}"),
        ("UNIQUE (v, f)", "{}"),
    ],
    ids=["functional", "prefix", "multi-valued", "float", "two columns"],
)
def test_unique_indexes_of_every_make(twins: Twins, resyncs: Make, index: str, value: str) -> None:
    made = twins(f"CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(50), j JSON, f FLOAT, {index})")
    for run, number in ((made.on_source, "i"), (made.on_target, "41 - i")):
        filled = value.format(f"({number})")
        run(
            f"INSERT INTO t {NUMBERS.format(most=40)} "
            f"SELECT i, {filled}, JSON_ARRAY({number}, {number} + 1000), {number} + 0.25 FROM n"
        )
    done = resyncs(made)("t", chunk_rows=7)
    assert done.replaced > 0
    assert_equal(made)


def test_parts_of_one_table_side_by_side(twins: Twins) -> None:
    made = twins(UNIQUE, f"INSERT INTO t {NUMBERS.format(most=400)} SELECT i, i FROM n")
    made.on_source("UPDATE t SET u = -u", "UPDATE t SET u = 401 - id", "DELETE FROM t WHERE id % 7 = 0")
    bounds = [None, ("100",), ("200",), ("300",), None]
    parts = [KeyRange(made.table("t"), i + 1, bounds[i], bounds[i + 1]) for i in range(4)]
    together = Barrier(len(parts))

    def work(part: KeyRange) -> None:
        """As tasks do: one whose chunk was the victim of deadlocks all the time gets another try."""
        together.wait()
        for attempt in Retrying(
            retry=retry_if_exception_type(RetryableError), stop=stop_after_attempt(5), reraise=True
        ):
            with attempt, ExitStack() as stack:
                Resyncs(made, stack)("t", part, chunk_rows=5)

    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(work, parts))
    assert_equal(made)


def test_a_chunk_that_meets_the_locks_of_others_is_tried_again(twins: Twins, resyncs: Make) -> None:
    made = twins(UNIQUE, f"INSERT INTO t {NUMBERS.format(most=20)} SELECT i, i FROM n")
    made.on_source("UPDATE t SET u = -u WHERE id IN (4, 15)")
    made.on_target("BEGIN", "SELECT * FROM t WHERE id = 15 FOR UPDATE")
    resync = resyncs(made)
    resync.target.set_variable("innodb_lock_wait_timeout", 2)
    attempts = set[object]()

    def waits_again() -> bool:
        """Of each attempt the transaction that waits is another one."""
        assert not running.done()
        sql = "SELECT REQUESTING_ENGINE_TRANSACTION_ID AS id FROM performance_schema.data_lock_waits"
        attempts.update(row["id"] for row in made.target_root.query(raw(sql)))
        return len(attempts) > 1

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(resync, "t")
        try:
            until(waits_again, "a second attempt")
        finally:
            made.on_target("COMMIT")
        assert running.result().updated == 2
    assert_equal(made)


def test_rows_that_refer_to_a_rewritten_row_stay(twins: Twins, resyncs: Make) -> None:
    made = twins(
        "CREATE TABLE parents (id INT PRIMARY KEY, v INT)",
        "CREATE TABLE t (id INT PRIMARY KEY, parent INT, other INT, "
        "FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE, "
        "FOREIGN KEY (other) REFERENCES parents (id) ON DELETE SET NULL)",
        f"INSERT INTO parents {NUMBERS.format(most=30)} SELECT i, 0 FROM n",
        "INSERT INTO t SELECT id, id, id FROM parents",
    )
    made.on_source("UPDATE parents SET v = 1 WHERE id % 3 = 0")
    assert resyncs(made)("parents").updated == 10
    assert_equal(made)
    made.on_source("INSERT INTO parents VALUES (100, 0)", "UPDATE t SET parent = 100 WHERE id = 5")
    resync = resyncs(made)
    assert resync("t").updated == 1  # before its parent is there
    assert resync("parents").inserted == 1
    assert_equal(made)


def test_passes_end_where_the_source_never_rests(twins: Twins, resyncs: Make) -> None:
    made = twins(UNIQUE, f"INSERT INTO t {NUMBERS.format(most=20)} SELECT i, i FROM n")
    ends = [(1, 20), (20, 1)]

    def swap(_: object) -> None:
        """After each chunk the first and the last row have changed places, and so collide in every pass."""
        ends.reverse()
        first, last = ends[0]
        made.on_source(
            "UPDATE t SET u = -id WHERE id IN (1, 20)",
            f"UPDATE t SET u = {first} WHERE id = 1",
            f"UPDATE t SET u = {last} WHERE id = 20",
        )

    done = resyncs(made)("t", on_progress=swap)
    assert done.replaced >= PASSES
    assert done.chunks == 3 * PASSES
    resyncs(made)("t")
    assert_equal(made)
