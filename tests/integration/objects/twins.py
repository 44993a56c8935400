"""One database made on both servers by the same script, and by no migration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aurora_migration.mysql.session import Session
from local import script
from local.mysqld import Server
from local.servers import Pair

TWIN = Path(__file__).with_name("twin.sql")


@dataclass(frozen=True, slots=True)
class Twins:
    """The servers, a session on each, and how to run statements in the database ``twin``."""

    pair: Pair
    source: Session
    target: Session

    def run(self, server: Server, statements: str) -> None:
        """Run statements, separated by ``;`` at the end of a line, in ``twin``."""
        run(server, statements, "twin")

    def reset(self) -> None:
        """Make the target's database anew."""
        make_twin(self.pair.target)


def run(server: Server, statements: str, database: str | None = None) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'")
        if database:
            cursor.execute(f"USE `{database}`")
        for statement in script.statements(statements):
            cursor.execute(statement)


def make_twin(server: Server) -> None:
    run(server, "DROP DATABASE IF EXISTS twin;\nCREATE DATABASE twin CHARACTER SET utf8mb4;")
    run(server, TWIN.read_text(), "twin")
