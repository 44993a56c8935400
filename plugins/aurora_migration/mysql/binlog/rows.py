"""Row events to row changes.

Only full images are followed: with ``binlog_row_image`` MINIMAL or NOBLOB, or a partial JSON update, a row's
other columns are not in the binlog. VIRTUAL columns alone may be missing from an image; they are then None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import BinlogError
from aurora_migration.model.change import ChangeKind, Row, RowChange
from aurora_migration.model.table import Table
from aurora_migration.mysql.binlog.framing import EventType
from aurora_migration.mysql.binlog.integers import packed
from aurora_migration.mysql.binlog.numbers import Decode

_FIXED_BYTES: Final = 8  # table id 6, flags 2
_KINDS: Final = {
    EventType.WRITE_ROWS: ChangeKind.INSERT,
    EventType.UPDATE_ROWS: ChangeKind.UPDATE,
    EventType.DELETE_ROWS: ChangeKind.DELETE,
}
Image = Callable[[bytes, int], tuple[Row, int]]


@dataclass(frozen=True, slots=True)
class RowDecoder:
    """Decodes the row events of one table."""

    table: Table
    decoders: tuple[Decode, ...]

    def changes(self, kind: int, body: bytes) -> list[RowChange]:
        """The changes of one event, in order. Raises: BinlogError."""
        extra = int.from_bytes(body[_FIXED_BYTES : _FIXED_BYTES + 2], "little")
        count, at = packed(body, _FIXED_BYTES + extra)
        if count != len(self.decoders):
            raise BinlogError(f"a row event has {count} columns", subject=str(self.table.name))
        size = (count + 7) // 8
        first = self._image(body[at : at + size])
        at += size
        try:
            if kind != EventType.UPDATE_ROWS:
                return self._single(_KINDS[EventType(kind)], first, body, at)
            second = self._image(body[at : at + size])
            return self._updates(first, second, body, at + size)
        except (IndexError, ValueError) as error:
            raise BinlogError("a row event is cut off or malformed", subject=str(self.table.name)) from error

    def _single(self, kind: ChangeKind, image: Image, body: bytes, at: int) -> list[RowChange]:
        found, end, table, insert = [], len(body), self.table, kind is ChangeKind.INSERT
        while at < end:
            row, at = image(body, at)
            found.append(RowChange(kind, table, None, row) if insert else RowChange(kind, table, row, None))
        _ends(at, end)
        return found

    def _updates(self, first: Image, second: Image, body: bytes, at: int) -> list[RowChange]:
        found, end, table, kind = [], len(body), self.table, ChangeKind.UPDATE
        while at < end:
            before, at = first(body, at)
            after, at = second(body, at)
            found.append(RowChange(kind, table, before, after))
        _ends(at, end)
        return found

    def _image(self, present: bytes) -> Image:
        """The function that reads an image of these columns."""
        bits = int.from_bytes(present, "little")
        columns = self.table.columns
        missing = [index for index in range(len(columns)) if not bits >> index & 1]
        bad = [columns[index].name for index in missing if columns[index].generated != "VIRTUAL"]
        if bad:
            raise BinlogError(
                f"the binlog holds only a part of each row: {', '.join(bad[:5])} are missing",
                subject=str(self.table.name),
                remedy="SET GLOBAL binlog_row_image = FULL on the source, reconnect its clients, and load again",
            )
        if missing:
            return _partial([None if i in missing else one for i, one in enumerate(self.decoders)])
        return _full(self.decoders)


def _full(decoders: Sequence[Decode]) -> Image:
    null_bytes = (len(decoders) + 7) // 8

    def image(data: bytes, at: int) -> tuple[Row, int]:
        nulls = int.from_bytes(data[at : at + null_bytes], "little")
        at += null_bytes
        values: list[bytes | None] = []
        append = values.append
        if not nulls:
            for decode in decoders:
                value, at = decode(data, at)
                append(value)
            return tuple(values), at
        for decode in decoders:
            if nulls & 1:
                append(None)
            else:
                value, at = decode(data, at)
                append(value)
            nulls >>= 1
        return tuple(values), at

    return image


def _partial(decoders: Sequence[Decode | None]) -> Image:
    """As `_full`, with None for the columns that are not in the image."""
    full = _full([decode for decode in decoders if decode])

    def image(data: bytes, at: int) -> tuple[Row, int]:
        row, at = full(data, at)
        values = iter(row)
        return tuple(next(values) if decode else None for decode in decoders), at

    return image


def _ends(at: int, end: int) -> None:
    if at != end:
        raise ValueError("a row goes over the end of its event")
