"""Writers that never rest while a migration loads, catches up and syncs: both sides are equal in the end.

``CDC_SEEDS`` names the seeds (``1,2`` or ``1-50``), ``CDC_SECONDS`` how long each one's syncs are written under.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pymysql
import pytest

from aurora_migration.model.sync import TableMode
from aurora_migration.sql.row_text import RowStyle
from local.login import Login
from local.oracle import compare_databases
from local.servers import Pair
from local.workload import Size, Workload, WorkloadSettings, create, money
from tests.fresh_databases import Databases
from tests.patience import until, until_committed
from tests.syncs import Migration

pytestmark = [pytest.mark.servers, pytest.mark.slow]
SIZE = Size(rows=1_500, big_rows=20_000, keyless=True)
SYNCS = 3
ORPHANS = (
    "SELECT COUNT(*) FROM children LEFT JOIN parents ON parents.id = children.parent WHERE parents.id IS NULL"
)


def seeds() -> list[int]:
    """The seeds that the environment names."""
    found: list[int] = []
    for part in os.environ.get("CDC_SEEDS", "1,2").split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def writing(made: Databases, seed: int, size: Size = SIZE, **settings: Any) -> Workload:
    """The application with its tables and first rows, not yet started."""
    with made.pair.source.connect() as connection:
        create(connection, made.name, size, seed)
    return Workload(made.pair.source.root_login, WorkloadSettings(made.name, seed, size=size, **settings))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", seeds())
def test_writers_during_load_catch_up_and_syncs(databases: Callable[..., Databases], seed: int) -> None:
    print(f"CDC_SEEDS={seed}")
    seconds, made = float(os.environ.get("CDC_SECONDS", "4")), databases()
    style = RowStyle.INSERT if seed % 4 == 0 else RowStyle.LOAD_DATA
    rows = (10_000, 500, 3_000)[seed % 3]
    migration = Migration(made, {"keyless_tables": "row-image", "transaction_rows": rows}, style)
    with writing(made, seed, compress=True, rate=600) as writer:

        def some_more() -> float:
            until_committed(writer, 5)
            return 0.0  # the load itself has nothing to wait for

        migration.begin()
        migration.create()
        migration.prepare_load()
        chunks = migration.load(100_000, some_more)
        migration.mark_overlap()
        results = [migration.catch_up()]
        migration.complete()
        for _ in range(SYNCS):
            time.sleep(seconds / SYNCS)
            until_committed(writer, 50)
            results.append(migration.follow())
        until_committed(writer, 50)
        tally = writer.stop()
    results.append(migration.follow())
    applied = [result.transactions for result in results]
    print(f"{tally}; {chunks} chunks; transactions of each sync: {applied}")
    assert chunks > len(migration.modes()), "the load was too short to be written under"
    assert all(result.reached and not result.stopped for result in results)
    assert all(applied), "a sync found nothing to do: the writers were not there"
    assert set(migration.modes().values()) == {TableMode.STRICT}
    equal = compare_databases(*made.oracle_params(), [made.name], structure=False)
    assert equal.equal, equal


class Reader(threading.Thread):
    """Looks at the target again and again, each time at one committed state of it."""

    def __init__(self, login: Login, database: str, control: str) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()
        self.sums: set[int] = set()
        self.orphans: set[int] = set()
        self.states: set[tuple[int, int]] = set()  # checkpoints with what the accounts were like
        self.looks = 0
        self.error: Exception | None = None
        self._login = login
        self._database = database
        self._control = control

    def run(self) -> None:
        try:
            with closing(self._login.connect()) as connection, connection.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute(f"USE {self._database}")
                while not self.enough.is_set():
                    self._look(cursor)
        except Exception as error:
            self.error = error

    def seen(self) -> tuple[int, int]:
        """How many committed points so far, and how many states of the accounts."""
        states = self.states.copy()
        return len({moves for moves, _ in states}), len({changes for _, changes in states})

    def _look(self, cursor: pymysql.cursors.Cursor) -> None:
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        moves, (total, changes), orphans = (
            self._row(cursor, sql)
            for sql in (
                f"SELECT moves FROM {self._control}.checkpoints",
                "SELECT SUM(cents), SUM(moves) FROM accounts",
                ORPHANS,
            )
        )
        cursor.execute("COMMIT")
        self.looks += 1
        self.sums.add(int(total))
        self.orphans.add(orphans[0])
        self.states.add((moves[0], int(changes)))

    def _row(self, cursor: pymysql.cursors.Cursor, sql: str) -> tuple[int, ...]:
        cursor.execute(sql)
        row = cursor.fetchone()
        assert row is not None
        return tuple(row)


@pytest.mark.parametrize("style", [RowStyle.LOAD_DATA, RowStyle.INSERT])
def test_the_sum_of_money_is_the_same_at_every_committed_point(
    databases: Callable[..., Databases], server_pair: Pair, style: RowStyle
) -> None:
    """Also no child is ever seen without its parent, though the target's checks are off for change apply."""
    seed, made = seeds()[0], databases()
    migration = Migration(made, {"transaction_rows": 30}, style)
    operations = (
        "transfer",
        "several_transfers",
        "transfer_taken_back",
        "split",
        "close",
        "fee",
        "renumber",
        "family",
    )
    size = Size(rows=1_000, big_rows=10)
    with writing(made, seed, size, only=operations, rate=400) as writer:
        migration.begin()
        migration.create()
        migration.prepare_load()
        migration.load(chunk_bytes=20_000)
        migration.mark_overlap()
        migration.catch_up()
        migration.complete()
        reader = Reader(server_pair.target.root_login, made.name, migration.control.schema)
        reader.start()
        ends = time.monotonic() + float(os.environ.get("CDC_SECONDS", "4"))

        def seen_enough() -> bool:
            assert reader.error is None, reader.error
            migration.follow()
            return time.monotonic() > ends and min(reader.seen()) > 20

        until(seen_enough, "the reader has seen many points, and the accounts in many states")
        writer.stop()
    migration.follow()
    reader.enough.set()
    reader.join(120)
    assert not reader.is_alive(), "the reader does not end"
    assert reader.error is None
    points, changes = reader.seen()
    print(f"{reader.looks} looks at {points} committed points, {changes} states of the accounts")
    assert reader.sums == {money(size)}
    assert reader.orphans == {0}
    equal = compare_databases(*made.oracle_params(), [made.name], structure=False)
    assert equal.equal, equal
