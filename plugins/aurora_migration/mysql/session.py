"""A connection whose session state is known.

Every session is set to UTC, utf8mb4, one sql_mode and sane waits before its first statement, so that no result
depends on a server's defaults. Statements are `Fragment`s with driver values; rows come back as dictionaries.
Driver errors leave here as errors of this package. TCP keepalive finds a dead peer in about a minute, so long
DDL needs no read timeout.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

from pymysql.connections import Connection
from pymysql.constants import CLIENT
from pymysql.cursors import DictCursor
from pymysql.err import OperationalError

from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.compression import CompressedSocket
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.errno import DRIVER_ERRORS, errno_of, translate
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, join, parameter, raw

_NO_TLS: Final = 2026  # CR_SSL_CONNECTION_ERROR
SQL_MODE: Final = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"
_NOT_ALLOWED_HERE: Final = frozenset(
    {1193, 1227, 1229, 1238}
)  # unknown, denied, not a session variable, read-only

_ALWAYS: Final[dict[str, str | int]] = {
    "time_zone": "+00:00",
    "sql_mode": SQL_MODE,
    "net_read_timeout": 3600,
    "net_write_timeout": 3600,
    "lock_wait_timeout": 300,
    "group_concat_max_len": 1 << 20,
}
_WHERE_KNOWN: Final[dict[str, str | int]] = {
    "information_schema_stats_expiry": 0,
    "max_execution_time": 0,
    "show_gipk_in_create_table_and_information_schema": "ON",
    "sql_quote_show_create": 1,
}


class Session:
    """One open connection. Use as a context manager; not shared between threads."""

    def __init__(self, endpoint: Endpoint, connection: Any) -> None:
        self.endpoint = endpoint
        self.connection = connection

    @classmethod
    def open(cls, endpoint: Endpoint, *, local_infile: bool = False, answer_seconds: int | None = None) -> Self:
        """Connect and set the session. Raises: ConfigurationError, RetryableError.

        ``answer_seconds``: how long a statement may take to answer before the connection counts as lost.
        """
        session = cls(endpoint, _connect(endpoint, local_infile=local_infile))
        session.connection._read_timeout = session.connection._write_timeout = answer_seconds
        try:
            session.set_variables(_ALWAYS)
            session.try_variables(_WHERE_KNOWN)
        except BaseException:
            session.close()
            raise
        return session

    def query(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a statement and return its rows; column names are those of the statement's aliases."""
        with self._cursor(sql, values) as cursor:
            return list(cursor.fetchall())

    def scalar(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None if there is no row."""
        rows = self.query(sql, values)
        return next(iter(rows[0].values())) if rows else None

    @cached_property
    def max_allowed_packet(self) -> int:
        """Bytes of the longest packet that the server takes; it is fixed when a session begins, so asked once."""
        return int(self.scalar(statement("load/max_allowed_packet")))

    def execute(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> int:
        """Run a statement and return the number of rows it affected."""
        with self._cursor(sql, values) as cursor:
            return int(cursor.rowcount)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN … COMMIT; any exception rolls back (a lost connection is rolled back by the server)."""
        self.execute(raw("START TRANSACTION"))
        try:
            yield
        except BaseException:
            with contextlib.suppress(Exception):
                self.execute(raw("ROLLBACK"))
            raise
        self.execute(raw("COMMIT"))

    def set_variable(self, name: str, value: str | int) -> None:
        """SET SESSION name = value. Raises: the translated error if the server refuses."""
        self.execute(raw("SET SESSION ") + identifier(name) + raw(" = ") + parameter("value"), {"value": value})

    def set_variables(self, values: Mapping[str, str | int]) -> None:
        """Set some session variables by one statement: all of them, or none. Raises: as `set_variable`."""
        parts = [raw("SESSION ") + identifier(name) + raw(" = ") + parameter(name) for name in values]
        self.execute(raw("SET ") + join(parts, ", "), values)

    def try_variables(self, values: Mapping[str, str | int]) -> None:
        """Set those that the server has and lets this account set: by one statement where it takes all of them."""
        if not self._tried(self.set_variables, values):
            for name, value in values.items():
                self.try_variable(name, value)

    def try_variable(self, name: str, value: str | int) -> bool:
        """Set a session variable where the server has it and lets this account set it; tell whether it did."""
        return self._tried(self.set_variable, name, value)

    @staticmethod
    def _tried(action: Callable[..., None], *arguments: Any) -> bool:
        try:
            action(*arguments)
        except ConfigurationError:
            raise
        except Exception as error:
            cause = error.__cause__
            if cause is not None and errno_of(cause) in _NOT_ALLOWED_HERE:
                return False
            raise
        return True

    def warnings(self) -> list[dict[str, Any]]:
        """The server's warnings about the last statement: Level, Code, Message."""
        return self.query(raw("SHOW WARNINGS"))

    def close(self) -> None:
        """Close without waiting for the server; an open transaction is rolled back by it."""
        self.connection._force_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _cursor(self, sql: Fragment, values: Mapping[str, Any] | None) -> Iterator[DictCursor]:
        try:
            with self.connection.cursor(DictCursor) as cursor:
                cursor.execute(sql.text, dict(values or {}))
                yield cursor
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error


class NoTlsError(OperationalError):
    """TLS is asked for and the server's greeting does not offer it; nothing has been sent yet."""


class _Connection(Connection):
    """A connection that looks at what the server offers before it says who it is.

    PyMySQL asks for TLS whatever the server's greeting says, and a server without it answers 1043 (bad handshake).
    It knows nothing of compression, which begins when both sides have named it and the login is through.
    """

    _sock: Any
    _rfile: Any
    _next_seq_id: int

    def __init__(self, *, tls_is_optional: bool, **settings: Any) -> None:
        self._tls_is_optional = tls_is_optional
        super().__init__(**settings)

    def _get_server_information(self) -> None:
        super()._get_server_information()  # type: ignore[misc]
        self.client_flag &= self.server_capabilities | ~CLIENT.COMPRESS  # type: ignore[attr-defined]
        if not self.ssl or self.server_capabilities & CLIENT.SSL:  # type: ignore[attr-defined]
            return
        if not self._tls_is_optional:
            raise NoTlsError(_NO_TLS, "the server offers no TLS")
        self.ssl = False
        self.client_flag &= ~CLIENT.SSL

    def _request_authentication(self) -> None:
        super()._request_authentication()  # type: ignore[misc]
        if self.client_flag & CLIENT.COMPRESS:
            self._sock = self._rfile = CompressedSocket(self._sock, self._rfile, lambda: self._next_seq_id)

    def _execute_command(self, command: int, sql: Any) -> None:
        if isinstance(self._sock, CompressedSocket):
            self._sock.begin_command()
        super()._execute_command(command, sql)  # type: ignore[misc]


def _connect(endpoint: Endpoint, *, local_infile: bool) -> Any:
    context = endpoint.tls_context()
    connection: Any
    try:
        connection = _Connection(
            tls_is_optional=endpoint.tls_is_optional,
            host=endpoint.host,
            port=endpoint.port,
            user=endpoint.user,
            password=endpoint.password,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=endpoint.connect_timeout_seconds,
            read_timeout=endpoint.connect_timeout_seconds,  # a listener that is no MySQL may never greet us
            client_flag=_flags(endpoint, local_infile),
            ssl=context,
            ssl_disabled=context is None,
            program_name="mysql-to-aurora",
        )
    except NoTlsError as error:
        raise endpoint.refusal_without_tls() from error
    except DRIVER_ERRORS as error:
        raise translate(error, endpoint.label) from error
    connection._read_timeout = None
    connection._sock.settimeout(None)
    _keep_alive(connection._sock)
    return connection


def _flags(endpoint: Endpoint, local_infile: bool) -> int:
    return (CLIENT.LOCAL_FILES if local_infile else 0) | (CLIENT.COMPRESS if endpoint.compress else 0)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
