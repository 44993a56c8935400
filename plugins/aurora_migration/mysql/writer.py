"""Writes row text into one target table: LOAD DATA LOCAL, or multi-row INSERT where LOCAL is not allowed.

LOAD DATA LOCAL turns bad values and duplicate keys into warnings and skipped rows
(https://dev.mysql.com/doc/refman/8.4/en/load-data.html#load-data-error-handling), so the counts that the server
returns and its warnings are compared with what was sent, and anything but a clean result raises
`RowsRejectedError`; the caller's transaction then rolls back.

The server's request for a file is answered with the stream of the statement in hand and never with a file: no
code here opens one, and a request at any other moment is refused by the driver, because its own LOCAL INFILE
support stays off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pymysql.constants import COMMAND
from pymysql.protocol import OKPacketWrapper

from aurora_migration.errors import RowsRejectedError, StatementError
from aurora_migration.model.table import Table
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, qualified
from aurora_migration.sql.row_text import RowStyle, insert_columns, load_columns

_PACKET_BYTES: Final = 8 << 20  # below the 16 MiB protocol packet and MySQL's default max_allowed_packet
_INFO: Final = re.compile(r"Records: (\d+)\s+Deleted: (\d+)\s+Skipped: (\d+)\s+Warnings: (\d+)")
_SESSION_SPEED: Final = {"foreign_key_checks": 0, "unique_checks": 0}
_REMEDY: Final = (
    "compare the column's definition on both sides; the chunk was rolled back and nothing of it is there"
)


@dataclass(frozen=True, slots=True)
class Written:
    """Rows and bytes that one chunk put into the target."""

    rows: int
    bytes: int


Writer = Callable[[Session, Table, Iterable[list[bytes]]], Written]


def prepare(session: Session) -> None:
    """Set a target session up for bulk writing; what the account may not set is left as it is."""
    session.execute(statement("load/names_binary"))
    for name, value in _SESSION_SPEED.items():
        session.try_variable(name, value)


def local_infile_allowed(session: Session) -> bool:
    """Whether the target accepts LOAD DATA LOCAL."""
    return bool(session.scalar(statement("load/local_infile")))


def load_data(session: Session, table: Table, blocks: Iterable[list[bytes]]) -> Written:
    """LOAD DATA LOCAL the blocks into ``table``. Raises: RowsRejectedError, RetryableError."""
    sql = statement("load/load_data", table=qualified(table.name), columns=load_columns(table))
    sent = _Counter()
    answer = _stream(session, sql, _lines(blocks, sent))
    records, _, skipped, warnings = (int(n) for n in _counts(answer))
    if (records, skipped, warnings) != (sent.rows, 0, 0) or answer.affected_rows != sent.rows:
        words = "; ".join(session.warnings()[:3]) or f"{skipped} rows skipped"
        raise RowsRejectedError(
            f"the target took {answer.affected_rows} of {sent.rows} rows: {words}",
            subject=str(table.name),
            remedy=_REMEDY,
        )
    return Written(sent.rows, sent.bytes)


def insert(session: Session, table: Table, blocks: Iterable[list[bytes]]) -> Written:
    """Multi-row INSERT, for targets without LOCAL. Raises: RowsRejectedError, RetryableError."""
    head = statement("load/insert", table=qualified(table.name), columns=insert_columns(table)).plain.encode()
    limit = int(session.scalar(statement("load/max_allowed_packet"))) - (1 << 16)
    rows = size = 0
    for values in _batches(blocks, min(limit, 4 << 20)):
        body = head + b" VALUES " + b",".join(b"(" + value + b")" for value in values)
        affected = _insert_batch(session, table, body)
        if affected != len(values):
            raise RowsRejectedError(
                f"the target took {affected} of {len(values)} rows", subject=str(table.name), remedy=_REMEDY
            )
        rows += len(values)
        size += sum(map(len, values))
    return Written(rows, size)


def writer_for(style: RowStyle) -> Writer:
    """The function that writes rows of ``style``."""
    return load_data if style is RowStyle.LOAD_DATA else insert


class _Counter:
    rows = 0
    bytes = 0


def _lines(blocks: Iterable[list[bytes]], sent: _Counter) -> Iterator[bytes]:
    for block in blocks:
        data = b"\n".join(block) + b"\n"
        sent.rows += len(block)
        sent.bytes += len(data)
        if len(data) <= _PACKET_BYTES:
            yield data
        else:
            view = memoryview(data)
            for start in range(0, len(data), _PACKET_BYTES):
                yield bytes(view[start : start + _PACKET_BYTES])


def _stream(session: Session, sql: Fragment, data: Iterator[bytes]) -> Any:
    """Send a LOAD DATA LOCAL statement and answer the server's request with ``data``."""
    connection = session.connection
    try:
        connection._execute_command(COMMAND.COM_QUERY, sql.plain.encode("utf-8"))
        packet = connection._read_packet()
        if not packet.is_load_local_packet():
            raise StatementError("the server did not ask for the rows", subject=session.endpoint.label)
        try:
            for piece in data:
                connection.write_packet(piece)
        except BaseException:
            connection._force_close()  # the only way to make the server abandon the statement
            raise
        connection.write_packet(b"")
        answer = connection._read_packet()
        return OKPacketWrapper(answer)
    except DRIVER_ERRORS as error:
        raise translate(error, session.endpoint.label) from error


def _counts(answer: Any) -> tuple[str, ...]:
    found = _INFO.search(answer.message.decode("ascii", "replace"))
    if found is None:
        raise StatementError("the server's answer to LOAD DATA has no counts")
    return found.groups()


def _batches(blocks: Iterable[list[bytes]], limit: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for block in blocks:
        for row in block:
            if batch and size + len(row) > limit:
                yield batch
                batch, size = [], 0
            batch.append(row)
            size += len(row) + 3
    if batch:
        yield batch


def _insert_batch(session: Session, table: Table, body: bytes) -> int:
    connection = session.connection
    try:
        affected = connection.query(body)
        warnings = connection._result.warning_count if connection._result else 0
    except DRIVER_ERRORS as error:
        failure = translate(error, str(table.name))
        if isinstance(failure, StatementError):
            raise RowsRejectedError(failure.message, subject=str(table.name), remedy=_REMEDY) from error
        raise failure from error
    if warnings:
        words = "; ".join(session.warnings()[:3])
        raise RowsRejectedError(f"the target changed rows: {words}", subject=str(table.name), remedy=_REMEDY)
    return int(affected)
