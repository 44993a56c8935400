"""Makes a case's databases on the source, and removes them from both servers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from local.mysqld import Server
from local.servers import Pair
from tests.scenarios.harness.case import Case

_SYSTEM = frozenset({"mysql", "information_schema", "performance_schema", "sys"})


def run_script(server: Server, text: str, database: str) -> None:
    """Run a script as the mysql client does, as root. Raises: AssertionError with the client's words."""
    command = [
        *server.dist.client(server.defaults_file),
        "--default-character-set=utf8mb4",
        "--binary-mode",
        database,
    ]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def execute(server: Server, *statements: str) -> None:
    """Run single statements as root."""
    with server.connect() as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def names(server: Server) -> set[str]:
    """The databases that are not the server's own."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        return {str(row[0]) for row in cursor.fetchall()} - _SYSTEM


@contextmanager
def made(case: Case, pair: Pair) -> Iterator[tuple[str, ...]]:
    """The databases that a case makes on the source; gone from both servers afterwards."""
    before = {server.name: names(server) for server in (pair.source, pair.target)}
    try:
        execute(pair.source, f"CREATE DATABASE {quoted(case.name)}")
        run_script(pair.source, case.sql("source.sql"), case.name)
        if case.sql("target.sql"):
            execute(pair.target, f"CREATE DATABASE {quoted(case.name)}")
            run_script(pair.target, case.sql("target.sql"), case.name)
        new = names(pair.source) - before["source"]
        if len(new) > 1 and not _holds_anything(pair.source, case.name):
            execute(pair.source, f"DROP DATABASE {quoted(case.name)}")
            new.discard(case.name)
        yield tuple(sorted(new))
    finally:
        for server in (pair.source, pair.target):
            _remove(case, server, names(server) - before[server.name])


def _remove(case: Case, server: Server, databases: set[str]) -> None:
    changes = []
    for name in sorted(databases):
        changes += [f"ALTER DATABASE {quoted(name)} READ ONLY = 0", f"DROP DATABASE {quoted(name)}"]
    execute(server, "SET foreign_key_checks = 0", *changes)
    if case.expect.after and server.name == "source":
        execute(server, case.expect.after)


def _holds_anything(server: Server, database: str) -> bool:
    kinds = {"TABLES": "TABLE", "ROUTINES": "ROUTINE", "EVENTS": "EVENT"}
    with server.connect() as connection, connection.cursor() as cursor:
        for view, word in kinds.items():
            cursor.execute(f"SELECT COUNT(*) FROM information_schema.{view} WHERE {word}_SCHEMA = %s", (database,))
            row = cursor.fetchone()
            if row and row[0]:
                return True
    return False


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
