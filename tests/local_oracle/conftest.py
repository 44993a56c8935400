"""Two real servers for the oracle's tests, and a client that runs statements on either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

from local.mysqld import Server, find_distribution
from local.oracle import ServerParams


@dataclass(frozen=True, slots=True)
class Pair:
    """Source and target with root's login."""

    source: ServerParams
    target: ServerParams


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers of their own, stopped at the end."""
    folder: Path = tmp_path_factory.mktemp("oracle")
    dist = find_distribution()
    servers = [Server.create(dist, folder / name, name) for name in ("source", "target")]
    try:
        for server in servers:
            server.start()
        ends = [ServerParams("127.0.0.1", server.port, "root", server.root_password) for server in servers]
        yield Pair(*ends)
    finally:
        for server in servers:
            server.remove()


Run = Callable[[ServerParams, str, list[str]], None]


@pytest.fixture
def run() -> Run:
    """Execute statements on a server, in a database that is made when it is absent."""

    def execute(server: ServerParams, database: str, statements: list[str]) -> None:
        connection = pymysql.connect(
            host=server.host, port=server.port, user=server.user, password=server.password, charset="utf8mb4"
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = '', foreign_key_checks = 0, time_zone = '+00:00'")
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4")
            cursor.execute(f"USE `{database}`")
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    return execute
