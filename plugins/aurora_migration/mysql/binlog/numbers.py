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
    """DECIMAL(precision, scale)."""
    size = decimal_bytes(precision, scale)

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        text = decimal_text(data[at : at + size], precision, scale, zero_fill=zero_fill)
        return text.encode(), at + size

    return decode


def decimal_bytes(precision: int, scale: int) -> int:
    """How many bytes a DECIMAL takes."""
    whole = precision - scale
    return 4 * (whole // 9 + scale // 9) + _BYTES_OF_DIGITS[whole % 9] + _BYTES_OF_DIGITS[scale % 9]


def decimal_text(raw: bytes, precision: int, scale: int, *, zero_fill: bool = False) -> str:
    """The text of a DECIMAL of these bytes, all of its scale written."""
    size = len(raw)
    value = int.from_bytes(raw, "big") ^ 1 << 8 * size - 1
    negative = not raw[0] & 0x80
    if negative:
        value ^= (1 << 8 * size) - 1
    data = value.to_bytes(size, "big")
    whole, at = "", 0
    for digits in (((precision - scale) % 9), *(9,) * ((precision - scale) // 9)):
        width = _BYTES_OF_DIGITS[digits]
        if width:
            whole += f"{int.from_bytes(data[at : at + width], 'big'):0{digits}d}"
        at += width
    fraction = ""
    for digits in (*(9,) * (scale // 9), scale % 9):
        width = _BYTES_OF_DIGITS[digits]
        if width:
            fraction += f"{int.from_bytes(data[at : at + width], 'big'):0{digits}d}"
        at += width
    if not zero_fill:
        whole = whole.lstrip("0") or "0"
    return ("-" if negative else "") + whole + ("." + fraction if scale else "")
