"""MySQL's compressed protocol by zlib, for PyMySQL, which does not know it: packets travel inside compressed ones.

Stands in for a connection's socket and its reading file once the login is through
(https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html). The numbers of compressed
packets begin at 0 with every command and go up by one in both directions. What the packets inside count is then of
no meaning, and a server numbers them as it likes after a long stream; PyMySQL gets the number that it expects.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final

_HEAD: Final = 4  # of a packet: length (3), number (1)
_HEADER: Final = 7  # length as sent (3), number (1), length when inflated, 0 if sent as it is (3)
_SMALL: Final = 50  # bytes; the server too sends what is shorter as it is
_PIECE: Final = 1 << 20
_LEVEL: Final = 1  # of row text it leaves 27 %, where 6 leaves 23 % and takes 2.6 times as long


class CompressedSocket:
    """A socket that deflates what is sent and inflates what is read; everything else is the socket's own.

    ``expected`` is the number that the reader of packets waits for.
    """

    def __init__(self, sock: Any, file: Any, expected: Callable[[], int]) -> None:
        self._sock, self._file, self._expected = sock, file, expected
        self._number = 0
        self._left = 0  # bytes of the packet that is being read
        self._inflated = memoryview(b"")

    def begin_command(self) -> None:
        """Number anew: the next packet begins a command."""
        self._number = 0

    def sendall(self, data: bytes) -> None:
        """Send ``data`` in compressed packets."""
        view = memoryview(data)
        for start in range(0, len(data), _PIECE):
            piece = view[start : start + _PIECE]
            body: Any = zlib.compress(piece, _LEVEL) if len(piece) >= _SMALL else piece
            length = len(piece)
            if len(body) >= len(piece):
                body, length = piece, 0
            header = len(body).to_bytes(3, "little") + bytes([self._number]) + length.to_bytes(3, "little")
            self._sock.sendall(b"".join((header, body)))
            self._number = (self._number + 1) % 256

    def read(self, count: int) -> bytes:
        """Exactly ``count`` bytes, a packet's head or its body, or fewer where the connection has ended."""
        found = self._read(count)
        if self._left or len(found) < _HEAD:
            self._left -= len(found)
            return found
        self._left = int.from_bytes(found[:3], "little")
        return found[:3] + bytes([self._expected()])

    def _read(self, count: int) -> bytes:
        if len(self._inflated) >= count:
            return self._take(count)
        parts = [self._take(len(self._inflated))]
        missing = count - len(parts[0])
        while missing and self._next():
            parts.append(self._take(min(missing, len(self._inflated))))
            missing -= len(parts[-1])
        return b"".join(parts)

    def close(self) -> None:
        """Close file and socket."""
        self._file.close()
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def _take(self, count: int) -> bytes:
        taken, self._inflated = bytes(self._inflated[:count]), self._inflated[count:]
        return taken

    def _next(self) -> bool:
        header = self._file.read(_HEADER)
        if len(header) < _HEADER:
            return False
        size, length = int.from_bytes(header[:3], "little"), int.from_bytes(header[4:], "little")
        body = self._file.read(size)
        if len(body) < size:
            return False
        self._number = (header[3] + 1) % 256
        self._inflated = memoryview(zlib.decompress(body, bufsize=length) if length else body)
        return True
