"""Open transactions are seen whatever the statements are that run in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from aurora_migration.errors import RetryableError
from aurora_migration.mysql.transactions import detached_transactions, long_transactions
from local.login import Login
from tests.fresh_databases import Databases

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
TABLE = "CREATE TABLE t (id INT PRIMARY KEY)"


@contextmanager
def running(login: Login, schema: str, seconds: float) -> Iterator[None]:
    """A transaction whose statement has characters beyond U+FFFF and takes its time."""
    begun = threading.Event()

    def work() -> None:
        with closing(login.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SET NAMES utf8mb4")
            cursor.execute("BEGIN")
            cursor.execute(f"INSERT INTO {schema}.t VALUES (1)")
            begun.set()
            cursor.execute(f"SELECT '😀', SLEEP({seconds}) FROM {schema}.t")
            connection.rollback()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(30)
    time.sleep(0.3)
    try:
        yield
    finally:
        thread.join()


def test_a_statement_with_any_character_is_waited_for(databases: Callable[..., Databases]) -> None:
    made = databases(TABLE)
    with running(made.pair.source.root_login, made.name, 1.5):
        assert detached_transactions(made.source_root) == []
    with running(made.pair.source.root_login, made.name, 1.5):
        found = long_transactions(made.source_root, 0)
    assert all(row["rows_modified"] != 1 for row in found), "it is over when it can be asked for"


def test_one_that_does_not_end_is_no_silence(databases: Callable[..., Databases]) -> None:
    made = databases(TABLE)
    with (
        running(made.pair.source.root_login, made.name, 2),
        pytest.raises(RetryableError, match=r"beyond U\+FFFF"),
    ):
        detached_transactions(made.source_root, sleep=lambda _: None)
