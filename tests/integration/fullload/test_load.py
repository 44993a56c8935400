"""The full load against real servers: every key type, both ways of writing, odd values, odd names."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from aurora_migration.errors import RowsRejectedError
from aurora_migration.model.config import LoadConfig
from aurora_migration.sql.quoting import qualified, raw
from local.oracle import compare_databases
from tests.fresh_databases import Databases, create_like_source
from tests.loads import load_all, plan_of, record_units

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]

_NUMBERS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
_KEYS = {
    "integer": ("k BIGINT PRIMARY KEY", "i * 7 - 2000"),
    "unsigned": ("k BIGINT UNSIGNED PRIMARY KEY", "18446744073709551615 - i * 3"),
    "decimal": ("k DECIMAL(30,10) PRIMARY KEY", "(i - 450) * 1.0000000001"),
    "varchar_ci": ("k VARCHAR(40) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY", "CONCAT(SHA2(i, 224), 'é')"),
    "varchar_bin": ("k VARCHAR(80) COLLATE utf8mb4_bin PRIMARY KEY", "CONCAT(IF(i % 2, 'a', 'A'), '''\\\\', i)"),
    "latin1": ("k VARCHAR(40) CHARACTER SET latin1 PRIMARY KEY", "CONCAT(_latin1 X'E9', i)"),
    "ucs2": ("k VARCHAR(40) CHARACTER SET ucs2 PRIMARY KEY", "CONCAT('日', i)"),
    "char_padded": ("k CHAR(12) PRIMARY KEY", "CONCAT(i, '  x')"),
    "binary16": ("k BINARY(16) PRIMARY KEY", "UNHEX(LEFT(SHA2(i, 256), 32))"),
    "varbinary": ("k VARBINARY(30) PRIMARY KEY", "CONCAT(X'00275C', i)"),
    "date": ("k DATE PRIMARY KEY", "DATE '1970-01-01' + INTERVAL i DAY"),
    "datetime6": ("k DATETIME(6) PRIMARY KEY", "TIMESTAMP '2001-01-01 00:00:00' + INTERVAL i MICROSECOND"),
    "timestamp": ("k TIMESTAMP(3) PRIMARY KEY", "FROM_UNIXTIME(1000000000 + i / 8)"),
    "time": ("k TIME(2) PRIMARY KEY", "SEC_TO_TIME((i - 450) * 3.25)"),
    "year_and_int": ("k YEAR, b INT, PRIMARY KEY (k, b)", "1901 + i % 7, i"),
    "bit": ("k BIT(12) PRIMARY KEY", "i"),
    "enum_and_int": ("k ENUM('z','a','0') NOT NULL, b INT, PRIMARY KEY (k, b)", "1 + i % 3, i"),
    "composite": ("k VARCHAR(9), b INT, c DATETIME, PRIMARY KEY (k, b, c)", "i % 5, -i, '2020-01-01'"),
    "descending": ("k INT, b INT, PRIMARY KEY (k DESC, b)", "i % 10, i"),
    "unique_only": ("k INT NOT NULL, b INT, UNIQUE KEY u (k)", "i, i * 2"),
}


@pytest.mark.parametrize("method", ["load-data", "insert"])
def test_every_key_type_arrives_in_many_chunks(databases: Make, method: str) -> None:
    statements = []
    for name, (columns, values) in _KEYS.items():
        statements.append(f"CREATE TABLE `{name}` ({columns}, filler VARCHAR(200))")
        names = ", ".join(re.findall(r"(?:^|, )([kbc]) ", columns))
        statements.append(
            f"INSERT INTO `{name}` ({names}, filler) {_NUMBERS} SELECT {values}, REPEAT('x', 150) FROM n"
        )
    made = databases("SET SESSION cte_max_recursion_depth = 2000, time_zone = '+00:00'", *statements)
    create_like_source(made, list(_KEYS))
    loaded = load_all(made, LoadConfig(method=method, chunk_mib=1), chunk_bytes=16384, ranges_of=40000)
    for name in _KEYS:
        assert loaded.chunks[name] >= 5, name
        assert loaded.ranges[name] >= 2, name
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_a_table_without_key_is_one_chunk(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (a INT, b VARCHAR(10), UNIQUE KEY (a))",
        "INSERT INTO t VALUES (NULL, 'x'), (NULL, 'x'), (1, NULL), (2, 'NULL')",
    )
    create_like_source(made, ["t"])
    assert load_all(made).chunks == {"t": 1}
    assert compare_databases(*made.oracle_params(), [made.name]).equal


@pytest.mark.parametrize("method", ["load-data", "insert"])
def test_odd_values_arrive(databases: Make, method: str) -> None:
    made = databases(
        """CREATE TABLE t (id INT PRIMARY KEY, f FLOAT, f2 FLOAT(7,4), d DOUBLE, m DECIMAL(65,30), b BIT(10),
             e ENUM('a','b,c','0',''), s SET('x','y','z'), j JSON, g GEOMETRY SRID 4326, ts TIMESTAMP(6) NULL,
             dt DATETIME(6), y YEAR, tm TIME(6), c CHAR(5), v VARCHAR(50) CHARACTER SET latin1,
             u TEXT CHARACTER SET ucs2, k VARCHAR(20) CHARACTER SET gbk, bl BLOB, bb BINARY(4),
             gen INT AS (y + 1) STORED, inv INT INVISIBLE)""",
        r"""INSERT INTO t (id, f, f2, d, m, b, e, s, j, g, ts, dt, y, tm, c, v, u, k, bl, bb, inv) VALUES
             (0, 1.17549435e-38, 1.1, 0.1 + 0.2, 1.5, b'1000000001', 'b,c', 'x,z',
              '{"a": 18446744073709551615, "b": [1.0, null, "x\\n\\u0000"]}',
              ST_GeomFromText('POINT(1 2)', 4326), '2020-01-01 00:00:00.000001', '0000-00-00 00:00:00', 1901,
              '-838:59:59', 'a ', 'é', _utf8mb4'日本', _gbk X'815C', X'00275C0A0D1A092C', 'a', 7),
             (5, 16777217, 999.9999, 1e308, 0, b'0', 0, '', 'null', NULL, NULL, '9999-12-31 23:59:59.999999', 0,
              '00:00:00.000001', '', 'NULL', 'NULL', NULL, '\\N', '', NULL),
             (6, -0.0, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
              NULL, NULL, NULL, NULL)""",
    )
    create_like_source(made, ["t"])
    load_all(made, LoadConfig(method=method))
    result = compare_databases(*made.oracle_params(), [made.name])
    assert result.equal, result


@pytest.mark.parametrize("method", ["load-data", "insert"])
def test_generated_columns_that_round_are_no_loss_in_any_number(databases: Make, method: str) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 100000",
        """CREATE TABLE t (id INT PRIMARY KEY, price DECIMAL(10,2),
             total DECIMAL(10,2) AS (price * price) STORED)""",
        "INSERT INTO t (id, price) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 70000) SELECT i, 1.11 FROM n",
    )
    create_like_source(made, ["t"])
    load_all(made, LoadConfig(method=method))
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_names_with_every_odd_character_work(databases: Make) -> None:
    name = "db`\"'%s{x}. ☃"
    table = "t`'\"% {0} .;☃" + "é" * 30
    column = "c`%(x)s'\"{☃}"
    quoted = [text.replace("`", "``") for text in (table, column)]
    made = databases(
        f"CREATE TABLE `{quoted[0]}` (`{quoted[1]}` INT PRIMARY KEY, j JSON)",
        f"INSERT INTO `{quoted[0]}` VALUES (1, '[1]'), (2, NULL)",
        name=name,
    )
    create_like_source(made, [table])
    load_all(made, LoadConfig(method="insert"))
    assert compare_databases(*made.oracle_params(), [name]).equal


@pytest.mark.parametrize("method", ["load-data", "insert"])
@pytest.mark.parametrize(
    ("narrow", "words"),
    [
        ("ALTER TABLE t MODIFY v VARCHAR(3)", "Data too long for column 'v'|Data truncated for column 'v'"),
        ("ALTER TABLE t MODIFY n TINYINT", "Out of range value for column 'n'"),
        ("INSERT INTO t VALUES (7, 1, '')", "Duplicate entry '7'"),
        ("ALTER TABLE t MODIFY n INT NOT NULL", "cannot be null|Column set to default value"),
    ],
)
def test_what_the_target_would_bend_is_refused_and_rolled_back(
    databases: Make, method: str, narrow: str, words: str
) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, n INT, v VARCHAR(10))",
        "INSERT INTO t VALUES (6, NULL, 'abcd'), (7, 1000, 'x')",
    )
    create_like_source(made, ["t"])
    made.on_target(narrow)
    count = raw("SELECT COUNT(*) AS n FROM ") + qualified(made.table("t"))
    before = made.target_root.query(count)
    with pytest.raises(RowsRejectedError, match=words) as caught:
        load_all(made, LoadConfig(method=method))
    assert "t range 1 chunk 1" in str(caught.value)
    assert "keys open to open" in str(caught.value)
    assert made.target_root.query(count) == before
    assert record_units(made) == 0


def test_a_row_over_max_allowed_packet_arrives(databases: Make) -> None:
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB, j INT)",
        # 60 MB of quotes and backslashes: as escaped text it is over the 64 MiB packet
        "INSERT INTO t VALUES (1, REPEAT(X'275C', 30000000), 5), (2, NULL, 6)",
    )
    create_like_source(made, ["t"])
    load_all(made)
    assert compare_databases(*made.oracle_params(), [made.name]).equal


def test_the_plan_covers_every_key_once(databases: Make) -> None:
    made = databases(
        "SET SESSION cte_max_recursion_depth = 2000",
        "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b), filler CHAR(200) NOT NULL)",
        f"INSERT INTO t {_NUMBERS} SELECT i % 3, i, 'x' FROM n",
    )
    ranges = plan_of(made, ranges_of=20000)
    assert ranges[0].lower is None
    assert ranges[-1].upper is None
    assert [part.upper for part in ranges[:-1]] == [part.lower for part in ranges[1:]]
    assert len(ranges) > 5
