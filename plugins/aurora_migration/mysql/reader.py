"""Streams row text from the source in blocks, without building a Python object per value.

Uses the low level of mysqlclient, because its cursors cannot describe a binary result and because fetching in C
is several times faster. Memory is one block of about `block_bytes` (or one row, if it is longer). A row that the
server could not build (over max_allowed_packet) arrives as NULL: then `RowTooLongError` tells the caller to read
the chunk column by column.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from MySQLdb import _mysql

from aurora_migration.errors import FatalError
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate
from aurora_migration.sql.quoting import Fragment

BLOCK_BYTES: Final = 1 << 20
_SESSION: Final = (
    "SET NAMES binary",
    "SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, max_execution_time = 0",
)


class RowTooLongError(FatalError):
    """A row's text is over the source's max_allowed_packet; read it column by column instead."""


class RowReader:
    """A streaming connection to the source. Use as a context manager; one result at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._connection: Any = self._connect()

    def text_rows(self, sql: Fragment, avg_row_bytes: int) -> Iterator[list[bytes]]:
        """Blocks of row texts of a one-column statement. Raises: RowTooLongError, RetryableError."""
        for rows in self._blocks(sql, avg_row_bytes):
            block = [row[0] for row in rows]
            if None in block:
                raise RowTooLongError("a row's text is over the source's max_allowed_packet")
            yield block

    def value_rows(self, sql: Fragment, build: Callable[[Sequence[bytes | None]], bytes]) -> Iterator[list[bytes]]:
        """Rows of a statement of raw columns, each made text by ``build``; one row a block."""
        for rows in self._blocks(sql, BLOCK_BYTES):
            yield [build(row) for row in rows]

    def start_snapshot(self) -> None:
        """Let what is read from now on be of this moment, until `end_snapshot` or a new connection."""
        self._run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def end_snapshot(self) -> None:
        self._run("COMMIT")

    def _run(self, text: str) -> None:
        connection = self._connection = self._connection or self._connect()
        try:
            connection.query(text.encode())
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error

    def _blocks(self, sql: Fragment, avg_row_bytes: int) -> Iterator[Sequence[Any]]:
        size = max(1, min(4096, BLOCK_BYTES // max(1, avg_row_bytes)))
        finished = False
        connection = self._connection = self._connection or self._connect()
        try:
            connection.query(sql.plain.encode("utf-8"))
            result = connection.use_result()
            while rows := result.fetch_row(maxrows=size):
                yield rows
            finished = True
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error
        finally:
            if not finished:
                # An abandoned result would have to be read to its end: a new connection is cheaper. It is made by
                # the next statement, since here it could hide the error that ended this one.
                self.close()

    def _connect(self) -> Any:
        endpoint = self.endpoint
        try:
            connection = _open(endpoint)
            if endpoint.encrypted and not endpoint.tls_is_optional and not _is_encrypted(connection):
                connection.close()
                raise endpoint.refusal_without_tls()
            for text in _SESSION:
                connection.query(text.encode())
        except DRIVER_ERRORS as error:
            raise translate(error, endpoint.label) from error
        return connection

    def close(self) -> None:
        """Close; a statement after it opens a new connection. Does not raise."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*DRIVER_ERRORS):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(endpoint: Endpoint) -> Any:
    return _mysql.connect(
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        password=endpoint.password,
        conv={},
        connect_timeout=endpoint.connect_timeout_seconds,
        **({"compress": True} if endpoint.compress else {}),  # any value would turn it on
        local_infile=0,  # libmariadb's default would let a server ask for any file of this machine
        **_tls(endpoint),
    )


def _is_encrypted(connection: Any) -> bool:
    """Asked of the server: libmariadb falls back to the clear, unless it has a host name to verify."""
    connection.query(b"SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    return bool(connection.store_result().fetch_row()[0][1])


def _tls(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.ssl_mode is SslMode.DISABLED:
        return {}
    if endpoint.tls_is_optional:
        # its PREFERRED speaks in the clear even where TLS is offered, its REQUIRED where none is
        return {"ssl_mode": "REQUIRED"}
    settings: dict[str, Any] = {"ssl_mode": endpoint.ssl_mode.value}
    if endpoint.ssl_ca:
        settings["ssl"] = {"ca": endpoint.ssl_ca}
        if endpoint.ssl_mode is SslMode.VERIFY_CA:
            # libmariadb's VERIFY_CA also checks the host name; with a CA alone it checks the chain only.
            del settings["ssl_mode"]
    return settings
