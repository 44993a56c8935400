"""GTIDs in events, and GTID sets in the form that the dump command takes.

A set without tags is written the old way, which every version reads; one with tags needs MySQL 8.3 or later.
The event of a tagged GTID is in the form of the server's serialization library: numbered fields, of which
unknown ones may follow known ones.
"""

from __future__ import annotations

import struct
import uuid
from typing import Final

from aurora_migration.errors import BinlogError
from aurora_migration.model.gtid import Gtid, GtidSet
from aurora_migration.mysql.binlog.integers import serial, serial_signed, to_serial

_COMMIT_AT: Final = 42  # flags 1, UUID 16, number 8, typecode 1, last committed 8, sequence number 8
_DIFFERS: Final = 1 << 55  # a second, original timestamp follows
_TAGGED: Final = 1


def gtid_event(body: bytes) -> tuple[Gtid, int]:
    """GTID and commit time on this server (microseconds) of a GTID or ANONYMOUS_GTID event."""
    number = int.from_bytes(body[17:25], "little")
    time = int.from_bytes(body[_COMMIT_AT : _COMMIT_AT + 7], "little")
    return Gtid(_uuid(body[1:17]), number), time & ~_DIFFERS


def tagged_gtid_event(body: bytes) -> tuple[Gtid, int]:
    """GTID and commit time of a GTID_TAGGED event. Raises: BinlogError."""
    at = 0
    for _ in range(3):  # version, size, last field that must be understood
        _, at = serial(body, at)
    source, number, tag, time = b"", 0, "", 0
    while at < len(body):
        field, at = serial(body, at)
        if field == 1:
            values = []
            for _ in range(16):
                value, at = serial(body, at)
                values.append(value)
            source = bytes(values)
        elif field == 2:
            number, at = serial_signed(body, at)
        elif field == 3:
            length, at = serial(body, at)
            tag, at = body[at : at + length].decode("ascii"), at + length
        elif field in {4, 5}:
            _, at = serial_signed(body, at)
        elif field == 6:
            time, at = serial(body, at)
            break
        else:
            _, at = serial(body, at)
    if not source or not number:
        raise BinlogError("an event of a tagged GTID cannot be read")
    return Gtid(_uuid(source), number, tag), time


def encode_set(gtids: GtidSet) -> bytes:
    """The set as COM_BINLOG_DUMP_GTID takes it."""
    tagged = any(":" in source for source in gtids.intervals)
    count = len(gtids.intervals)
    head = (_TAGGED | count << 8 | _TAGGED << 56) if tagged else count
    parts = [struct.pack("<Q", head)]
    for source, intervals in gtids.intervals.items():
        name, _, tag = source.partition(":")
        parts.append(uuid.UUID(name).bytes)
        if tagged:
            parts.append(to_serial(len(tag)) + tag.encode("ascii"))
        parts.append(struct.pack("<Q", len(intervals)))
        parts.extend(struct.pack("<QQ", first, last + 1) for first, last in intervals)
    return b"".join(parts)


def decode_set(data: bytes) -> GtidSet:
    """The set of a PREVIOUS_GTIDS event."""
    head = int.from_bytes(data[:8], "little")
    tagged = head >> 56 == _TAGGED
    count = (head >> 8) & ((1 << 48) - 1) if tagged else head
    at, found = 8, {}
    for _ in range(count):
        source = _uuid(data[at : at + 16])
        at += 16
        if tagged:
            length, at = serial(data, at)
            if length:
                source += ":" + data[at : at + length].decode("ascii")
            at += length
        size = int.from_bytes(data[at : at + 8], "little")
        at += 8
        bounds = struct.unpack_from(f"<{2 * size}Q", data, at)
        at += 16 * size
        found[source] = [(bounds[i], bounds[i + 1] - 1) for i in range(0, 2 * size, 2)]
    return GtidSet.of(found)


def _uuid(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
