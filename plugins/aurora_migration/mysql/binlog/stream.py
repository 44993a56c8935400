"""The dump stream: raw events of the source over PyMySQL's connection, as a replica reads them.

A stream that does not wait ends where the source's log ends; one that waits gets heartbeats while nothing
happens, so that a dead peer is noticed. Each stream has its own connection, since the protocol allows nothing
else on it after the dump has begun. Needs REPLICATION SLAVE.
"""

from __future__ import annotations

import io
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import pymysql.err

from aurora_migration.errors import MigrationError, MissingPrivilegeError, PositionLostError
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.position import Position
from aurora_migration.mysql.binlog.gtid_events import encode_set
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.errno import DRIVER_ERRORS, errno_of, translate
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_REGISTER, _DUMP, _DUMP_GTID = 0x15, 0x12, 0x1E
_EVENT, _END, _ERROR = 0x00, 0xFE, 0xFF
_PART: Final = 0xFFFFFF
_BUFFER_BYTES: Final = 1 << 17
_DO_NOT_WAIT: Final = 0x01
_BY_GTID: Final = 0x04
FIRST_OFFSET: Final = 4
_DUMP_FAILED: Final = 1236
_DENIED: Final = frozenset({1045, 1227})
_REMEDY_PRIVILEGE: Final = "GRANT REPLICATION SLAVE ON *.* to the account on the source"
_REMEDY_LOST: Final = "the source no longer has the binlog from the position on; sync by checksum, then go on"
_LOST: Final = ("purged", "could not find first log", "position > file size", "has purged", "missing")
_NAMESPACE: Final = uuid.UUID("2f3a4d0c-52d7-4f0e-9a55-6f2d6c1f7d11")


@dataclass(frozen=True, slots=True)
class Replica:
    """Who reads: a server id that no other replica of the source has, and a name that is this reader's own."""

    server_id: int
    name: str

    @property
    def uuid(self) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.name}/{self.server_id}"))


class DumpStream:
    """Raw events from a position on. Use as a context manager; iterate once."""

    def __init__(
        self,
        endpoint: Endpoint,
        replica: Replica,
        start: Position,
        *,
        by_gtid: bool | None = None,
        wait: bool = False,
        heartbeat_seconds: float = 5.0,
        silence_seconds: float = 60.0,
    ) -> None:
        """``by_gtid`` None takes the GTID set if there is one; an empty set by GTID is all that the source has.

        Raises: PositionLostError, MissingPrivilegeError, RetryableError, ConfigurationError.
        """
        self.endpoint = endpoint
        self.start = start
        self._replica = replica
        self.by_gtid = bool(start.gtid_set) if by_gtid is None else by_gtid
        self._session = Session.open(endpoint)
        self._connection: Any = self._session.connection
        self._file: BinaryIO = io.BytesIO()
        try:
            values = {"heartbeat": int(heartbeat_seconds * 1e9), "uuid": replica.uuid}
            self._session.execute(statement("binlog/announce_replica"), values)
            self._connection._read_timeout = silence_seconds + heartbeat_seconds
            self._command(_REGISTER, _registration(replica))
            self._connection._read_packet()
            self._connection._sock.settimeout(silence_seconds + heartbeat_seconds)
            self._file = self._connection._sock.makefile("rb", _BUFFER_BYTES)
            self._sequence = 1
            self._dump(replica, wait=wait)
        except DRIVER_ERRORS as error:
            self.close()
            raise self._translated(error) from error
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """Raises: PositionLostError, RetryableError, StatementError."""
        try:
            while (packet := self._packet())[0] == _EVENT:
                yield packet[1:]
            if packet[0] == _ERROR:
                pymysql.err.raise_mysql_exception(packet)
            if packet[0] != _END:
                raise EOFError("the source sent a packet that is no event")
        except DRIVER_ERRORS as error:
            raise self._translated(error) from error

    def close(self) -> None:
        self._file.close()
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _dump(self, replica: Replica, *, wait: bool) -> None:
        flags = 0 if wait else _DO_NOT_WAIT
        if not self.by_gtid:
            if self.start.offset >= 1 << 32:
                raise PositionLostError(
                    "the protocol cannot start beyond 4 GiB of a binlog file",
                    subject=f"{self.start.file}:{self.start.offset}",
                    remedy="start by GTID",
                )
            head = struct.pack("<IHI", max(self.start.offset, FIRST_OFFSET), flags, replica.server_id)
            self._command(_DUMP, head + self.start.file.encode())
            return
        gtids = encode_set(GtidSet.parse(self.start.gtid_set))
        head = struct.pack("<HII", flags | _BY_GTID, replica.server_id, 0)  # no file name: by GTID alone
        self._command(_DUMP_GTID, head + struct.pack("<QI", FIRST_OFFSET, len(gtids)) + gtids)

    def _packet(self) -> bytes:
        """The next packet, its parts joined; PyMySQL's own way of reading costs more than decoding a row."""
        data, length = b"", _PART
        while length == _PART:  # a longer packet comes in parts
            head = self._file.read(4)
            length = int.from_bytes(head[:3], "little")
            part = self._file.read(length)
            if len(head) < 4 or len(part) < length or head[3] != self._sequence:
                raise EOFError("the source ended the dump stream")
            self._sequence = (self._sequence + 1) & 0xFF
            data = data + part if data else part
        if not data:
            raise EOFError("the source sent an empty packet")
        return data

    def _command(self, number: int, body: bytes) -> None:
        self._connection._execute_command(number, body)

    def _translated(self, error: BaseException) -> MigrationError:
        """The error's meaning on a connection that has logged in and is asked for a dump."""
        found = translate(error, self.endpoint.label)
        number, words = errno_of(error), str(error).lower()
        if number in _DENIED:
            return MissingPrivilegeError(found.message, subject=found.subject, remedy=_REMEDY_PRIVILEGE)
        if number != _DUMP_FAILED:
            return found
        if any(sign in words for sign in _LOST):
            return PositionLostError(found.message, subject=found.subject, remedy=_REMEDY_LOST)
        if "same server_uuid" in words:
            found.remedy = (
                f"two readers use server id {self._replica.server_id}: let one migration run once at a time"
            )
        return found


def _registration(replica: Replica) -> bytes:
    """COM_REGISTER_REPLICA: shows in SHOW REPLICAS; host, user and password stay empty."""
    return struct.pack("<IBBBHII", replica.server_id, 0, 0, 0, 0, 0, 0)
