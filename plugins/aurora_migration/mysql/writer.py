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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pymysql.constants import COMMAND
from pymysql.protocol import OKPacketWrapper

from aurora_migration.errors import RowsRejectedError, StatementError
from aurora_migration.model.table import Column, Table
from aurora_migration.mysql.errno import DRIVER_ERRORS, translate
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, qualified, raw
from aurora_migration.sql.row_text import RowStyle, insert_columns, load_columns

_PACKET_BYTES: Final = 8 << 20  # below the 16 MiB protocol packet and MySQL's default max_allowed_packet
_BATCH_BYTES: Final = 4 << 20
_ROOM: Final = 64  # for the command's byte, and what the server itself counts in
_INFO: Final = re.compile(r"Records: (\d+)\s+Deleted: (\d+)\s+Skipped: (\d+)\s+Warnings: (\d+)")
# Not strict: every conversion then is a warning, for INSERT as for LOAD DATA LOCAL, and warnings are judged here.
_SQL_MODE: Final = "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES"
_TRUNCATED: Final = re.compile(r"Data truncated for column '(.*)' at row \d+\Z", re.DOTALL)
_OUT_OF_RANGE: Final = re.compile(r"Out of range value for column '(.*)' at row \d+\Z", re.DOTALL)
_SESSION_SPEED: Final[dict[str, str | int]] = {
    "sql_mode": _SQL_MODE,
    "foreign_key_checks": 0,
    "unique_checks": 0,
}
_MORE_WARNINGS: Final = ("max_error_count", 65535)  # alone, since newer servers let few accounts set it
_REMEDY_PACKET: Final = "set max_allowed_packet on the target to more than its longest row, at most 1 GiB"
_REMEDY: Final = (
    "compare the column's definition on both sides; the chunk was rolled back and nothing of it is there"
)


@dataclass(frozen=True, slots=True)
class Written:
    """Rows and bytes that were put into the target, and how many rows that were there these replaced."""

    rows: int
    bytes: int
    replaced: int = 0


class Writer(Protocol):
    """Writes blocks of row text. With ``replace`` rows that are there with one of the same unique keys go."""

    def __call__(
        self, session: Session, table: Table, blocks: Iterable[list[bytes]], *, replace: bool = False
    ) -> Written: ...


def prepare(session: Session) -> None:
    """Set a target session up for bulk writing; what the account may not set is left as it is."""
    session.try_variables(_SESSION_SPEED)
    session.try_variable(*_MORE_WARNINGS)


def local_infile_allowed(session: Session) -> bool:
    """Whether the target accepts LOAD DATA LOCAL."""
    return session.local_infile


def load_data(session: Session, table: Table, blocks: Iterable[list[bytes]], *, replace: bool = False) -> Written:
    """LOAD DATA LOCAL the blocks into ``table``. Raises: RowsRejectedError, RetryableError."""
    duplicates = raw("REPLACE" if replace else "")
    sql = statement(
        "load/load_data", duplicates=duplicates, table=qualified(table.name), columns=load_columns(table)
    )
    sent = _Counter()
    _mute_notes_of_generated(session, table)
    answer = _stream(session, sql, _lines(blocks, sent, _packet_bytes(session)))
    records, deleted, skipped, warnings = (int(n) for n in _counts(answer))
    replaced = deleted if replace else 0
    if (records, skipped) != (sent.rows, 0) or answer.affected_rows != sent.rows + replaced:
        raise _rejected(session, table, answer.affected_rows, sent.rows)
    if warnings:
        _judge_warnings(session, table, warnings, sent.rows)
    return Written(sent.rows, sent.bytes, replaced)


def insert(session: Session, table: Table, blocks: Iterable[list[bytes]], *, replace: bool = False) -> Written:
    """Multi-row INSERT, for targets without LOCAL. Raises: RowsRejectedError, RetryableError.

    The statement is made of what the source has quoted, so the session takes one statement a packet from now on.
    """
    session.refuse_several()
    verb = raw("REPLACE" if replace else "INSERT")
    columns = insert_columns(table)
    head = statement("load/insert", verb=verb, table=qualified(table.name), columns=columns).plain.encode()
    head += b" VALUES "
    limit = min(_BATCH_BYTES, session.max_allowed_packet - len(head) - _ROOM)
    rows = size = replaced = 0
    _mute_notes_of_generated(session, table)
    for values in _batches(blocks, limit):
        body = head + b",".join(b"(" + value + b")" for value in values)
        _fits(session, table, body)
        affected, warnings = _insert_batch(session, table, body)
        if affected != len(values) and not (replace and affected > len(values)):
            raise _rejected(session, table, affected, len(values))
        if warnings:
            _judge_warnings(session, table, warnings, len(values))
        rows += len(values)
        size += sum(map(len, values))
        replaced += affected - len(values)
    return Written(rows, size, replaced)


def writer_for(style: RowStyle) -> Writer:
    """The function that writes rows of ``style``."""
    return load_data if style is RowStyle.LOAD_DATA else insert


def _packet_bytes(session: Session) -> int:
    """Bytes of rows in one packet: what is longer than max_allowed_packet ends the connection."""
    return max(1, min(_PACKET_BYTES, session.max_allowed_packet - _ROOM))


def _fits(session: Session, table: Table, body: bytes) -> None:
    """A row that the target cannot take is told by name, since sending it would look like a lost connection."""
    if len(body) + _ROOM > session.max_allowed_packet:
        raise RowsRejectedError(
            f"a row needs an INSERT of {len(body)} bytes, and the target's max_allowed_packet is "
            f"{session.max_allowed_packet}",
            subject=str(table.name),
            remedy=_REMEDY_PACKET,
        )


class _Counter:
    rows = 0
    bytes = 0


def _lines(blocks: Iterable[list[bytes]], sent: _Counter, packet: int) -> Iterator[memoryview]:
    for block in blocks:
        sent.rows += len(block)
        data = memoryview(b"\n".join([*block, b""]))
        sent.bytes += len(data)
        for start in range(0, len(data), packet):
            yield data[start : start + packet]


def _stream(session: Session, sql: Fragment, data: Iterator[memoryview]) -> Any:
    """Send a LOAD DATA LOCAL statement and answer the server's request with ``data``."""
    connection = session.connection
    try:
        connection._execute_command(COMMAND.COM_QUERY, sql.plain.encode("utf-8"))
        packet = connection._read_packet()
        if not packet.is_load_local_packet():
            raise StatementError("the server did not ask for the rows", subject=session.endpoint.label)
        for piece in _ending_cleanly(connection, data):
            connection.write_piece(piece)
        connection.write_packet(b"")
        answer = connection._read_packet()
        return OKPacketWrapper(answer)
    except DRIVER_ERRORS as error:
        raise translate(error, session.endpoint.label) from error


def _ending_cleanly(connection: Any, data: Iterator[memoryview]) -> Iterator[memoryview]:
    """The pieces of ``data``; if reading them fails, end the statement so that the session stays usable.

    The rows sent so far are then in the open transaction, which the caller rolls back.
    """
    while True:
        try:
            piece = next(data)
        except StopIteration:
            return
        except BaseException:
            connection.write_packet(b"")
            connection._read_packet()
            raise
        yield piece


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


def _insert_batch(session: Session, table: Table, body: bytes) -> tuple[int, int]:
    connection = session.connection
    try:
        affected = connection.query(body)
        return int(affected), int(connection._result.warning_count)
    except DRIVER_ERRORS as error:
        failure = translate(error, str(table.name))
        if isinstance(failure, StatementError):
            raise RowsRejectedError(failure.message, subject=str(table.name), remedy=_REMEDY) from error
        raise failure from error


def _rejected(session: Session, table: Table, taken: int, sent: int) -> RowsRejectedError:
    words = "; ".join(row["Message"] for row in session.warnings()[:3]) or "no warning given"
    return RowsRejectedError(
        f"the target took {taken} of {sent} rows: {words}", subject=str(table.name), remedy=_REMEDY
    )


def _mute_notes_of_generated(session: Session, table: Table) -> None:
    """Keep notes off for tables with generated columns: rounding what such a column computes makes one a row.

    Of a large chunk that is more than the server lists, and so more than could be judged.
    """
    generated = any(column.generated is not None for column in table.columns)
    session.settle_variable("sql_notes", 0 if generated else 1)


def _judge_warnings(session: Session, table: Table, count: int, sent: int) -> None:
    """Accept the warnings that are no loss, since verification compares what was stored.

    An ENUM's error value 0, sent as 0, is stored as 0 with 1265: the only other number MySQL truncates is one
    beyond the members, and the plan makes sure that both sides have the same. A generated column cut to its type
    gives 1265, and nothing was sent of it. The largest value of a FLOAT(M,D) may have been rounded up beyond M
    digits when it was stored; written again it is clipped to the same bits, with 1264.
    """
    warnings = session.warnings()
    generated = {c.name for c in table.columns if c.generated is not None}
    harmless = {
        1265: (_TRUNCATED, generated | {c.name for c in table.columns if c.data_type == "enum"}),
        1264: (_OUT_OF_RANGE, {c.name for c in table.columns if _has_digits(c)}),
    }
    for row in warnings:
        pattern, columns = harmless.get(row["Code"], (None, set()))
        found = pattern.match(row["Message"]) if pattern else None
        if found is None or found[1] not in columns:
            raise RowsRejectedError(
                f"the target changed values of {sent} rows: {row['Message']}",
                subject=str(table.name),
                remedy=_REMEDY,
            )
    if len(warnings) != count:
        raise RowsRejectedError(
            f"{count} warnings, more than the server lists", subject=str(table.name), remedy=_REMEDY
        )


def _has_digits(column: Column) -> bool:
    return column.data_type in {"float", "double"} and "(" in column.column_type
