"""The session's two real servers as root sees them, and a client that runs statements on either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pymysql
import pytest

from local.oracle import ServerParams
from local.servers import Pair


@dataclass(frozen=True, slots=True)
class Roots:
    """Source and target with root's login."""

    source: ServerParams
    target: ServerParams


@pytest.fixture(scope="session")
def roots(server_pair: Pair) -> Roots:
    """The logins that see everything."""
    servers = (server_pair.source, server_pair.target)
    return Roots(*(ServerParams("127.0.0.1", each.port, "root", each.root_password) for each in servers))


Run = Callable[[ServerParams, str, list[str]], None]


@pytest.fixture
def run() -> Iterator[Run]:
    """Execute statements on a server, in a database that is made when it is absent and dropped after the test."""
    made: set[tuple[ServerParams, str]] = set()

    def execute(server: ServerParams, database: str, statements: list[str]) -> None:
        made.add((server, database))
        with connect(server) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = '', foreign_key_checks = 0, time_zone = '+00:00'")
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4")
            cursor.execute(f"USE `{database}`")
            for statement in statements:
                cursor.execute(statement)

    yield execute
    for server, database in made:
        with connect(server) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE `{database}`")


def connect(server: ServerParams) -> pymysql.Connection[pymysql.cursors.Cursor]:
    """A connection in autocommit mode."""
    return pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        charset="utf8mb4",
        autocommit=True,
    )
