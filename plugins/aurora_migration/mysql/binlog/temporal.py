"""Dates and times of the binlog as text.

Values are written from their fields, never through a calendar: zero dates, ``2020-02-00`` and negative times
arrive as they are. TIMESTAMP is an instant and is written in UTC; 0 is the zero date.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

Decode = Callable[[bytes, int], tuple[bytes, int]]
_DATETIME_BASE: Final = 0x8000000000
_TIME_BASE: Final = 0x800000


def date(data: bytes, at: int) -> tuple[bytes, int]:
    """DATE: 3 bytes."""
    value = data[at] | data[at + 1] << 8 | data[at + 2] << 16
    return b"%04d-%02d-%02d" % (value >> 9, value >> 5 & 15, value & 31), at + 3


def year(data: bytes, at: int) -> tuple[bytes, int]:
    """YEAR: 1 byte, 0 or the years since 1900."""
    value = data[at]
    return (b"%d" % (1900 + value) if value else b"0000"), at + 1


def datetime(digits: int) -> Decode:
    """DATETIME(digits)."""
    size, divisor, form = 5 + (digits + 1) // 2, 10 ** (digits % 2), _form(digits)
    bits = 8 * (size - 5)
    base, mask = _DATETIME_BASE << bits, (1 << bits) - 1

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        end = at + size
        value = int.from_bytes(data[at:end], "big") - base
        whole = value >> bits
        years, month = divmod(whole >> 22, 13)
        fields = years, month, whole >> 17 & 31, whole >> 12 & 31, whole >> 6 & 63, whole & 63
        return form % ((*fields, (value & mask) // divisor) if digits else fields), end

    return decode


def timestamp(digits: int) -> Decode:
    """TIMESTAMP(digits), in UTC."""
    size, divisor, form = 4 + (digits + 1) // 2, 10 ** (digits % 2), _form(digits)

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        end = at + size
        seconds = int.from_bytes(data[at : at + 4], "big")
        fields = time.gmtime(seconds)[:6] if seconds else (0, 0, 0, 0, 0, 0)
        if digits:
            return form % (*fields, int.from_bytes(data[at + 4 : end], "big") // divisor), end
        return form % fields, end

    return decode


def time_of_day(digits: int) -> Decode:
    """TIME(digits), which may be negative and over a day."""
    width = (digits + 1) // 2
    size, bits = 3 + width, 8 * width
    base = _TIME_BASE << bits

    def decode(data: bytes, at: int) -> tuple[bytes, int]:
        packed = int.from_bytes(data[at : at + size], "big") - base
        sign = b"-" if packed < 0 else b""
        packed = abs(packed)
        whole = packed >> bits
        text = b"%s%02d:%02d:%02d" % (sign, whole >> 12 & 0x3FF, whole >> 6 & 63, whole & 63)
        if digits:
            text += b".%0*d" % (2 * width, packed & (1 << bits) - 1)
            text = text[: len(text) - 2 * width + digits]
        return text, at + size

    return decode


def packed_text(kind: int, packed: int) -> str:
    """A date or time inside JSON, with the server's six digits; ``kind`` is the column type number."""
    sign, packed = ("-", -packed) if packed < 0 else ("", packed)
    whole, fraction = packed >> 24, packed & 0xFFFFFF
    if kind == 11:
        return f"{sign}{whole >> 12 & 0x3FF:02d}:{whole >> 6 & 63:02d}:{whole & 63:02d}.{fraction:06d}"
    day = _day(whole >> 17).decode()
    if kind == 10:
        return day
    return f"{day} {whole >> 12 & 31:02d}:{whole >> 6 & 63:02d}:{whole & 63:02d}.{fraction:06d}"


def _day(packed: int) -> bytes:
    years, month = divmod(packed >> 5, 13)
    return b"%04d-%02d-%02d" % (years, month, packed & 31)


def _form(digits: int) -> bytes:
    return b"%04d-%02d-%02d %02d:%02d:%02d" + (b".%%0%dd" % digits if digits else b"")
