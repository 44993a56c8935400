"""A connection whose session state is known.

Every session is set to UTC, utf8mb4, one sql_mode and sane waits before its first statement, so that no result
depends on a server's defaults; one statement does all that, since over a long line a round trip costs more than
what it asks. Statements are `Fragment`s with driver values; rows come back as dictionaries.
Driver errors leave here as errors of this package. TCP keepalive finds a dead peer in about a minute, so long
DDL needs no read timeout.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

from pymysql.constants import CLIENT, COMMAND
from pymysql.cursors import DictCursor

from aurora_migration.errors import ConfigurationError
from aurora_migration.mysql.connection import connect
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.errno import DRIVER_ERRORS, errno_of, translate
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier, join, parameter, raw

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

_MULTI_STATEMENTS_OFF: Final = b"\x01\x00"  # enum_mysql_set_option, two bytes

Rows = list[dict[str, Any]]
Statement = tuple[Fragment, Mapping[str, Any]]  # with the values of its parameters


class Session:
    """One open connection. Use as a context manager; not shared between threads."""

    def __init__(self, endpoint: Endpoint, connection: Any) -> None:
        self.endpoint = endpoint
        self.connection = connection
        self._settled: dict[str, str | int] = {}

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        *,
        local_infile: bool = False,
        several: bool = False,
        answer_seconds: int | None = None,
    ) -> Self:
        """Connect and set the session. Raises: ConfigurationError, RetryableError.

        ``several``: `query_all` sends its statements in one packet. Not for a session that runs text of another
        server, such as its DDL, since a second statement in that text would then be run; see `refuse_several`.
        ``answer_seconds``: how long a statement may take to answer before the connection counts as lost.
        """
        session = cls(endpoint, connect(endpoint, local_infile=local_infile, several=several))
        session.connection._read_timeout = session.connection._write_timeout = answer_seconds
        try:
            if not session._tried(session._begin, _ALWAYS | _WHERE_KNOWN):
                session._begin(_ALWAYS)
                session.try_variables(_WHERE_KNOWN)
        except BaseException:
            session.close()
            raise
        return session

    def _begin(self, values: Mapping[str, str | int]) -> None:
        self.execute(raw("SET NAMES utf8mb4, ") + _assignments(values), values)

    def query(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a statement and return its rows; column names are those of the statement's aliases."""
        with self._cursor(sql, values) as cursor:
            return list(cursor.fetchall())

    def query_all(self, statements: Sequence[Statement]) -> list[Rows]:
        """Run statements one after the other and return the rows of each; the first that fails ends them.

        One round trip, and one packet, in a session that was opened for ``several``. Raises: as `query`.
        """
        if not self.connection.client_flag & CLIENT.MULTI_STATEMENTS:
            return [self.query(sql, values) for sql, values in statements]
        found: list[Rows] = []
        with self._translated(), self.connection.cursor(DictCursor) as cursor:
            cursor.execute(";\n".join(cursor.mogrify(sql.text, dict(values)) for sql, values in statements))
            found.append(list(cursor.fetchall()))
            while cursor.nextset():
                found.append(list(cursor.fetchall()))
        return found

    def refuse_several(self) -> None:
        """From now on a packet with more than one statement is a syntax error; `query_all` sends one by one."""
        connection = self.connection
        if connection.client_flag & CLIENT.MULTI_STATEMENTS:
            with self._translated():
                connection._execute_command(COMMAND.COM_SET_OPTION, _MULTI_STATEMENTS_OFF)
                connection._read_packet()
            connection.client_flag &= ~CLIENT.MULTI_STATEMENTS

    @contextlib.contextmanager
    def asked(self, sql: Fragment, values: Mapping[str, Any]) -> Iterator[Callable[[], Rows]]:
        """Send a statement and go on; the function that it gives waits for the rows.

        Until it was called, or the block has ended, nothing else may be asked. Raises: as `query`, on both calls.
        """
        pending, connection = True, self.connection

        def answer() -> Rows:
            nonlocal pending
            pending = False
            with self._translated():
                connection.next_result()
                names = [field.name for field in connection._result.fields]
                return [dict(zip(names, row, strict=True)) for row in connection._result.rows]

        with self._translated(), connection.cursor() as cursor:
            connection._execute_command(COMMAND.COM_QUERY, cursor.mogrify(sql.text, dict(values)))
        try:
            yield answer
        finally:
            if pending:
                with contextlib.suppress(Exception):
                    answer()

    def scalar(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None if there is no row."""
        rows = self.query(sql, values)
        return next(iter(rows[0].values())) if rows else None

    @property
    def max_allowed_packet(self) -> int:
        """Bytes of the longest packet that the server takes; it is fixed when a session begins."""
        return int(self._limits["packet"])

    @property
    def local_infile(self) -> bool:
        """Whether the server took LOAD DATA LOCAL when this session first asked."""
        return bool(self._limits["local_infile"])

    @cached_property
    def _limits(self) -> dict[str, Any]:
        return self.query(statement("load/limits"))[0]

    def execute(self, sql: Fragment, values: Mapping[str, Any] | None = None) -> int:
        """Run a statement and return the number of rows it affected."""
        with self._cursor(sql, values) as cursor:
            return int(cursor.rowcount)

    @contextlib.contextmanager
    def transaction(self, *first: Statement) -> Iterator[list[Statement]]:
        """BEGIN, ``first``, the block, what the block has put on the list that it gets, COMMIT.

        Any exception rolls back (a lost connection is rolled back by the server). What comes first travels with
        the BEGIN and what comes last with the COMMIT, see `query_all`.
        """
        last: list[Statement] = []
        try:
            self.query_all([(raw("START TRANSACTION"), {}), *first])
            yield last
            self.query_all([*last, (raw("COMMIT"), {})])
        except BaseException:
            with contextlib.suppress(Exception):
                self.execute(raw("ROLLBACK"))
            raise

    def set_variable(self, name: str, value: str | int) -> None:
        """SET SESSION name = value. Raises: the translated error if the server refuses."""
        self.execute(raw("SET SESSION ") + identifier(name) + raw(" = ") + parameter("value"), {"value": value})

    def set_variables(self, values: Mapping[str, str | int]) -> None:
        """Set some session variables by one statement: all of them, or none. Raises: as `set_variable`."""
        self.execute(raw("SET ") + _assignments(values), values)

    def settle_variable(self, name: str, value: str | int) -> None:
        """`set_variable`, unless this has set it to the same before."""
        if self._settled.get(name) != value:
            self.set_variable(name, value)
            self._settled[name] = value

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
        with self._translated(), self.connection.cursor(DictCursor) as cursor:
            cursor.execute(sql.text, dict(values or {}))
            yield cursor

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error


def _assignments(values: Mapping[str, str | int]) -> Fragment:
    return join((raw("SESSION ") + identifier(name) + raw(" = ") + parameter(name) for name in values), ", ")
