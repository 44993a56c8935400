"""Cuts of real tables: the server's keys, the optimizer's estimates, skew, and no scan of what lies between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.model.chunk import KeyRange, cover_everything
from aurora_migration.model.table import Column
from aurora_migration.mysql import catalog
from aurora_migration.sql.predicates import key_range
from aurora_migration.sql.quoting import qualified, raw
from tests.fresh_databases import Databases
from tests.loads import plan_of

pytestmark = pytest.mark.servers
Make = Callable[..., Databases]

_NUMBERS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
_TABLES = {
    "dense": ("id BIGINT PRIMARY KEY", "i"),
    "skewed": ("id BIGINT PRIMARY KEY", "IF(i % 20 = 0, i * 1000000000, 5000000000000 + i)"),
    "outlier": ("id BIGINT PRIMARY KEY", "IF(i = 1, 9223372036854775807, i)"),
    "tenants": ("t INT, id BIGINT, PRIMARY KEY (t, id)", "IF(i % 10 = 0, i % 7, 7), i"),
    "uuid": ("id CHAR(36) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY", "LEFT(SHA2(i, 256), 36)"),
    "binary16": ("id BINARY(16) PRIMARY KEY", "UNHEX(LEFT(SHA2(i, 256), 32))"),
    "stamped": ("at DATETIME(6), id INT, PRIMARY KEY (at, id)", "'2020-01-01' + INTERVAL i * i MICROSECOND, i"),
}


@pytest.fixture
def made(databases: Make) -> Databases:
    statements = ["SET SESSION cte_max_recursion_depth = 70000, time_zone = '+00:00'"]
    for name, (columns, values) in _TABLES.items():
        statements.append(f"CREATE TABLE {name} ({columns}, filler CHAR(60) NOT NULL DEFAULT 'x') CHARSET utf8mb4")
        names = columns.split(" PRIMARY")[0]
        keys = ", ".join(part.split()[0] for part in names.split(", ") if "(" not in part.split()[0])
        statements.append(f"INSERT INTO {name} ({keys}) {_NUMBERS} SELECT {values} FROM n")
    return databases(*statements)


def _rows(made: Databases, part: KeyRange) -> int:
    columns = _columns(made, part)
    sql = raw("SELECT COUNT(*) AS n FROM ") + qualified(part.table) + raw(" WHERE ")
    return int(made.source_root.scalar(sql + key_range(columns, part.lower, part.upper)))


def _columns(made: Databases, part: KeyRange) -> list[Column]:
    table = next(one for one in catalog.tables(made.source, part.table.schema) if one.name == part.table)
    key = table.chunk_key
    assert key is not None
    return [table.column(name) for name in key.columns]


def test_every_kind_of_key_is_cut_evenly_without_reading_the_table(made: Databases) -> None:
    before = _keys_read(made)
    ranges = plan_of(made, ranges_of=600_000)
    read = _keys_read(made) - before
    for name in _TABLES:
        parts = [part for part in ranges if part.table.name == name]
        assert cover_everything(parts), name
        rows = [_rows(made, part) for part in parts]
        assert sum(rows) == 60_000, name
        assert len(parts) >= 6, name
        assert max(rows) < 3 * 60_000 / len(parts), (name, rows)
    assert read < 60_000 * len(_TABLES) / 10


def _keys_read(made: Databases) -> int:
    rows = made.source.query(raw("SHOW SESSION STATUS LIKE 'Handler_read%%'"))
    return sum(int(row["Value"]) for row in rows)
