"""The variable-length integers of the protocol, and of events written by the serialization library of 8.3."""

from __future__ import annotations

from aurora_migration.errors import BinlogError

_WIDTHS = {0xFC: 2, 0xFD: 3, 0xFE: 8}


def packed(data: bytes, at: int) -> tuple[int, int]:
    """A length-encoded integer and the offset after it. Raises: BinlogError."""
    first = data[at]
    if first < 0xFB:
        return first, at + 1
    width = _WIDTHS.get(first)
    if width is None:
        raise BinlogError("a packed integer is malformed")
    return int.from_bytes(data[at + 1 : at + 1 + width], "little"), at + 1 + width


def serial(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned integer of ``mysql::serialization``: the low one bits of its first byte count the others."""
    first = data[at]
    extra = ((first + 1) & ~first).bit_length() - 1 if first != 0xFF else 8
    if extra == 8:
        return int.from_bytes(data[at + 1 : at + 9], "little"), at + 9
    whole = int.from_bytes(data[at : at + 1 + extra], "little")
    return whole >> (extra + 1), at + 1 + extra


def serial_signed(data: bytes, at: int) -> tuple[int, int]:
    """A signed integer of ``mysql::serialization``: the sign is its lowest bit."""
    value, at = serial(data, at)
    return (~(value >> 1) if value & 1 else value >> 1), at


def to_serial(value: int) -> bytes:
    """The bytes that `serial` reads; for values under 2**56."""
    extra = max(0, (value.bit_length() - 1) // 7)
    return ((value << (extra + 1)) | ((1 << extra) - 1)).to_bytes(extra + 1, "little")
