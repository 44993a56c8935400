"""Reads the string that a server wrote of a row: a second opinion that knows the form and shares no code with it.

A string that can be read back belongs to one row only. Values come back as their stored bytes or their text, None
for NULL; numbers of members, BIT and small integers as int; a hash as the text of its digits.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Value = int | float | str | bytes | None


@dataclass
class Bytes:
    """What is left to read."""

    left: bytes

    def take(self, count: int) -> bytes:
        taken, self.left = self.left[:count], self.left[count:]
        assert len(taken) == count
        return taken

    def until(self, end: bytes) -> bytes:
        taken, found, self.left = self.left.partition(end)
        assert found
        return taken


@dataclass(frozen=True)
class Form:
    """A column of the test: its name, its form, whether it may be NULL, and a size where the form has one."""

    name: str
    form: str  # floating, byte, four, decimal, time, number, hashed, fixed, string
    nullable: bool = False
    size: int = 0


def read_row(written: bytes, forms: Sequence[Form]) -> dict[str, Value]:
    """The values by name. Fails if a byte is missing or left over."""
    left = Bytes(written)
    of: Callable[..., list[Form]] = lambda *wanted: [one for one in forms if one.form in wanted]  # noqa: E731
    strings = of("string")
    last = strings[-1:] if len(strings) > 1 or of("byte", "four") else []
    measured = [one for one in strings if one not in last]
    null = {one.name: bool(left.take(1)[0]) for one in (*of("floating"), *of("fixed"), *last) if one.nullable}
    values: dict[str, Value] = {}
    for one in of("byte", "four"):
        values[one.name] = _small(left, one)
    lengths = {one.name: _length(left, one) for one in measured}
    _floats(left, of("floating"), null, values)
    for one in of("decimal", "time", "number"):
        values[one.name] = _text(left, one)
    for one in of("hashed"):
        values[one.name] = None if one.nullable and _comma(left) else left.take(64).decode()
    for one in of("fixed"):
        values[one.name] = None if null.get(one.name) else left.take(one.size)
    for one in measured:
        length = lengths[one.name]
        values[one.name] = None if length is None else left.take(length)
    for one in last:
        rest = left.take(len(left.left))
        values[one.name] = None if null.get(one.name) else rest
    assert left.left == b""
    return values


def _small(left: Bytes, one: Form) -> int | None:
    first = left.take(1)
    if one.form == "byte":
        return first[0]
    return None if first == b"\0" else int.from_bytes(first + left.take(3)) - 25165824


def _length(left: Bytes, one: Form) -> int | None:
    first = left.take(1)
    if one.size < (255 if one.nullable else 256):
        return None if one.nullable and first == b"\xff" else first[0]
    return None if first == b"\0" else int.from_bytes(first + left.take(3)) - 25165824


def _floats(left: Bytes, forms: Sequence[Form], null: dict[str, bool], values: dict[str, Value]) -> None:
    numbers: list[float] = []
    for _ in range(0, len(forms), 2):
        numbers += struct.unpack("<dd", left.take(25)[9:])
    for one, number in zip(forms, numbers, strict=False):
        values[one.name] = None if null.get(one.name) else number


def _text(left: Bytes, one: Form) -> str | None:
    """Behind the point of a DECIMAL, or behind the date or the hour, there are ``size`` signs."""
    if one.form == "number":
        return left.until(b",").decode() or None
    if _comma(left):
        return None
    sign = {"decimal": b".", "time": b":"}[one.form]
    if sign == b":" and one.size <= 0:  # a DATE has no colon
        return left.take(-one.size).decode()
    return (left.until(sign) + sign + left.take(one.size)).decode()


def _comma(left: Bytes) -> bool:
    if left.left[:1] == b",":
        left.take(1)
        return True
    return False
