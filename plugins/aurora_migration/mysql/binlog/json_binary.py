"""JSON columns: the binary form of the binlog as the text that the server prints for it.

Key order, spaces, escapes, the digits of doubles and the text of opaque values (DECIMAL, DATE, TIME, DATETIME,
``base64:typeN:…``) are the server's, so that the text is byte for byte ``CAST(j AS CHAR)``. An empty document,
which non-strict sessions can leave in a NOT NULL column, is printed as ``null``, as the server does.
https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html
"""

from __future__ import annotations

import base64
import re
import struct
from typing import Final

from aurora_migration.errors import BinlogError
from aurora_migration.mysql.binlog.numbers import decimal
from aurora_migration.mysql.binlog.real_text import real_text
from aurora_migration.mysql.binlog.temporal import packed_text

_LITERALS: Final = {0: "null", 1: "true", 2: "false"}
_INTEGERS: Final = {5: "<h", 6: "<H", 7: "<i", 8: "<I", 9: "<q", 10: "<Q"}
_DOUBLE, _STRING, _OPAQUE, _LITERAL = 11, 12, 15, 4
_DECIMAL: Final = 246
_TIMES: Final = frozenset({7, 10, 11, 12})
_SPECIAL: Final = re.compile(r'["\\\x00-\x1f]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_text(data: bytes) -> bytes:
    """The document's text in UTF-8. Raises: BinlogError."""
    if not data:
        return b"null"
    try:
        return _value(data[0], data, 1).encode("utf-8", "surrogatepass")
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise BinlogError("a JSON document of the binlog is damaged") from error


def _value(kind: int, data: bytes, at: int) -> str:
    if kind <= 3:
        return _container(data, at, large=bool(kind & 1), is_object=kind < 2)
    if kind == _STRING:
        length, at = _length(data, at)
        return _quoted(data[at : at + length].decode("utf-8"))
    if kind in _INTEGERS:
        return str(struct.unpack_from(_INTEGERS[kind], data, at)[0])
    if kind == _DOUBLE:
        return _double(struct.unpack_from("<d", data, at)[0])
    if kind == _LITERAL:
        return _LITERALS[data[at]]
    if kind == _OPAQUE:
        return _opaque(data, at)
    raise BinlogError(f"a JSON document of the binlog has a value of an unknown kind ({kind})")


def _container(data: bytes, base: int, *, large: bool, is_object: bool) -> str:
    width, unit = (4, "I") if large else (2, "H")
    count = int.from_bytes(data[base : base + width], "little")
    at = base + 2 * width
    names: tuple[int, ...] = ()
    if is_object:
        names = struct.unpack_from("<" + f"{unit}H" * count, data, at)
        at += (width + 2) * count
    parts = []
    for index in range(count):
        kind = data[at]
        if kind in {4, 5, 6} or (large and kind in {7, 8}):  # small values stand in the entry itself
            text = _value(kind, data, at + 1)
        else:
            text = _value(kind, data, base + int.from_bytes(data[at + 1 : at + 1 + width], "little"))
        if is_object:
            start = base + names[2 * index]
            text = _quoted(data[start : start + names[2 * index + 1]].decode("utf-8")) + ": " + text
        parts.append(text)
        at += 1 + width
    inside = ", ".join(parts)
    return "{" + inside + "}" if is_object else "[" + inside + "]"


def _opaque(data: bytes, at: int) -> str:
    kind = data[at]
    length, at = _length(data, at + 1)
    raw = data[at : at + length]
    if kind == _DECIMAL:
        return decimal(raw[0], raw[1])(raw, 2)[0].decode()
    if kind in _TIMES:
        return f'"{packed_text(kind, int.from_bytes(raw, "little", signed=True))}"'
    text = base64.b64encode(raw).decode("ascii")
    lines = "\n".join(text[i : i + 76] for i in range(0, len(text), 76))
    return _quoted(f"base64:type{kind}:{lines}")


def _double(value: float) -> str:
    text = real_text(value)
    return text if "." in text or "e" in text else text + ".0"


def _length(data: bytes, at: int) -> tuple[int, int]:
    length = shift = 0
    while True:
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return length, at
        shift += 7


def _quoted(text: str) -> str:
    return '"' + _SPECIAL.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
