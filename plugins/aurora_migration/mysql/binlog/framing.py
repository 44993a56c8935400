"""One event: its header, its checksum, its kind.

The layout is binlog version 4 (MySQL 5.0 and later). A body never includes the checksum. An event whose CRC32
does not fit is refused: it was damaged on disk or on the way.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from aurora_migration.errors import BinlogError

HEADER: Final = struct.Struct("<IBIIIH")
HEADER_BYTES: Final = 19
CHECKSUM_BYTES: Final = 4
CHECKSUM_NONE: Final = 0
CHECKSUM_CRC32: Final = 1
_FORMAT: Final = 15
_ARTIFICIAL: Final = 0x20
_IGNORABLE: Final = 0x80


class EventType(IntEnum):
    """Event numbers of MySQL (``mysql::binlog::event::Log_event_type``)."""

    QUERY = 2
    STOP = 3
    ROTATE = 4
    INTVAR = 5
    APPEND_BLOCK = 9
    DELETE_FILE = 11
    RAND = 13
    USER_VAR = 14
    FORMAT_DESCRIPTION = 15
    XID = 16
    BEGIN_LOAD_QUERY = 17
    EXECUTE_LOAD_QUERY = 18
    TABLE_MAP = 19
    WRITE_ROWS_V1 = 23
    UPDATE_ROWS_V1 = 24
    DELETE_ROWS_V1 = 25
    INCIDENT = 26
    HEARTBEAT = 27
    IGNORABLE = 28
    ROWS_QUERY = 29
    WRITE_ROWS = 30
    UPDATE_ROWS = 31
    DELETE_ROWS = 32
    GTID = 33
    ANONYMOUS_GTID = 34
    PREVIOUS_GTIDS = 35
    TRANSACTION_CONTEXT = 36
    VIEW_CHANGE = 37
    XA_PREPARE = 38
    PARTIAL_UPDATE_ROWS = 39
    TRANSACTION_PAYLOAD = 40
    HEARTBEAT_V2 = 41
    GTID_TAGGED = 42


@dataclass(frozen=True, slots=True)
class Event:
    """Header and body; ``end`` is the 32-bit offset in the file after it, 0 for an artificial event."""

    type: int
    timestamp: int
    flags: int
    end: int
    body: bytes

    @property
    def ignorable(self) -> bool:
        return bool(self.flags & _IGNORABLE)


def parse_event(data: bytes, checksum: int) -> Event:
    """The event in ``data``, its checksum verified. Raises: BinlogError."""
    if len(data) < HEADER_BYTES:
        raise BinlogError("an event is shorter than its header")
    timestamp, kind, _, size, end, flags = HEADER.unpack_from(data)
    if size != len(data):
        raise BinlogError(f"event {kind} states {size} bytes and has {len(data)}")
    stop = size
    if kind == _FORMAT:
        checksum = checksum_of_format(data)
        stop -= CHECKSUM_BYTES  # reserved even where checksums are off
    elif checksum == CHECKSUM_CRC32:
        stop -= CHECKSUM_BYTES
    if checksum == CHECKSUM_CRC32:
        _verify(data, kind, end)
    return Event(kind, timestamp, flags, 0 if flags & _ARTIFICIAL else end, data[HEADER_BYTES:stop])


def checksum_of_format(data: bytes) -> int:
    """The checksum algorithm that a FORMAT_DESCRIPTION event announces for its file. Raises: BinlogError."""
    kind = data[-CHECKSUM_BYTES - 1] if len(data) > HEADER_BYTES + CHECKSUM_BYTES else -1
    if kind not in {CHECKSUM_NONE, CHECKSUM_CRC32}:
        raise BinlogError(f"the binlog has a checksum of an unknown kind ({kind})")
    return kind


def _verify(data: bytes, kind: int, end: int) -> None:
    stated = int.from_bytes(data[-CHECKSUM_BYTES:], "little")
    if zlib.crc32(memoryview(data)[:-CHECKSUM_BYTES]) != stated:
        raise BinlogError(
            f"event {kind} that ends at {end} does not fit its checksum: it is damaged",
            remedy="look for disk or network faults; mysqlbinlog --verify-binlog-checksum checks the file",
        )
