"""Open transactions are seen whatever the statements are that run in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from aurora_migration.errors import RetryableError
from aurora_migration.mysql.transactions import detached_transactions, long_transactions
from aurora_migration.sql.quoting import raw
from local.login import Login
from tests.fresh_databases import Databases
from tests.patience import TRX_PAUSE, until, until_at

pytestmark = pytest.mark.servers
TABLE = "CREATE TABLE t (id INT PRIMARY KEY)"


@dataclass(slots=True)
class Running:
    """A transaction whose statement has characters beyond U+FFFF, and how to let that statement end."""

    thread: int
    end: Callable[[], None]


@contextmanager
def running(made: Databases) -> Iterator[Running]:
    """The statement waits for a lock that the source's root holds."""
    begun, root, login = list[int](), made.source_root, made.pair.source.root_login
    root.query(raw(f"SELECT GET_LOCK('{made.key}', 0)"))
    worker = threading.Thread(target=_work, args=(login, made, begun))
    worker.start()

    def end() -> None:
        root.query(raw(f"SELECT RELEASE_LOCK('{made.key}')"))
        worker.join()

    try:
        (thread,) = until(lambda: begun, "the transaction has begun")
        until_at(root, thread, "User lock")
        time.sleep(TRX_PAUSE)
        yield Running(thread, end)
    finally:
        end()


def _work(login: Login, made: Databases, begun: list[int]) -> None:
    with closing(login.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SET NAMES utf8mb4")
        cursor.execute("BEGIN")
        cursor.execute(f"INSERT INTO {made.name}.t VALUES (1)")
        begun.append(connection.thread_id())
        cursor.execute(f"SELECT '😀', GET_LOCK('{made.key}', 300) FROM {made.name}.t")
        connection.rollback()


def ending(statement: Running, pauses: list[float]) -> Callable[[float], None]:
    """A pause between two looks; in the third the statement ends, and its transaction."""

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            statement.end()
        time.sleep(TRX_PAUSE)

    return sleep


def test_a_statement_with_any_character_is_waited_for(databases: Callable[..., Databases]) -> None:
    made = databases(TABLE)
    for look in (detached_transactions, lambda *asked: long_transactions(asked[0], 0, asked[1])):
        pauses: list[float] = []
        with running(made) as statement:
            found = look(made.source_root, ending(statement, pauses))
        assert len(pauses) == 3
        assert all(row.get("thread") != statement.thread for row in found), "it is over when it can be asked for"
    until(lambda: detached_transactions(made.source_root) == [], "nothing is left", TRX_PAUSE)


def test_one_that_does_not_end_is_no_silence(databases: Callable[..., Databases]) -> None:
    made = databases(TABLE)
    with running(made), pytest.raises(RetryableError, match=r"beyond U\+FFFF"):
        detached_transactions(made.source_root, sleep=lambda _: None)
