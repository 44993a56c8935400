"""Streams row text from the source in blocks, without building a Python object per value.

Uses the low level of mysqlclient, because its cursors cannot describe a binary result and because fetching in C
is several times faster. A statement is sent at once and its answer read with the first block: in between the
source works. Memory is one block of about `BLOCK_BYTES` (or one row, if it is longer). A row that the server could
not build (over max_allowed_packet) arrives as NULL: then `RowTooLongError` tells the caller to read the chunk
column by column.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, Self

from MySQLdb import _mysql
from MySQLdb.constants import CLIENT

from aurora_migration.errors import FatalError
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate
from aurora_migration.sql.quoting import Fragment

BLOCK_BYTES: Final = 1 << 18  # what a processor keeps near: larger blocks cost more time, not less
_FIRST_ROWS: Final = 16  # then as many as fit a block by what they weigh, whatever statistics say
_MOST_ROWS: Final = 4096
_WEIGHED: Final = 8  # one row of so many
# libmariadb falls back to the clear, unless it has a host name to verify: so the server is asked, too
_SESSION: Final = (
    "SET NAMES binary, SESSION time_zone = '+00:00', SESSION sql_mode = '', SESSION net_write_timeout = 3600, "
    "SESSION max_execution_time = 0; SHOW SESSION STATUS LIKE 'Ssl_cipher'"
)


class RowTooLongError(FatalError):
    """A row's text is over the source's max_allowed_packet; read it column by column instead."""


class RowReader:
    """A streaming connection to the source. Use as a context manager; one result at a time.

    ``ahead``: connect while others do; the first statement waits for that, and raises what it has met.
    """

    def __init__(self, endpoint: Endpoint, *, ahead: bool = False) -> None:
        self.endpoint = endpoint
        self._block_rows = 1
        self._unread = False  # whether a statement was sent whose rows are not all here
        self._opening: Future[Any] | None = self._connect_ahead() if ahead else None
        self._connection: Any = None if ahead else self._connect()

    def text_rows(self, sql: Fragment, avg_row_bytes: int) -> Iterator[list[bytes]]:
        """Blocks of row texts of a one-column statement. Raises: RowTooLongError, RetryableError."""
        self._send(sql)
        return self._texts(avg_row_bytes)

    def value_rows(self, sql: Fragment, build: Callable[[Sequence[bytes | None]], bytes]) -> Iterator[list[bytes]]:
        """Rows of a statement of raw columns, each made text by ``build``; one row a block."""
        self._send(sql)
        self._block_rows = 1
        return ([build(row) for row in rows] for rows in self._blocks())

    def start_snapshot(self) -> None:
        """Let what is read from now on be of this moment, until `end_snapshot` or a new connection."""
        self._run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def end_snapshot(self) -> None:
        self._run("COMMIT")

    def _run(self, text: str) -> None:
        connection = self._ready()
        try:
            connection.query(text.encode())
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error

    def _ready(self) -> Any:
        if self._unread:  # nobody began to read it
            self.close()
        if opening := self._opening:
            self._opening = None
            self._connection = opening.result()
        self._connection = self._connection or self._connect()
        return self._connection

    def _send(self, sql: Fragment) -> None:
        connection, self._unread = self._ready(), True
        try:
            connection.send_query(sql.plain.encode("utf-8"))
        except DRIVER_ERRORS as error:
            self.close()
            raise translate(error, self.endpoint.label) from error

    def _texts(self, avg_row_bytes: int) -> Iterator[list[bytes]]:
        self._block_rows = max(1, min(_FIRST_ROWS, BLOCK_BYTES // max(1, avg_row_bytes)))
        for rows in self._blocks():
            block = [row[0] for row in rows]
            if None in block:
                raise RowTooLongError("a row's text is over the source's max_allowed_packet")
            yield block
            some = block[::_WEIGHED]
            self._block_rows = max(1, min(_MOST_ROWS, BLOCK_BYTES * len(some) // max(1, sum(map(len, some)))))

    def _blocks(self) -> Iterator[Sequence[Any]]:
        connection = self._connection
        try:
            connection.read_query_result()
            result = connection.use_result()
            while rows := result.fetch_row(maxrows=self._block_rows):
                yield rows
            self._unread = False
        except DRIVER_ERRORS as error:
            raise translate(error, self.endpoint.label) from error
        finally:
            if self._unread:
                # An abandoned result would have to be read to its end: a new connection is cheaper. It is made by
                # the next statement, since here it could hide the error that ended this one.
                self.close()

    def _connect_ahead(self) -> Future[Any]:
        thread = ThreadPoolExecutor(1, "reader")
        opening = thread.submit(self._connect)
        thread.shutdown(wait=False)
        return opening

    def _connect(self) -> Any:
        endpoint = self.endpoint
        try:
            connection = _open(endpoint)
            connection.query(_SESSION.encode())
            connection.next_result()
            encrypted = bool(connection.store_result().fetch_row()[0][1])
            if endpoint.encrypted and not endpoint.tls_is_optional and not encrypted:
                connection.close()
                raise endpoint.refusal_without_tls()
        except DRIVER_ERRORS as error:
            raise translate(error, endpoint.label) from error
        return connection

    def close(self) -> None:
        """Close; a statement after it opens a new connection. Does not raise."""
        if self._opening:
            with contextlib.suppress(Exception):
                self._ready()
        connection, self._connection, self._unread = self._connection, None, False
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
        client_flag=CLIENT.MULTI_STATEMENTS,  # all text here is this package's own
        connect_timeout=endpoint.connect_timeout_seconds,
        **({"compress": True} if endpoint.compress else {}),  # any value would turn it on
        local_infile=0,  # libmariadb's default would let a server ask for any file of this machine
        **_tls(endpoint),
    )


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
