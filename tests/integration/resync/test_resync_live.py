"""Resync while the source is written to: what changes did not touch is equal, and they make the rest equal."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pymysql
import pytest

from aurora_migration.sql.quoting import raw
from local.oracle import compare_databases
from local.workload import Size, Workload, WorkloadSettings, create, tables
from tests.fresh_databases import Databases, create_like_source
from tests.integration.resync.resyncs import Resyncs, assert_equal
from tests.patience import until, until_committed

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
Make = Callable[[Databases], Resyncs]
ROWS = 600
ROUNDS = 3  # over all tables


class Writer(threading.Thread):
    """Changes rows whose key and unique value are divisible by three, and remembers the keys that it touched."""

    def __init__(self, made: Databases, seed: int) -> None:
        super().__init__(daemon=True)
        self.touched: set[int] = set()
        self.transactions = 0
        self.error: Exception | None = None
        self._rng = random.Random(seed)
        self._stop_asked = threading.Event()
        server = made.pair.source
        self._connection = pymysql.connect(
            host="127.0.0.1", port=server.port, user="root", password=server.root_password, database=made.name
        )

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                with self._connection.cursor() as cursor:
                    self._change(cursor)
                self._connection.commit()
                self.transactions += 1
                self._stop_asked.wait(0.002)
        except Exception as error:
            self.error = error
        finally:
            self._connection.close()

    def _change(self, cursor: pymysql.cursors.Cursor) -> None:
        one, two = self._rng.sample(range(3, ROWS, 3), 2)
        kind = self._rng.randrange(4)
        if kind == 0:
            self._execute(cursor, "UPDATE t SET v = UUID() WHERE id = {}", one)
        elif kind == 1:  # unique values change places
            cursor.execute(f"SELECT u FROM t WHERE id IN ({one}, {two}) ORDER BY id = {two} FOR UPDATE")
            found = [row[0] for row in cursor.fetchall()]
            if len(found) == 2:
                self._execute(cursor, "UPDATE t SET u = -id WHERE id = {}", one)
                self._execute(cursor, f"UPDATE t SET u = {found[0]} WHERE id = {{}}", two)
                self._execute(cursor, f"UPDATE t SET u = {found[1]} WHERE id = {{}}", one)
        elif kind == 2:  # gone, or there again with a unique value that may be another row's
            self._execute(cursor, "DELETE FROM t WHERE id = {}", one)
            cursor.execute(f"SELECT id FROM t WHERE u = {two}")
            for (other,) in cursor.fetchall():
                self._execute(cursor, "DELETE FROM t WHERE id = {}", other)
            self._execute(cursor, f"INSERT INTO t VALUES ({{}}, {two}, 'again')", one)
        else:  # another key
            cursor.execute(f"SELECT COUNT(*) FROM t WHERE id = {two}")
            if cursor.fetchone() == (0,):
                self._execute(cursor, f"UPDATE t SET id = {two} WHERE id = {{}}", one)
                self.touched.add(two)

    def _execute(self, cursor: pymysql.cursors.Cursor, sql: str, key: int) -> None:
        cursor.execute(sql.format(key))
        self.touched.add(key)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(120)
        assert not self.is_alive(), "the writer does not end"
        assert self.error is None, self.error

    def await_more(self, transactions: int) -> None:
        """Return once it has committed so many more."""
        wanted = self.transactions + transactions

        def there() -> bool:
            assert self.error is None, self.error
            return self.transactions >= wanted

        until(there, "the writer goes on")


@contextmanager
def writing(made: Databases, seed: int) -> Iterator[Writer]:
    writer = Writer(made, seed)
    writer.start()
    yield writer
    writer.stop()


def plant(made: Databases, rng: random.Random) -> None:
    """Differences all over the target, at keys that no writer touches as well."""
    picked = rng.sample(range(1, ROWS + 1), 120)
    keys = [", ".join(map(str, picked[start::3])) for start in range(3)]
    made.on_target(
        f"DELETE FROM t WHERE id IN ({keys[0]})",
        f"UPDATE t SET v = 'bent' WHERE id IN ({keys[1]})",
        "UPDATE t SET u = -u - 10000 WHERE id <= 100",
        "UPDATE t SET u = IF(u <= -10000, 101 - id, u)",
        "INSERT INTO t SELECT id + 100000, id + 100000, 'extra' FROM t WHERE id % 50 = 0",
    )


@pytest.mark.parametrize("seed", range(10))
def test_replaying_what_happened_meanwhile_makes_the_rest_equal(twins: Twins, resyncs: Make, seed: int) -> None:
    made = twins(
        "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v VARCHAR(40))",
        f"INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
        "SELECT i, i, 'v' FROM n",
    )
    plant(made, random.Random(seed))
    resync, chunk_rows = resyncs(made), random.Random(seed).choice([15, 40, 100])
    with writing(made, seed) as writer:
        writer.await_more(5)
        resync("t", chunk_rows=chunk_rows, on_progress=lambda _: writer.await_more(max(5, chunk_rows // 10)))
    keys = ", ".join(map(str, sorted(writer.touched)))
    untouched = raw(f"SELECT id, u, v FROM {made.name}.t WHERE id NOT IN ({keys}) ORDER BY id")
    assert made.target_root.query(untouched) == made.source_root.query(untouched)
    # what replaying all changes comes to: each key that was touched gets the row that it has in the end
    final = made.source_root.query(raw(f"SELECT id, u, v FROM {made.name}.t WHERE id IN ({keys})"))
    values = ", ".join(f"({row['id']}, {row['u']}, '{row['v']}')" for row in final)
    made.on_target(f"DELETE FROM t WHERE id IN ({keys})", f"INSERT INTO t VALUES {values}")
    assert_equal(made)


@pytest.mark.slow
def test_an_application_writes_and_a_last_resync_is_equal(databases: Twins, resyncs: Make) -> None:
    made, size = databases(), Size(rows=400, big_rows=2000, keyless=True)
    login = made.pair.source.root_login
    with login.connect() as connection:
        create(connection, made.name, size, seed=1)
    create_like_source(made, list(tables(size)))
    resync = resyncs(made)
    with Workload(login, WorkloadSettings(made.name, seed=7, threads=4, rate=150, size=size)) as workload:
        for _ in range(ROUNDS):
            for table in tables(size):
                resync(table, chunk_rows=100)
                until_committed(workload, 10)
        until_committed(workload, 100)
    assert not same_rows(made), "nothing was on its way"
    for table in tables(size):
        resync(table, chunk_rows=100)
    assert same_rows(made)
    assert sum(resync(table, chunk_rows=100).chunks_differing for table in tables(size)) == 0


def same_rows(made: Databases) -> bool:
    """All but the counters of AUTO_INCREMENT, which are set when rows come to their end, at the cutover."""
    return compare_databases(*made.oracle_params(), [made.name], structure=False).equal
