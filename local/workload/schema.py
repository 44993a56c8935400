"""The application's tables, one for each way in which rows are hard to follow.

Numbers of rows come from `Size`; text and values from `filling`. The tables are the same on every server version
from 8.0 on.
"""

from __future__ import annotations

from collections.abc import Iterator

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local.workload.filling import fill
from local.workload.size import Size

TABLES: dict[str, str] = {
    "items": """CREATE TABLE items (
        id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, qty INT NOT NULL, note TEXT,
        changed TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        KEY (qty), KEY (name))""",
    "stock": """CREATE TABLE stock (
        warehouse SMALLINT UNSIGNED NOT NULL, sku VARCHAR(20) COLLATE utf8mb4_bin NOT NULL, slot INT NOT NULL,
        qty INT NOT NULL DEFAULT 0, PRIMARY KEY (warehouse, sku, slot), KEY (sku))""",
    # without regard to case and accents: a changed name is the same key
    "tags": """CREATE TABLE tags (
        name VARCHAR(40) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, uses INT NOT NULL, note VARCHAR(60))""",
    # also without regard to spaces at the end
    "labels": """CREATE TABLE labels (
        name VARCHAR(40) COLLATE utf8mb4_general_ci PRIMARY KEY, uses INT NOT NULL)""",
    "seats": """CREATE TABLE seats (
        id INT PRIMARY KEY, code VARCHAR(40) COLLATE utf8mb4_0900_ai_ci NOT NULL, zone CHAR(1), place INT,
        holder VARCHAR(40), UNIQUE KEY by_code (code), UNIQUE KEY by_place (zone, place))""",
    "settings": """CREATE TABLE settings (
        name VARCHAR(30) CHARACTER SET ascii PRIMARY KEY, position INT NOT NULL, value VARCHAR(100),
        UNIQUE KEY (position))""",
    "accounts": """CREATE TABLE accounts (
        id INT PRIMARY KEY, owner VARCHAR(40) NOT NULL, cents BIGINT NOT NULL, moves INT NOT NULL DEFAULT 0)""",
    "ledger": """CREATE TABLE ledger (
        id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, giver INT NOT NULL, taker INT NOT NULL,
        cents BIGINT NOT NULL, at DATETIME(6) NOT NULL, KEY (giver), KEY (taker))""",
    "parents": "CREATE TABLE parents (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)",
    "children": """CREATE TABLE children (
        id INT PRIMARY KEY, parent INT NOT NULL, ordinal INT NOT NULL, name VARCHAR(40),
        UNIQUE KEY (parent, ordinal), CONSTRAINT children_parent FOREIGN KEY (parent) REFERENCES parents (id))""",
    "wide": """CREATE TABLE wide (
        id BIGINT UNSIGNED PRIMARY KEY, tiny TINYINT UNSIGNED, medium MEDIUMINT, price DECIMAL(30,10),
        ratio FLOAT, exact DOUBLE, flags BIT(11), day DATE, moment DATETIME(6), stamp TIMESTAMP(3) NULL,
        span TIME(2), year YEAR, kind ENUM('a','b','ü'), marks SET('x','y','z'), fixed BINARY(8),
        bytes VARBINARY(300), old_text VARCHAR(80) CHARACTER SET latin1, document JSON, body MEDIUMBLOB,
        words LONGTEXT)""",
    "events": """CREATE TABLE events (
        id BIGINT AUTO_INCREMENT PRIMARY KEY, thread INT NOT NULL, text VARCHAR(120), at TIMESTAMP(3) NOT NULL)""",
    "priced": """CREATE TABLE priced (
        id INT PRIMARY KEY, code VARCHAR(40) COLLATE utf8mb4_bin NOT NULL, net DECIMAL(12,2) NOT NULL,
        gross DECIMAL(14,2) GENERATED ALWAYS AS (net * 1.19) STORED,
        slug VARCHAR(40) COLLATE utf8mb4_bin GENERATED ALWAYS AS (LOWER(code)) VIRTUAL,
        UNIQUE KEY (slug), KEY (gross))""",
    "bulk": """CREATE TABLE bulk (
        id INT PRIMARY KEY, n INT NOT NULL, m INT NOT NULL, filler VARCHAR(100) NOT NULL, KEY (m))""",
}
KEYLESS = "CREATE TABLE visits (who VARCHAR(20), page INT, at DATETIME, KEY (who))"
CENTS = 100_000  # on each account at the start


def tables(size: Size) -> dict[str, str]:
    """CREATE TABLE text by name, parents before children."""
    return {**TABLES, "visits": KEYLESS} if size.keyless else dict(TABLES)


def create(connection: Connection[Cursor], database: str, size: Size, seed: int) -> None:
    """Make the database anew with its first rows; what was there under the name is dropped.

    Raises:
        pymysql.err.MySQLError: the server refuses.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database}")
        cursor.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    connection.select_db(database)
    for sql, rows in _statements(size, seed):
        connection.begin()
        with connection.cursor() as cursor:
            if rows is None:
                cursor.execute(sql)
            else:
                cursor.executemany(sql, rows)
        connection.commit()


def money(size: Size) -> int:
    """What `SUM(cents)` over `accounts` is, at any time."""
    return size.accounts * CENTS


def _statements(size: Size, seed: int) -> Iterator[tuple[str, list[tuple[object, ...]] | None]]:
    for text in tables(size).values():
        yield text, None
    yield from fill(size, seed, CENTS)
