"""What faults may hurt: two servers, the proxies before them, and the child processes that migrate."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.mysqld import Server
from local.proxy import Proxy
from local.servers import Pair
from tests.faults.children import Children

PATIENCE_SECONDS = 120
_REFUSED = {1205, 1213, 1146, 1290}  # lock wait, deadlock, no such table yet, read only


class ServerIsDownError(Exception):
    """Another fault has taken the server away: this one is cut short."""


@dataclass(slots=True)
class Arena:
    """`database` and `control` are schemas on the target; `rival` is a module and its settings for `Children.run`.

    Faults of one server's process exclude each other.
    """

    pair: Pair
    database: str
    control: str
    proxies: dict[str, Proxy]
    children: Children
    rival: tuple[str, dict[str, Any]] | None = None
    restarting: dict[str, threading.Lock] = field(
        default_factory=lambda: {"source": threading.Lock(), "target": threading.Lock()}
    )

    def server(self, role: str) -> Server:
        return self.pair.source if role == "source" else self.pair.target

    def account(self, role: str) -> str:
        """The name that the migration logs in with."""
        return (self.pair.source_login if role == "source" else self.pair.target_login).user

    @contextlib.contextmanager
    def root(self, role: str) -> Iterator[Cursor]:
        """A cursor of root's, past the proxy. Raises: ServerIsDownError, at any statement."""
        connection: Connection[Cursor] | None = None
        try:
            # over TCP: PyMySQL leaks a Unix socket that is refused
            connection = self.server(role).root_login.connect()
            with connection.cursor() as cursor:
                yield cursor
        except (pymysql.err.OperationalError, pymysql.err.InterfaceError) as error:
            if is_down(error):
                raise ServerIsDownError(role) from error
            raise
        finally:
            if connection is not None:
                connection._force_close()  # type: ignore[attr-defined]

    def set_global(self, role: str, sql: str) -> None:
        """Set a global variable and wait for the server if it is away; raises TimeoutError after a long time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.root(role) as cursor:
                    cursor.execute(f"SET GLOBAL {sql}")
                    return
            except ServerIsDownError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"SET GLOBAL {sql} on the {role}") from None
                time.sleep(0.2)

    def at_work(self) -> bool:
        """Whether a process that migrates has connections to both servers."""
        return all(proxy.connections for proxy in self.proxies.values())

    def set_latency(self, seconds: float) -> None:
        """Of both lines, one way."""
        for proxy in self.proxies.values():
            proxy.latency = seconds

    def tables(self) -> Sequence[str]:
        """The migrated tables that are on the target now, and the checkpoint's."""
        with self.root("target") as cursor:
            cursor.execute(
                "SELECT CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`') FROM information_schema.TABLES"
                " WHERE TABLE_TYPE = 'BASE TABLE' AND (TABLE_SCHEMA = %s"
                " OR (TABLE_SCHEMA = %s AND TABLE_NAME IN ('checkpoints', 'sync_tables', 'chunks'))) ORDER BY 1",
                (self.database, self.control),
            )
            return [str(name) for (name,) in cursor.fetchall()]


def is_down(error: BaseException) -> bool:
    """Whether an error says that the server went away or is full, or that this connection was lost."""
    number = error.args[0] if error.args else 0
    return isinstance(error, pymysql.err.InterfaceError) or number in {1040, 1053, 1077, 1927} or number >= 2000


def allowed(cursor: Cursor, sql: str) -> bool:
    """Run a statement; False where another session or another fault does not let it."""
    try:
        cursor.execute(sql)
    except (pymysql.err.OperationalError, pymysql.err.ProgrammingError) as error:
        if error.args[0] in _REFUSED:
            return False
        raise
    return True
