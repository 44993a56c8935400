"""What `bench.load` copies: tables with secondary indexes, one of skewed keys, and a thousand tiny ones.

All are made inside the source server from numbers, the same rows on every machine. Refuses nothing: the database
is the benchmark's own and is dropped first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from bench.tables import DATABASE, NARROW, WIDE, Shape, fill

TINY: Final = "tiny"
TINY_TABLES: Final = 1000
TINY_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Data:
    """Tables to copy: one shape, or the tiny ones; ``indexes`` are the secondary ones."""

    name: str
    about: str
    shape: Shape | None = None
    indexes: tuple[str, ...] = ()


_SKEWED: Final = Shape(
    "skewed",
    "nine rows of ten in a dense run of keys, the others far apart up to 2^61; three columns and a text",
    """id BIGINT UNSIGNED NOT NULL PRIMARY KEY, owner INT UNSIGNED NOT NULL, amount DECIMAL(12,2) NOT NULL,
  at DATETIME NOT NULL, words VARCHAR(200) NOT NULL""",
    """IF(n MOD 10 = 0, n * 100000000000, n), CRC32(n) MOD 5000, n MOD 1000000 / 100,
  TIMESTAMPADD(SECOND, n MOD 80000000, '2022-01-01'), REPEAT(SHA2(n, 224), 1 + n MOD 3)""",
    175,
)
DATA: Final = {
    one.name: one
    for one in (
        Data("wide", WIDE.about, WIDE, ("KEY customer (customer_id)", "KEY email (email)")),
        Data("narrow", NARROW.about, NARROW, ("KEY k (k)",)),
        Data("skewed", _SKEWED.about, _SKEWED, ("KEY owner (owner, at)",)),
        Data(TINY, f"{TINY_TABLES:,} tables of {TINY_ROWS} rows, each with a secondary index"),
    )
}


def fill_data(source: Connection[Cursor], data: Data, size: int, *, tables: int = TINY_TABLES) -> None:
    """Make the database anew with about ``size`` bytes of rows; the tiny tables are as many as ``tables``."""
    with source.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    if data.shape is not None:
        fill(source, replace(data.shape, definition=", ".join((data.shape.definition, *data.indexes))), size)
        return
    with source.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        for number in range(1, tables + 1):
            name = f"{DATABASE}.tiny_{number:04}"
            cursor.execute(
                f"CREATE TABLE {name} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL, "
                "words VARCHAR(60) NOT NULL, KEY k (k))"
            )
            cursor.execute(
                f"INSERT INTO {name} (k, words) WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 "
                f"FROM numbers WHERE n < {TINY_ROWS}) "
                f"SELECT n * {number} % 97, SHA2(n * {number}, 224) FROM numbers"
            )


@dataclass(frozen=True, slots=True)
class Size:
    """How much the database holds: ``data_length`` of all its tables, and its rows."""

    tables: int
    rows: int
    bytes: int


def measured(connection: Connection[Cursor]) -> Size:
    """What is in the database now."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION information_schema_stats_expiry = 0")
        names = table_names(cursor)
        rows = 0
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM {DATABASE}.{name}")
            rows += int((cursor.fetchone() or (0,))[0])
        cursor.execute(
            "SELECT SUM(DATA_LENGTH) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s", (DATABASE,)
        )
        return Size(len(names), rows, int((cursor.fetchone() or (0,))[0] or 0))


def table_names(cursor: Cursor, database: str = DATABASE) -> list[str]:
    """The database's tables, sorted; those whose name begins with an underscore are a peer's own books."""
    cursor.execute(
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME", (database,)
    )
    return [str(name) for (name,) in cursor.fetchall() if not str(name).startswith("_")]
