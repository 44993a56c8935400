"""One server for the binlog tests, since they restart it and change its global settings."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import local
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from local import script
from local.mysqld import Server, find_distribution
from tests.integration.binlog.following import Followed

OPTIONS = {
    "innodb_flush_log_at_trx_commit": "2",  # what is committed outlives a SIGKILL, though not a power failure
    "sync_binlog": "0",
    "innodb_doublewrite": "OFF",
    "max_binlog_size": "1G",
}
CHANGED = ("binlog_checksum", "binlog_row_metadata")  # by tests, which leave them so


@pytest.fixture(scope="session")
def binlog_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server.create(find_distribution(), tmp_path_factory.mktemp("binlog"), "binlog", OPTIONS)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def reading(binlog_server: Server) -> Endpoint:
    """The source account that migrations use."""
    password = secrets.token_urlsafe(18)
    with binlog_server.connect() as connection:
        script.run(connection, Path(local.__file__).with_name("migrator.sql"), {"password": password})
    return Endpoint("source", "127.0.0.1", binlog_server.port, "migrator", password)


@pytest.fixture
def follow(binlog_server: Server, reading: Endpoint) -> Iterator[Callable[[], Followed]]:
    """Factory of a database that is followed."""
    made: list[Followed] = []

    def make() -> Followed:
        root = Endpoint("source", "127.0.0.1", binlog_server.port, "root", binlog_server.root_password)
        made.append(Followed(binlog_server, reading, f"b_{secrets.token_hex(6)}", Session.open(root)))
        return made[-1]

    yield make
    for one in made:
        one.run(*(f"SET GLOBAL {name} = DEFAULT" for name in CHANGED))
        one.close()
