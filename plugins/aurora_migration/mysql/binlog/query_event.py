"""A statement in the binlog: its text in the character set it was sent in, and the state it depends on."""

from __future__ import annotations

import codecs
import struct
from typing import Final

from pymysql.charset import charset_by_id

from aurora_migration.model.change import Statement
from aurora_migration.sql.statement_kind import statement_kind

_POST_HEADER: Final = struct.Struct("<IIBHH")
_LOAD_POST_HEADER_BYTES: Final = 26
_SQL_MODE, _CATALOG, _CHARSET, _TIME_ZONE, _CATALOG_NZ, _INVOKER, _SCHEMAS = 1, 2, 4, 5, 6, 11, 12
_SIZES: Final = {0: 4, 1: 8, 3: 4, 4: 6, 7: 2, 8: 2, 9: 8, 10: 4, 13: 3, 16: 1, 17: 8, 18: 2, 19: 1, 20: 1}
_MANY_SCHEMAS: Final = 254


def query_event(body: bytes, *, load: bool = False) -> Statement:
    """The statement of a QUERY event, or of an EXECUTE_LOAD_QUERY event if ``load``."""
    _, _, schema_length, _, status_length = _POST_HEADER.unpack_from(body)
    start = _LOAD_POST_HEADER_BYTES if load else _POST_HEADER.size
    status = body[start : start + status_length]
    start += status_length
    schema = body[start : start + schema_length].decode("utf-8", "surrogateescape")
    sql_mode, encoding, schemas = _status(status)
    raw = body[start + schema_length + 1 :]
    text = raw.decode(encoding, "surrogateescape" if encoding == "utf8" else "replace")
    return Statement(statement_kind(text), text, schema, schemas, sql_mode)


def is_begin(body: bytes) -> bool:
    """Whether the text of a QUERY event is just ``BEGIN``."""
    start = _POST_HEADER.size + body[8] + int.from_bytes(body[11:13], "little") + 1
    return len(body) == start + 5 and body.endswith(b"BEGIN")


def _status(status: bytes) -> tuple[int | None, str, tuple[str, ...] | None]:
    """sql_mode, Python's name of the client's character set, and the schemas that the statement updates."""
    sql_mode, encoding, schemas, at = None, "utf8", (), 0
    found: tuple[str, ...] | None = schemas
    while at < len(status):
        code = status[at]
        at += 1
        if code == _SQL_MODE:
            sql_mode = int.from_bytes(status[at : at + 8], "little")
        elif code == _CHARSET:
            encoding = _encoding(int.from_bytes(status[at : at + 2], "little"))
        if code in _SIZES:
            at += _SIZES[code]
        elif code in {_CATALOG, _TIME_ZONE, _CATALOG_NZ}:
            at += 1 + status[at] + (code == _CATALOG)
        elif code == _INVOKER:
            at += 1 + status[at]
            at += 1 + status[at]
        elif code == _SCHEMAS:
            found, at = _schemas(status, at)
        else:  # one of a later version: those come after the ones read here
            break
    return sql_mode, encoding, found


def _schemas(status: bytes, at: int) -> tuple[tuple[str, ...] | None, int]:
    count = status[at]
    at += 1
    if count == _MANY_SCHEMAS:
        return None, at
    names = []
    for _ in range(count):
        end = status.index(b"\0", at)
        names.append(status[at:end].decode("utf-8", "surrogateescape"))
        at = end + 1
    return tuple(names), at


def _encoding(collation: int) -> str:
    """UTF-8 also for what Python does not know, such as binary: bytes that are none come as lone surrogates."""
    try:
        encoding = charset_by_id(collation).encoding or "utf8"
        codecs.lookup(encoding)
    except LookupError:
        return "utf8"
    return encoding
