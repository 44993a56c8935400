"""Numbers of the binlog as text: integers by width and sign, DECIMAL, FLOAT and DOUBLE, BIT, ENUM and SET.

A ZEROFILL column is written with its zeros, as the server writes it. FLOAT is widened to DOUBLE first, which is
exact. https://dev.mysql.com/doc/internals/en/ (decimal2bin): nine digits in four bytes, the sign bit inverted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from aurora_migration.mysql.binlog.real_text import real_text

Decode = Callable[[bytes, int], tuple[bytes, int]]
_BYTES_OF_DIGITS: Final = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)
_FORMATS: Final = {1: ("<b", "<B"), 2: ("<h", "<H"), 4: ("<i", "<I"), 8: ("<q", "<Q")}


def integer(width: int, *, unsigned: bool, zero_fill: int = 0) -> Decode:
    """An integer of ``width`` bytes, filled with zeros to ``zero_fill`` digits."""
    if zero_fill:
        return lambda data, at: (
            b"%0*d" % (zero_fill, int.from_bytes(data[at : at + width], "little")),
            at + width,
        )
    if width not in _FORMATS:
        return lambda data, at: (
            b"%d" % int.from_bytes(data[at : at + width], "little", signed=not unsigned),
            at + width,
        )
    unpack = struct.Struct(_FORMATS[width][unsigned]).unpack_from
    return lambda data, at: (b"%d" % unpack(data, at)[0], at + width)


def real(width: int) -> Decode:
    """FLOAT (4 bytes) or DOUBLE (8)."""
    unpack = struct.Struct("<f" if width == 4 else "<d").unpack_from
    return lambda data, at: (real_text(unpack(data, at)[0]).encode(), at + width)


def big_endian(width: int) -> Decode:
    """BIT: its bytes as they are."""
    return lambda data, at: (data[at : at + width], at + width)


def decimal(precision: int, scale: int, *, zero_fill: bool = False) -> Decode:
    """DECIMAL(precision, scale), all of its scale written."""
    before, after = _groups(precision - scale, first=True), _groups(scale, first=False)
    size = sum(width for width, _ in (*before, *after))
    sign, mask = 1 << 8 * size - 1, (1 << 8 * size) - 1
    whole, fraction = _fields(before, sum(width for width, _ in after)), _fields(after, 0)
    form = b"%s%0*d" + (b".%0*d" if scale else b"")
    digits = precision - scale if zero_fill else 1

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        value = int.from_bytes(data[at : at + size], "big") ^ sign
        minus = b""
        if not data[at] & 0x80:
            value ^= mask
            minus = b"-"
        left = right = 0
        for shift, bits, factor in whole:
            left = left * factor + (value >> shift & bits)
        if not scale:
            return form % (minus, digits, left), at + size
        for shift, bits, factor in fraction:
            right = right * factor + (value >> shift & bits)
        return form % (minus, digits, left, scale, right), at + size

    return decode


def _groups(digits: int, *, first: bool) -> list[tuple[int, int]]:
    """(bytes, digits) of each group; the short one comes first before the point and last after it."""
    full, rest = divmod(digits, 9)
    short = [(_BYTES_OF_DIGITS[rest], rest)] if rest else []
    return [*short, *[(4, 9)] * full] if first else [*[(4, 9)] * full, *short]


def _fields(groups: list[tuple[int, int]], after: int) -> list[tuple[int, int, int]]:
    """(shift, mask, factor) of each group within the whole number, ``after`` bytes before its end."""
    fields = []
    for width, digits in reversed(groups):
        fields.append((8 * after, (1 << 8 * width) - 1, 10**digits))
        after += width
    return fields[::-1]
