"""What the server makes of the expression that writes a row for its hash: different rows, different bytes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from aurora_migration.mysql import catalog
from aurora_migration.sql.quoting import qualified, raw
from aurora_migration.sql.row_hash import row_bytes, row_hash
from tests.fresh_databases import Databases

pytestmark = pytest.mark.servers

_SHAPES = {
    "strings that could lend one another bytes": (
        "a VARCHAR(20), b VARCHAR(90), c VARBINARY(300), d TEXT, e TINYBLOB",
        [
            "'a', 'b', '', '', ''",
            "'ab', '', '', '', ''",
            "'', 'ab', '', '', ''",
            "'', '', 'ab', '', ''",
            "'', '', '', 'ab', ''",
            "'', '', '', '', 'ab'",
            "'', '', '', 'a', 'b'",
            "NULL, 'ab', '', '', ''",
            "'ab', NULL, '', '', ''",
            "NULL, NULL, 'ab', '', ''",
            "'ab', NULL, NULL, NULL, NULL",
            "'NULL', '', '', '', ''",
            "NULL, NULL, NULL, NULL, NULL",
            "'', '', '', '', ''",
            "'a ', 'b', '', '', ''",
            "',', '', '', '', ''",
            "'', ',', '', '', ''",
            "'1', '0', X'00', '', ''",
            "'1', '0', '', X'00', ''",
        ],
    ),
    "numbers that could lend one another digits": (
        "a INT, b BIGINT UNSIGNED, c DECIMAL(10,2), d TINYINT, e SMALLINT UNSIGNED, f MEDIUMINT, g YEAR, "
        "h BIT(64)",
        [
            "1, 23, 4, 5, 6, 7, 2001, 1",
            "12, 3, 4, 5, 6, 7, 2001, 1",
            "1, 2, 34, 5, 6, 7, 2001, 1",
            "1, 23, 4, -5, 6, 7, 2001, 1",
            "1, 23, 4, 0, 6, 7, 2001, 1",
            "1, 23, 4, NULL, 6, 7, 2001, 1",
            "1, 23, 4, 5, 65535, 7, 2001, 1",
            "1, 23, 4, 5, 6, -8388608, 2001, 1",
            "1, 23, 4, 5, 6, 8388607, 2001, 1",
            "1, 23, 4, 5, 6, 7, 0, 1",
            "1, 23, 4, 5, 6, 7, 2155, 1",
            "1, 18446744073709551615, 4, 5, 6, 7, 2001, 1",
            "1, 18446744073709551614, 4, 5, 6, 7, 2001, 1",
            "1, 23, 4, 5, 6, 7, 2001, 18446744073709551615",
            "1, 23, 4, 5, 6, 7, 2001, 18446744073709551614",
            "NULL, 23, 4, 5, 6, 7, 2001, 1",
            "1, NULL, 4, 5, 6, 7, 2001, 1",
            "1, 23, NULL, 5, 6, 7, 2001, 1",
            "1, 23, 4, 5, 6, 7, NULL, 1",
            "1, 23, 4, 5, 6, 7, 2001, NULL",
            "1, 23, 4, 5, 6, 7, 2001, 0",
        ],
    ),
    "floating numbers": (
        "a DOUBLE, b FLOAT, c DOUBLE",
        [
            "0, 0, 0",
            "-0e0, 0, 0",
            "0, -0e0, 0",
            "NULL, 0, 0",
            "0, NULL, 0",
            "0, 0, NULL",
            "0.1, 0, 0",
            "0.10000000000000002, 0, 0",
            "0, 0.1, 0",
            "0, 0.10000001, 0",
            "0, 0, 5e-324",
            "1.7976931348623157e308, 0, 0",
            "-1.7976931348623157e308, 0, 0",
        ],
    ),
    "members": (
        "a ENUM('', 'x', 'X ', '1'), b SET('1', '2', '1 2'), c CHAR(4) CHARACTER SET ucs2",
        [
            "0, '', ''",
            "1, '', ''",
            "'x', '', ''",
            "'1', '', ''",
            "NULL, '', ''",
            "1, '1,2', ''",
            "1, '1 2', ''",
            "1, NULL, ''",
            "1, '', 'x'",
            "1, '', 'é'",
            "1, '', NULL",
        ],
    ),
}


@pytest.mark.parametrize("name", _SHAPES)
def test_different_rows_give_different_bytes(databases: Callable[..., Databases], name: str) -> None:
    definition, rows = _SHAPES[name]
    made = databases(
        f"CREATE TABLE t (id INT PRIMARY KEY, {definition})",
        *(f"INSERT INTO t VALUES ({number}, {row})" for number, row in enumerate(rows)),
    )
    (table,) = catalog.tables(made.source, made.name)
    sql = raw("SELECT HEX(") + row_bytes(table.columns[1:]) + raw(") AS h FROM ") + qualified(table.name)
    found = [row["h"] for row in made.source.query(sql + raw(" ORDER BY id"))]
    assert None not in found
    same = [(rows[a], rows[b]) for a, b in itertools.combinations(range(len(rows)), 2) if found[a] == found[b]]
    assert same == []


def test_strings_of_many_charsets_are_their_stored_bytes(databases: Callable[..., Databases]) -> None:
    """No string is converted, though none of the columns is binary."""
    made = databases(
        "CREATE TABLE t (a VARCHAR(9) CHARACTER SET latin1, b VARCHAR(9) CHARACTER SET ucs2, "
        "c VARCHAR(9) CHARACTER SET sjis, d VARCHAR(9) CHARACTER SET utf8mb4)",
        "INSERT INTO t VALUES ('é', 'é', '花', '花')",
    )
    (table,) = catalog.tables(made.source, made.name)
    sql = raw("SELECT HEX(") + row_bytes(table.columns) + raw(") AS h FROM ") + qualified(table.name)
    # the last is not NULL; lengths 1, 2, 2, and none for the last; the bytes
    assert made.source.query(sql) == [{"h": "00" + "010202" + "E9" + "00E9" + "89D4" + "E88AB1"}]


def test_a_row_of_the_largest_texts_has_a_hash_under_a_small_packet(databases: Callable[..., Databases]) -> None:
    made = databases(
        "CREATE TABLE t (a TEXT, b TEXT, c TEXT, d BLOB, e MEDIUMBLOB)",
        "INSERT INTO t VALUES (REPEAT('a', 65535), REPEAT('b', 65535), REPEAT('c', 65535), REPEAT('d', 65535), "
        "REPEAT('e', 200000))",
    )
    (table,) = catalog.tables(made.source, made.name)
    made.source_root.set_variable("sql_mode", "")
    sql = raw("SELECT LENGTH(") + row_bytes(table.columns) + raw(") AS n, ") + row_hash(table) + raw(" AS h FROM ")
    (found,) = made.source.query(sql + qualified(table.name))
    assert found["n"] < 1 << 18
    assert len(found["h"]) == 64
