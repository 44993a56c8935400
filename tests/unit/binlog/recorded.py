"""Events made by hand, as a source would write them."""

from __future__ import annotations

import struct
import uuid
import zlib

from aurora_migration.mysql.binlog.framing import HEADER, EventType

UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562"


def event(kind: int, body: bytes, *, end: int = 0, flags: int = 0, checksum: bool = True) -> bytes:
    size = HEADER.size + len(body) + 4 * checksum
    data = HEADER.pack(1, kind, 9, size, end, flags) + body
    return data + struct.pack("<I", zlib.crc32(data)) if checksum else data


def format_description(checksum: int = 1) -> bytes:
    return event(
        EventType.FORMAT_DESCRIPTION, struct.pack("<H50sIB", 4, b"9.7.0", 0, 19) + bytes(40) + bytes([checksum])
    )


def rotate(file: str, offset: int = 4) -> bytes:
    return event(EventType.ROTATE, struct.pack("<Q", offset) + file.encode(), flags=0x20)


def gtid(number: int, end: int) -> bytes:
    body = (
        bytes([1])
        + uuid.UUID(UUID).bytes
        + struct.pack("<q", number)
        + bytes(17)
        + (number * 10).to_bytes(7, "little")
    )
    return event(EventType.GTID, body, end=end)


def query(text: str, end: int) -> bytes:
    return event(EventType.QUERY, struct.pack("<IIBHH", 1, 0, 1, 0, 0) + b"s\0" + text.encode(), end=end)


def xid(end: int) -> bytes:
    return event(EventType.XID, bytes(8), end=end)
