"""The stand-in's own, plain way to a MySQL server: bytes in, bytes out, over PyMySQL.

Values are read in each column's own charset and written as the same bytes; FLOAT is read as DOUBLE, since its
text keeps six digits. Nothing is shared with the engine that this stand-in stands beside.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pymysql
from pymysql import converters
from pymysql.connections import Connection
from pymysql.constants import CLIENT
from pymysql.cursors import Cursor

Value = bytes | None
Row = tuple[Value, ...]

# What DMS calls a LOB on a MySQL source: BLOB and NCLOB of its own types. BLOB and TEXT of 64 KiB are not.
_LOBS: Final = frozenset(
    {"mediumblob", "longblob", "mediumtext", "longtext", "json", "geometry", "point", "linestring", "polygon"}
    | {"multipoint", "multilinestring", "multipolygon", "geomcollection", "geometrycollection", "vector"}
)
_ENCODERS: Final[dict[Any, Any]] = {
    key: one for key, one in converters.conversions.items() if type(key) is not int
}
_SESSION: Final = (
    "SET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', "
    "character_set_results = NULL"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, as information_schema has it."""

    name: str
    data_type: str
    column_type: str
    charset: str | None
    nullable: bool
    generated: bool
    length: int

    @property
    def is_lob(self) -> bool:
        return self.data_type in _LOBS

    @property
    def selected(self) -> str:
        return f"CAST({name(self.name)} AS DOUBLE)" if self.data_type == "float" else name(self.name)


@dataclass(frozen=True, slots=True)
class Server:
    """A MySQL server as an endpoint describes it; `side` is "source" or "target"."""

    side: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ssl_mode: str = "none"
    attributes: str = ""
    script: str = ""

    def connect(self) -> Connection[Cursor]:
        """A connection in UTC that converts no bytes, with the endpoint's own statements run.

        Raises:
            pymysql.MySQLError: the server is not there or does not let us in.
        """
        connection = pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            charset="utf8mb4",
            use_unicode=False,
            conv=_ENCODERS,
            connect_timeout=60,
            client_flag=CLIENT.FOUND_ROWS,
            autocommit=True,
            **_tls(self.ssl_mode),
        )
        for statement in (_SESSION, *self.statements):
            run(connection, statement)
        return connection

    @property
    def statements(self) -> list[str]:
        """What the endpoint wants to be run first: AfterConnectScript, and initstmt of the extra attributes."""
        found = [one.strip() for one in self.script.split(";") if one.strip()]
        for one in self.attributes.split(";"):
            key, _, text = one.partition("=")
            if key.strip().lower() == "initstmt" and text.strip():
                found.append(text.strip())
        return found


def _tls(mode: str) -> dict[str, Any]:
    if mode == "none":
        return {"ssl_disabled": True}
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return {"ssl": context}


def name(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"


def full_name(schema: str, table: str) -> str:
    return f"{name(schema)}.{name(table)}"


def run(connection: Connection[Cursor], statement: str | bytes, values: Sequence[object] = ()) -> list[Row]:
    """All rows of one statement, values as bytes."""
    cursor: Any
    with connection.cursor() as cursor:
        cursor.execute(statement, tuple(values) or None)
        return list(cursor.fetchall())


def affected(connection: Connection[Cursor], statement: bytes) -> int:
    """How many rows a statement found, changed or not."""
    cursor: Any
    with connection.cursor() as cursor:
        return int(cursor.execute(statement))


def text(value: Value) -> str:
    return (value or b"").decode("utf-8", "replace")


def literal(value: Value, column: Column, *, by_number: bool = False) -> bytes:
    """A value as SQL: bytes that the column takes as they are; `by_number` for ENUM and SET of the binlog."""
    if value is None:
        return b"NULL"
    if by_number and column.data_type in ("enum", "set"):
        return value
    quoted = b"_binary'" + value.replace(b"\\", b"\\\\").replace(b"'", b"\\'").replace(b"\0", b"\\0") + b"'"
    return b"CONVERT(" + quoted + b" USING utf8mb4)" if column.data_type == "json" else quoted


def compared(value: Value, column: Column) -> bytes:
    """`column = value` as SQL, so that an index on a text column can be used; NULL finds NULL."""
    sign = name(column.name).encode() + b" <=> "
    found = literal(value, column, by_number=True)
    if value is not None and column.charset and column.data_type not in ("enum", "set"):
        return sign + b"CONVERT(" + found + b" USING " + column.charset.encode() + b")"
    return sign + found


def tables_of(connection: Connection[Cursor]) -> list[tuple[str, str, int]]:
    """Schema, name and estimated rows of every base table that is not the server's own."""
    found = run(
        connection,
        "SELECT TABLE_SCHEMA, TABLE_NAME, IFNULL(TABLE_ROWS, 0) FROM information_schema.TABLES WHERE TABLE_TYPE = "
        "'BASE TABLE' AND TABLE_SCHEMA NOT IN ('mysql','sys','information_schema','performance_schema') "
        "ORDER BY 1, 2",
    )
    return [(text(schema), text(table), int(rows or 0)) for schema, table, rows in found]


def columns_of(connection: Connection[Cursor], schema: str, table: str) -> list[Column]:
    found = run(
        connection,
        "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, IS_NULLABLE, GENERATION_EXPRESSION, "
        "CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s "
        "ORDER BY ORDINAL_POSITION",
        (schema, table),
    )
    return [
        Column(
            text(row[0]),
            text(row[1]).lower(),
            text(row[2]),
            text(row[3]) or None,
            row[4] == b"YES",
            bool(row[5]),
            int(row[6] or 0),
        )
        for row in found
    ]


def primary_key(connection: Connection[Cursor], schema: str, table: str) -> list[str]:
    found = run(
        connection,
        "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND "
        "INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX",
        (schema, table),
    )
    return [text(row[0]) for row in found]


def binlog_position(connection: Connection[Cursor]) -> tuple[str, int]:
    """File and offset where the source writes now; older servers know the older statement only."""
    try:
        row = run(connection, "SHOW BINARY LOG STATUS")[0]
    except pymysql.MySQLError:
        row = run(connection, "SHOW MASTER STATUS")[0]
    return text(row[0]), int(row[1] or 0)
