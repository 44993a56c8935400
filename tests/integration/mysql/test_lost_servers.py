"""A server that dies in the middle of a statement: the error says try again, over TLS as well."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aurora_migration.errors import RetryableError
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.mysqld import Server, find_distribution
from tests.patience import until_at

pytestmark = [pytest.mark.servers, pytest.mark.slow]
LONG = raw(
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
    "SELECT REPEAT('x', 100000) AS x FROM n AS a, n AS b"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server.create(find_distribution(), tmp_path / "dying", "dying")
    try:
        made.start()
        yield made
    finally:
        made.remove()


def endpoint(server: Server, mode: SslMode) -> Endpoint:
    return Endpoint("source", "127.0.0.1", server.port, "root", server.root_password, mode)


@pytest.mark.parametrize("mode", [SslMode.REQUIRED, SslMode.DISABLED])
def test_a_reader_whose_server_is_killed(server: Server, mode: SslMode) -> None:
    def read() -> None:
        with RowReader(endpoint(server, mode)) as reader:
            for number, _ in enumerate(reader.text_rows(LONG, 100_000)):
                if number == 3:
                    server.kill()

    with pytest.raises(RetryableError):
        read()


@pytest.mark.parametrize("mode", [SslMode.REQUIRED, SslMode.DISABLED])
def test_a_session_whose_server_is_killed(server: Server, mode: SslMode) -> None:
    with Session.open(endpoint(server, mode)) as session, ThreadPoolExecutor(1) as pool:
        thread = int(session.scalar(raw("SELECT CONNECTION_ID()")))
        killed = pool.submit(_kill_while_it_sleeps, server, thread)
        with pytest.raises(RetryableError):
            session.query(raw("SELECT SLEEP(300)"))
        killed.result()
        with pytest.raises(RetryableError):
            session.query(raw("SELECT 1"))
    with pytest.raises(RetryableError):
        Session.open(endpoint(server, mode))


def _kill_while_it_sleeps(server: Server, thread: int) -> None:
    with Session.open(endpoint(server, SslMode.DISABLED)) as watcher:
        until_at(watcher, thread, "User sleep")
        server.kill()
