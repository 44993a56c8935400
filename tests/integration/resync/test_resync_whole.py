"""Tables without a key are copied whole, at a known position where changes follow; long rows arrive as well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager

import pytest

from aurora_migration.errors import RowsRejectedError
from aurora_migration.model.names import TableName
from aurora_migration.model.position import Position
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from aurora_migration.sql.row_text import RowStyle
from tests.fresh_databases import Databases, root
from tests.integration.resync.resyncs import Resyncs, assert_equal
from tests.patience import until

pytestmark = pytest.mark.servers
Twins = Callable[..., Databases]
Make = Callable[[Databases], Resyncs]

KEYLESS = (
    "CREATE TABLE t (a INT, v VARCHAR(20), UNIQUE KEY (a, v))",
    "INSERT INTO t VALUES (1, NULL), (1, NULL), (2, 'x'), (3, 'y')",
)


@pytest.mark.parametrize("style", list(RowStyle))
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM t WHERE v IS NULL LIMIT 1",
        "INSERT INTO t VALUES (1, NULL)",
        "UPDATE t SET v = 'X' WHERE v = 'x'",
        "DELETE FROM t",
    ],
)
def test_a_table_without_a_key(twins: Twins, resyncs: Make, change: str, style: RowStyle) -> None:
    made = twins(*KEYLESS)
    resync = resyncs(made)
    assert (resync("t").rows_checked, resync("t").chunks_differing) == (4, 0)
    made.on_source(change)
    done = resync("t", style=style)
    assert (done.deleted, done.chunks_differing) == (4, 1)
    assert_equal(made)
    made.on_target("INSERT INTO t VALUES (9, 'extra')")
    assert resync("t", style=style).chunks_differing == 1
    assert_equal(made)


class Counting(threading.Thread):
    """Inserts 1, 2, 3, … into t, one a transaction; the first binlog position is read before."""

    def __init__(self, made: Databases) -> None:
        super().__init__(daemon=True)
        self.stop_asked = threading.Event()
        self.number = 0
        self.error: Exception | None = None
        self.session = Session.open(root(made.pair, "source"))
        self.first = transactions(self.session)
        self._insert = f"INSERT INTO {made.name}.t VALUES ({{}})"

    def run(self) -> None:
        try:
            with self.session:
                while not self.stop_asked.is_set():
                    self.session.execute(raw(self._insert.format(self.number + 1)))
                    self.number += 1
        except Exception as error:
            self.error = error

    def await_more(self, rows: int) -> None:
        """Return once it has inserted so many more."""
        wanted = self.number + rows

        def there() -> bool:
            assert self.error is None, self.error
            return self.number >= wanted

        until(there, "the writer goes on")


def transactions(session: Session) -> int:
    return last_of(str(session.scalar(raw("SELECT @@GLOBAL.gtid_executed"))))


def last_of(gtid_set: str) -> int:
    """How many transactions a set of one interval holds."""
    return int(gtid_set.rpartition("-")[2])


def test_rows_are_those_of_the_position_that_is_kept(twins: Twins, resyncs: Make) -> None:
    made = twins("CREATE TABLE t (n INT)")
    made.on_target("CREATE TABLE kept (n INT)")
    counting = Counting(made)
    counting.start()
    resync = resyncs(made)

    def keep(table: TableName, position: Position) -> None:
        assert table == made.table("t")
        sql = f"INSERT INTO {made.name}.kept VALUES ({last_of(position.gtid_set) - counting.first})"
        resync.target.execute(raw(sql))

    for _ in range(20):
        counting.await_more(5)
        resync("t", keep_position=keep)
        (row,) = made.target_root.query(
            raw(
                f"SELECT COUNT(*) AS c, MAX(n) AS m, (SELECT MAX(n) FROM {made.name}.kept) AS k FROM {made.name}.t"
            )
        )
        assert row["c"] == row["m"] == row["k"]
    counting.await_more(1)
    counting.stop_asked.set()
    counting.join(120)
    assert counting.error is None, counting.error
    assert resync("t", keep_position=keep).chunks_differing == 1
    unchanged = resync("t", keep_position=keep)
    assert (unchanged.chunks_differing, unchanged.rows_checked) == (0, row_count(made))
    made.on_target("DROP TABLE kept")
    assert_equal(made)


def row_count(made: Databases) -> int:
    return int(made.source_root.scalar(raw(f"SELECT COUNT(*) FROM {made.name}.t")))


def test_what_is_kept_goes_with_the_rows_that_were_refused(twins: Twins, resyncs: Make) -> None:
    made = twins("CREATE TABLE t (n INT)", "INSERT INTO t VALUES (300)")
    made.on_target(
        "CREATE TABLE kept (n INT)", "DELETE FROM t", "ALTER TABLE t MODIFY n TINYINT", "INSERT INTO t VALUES (7)"
    )
    resync = resyncs(made)
    with pytest.raises(RowsRejectedError):
        resync(
            "t", keep_position=lambda *_: resync.target.execute(raw(f"INSERT INTO {made.name}.kept VALUES (1)"))
        )
    for table, rows in (("kept", []), ("t", [{"n": 7}])):
        assert made.target_root.query(raw(f"SELECT n FROM {made.name}.{table}")) == rows


def test_refused_rows_leave_the_chunk_as_it_was(twins: Twins, resyncs: Make) -> None:
    made = twins("CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 300), (2, 2)")
    made.on_target("DELETE FROM t", "ALTER TABLE t MODIFY n TINYINT", "INSERT INTO t VALUES (1, 7), (2, 2)")
    with pytest.raises(RowsRejectedError):
        resyncs(made)("t")
    assert made.target_root.query(raw(f"SELECT n FROM {made.name}.t ORDER BY id")) == [{"n": 7}, {"n": 2}]


@contextmanager
def max_packet(made: Databases, size: int):
    before = made.source_root.scalar(raw("SELECT @@GLOBAL.max_allowed_packet"))
    made.source_root.execute(raw(f"SET GLOBAL max_allowed_packet = {size}"))
    try:
        yield
    finally:
        made.source_root.execute(raw(f"SET GLOBAL max_allowed_packet = {before}"))


@pytest.mark.parametrize("key", ["id INT PRIMARY KEY", "id INT"], ids=["keyed", "keyless"])
def test_rows_whose_text_is_too_long_for_the_source(twins: Twins, resyncs: Make, key: str) -> None:
    made = twins(f"CREATE TABLE t ({key}, b LONGBLOB, c LONGBLOB)")
    made.on_source(
        "INSERT INTO t VALUES (1, REPEAT(X'00', 900000), REPEAT('\\\\', 900000)), (2, 'b', 'c'), (3, NULL, '')"
    )
    made.on_target("INSERT INTO t VALUES (2, 'b', 'c'), (3, 'old', '')")
    with max_packet(made, 1 << 20):
        done = resyncs(made)("t")
    assert done.inserted + done.updated + done.deleted in {2, 5}
    assert_equal(made)
