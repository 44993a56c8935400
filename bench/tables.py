"""The tables that are measured: made and filled inside the source server, the same rows on every machine.

A table is a definition and a SELECT over the numbers 1, 2, … (``n``); `fill` doubles a table of numbers
  and takes
as many rows as make the wanted size. Refuses nothing: the database is the benchmark's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from pymysql.connections import Connection
from pymysql.cursors import Cursor

DATABASE = "bench"
_SLICE = 200_000  # rows of one INSERT


@dataclass(frozen=True, slots=True)
class Shape:
    """A table to measure; ``row_bytes`` is about what a row takes in ``data_length``.

    ``share`` makes tables smaller whose many rows or slow values would take a run too long.
    """

    name: str
    about: str
    definition: str
    rows: str
    row_bytes: int
    share: float = 1.0


WIDE = Shape(
    "wide",
    "24 columns of the sample shop's types: numbers, money, times, ENUM, SET, BIT, text, BLOB, a point",
    """id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED NOT NULL,
  email VARCHAR(120) NOT NULL, first_name VARCHAR(40) NOT NULL, last_name VARCHAR(40) NOT NULL,
  status ENUM('new', 'active', 'dormant', 'blocked') NOT NULL, interests SET('books', 'music', 'garden',
  'toys') NOT NULL,
  credit DECIMAL(12,2) DEFAULT NULL, flags BIT(8) NOT NULL, born DATE DEFAULT NULL, created_at
  DATETIME(6) NOT NULL,
  changed_at TIMESTAMP NOT NULL, opens TIME DEFAULT NULL, released YEAR DEFAULT NULL, weight FLOAT DEFAULT NULL,
  volume DOUBLE DEFAULT NULL, total DECIMAL(16,4) NOT NULL, postcode VARCHAR(12) CHARACTER SET latin1
  DEFAULT NULL,
  country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, reference BINARY(16) NOT NULL,
  location POINT NOT NULL SRID 4326, note VARCHAR(400) DEFAULT NULL, body TEXT, receipt TINYBLOB""",
    """n, CRC32(n) MOD 99991, CONCAT('person', n, '@example.org'), ELT(1 + n MOD 4, 'Anna', 'Zoë', '花子',
  'Łukasz'),
  ELT(1 + n MOD 3, 'Müller', 'Nowak', 'Иванова'), 1 + n MOD 4, n MOD 16, IF(n MOD 5 = 0, NULL, n MOD
  100000 / 100),
  n MOD 256, IF(n MOD 7 = 0, NULL, DATE_ADD('1950-01-01', INTERVAL n MOD 20000 DAY)),
  TIMESTAMPADD(MICROSECOND, CRC32(n), '2023-01-01'), TIMESTAMPADD(SECOND, n MOD 80000000, '2022-01-01'),
  IF(n MOD 3 = 0, NULL, SEC_TO_TIME(n MOD 80000)), 1990 + n MOD 36, CRC32(n) / 7, CRC32(n) / 1e9, CRC32(n) / 100,
  LPAD(n MOD 100000, 5, '0'), ELT(1 + n MOD 4, 'DE', 'CH', 'BR', 'JP'), UNHEX(LEFT(SHA2(n, 256), 32)),
  ST_SRID(POINT(n MOD 180, n MOD 90), 4326), IF(n MOD 2 = 0, NULL, CONCAT('Please ring twice, ', n)),
  REPEAT('So it goes. まあまあ。 ', n MOD 16), IF(n MOD 4 = 0, NULL, UNHEX(SHA2(n, 224)))""",
    480,
)
NARROW = Shape(
    "narrow",
    "sysbench's table: two integers, CHAR(120), CHAR(60)",
    """id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT UNSIGNED NOT NULL, c CHAR(120) NOT NULL,
  pad CHAR(60) NOT NULL""",
    "n, CRC32(n) MOD 1000000, LEFT(CONCAT(SHA2(n, 512), SHA2(n, 224)), 119), LEFT(SHA2(n, 256), 59)",
    225,
)
THIN = Shape(
    "thin",
    "order lines: composite key, seven short numbers",
    """order_id BIGINT UNSIGNED NOT NULL, line_no TINYINT UNSIGNED NOT NULL, product_id INT NOT NULL,
  quantity SMALLINT UNSIGNED NOT NULL, unit_price DECIMAL(10,2) NOT NULL, discount DECIMAL(5,4) NOT NULL,
  line_total DECIMAL(16,4) GENERATED ALWAYS AS (quantity * unit_price * (1 - discount)) STORED,
  PRIMARY KEY (order_id, line_no)""",
    "n DIV 3, n MOD 3, CRC32(n) MOD 99991, 1 + n MOD 12, n MOD 100000 / 100, n MOD 3000 / 10000",
    62,
    0.25,
)
DOCUMENTS = Shape(
    "documents",
    "a key and a JSON document of a dozen values",
    "id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, kind VARCHAR(20) NOT NULL, doc JSON NOT NULL",
    """n, ELT(1 + n MOD 3, 'login', 'search', 'order'), CAST(JSON_OBJECT('n', n, 'agent',
  CONCAT('Browser/', n MOD 90),
  'ip', INET_NTOA(CRC32(n)), 'tags', JSON_ARRAY('a', 'b', n MOD 7), 'price', n / 3e0, 'ok', n MOD 2 = 0,
  'none', NULL,
  'text', REPEAT('lorem ipsum ', n MOD 20), 'place', JSON_OBJECT('x', n MOD 180, 'y', n MOD 90)) AS CHAR)""",
    380,
    0.25,
)
SHAPES = {shape.name: shape for shape in (WIDE, NARROW, THIN, DOCUMENTS)}


def fill(source: Connection[Cursor], shape: Shape, size: int) -> None:
    """Make the table of ``shape`` on the source with about ``size`` bytes of rows, times its share."""
    rows = max(1, round(size * shape.share / shape.row_bytes))
    with source.cursor() as cursor:
        for text in (
            f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci",
            f"USE {DATABASE}",
            "SET SESSION time_zone = '+00:00', cte_max_recursion_depth = 10000000",
            f"DROP TABLE IF EXISTS {shape.name}",
            f"CREATE TABLE {shape.name} ({shape.definition})",
        ):
            cursor.execute(text)
        into = _columns(cursor, shape)
        for start in range(0, rows, _SLICE):
            last = min(rows, start + _SLICE)
            cursor.execute(
                f"INSERT INTO {shape.name} ({into}) WITH RECURSIVE numbers AS ("
                f"SELECT {start + 1} AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) "
                f"SELECT {shape.rows} FROM numbers"
            )
        cursor.execute(f"ANALYZE TABLE {shape.name}")


def _columns(cursor: Cursor, shape: Shape) -> str:
    cursor.execute(
        "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s "
        "AND GENERATION_EXPRESSION = '' ORDER BY ORDINAL_POSITION",
        (DATABASE, shape.name),
    )
    return ", ".join(str(row[0]) for row in cursor.fetchall())
