"""A text about halfway between two key texts, so that a key space can be halved without reading its rows.

Texts are those of `aurora_migration.sql.literals`. What comes out need not be in the table, nor lie between the
two in the server's order (collations have their own): it is a place to ask the server about, never a bound itself.
Between neighbours it is the lower one. None where a type, or these two texts, offer no such place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aurora_migration.model.table import INTEGER_TYPES, Column

_DIGITS: Final = 8  # bytes behind the common prefix that count
_INTEGERS: Final = INTEGER_TYPES - {"year"} | {"bit"}
_ASCII_BASED: Final = frozenset({"ascii", "latin1", "latin2", "cp1252", "cp1251", "utf8", "utf8mb3", "utf8mb4"})


def midpoint(column: Column, low: str, high: str) -> str | None:
    """A text in the middle of ``low`` and ``high`` as numbers, moments or bytes; None if the type has none."""
    if column.data_type in _INTEGERS:
        return str((int(low) + int(high)) // 2)
    if column.data_type in {"binary", "varbinary"}:
        return _between(bytes.fromhex(low), bytes.fromhex(high), 256)
    if column.data_type in {"char", "varchar"} and column.charset in _ASCII_BASED:
        one, two = bytes.fromhex(low), bytes.fromhex(high)
        return _between(one, two, 128) if one.isascii() and two.isascii() else None
    if column.data_type in {"date", "datetime", "timestamp"}:
        return _moment(low, high)
    return None


def _between(one: bytes, two: bytes, base: int) -> str:
    low, high = sorted((one, two))
    same = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    width = same + _DIGITS
    middle = (_number(low, same, width, base) + _number(high, same, width, base)) // 2
    text = low[:same] + _text(middle, _DIGITS, base)
    return max(low, text).hex().upper()


def _number(text: bytes, start: int, end: int, base: int) -> int:
    number = 0
    for digit in text[start:end].ljust(end - start, b"\0"):
        number = number * base + digit
    return number


def _text(number: int, width: int, base: int) -> bytes:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, base)
        digits.append(digit)
    return bytes(reversed(digits)).rstrip(b"\0")


def _moment(low: str, high: str) -> str | None:
    try:
        one, two = datetime.fromisoformat(low), datetime.fromisoformat(high)
    except ValueError:  # a zero date, or one that no calendar has
        return None
    middle = one + (two - one) / 2
    whole_days = len(low) == len("2000-01-01")
    return middle.date().isoformat() if whole_days else middle.isoformat(sep=" ", timespec="microseconds")
