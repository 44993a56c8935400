"""Inflates a transaction that the source compressed (``binlog_transaction_compression=ON``).

The inner events are read one at a time, so memory is the compressed event and one inner event. Needs the
package ``zstandard``, as Python before 3.14 has no zstd of its own; without it such a transaction is refused.
https://dev.mysql.com/doc/refman/8.4/en/binary-log-transaction-compression.html
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from aurora_migration.errors import BinlogError, ConfigurationError
from aurora_migration.mysql.binlog.framing import HEADER_BYTES
from aurora_migration.mysql.binlog.integers import packed

_END, _COMPRESSION = 0, 2
_ZSTD: Final = 0
_NONE: Final = 255


def inner_events(body: bytes) -> Iterator[bytes]:
    """The events of a TRANSACTION_PAYLOAD event, without checksums. Raises: BinlogError, ConfigurationError."""
    compression, at = _ZSTD, 0
    while True:
        field, at = packed(body, at)
        if field == _END:
            break
        length, at = packed(body, at)
        if field == _COMPRESSION:
            compression, _ = packed(body, at)
        at += length
    source = _opened(compression, body[at:])
    while header := _exactly(source, HEADER_BYTES, may_end=True):
        size = int.from_bytes(header[9:13], "little")
        yield header + _exactly(source, size - HEADER_BYTES)


def _opened(compression: int, data: bytes) -> BinaryIO:
    if compression == _NONE:
        return io.BytesIO(data)
    if compression != _ZSTD:
        raise BinlogError(f"a transaction is compressed in an unknown way ({compression})")
    reader: BinaryIO = _zstandard().ZstdDecompressor().stream_reader(data, read_across_frames=True)
    return reader


def _zstandard() -> Any:
    try:
        return importlib.import_module("zstandard")
    except ImportError as error:
        raise ConfigurationError(
            "the source compresses its binlog, and the Python package `zstandard` is not installed",
            remedy="install zstandard, or SET GLOBAL binlog_transaction_compression = OFF on the source",
        ) from error


def _exactly(source: BinaryIO, size: int, *, may_end: bool = False) -> bytes:
    parts, missing = [], size
    while missing > 0:
        part = source.read(missing)
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    if missing and not (may_end and missing == size):
        raise BinlogError("a compressed transaction ends within an event")
    return b"".join(parts)
