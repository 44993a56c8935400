"""Makes a case's databases on the source, and removes them from both servers.

They are made by an account like those that own databases in the world: it may do everything, but is no
SYSTEM_USER. Aurora's administrator may create programs in its name, and not in the name of this target's root.
"""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.mysqld import Server, write_private
from local.servers import Pair
from tests.scenarios.harness.case import Case

OWNER = "scenario_owner"
_SYSTEM = frozenset({"mysql", "information_schema", "performance_schema", "sys"})


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers, and the option file with the owner's login on the source."""

    pair: Pair
    owner_file: Path

    def run_script(self, server: Server, text: str, database: str) -> None:
        """Run a script as the mysql client does. Raises: AssertionError with the client's words."""
        login = self.owner_file if server is self.pair.source else server.defaults_file
        options = ("--default-character-set=utf8mb4", "--binary-mode", database)
        command = [*server.dist.client(login), *options]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")


@contextmanager
def stage(pair: Pair, folder: Path) -> Iterator[Stage]:
    """Make the owner, on the source alone; gone from both servers afterwards."""
    password = secrets.token_hex(12)
    file = folder / "owner.cnf"
    write_private(file, f"[client]\nuser={OWNER}\npassword={password}\nsocket={pair.source.socket}\n")
    execute(
        pair.source,
        f"CREATE USER {OWNER} IDENTIFIED BY '{password}'",
        f"GRANT ALL ON *.* TO {OWNER} WITH GRANT OPTION",
        f"REVOKE SYSTEM_USER ON *.* FROM {OWNER}",
    )
    try:
        yield Stage(pair, file)
    finally:
        for server in (pair.source, pair.target):
            execute(server, f"DROP USER IF EXISTS {OWNER}")


def execute(server: Server, *statements: str) -> None:
    """Run single statements as root."""
    with server.connect() as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def has_owner(server: Server) -> bool:
    """Whether the owner's account has been migrated."""
    with server.connect() as connection, connection.cursor() as cursor:
        return bool(cursor.execute("SELECT 1 FROM mysql.user WHERE user = %s", (OWNER,)))


def names(server: Server) -> set[str]:
    """The databases that are not the server's own."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        return {str(row[0]) for row in cursor.fetchall()} - _SYSTEM


@contextmanager
def made(case: Case, on: Stage) -> Iterator[tuple[str, ...]]:
    """The databases that a case makes on the source; gone from both servers afterwards."""
    source, target = on.pair.source, on.pair.target
    before = {server.name: names(server) for server in (source, target)}
    try:
        execute(source, f"CREATE DATABASE {quoted(case.name)}")
        on.run_script(source, case.sql("source.sql"), case.name)
        if case.sql("target.sql"):
            execute(target, f"CREATE DATABASE {quoted(case.name)}")
            on.run_script(target, case.sql("target.sql"), case.name)
        new = names(source) - before["source"]
        if len(new) > 1 and not _holds_anything(source, case.name):
            execute(source, f"DROP DATABASE {quoted(case.name)}")
            new.discard(case.name)
        yield tuple(sorted(new))
    finally:
        for server in (source, target):
            _remove(case, server, names(server) - before[server.name])


def _remove(case: Case, server: Server, databases: set[str]) -> None:
    paths = [quoted(name) for name in sorted(databases)]
    execute(server, *(f"ALTER DATABASE {path} READ ONLY = 0" for path in paths))
    execute(server, "SET foreign_key_checks = 0", *(f"DROP DATABASE {path}" for path in paths))
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
